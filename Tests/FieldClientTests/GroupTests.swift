import FieldClient
import Replication
import Testing
import TicketModel
import TicketPolicy
import Wire

/// Intents that stand or fall together, through both loops (replication.md 3.4).
@Suite struct GroupTests {
    /// A store with two tickets of its own, an agent and a supervisor.
    private struct Scene {
        let world: SyncWorld
        let store: SyncClient
        let agent: SyncClient
        let office: SyncClient
        let one: TicketID
        let two: TicketID

        init(tuning: SyncLoop.Tuning = .init()) throws {
            world = try SyncWorld()
            store = try world.client("lina", .clerk, store: "S001", tuning: tuning)
            (agent, office) = (try world.agent(), try world.supervisor())
            (one, two) = (try store.logComplaint(), try store.logComplaint())
            try world.settle()
        }

        func texts(_ id: TicketID) throws -> [String] {
            try world.ticket(id)?.comments.map(\.text) ?? []
        }
    }

    private static func note(_ ticket: TicketID?, _ text: String) -> ReplicaWriter.Member {
        ReplicaWriter.Member(
            ticket, .note, [.comment(.note, .staff, text: text, parent: nil)])
    }

    private static func closing(_ ticket: TicketID) -> ReplicaWriter.Member {
        ReplicaWriter.Member(ticket, .close, [.close])
    }

    /// The entries of the log, as the hub encoded them.
    private func log(_ world: SyncWorld) throws -> [LogEntry] {
        try world.hubStore.read { hub in
            try (1...hub.head().sequence).compactMap {
                try hub.entry(at: $0).map { try world.codec.decodeEntry($0.bytes) }
            }
        }
    }

    @Test func `a group is committed whole, and readers see it whole`() throws {
        let scene = try Scene()
        let written = try scene.store.writeGroup([
            Self.note(scene.one, "甲"), Self.note(scene.two, "乙"), Self.note(scene.one, "丙"),
        ])
        #expect(try scene.store.visible(scene.one)?.comments.map(\.text) == ["甲", "丙"])
        try scene.world.settle()
        #expect(try scene.texts(scene.one) == ["甲", "丙"])
        #expect(try scene.texts(scene.two) == ["乙"])
        let entries = try log(scene.world).filter { entry in
            written.contains { $0.operation == entry.operation }
        }
        #expect(entries.map(\.operation) == written.map(\.operation))
        #expect(entries.map(\.isTransactionEnd) == [false, false, true])
        let cursor = try #require(entries.first?.sequence) - 1
        let page = try scene.world.hubStore.read {
            try $0.page(after: cursor, scopes: [.all], byteCountMax: 1)
        }
        #expect(page.items.count == 3, "a page of the smallest size shows all of it")
        for client in scene.world.clients { try scene.world.checkAgreement(of: client) }
    }

    @Test func `what the rules make of a group is part of it for readers`() throws {
        let scene = try Scene()
        let complaint = try #require(try scene.world.ticket(scene.one))
        let fields = complaint.registers.filter { $0.key != .department && $0.key != .status }
            .sorted { $0.key < $1.key }.map { Change.write($0.key, $0.value.value) }
        let status = Change.write(.status, .integer(TicketStatus.new.rawValue))
        let written = try scene.store.writeGroup([
            ReplicaWriter.Member(nil, .create, fields + [status]), Self.note(scene.one, "另立一单"),
        ])
        try scene.world.settle()
        #expect(try scene.world.ticket(written[0].ticket.id)?.department?.rawValue == "售后部")
        let entries = try log(scene.world).suffix(3)
        #expect(entries.map(\.act) == [.create, .route, .note])
        #expect(entries.map(\.isTransactionEnd) == [false, false, true])
    }

    @Test func `one refusal refuses all, and the story can be tried again`() throws {
        let scene = try Scene()
        _ = try scene.store.desk.resolve(scene.two, solution: "已换货", by: scene.store.staff)
        try scene.world.settle()
        _ = try scene.agent.desk.note(
            "客户又来电", isForCustomer: false, on: scene.two, by: scene.agent.staff)
        try scene.agent.sync()
        try scene.store.writeGroup([
            Self.note(scene.one, "并案结案"), Self.closing(scene.two), Self.note(scene.two, "完"),
        ])
        _ = try scene.store.desk.note(
            "排在后面", isForCustomer: false, on: scene.one, by: scene.store.staff)
        try scene.world.settle()
        #expect(try scene.texts(scene.one) == ["排在后面"], "the queue behind it goes on")
        #expect(try scene.texts(scene.two) == ["客户又来电"])
        #expect(try scene.world.ticket(scene.two)?.status == .resolved)
        let story = try #require(try scene.store.desk.draftStories().first)
        #expect(
            story.drafts.map(\.rejection) == [
                Rejection(code: .dependencyRejected, detail: "group"),
                Rejection(code: .staleClose, detail: "comments"),
                Rejection(code: .dependencyRejected, detail: "group"),
            ])
        #expect(story.main == story.drafts[1])
        #expect(try scene.store.desk.draftStories().count == 1)
        let entries = try log(scene.world).filter { $0.disposition.rejection != nil }
        #expect(entries.map(\.isTransactionEnd) == [false, false, true], "it comes as one")
        for client in scene.world.clients { try scene.world.checkAgreement(of: client) }

