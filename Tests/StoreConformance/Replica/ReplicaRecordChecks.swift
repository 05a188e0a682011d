import Replication
import Sodium
import Testing
import TicketModel

extension ReplicaStorageConformance {
    static let recordChecks: [Check<any ReplicaStorage>] = [
        Check("a new replica is empty", newReplica),
        Check("identity and state are kept as they were saved last", identityAndState),
        Check("the directory is replaced as a whole", directory),
        Check("settings are kept until they are removed", settings),
        Check("a transaction that throws leaves nothing", atomicity),
        Check("a transaction sees its own writes, also in lists", ownWrites),
    ]

    private static func newReplica(_ store: any ReplicaStorage) throws {
        try store.read { replica throws in
            #expect(try replica.identity() == nil)
            #expect(try replica.state() == ReplicaState())
            #expect(try replica.directory() == nil)
            #expect(try replica.visible(TicketID(rawValue: 1)) == nil)
            #expect(try replica.base(TicketID(rawValue: 1)) == nil)
            #expect(try replica.leftAt(TicketID(rawValue: 1)) == nil)
            #expect(try replica.list(TicketQuery()) == [])
            #expect(try replica.count(TicketQuery()) == 0)
            #expect(try replica.changes(on: nil, countMax: 9) == [] && replica.drafts() == [])
            #expect(try replica.intents(after: 0, countMax: 9, byteCountMax: 9) == [])
            #expect(try replica.hash(after: 0) == .zero)
            #expect(try replica.queuedCount() == 0)
            #expect(
                try replica.counts()
                    == ReplicaCounts(
                        tickets: 0, openTickets: 0, queued: 0, acknowledged: 0, drafts: 0,
                        oldestQueuedAt: nil))
        }
    }

    private static func identityAndState(_ store: any ReplicaStorage) throws {
        var identity = Sample.identity
        var state = ReplicaState()
        state.counter = 7
        state.hash = Digest.sha256([7])
        state.time = HybridTimestamp(rawValue: .max)
        state.epoch = EpochID(rawValue: .max)
        state.cursor = LogPosition(sequence: 12, hash: Digest.sha256([12]))
        state.acknowledged = 5
        state.provisionalOrdinal = 42
        state.offsetMilliseconds = -3_000
        state.syncedAt = Sample.noon
        state.cursorProof = [UInt8](1...16)
        state.locator = [8, 4].map { LogPosition(sequence: $0, hash: Digest.sha256([UInt8($0)])) }
        state.scopes = [.all, Scope(rawValue: "store:S001")]
        state.snapshot = SnapshotProgress(after: TicketID(rawValue: 9))
        state.snapshotThrough = LogPosition(sequence: 14, hash: Digest.sha256([14]))
        state.snapshotProof = [UInt8](2...17)
        state.snapshotFrom = 13
        state.durableSequence = 3
        state.verifiedAt = Sample.noon
        state.formerReplica = ReplicaID(rawValue: 5)
        try store.transaction { replica throws in
            try replica.save(identity)
            try replica.save(state)
        }
        try store.read { replica throws in
            #expect(try replica.identity() == identity)
            #expect(try replica.state() == state)
        }
        identity.store = nil
        identity.region = RegionID(unchecked: "R3")
        try store.transaction { replica throws in
            try replica.save(identity)
            try replica.save(ReplicaState())
        }
        try store.read { replica throws in
            #expect(try replica.identity() == identity)
            #expect(try replica.state() == ReplicaState())
        }
    }

    private static func directory(_ store: any ReplicaStorage) throws {
        let people = ["A17", "B07", "C01"].map {
            StaffRecord(
                staff: StaffID(unchecked: $0), name: "王 \($0)", roles: [.clerk, .dutyManager],
                store: StoreID(unchecked: "S001"), department: DepartmentID(unchecked: "售后部"),
                phone: "139", isActive: $0 != "B07",
                absence: $0 == "C01"
                    ? nil
                    : Absence(
                        from: Sample.noon, until: Sample.noon.adding(milliseconds: 5),
                        substitute: $0 == "A17" ? StaffID(unchecked: "C01") : nil, note: "培训"))
        }
        let policy = PolicyRecord(version: 1, yaml: "名: 一\n", loadedAt: Sample.noon)
        let first = Directory(staffVersion: 3, staff: people, policy: policy)
        try store.transaction { try $0.save(first) }
        #expect(try store.read { try $0.directory() } == first)
        let second = Directory(
            staffVersion: 4, staff: [people[1]],
            policy: PolicyRecord(version: 2, yaml: "", loadedAt: Sample.noon))
        try store.transaction { try $0.save(second) }
        #expect(try store.read { try $0.directory() } == second)
    }

    private static func settings(_ store: any ReplicaStorage) throws {
        try store.transaction { replica throws in
            try replica.saveSetting("staff", "A17")
            try replica.saveSetting("colour", "红")
            try replica.saveSetting("staff", "B07")
            try replica.saveSetting("unknown", nil)
        }
        try store.transaction { try $0.saveSetting("colour", nil) }
        try store.read { replica throws in
            #expect(try replica.setting("staff") == "B07")
            #expect(try replica.setting("colour") == nil && replica.setting("unknown") == nil)
        }
    }

    private static func atomicity(_ store: any ReplicaStorage) throws {
        let kept = Sample.ticket(1)
        try store.transaction { try $0.saveBase(kept) }
        #expect(throws: Abandoned.self) {
            try store.transaction { replica throws in
                try writeOneOfEach(to: replica)
                #expect(try replica.count(TicketQuery()) == 2)
                throw Abandoned()
            }
        }
        try store.read { replica throws in
            #expect(try replica.list(TicketQuery()).map(\.id) == [kept.id])
            #expect(try replica.visible(kept.id) == kept && replica.leftAt(kept.id) == nil)
            #expect(try replica.visible(TicketID(rawValue: 2)) == nil)
            #expect(try replica.identity() == nil && replica.state() == ReplicaState())
            #expect(try replica.change(Sample.operation(1)) == nil)
            #expect(try replica.drafts() == [])
            #expect(try replica.history(of: kept.id, countMax: 9) == [])
            #expect(try replica.feed(.warnings, after: 0, countMax: 9) == [])
            #expect(try replica.feedCursor(.warnings, consumer: "c") == nil)
            #expect(try replica.setting("staff") == nil)
        }
    }

    private static func writeOneOfEach(to replica: any ReplicaTransaction) throws {
        let id = TicketID(rawValue: 1)
        try replica.save(Sample.identity)
        var state = ReplicaState()
        state.counter = 9
        try replica.save(state)
        try replica.append(Sample.change(1, on: id))
        try replica.saveBase(Sample.ticket(2))
        try replica.saveOverlay(Sample.ticket(1, [.subject: "changed"]), of: id)
        try replica.save(Sample.draft(1, on: id))
        try replica.appendHistory(Sample.entry(4, on: id).witnessed)
        try replica.append(Sample.feedItem(4, on: id), to: .warnings)
        try replica.acknowledgeFeed(.warnings, consumer: "c", through: 4)
        try replica.saveSetting("staff", "A17")
    }

    private static func ownWrites(_ store: any ReplicaStorage) throws {
        let ticket = Sample.ticket(2, number: 5, [.subject: "屏幕不亮"])
        try store.transaction { replica throws in
            try replica.saveBase(ticket)
            #expect(try replica.base(ticket.id) == ticket)
            #expect(try replica.visible(ticket.id) == ticket)
            #expect(try replica.list(TicketQuery()).map(\.id) == [ticket.id])
            #expect(try replica.tickets(numbered: "0005", countMax: 2) == [ticket.id])
            try replica.append(Sample.change(1, on: ticket.id))
            #expect(try replica.pending(on: ticket.id).count == 1)
            #expect(try replica.list(TicketQuery()).map(\.unsentCount) == [1])
            try replica.saveOverlay(Sample.ticket(2, [.subject: "键盘"]), of: ticket.id)
            #expect(try replica.list(TicketQuery()).map(\.subject) == ["键盘"])
            #expect(try replica.base(ticket.id) == ticket)
            try replica.markLeft(ticket.id, sequence: 3, at: Sample.noon)
            #expect(try replica.leftAt(ticket.id) == 3)
            #expect(try replica.counts().tickets == 0)
        }
    }
}