        let number = try #require(try scene.world.ticket(scene.one)?.displayNumber)
        let draft = try scene.store.desk.draft(named: number)
        #expect(draft == story.main, "the number of any ticket of it names it")
        let retried = try scene.store.desk.retry(draft, by: scene.store.staff)
        #expect(retried.count == 3)
        #expect(try scene.store.desk.drafts() == [])
        try scene.world.settle()
        #expect(try scene.world.ticket(scene.two)?.status == .closed)
        #expect(try scene.texts(scene.one) == ["排在后面", "并案结案"])
        let group = try scene.store.store.read { try $0.change(retried[1].operation)?.body }
        #expect(group?.group?.count == 3 && group?.retryOf == draft.operation)
    }

    @Test func `the story is discarded whole, or sent as notes`() throws {
        let scene = try Scene()
        func refuse() throws -> Draft {
            _ = try scene.store.desk.resolve(scene.two, solution: "好", by: scene.store.staff)
            try scene.world.settle()
            _ = try scene.agent.desk.note(
                "等等", isForCustomer: false, on: scene.two, by: scene.agent.staff)
            try scene.agent.sync()
            try scene.store.writeGroup([
                Self.note(scene.one, "甲"),
                ReplicaWriter.Member(
                    scene.two, .close,
                    [.close, .comment(.closing, .staff, text: "乙", parent: nil)]),
            ])
            try scene.world.settle()
            return try #require(try scene.store.desk.draftStories().first?.main)
        }
        try scene.store.desk.discard(try refuse())
        #expect(try scene.store.desk.drafts() == [])
        _ = try scene.office.desk.reopen(scene.two, reason: "未完", by: scene.office.staff)
        try scene.world.settle()
        let notes = try scene.store.desk.sendAsNote(try refuse(), by: scene.store.staff)
        #expect(notes.map(\.ticket.id) == [scene.two, scene.one])
        try scene.world.settle()
        #expect(try scene.texts(scene.one) == ["甲"])
        #expect(try scene.texts(scene.two).last == "乙")
        #expect(try scene.store.desk.drafts() == [])
    }

    @Test func `a refused new ticket is tried again with its group and what followed`() throws {
        let scene = try Scene()
        let complaint = try #require(try scene.world.ticket(scene.one))
        var fields = complaint.registers.filter { $0.key != .department }
            .mapValues(\.value)
        fields[.status] = .integer(TicketStatus.new.rawValue)
        // Another store's ticket is not this device's to log.
        fields[.store] = .text("S002")
        let written = try scene.store.writeGroup([
            ReplicaWriter.Member(
                nil, .create, fields.sorted { $0.key < $1.key }.map { .write($0.key, $0.value) }),
            Self.note(scene.one, "见另一单"),
        ])
        let unborn = written[0].ticket.id
        _ = try scene.store.desk.note(
            "随后", isForCustomer: false, on: unborn, by: scene.store.staff)
        try scene.world.settle()
        let story = try #require(try scene.store.desk.draftStories().first)
        #expect(story.main.rejection == Rejection(code: .unauthorised, detail: "store"))
        // The device was told to log for that store.
        try scene.world.hubStore.transaction { hub in
            var device = try #require(try hub.device(scene.store.device))
            device.scopes.append(.store(StoreID(unchecked: "S002")))
            try hub.save(device)
        }
        let again = try scene.store.desk.retry(story.main, by: scene.store.staff)
        #expect(again.count == 3)
        #expect(again[0].ticket.id != unborn)
        #expect(again[2].ticket.id == again[0].ticket.id, "the note follows its ticket")
        try scene.world.settle()
        #expect(try scene.texts(again[0].ticket.id) == ["随后"])
        #expect(try scene.texts(scene.one) == ["见另一单"])
        #expect(try scene.store.desk.drafts() == [])
    }

    @Test(arguments: [1, 2, 3, 5])
    func `batches are cut around groups, whatever their size`(countMax: Int) throws {
        var tuning = SyncLoop.Tuning()
        tuning.batchIntentsCountMax = countMax
        let scene = try Scene(tuning: tuning)
        var expected: [String] = []
        for round in 0..<4 {
            let texts = (0..<(round + 2)).map { "\(round).\($0)" }
            try scene.store.writeGroup(texts.map { Self.note(scene.one, $0) })
            _ = try scene.store.desk.note(
                "\(round)", isForCustomer: false, on: scene.one, by: scene.store.staff)
            expected += texts + ["\(round)"]
        }
        try scene.world.settle()
        #expect(try scene.texts(scene.one) == expected)
        #expect(try scene.store.dispositions().allSatisfy { $0?.isAccepted == true })
    }

    @Test func `lost answers, doubled answers and a new hub process commit a group once`() throws {
        let scene = try Scene()
        let before = try log(scene.world).count
        try scene.store.writeGroup([Self.note(scene.one, "甲"), Self.note(scene.two, "乙")])
        try scene.store.sync(.losesAnswers)
        scene.world.restartHub()
        try scene.store.sync(.doublesAnswers)
        try scene.world.settle()
        #expect(try scene.texts(scene.one) == ["甲"] && scene.texts(scene.two) == ["乙"])
        #expect(try log(scene.world).count == before + 2)
        for client in scene.world.clients { try scene.world.checkAgreement(of: client) }
    }

    @Test(arguments: [false, true])
    func `two copies of a database commit a group once, with one answer`(isRefused: Bool) throws {
        let scene = try Scene()
        _ = try scene.store.desk.resolve(scene.two, solution: "好", by: scene.store.staff)
        try scene.world.settle()
        if isRefused {
            _ = try scene.agent.desk.note(
                "等等", isForCustomer: false, on: scene.two, by: scene.agent.staff)
            try scene.agent.sync()
        }
        try scene.store.writeGroup([Self.note(scene.one, "甲"), Self.closing(scene.two)])
        let copy = try scene.store.copy()
        // Something of its own, so that the two chains part.
        _ = try copy.desk.note("副本", isForCustomer: false, on: scene.one, by: copy.staff)
        _ = try scene.store.desk.note(
            "原件", isForCustomer: false, on: scene.one, by: scene.store.staff)
        try scene.world.settle()
        let texts = Set(try scene.texts(scene.one))
        #expect(texts == (isRefused ? ["副本", "原件"] : ["甲", "副本", "原件"]))
        #expect(
            try scene.world.ticket(scene.two)?.status == (isRefused ? .resolved : .closed))
        for client in [scene.store, copy] {
            #expect(try client.desk.draftStories().count == (isRefused ? 1 : 0))
            #expect(try client.desk.drafts().count == (isRefused ? 2 : 0))
        }
        for client in scene.world.clients { try scene.world.checkAgreement(of: client) }
    }

    @Test func `a group that is too long or too large is refused where it is written`() throws {
        let scene = try Scene()
        let many = (0...Limits.groupIntentsCountMax).map { Self.note(scene.one, "\($0)") }
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.store.writeGroup(many)
        }
        #expect(refusal?.rejection == Rejection(code: .tooLarge, detail: "group: 17"))
        let text = String(repeating: "长", count: 10_000)
        let large = (0..<9).map { _ in Self.note(scene.one, text) }
        let tooLarge = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.store.writeGroup(large)
        }
        #expect(tooLarge?.rejection.code == .tooLarge)
        #expect(try scene.store.visible(scene.one)?.comments == [], "nothing of it is left")
        try scene.store.writeGroup(Array(large.prefix(8)))
        try scene.world.settle()
        #expect(try scene.texts(scene.one).count == 8, "what just fits arrives")
    }

    @Test func `a group from beyond the horizon is set aside whole`() throws {
        let scene = try Scene()
        let written = try scene.store.writeGroup([
            Self.note(scene.one, "很久"), Self.note(scene.two, "以前"),
        ])
        scene.world.now = scene.world.now.adding(
            milliseconds: Limits.offlineHorizonMilliseconds + 1_000)
        try scene.world.settle()
        let kept = try scene.world.hubStore.read { try $0.quarantined(after: nil, countMax: 9) }
        #expect(kept.map(\.operation) == written.map(\.operation))
        let drafts = try scene.store.desk.drafts()
        #expect(drafts.map(\.rejection.code) == [.quarantined, .quarantined])
    }
}
