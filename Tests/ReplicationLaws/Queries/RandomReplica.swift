import RandomValues
import Replication
import Sodium
import TicketModel
import Wire

/// A random content for replicas, the same for a store and for `NaiveReplica`, and random questions
/// that are made when the content is there: questions registered ahead would only ever see what
/// they were made for (reliability.md 1, TigerBeetle).
struct RandomReplica {
    private var random: RandomIntents
    private let store: any ReplicaStorage
    private var naive = NaiveReplica()
    private var counter: UInt64 = 0
    private let codec = ProtobufCodec()
    private let noon = Timestamp(milliseconds: 1_700_000_000_000)

    init(seed: UInt64, store: any ReplicaStorage) throws {
        random = RandomIntents(seed: seed)
        self.store = store
        try store.transaction {
            try $0.save(
                ReplicaIdentity(
                    replica: ReplicaID(rawValue: 7), device: DeviceID(unchecked: "d1"),
                    store: nil, region: nil, replicaCode: "K7", roles: []))
        }
    }

    /// Lets `stepsCount` things happen and asks `questionsCount` questions.
    ///
    /// - Returns: how many answers were compared.
    /// - Throws: `LawViolation`, `StoreError`.
    mutating func check(stepsCount: Int, questionsCount: Int) throws -> Int {
        var left = stepsCount
        while left > 0 {
            let count = min(left, random.number(below: 9) + 1)
            // What a ticket was in the middle of a transaction nobody can have seen.
            var ids = (1...25).map { TicketID(rawValue: $0 << 100) }
            ids.shuffle(using: &random.generator)
            try store.transaction { store in
                for id in ids.prefix(count) { try step(id, store) }
            }
            left -= count
        }
        try store.read { reader in
            for _ in 0..<questionsCount { try ask(reader) }
        }
        return questionsCount
    }

    private mutating func step(_ id: TicketID, _ store: any ReplicaTransaction) throws {
        switch random.number(below: 8) {
        case 0...2:
            let ticket = ticket(id)
            try store.saveBase(ticket)
            naive.saveBase(ticket)
        case 3:
            let ticket = random.chance(40) ? nil : ticket(id)
            try store.saveOverlay(ticket, of: id)
            naive.saveOverlay(ticket, of: id)
        case 4:
            guard try store.base(id) != nil else { return }
            try store.markLeft(id, sequence: 5, at: noon)
            naive.markLeft(id)
        case 5, 6: try append(id, store)
        default:
            guard counter > 0 else { return }
            let settled = UInt64(random.number(below: Int(counter)) + 1)
            try store.settle(operation(settled), .applied, sequence: 9)
            naive.settle(settled)
        }
    }

    private mutating func append(_ id: TicketID, _ store: any ReplicaTransaction) throws {
        counter += 1
        let body = IntentBody(
            operation: operation(counter), ticket: id, act: .note, actor: Person.agent.staff,
            time: HybridTimestamp(noon),
            captured: CapturedTime(wall: noon, offsetMilliseconds: nil),
            changes: [.comment(.note, .staff, text: "x", parent: nil)])
        let bytes = codec.encode(body)
        let intent = Intent(
            dot: Dot(replica: ReplicaID(rawValue: 7), counter: counter),
            context: CausalContext(epoch: EpochID(rawValue: 1), sequence: 0, dependencies: []),
            bodyBytes: bytes, hash: .sha256(bytes))
        try store.append(ChangeRecord(intent: intent, body: body, state: .queued))
        naive.append(counter, on: id)
    }

    private func operation(_ counter: UInt64) -> OperationID {
        OperationID(rawValue: 1 << 70 + UInt128(counter))
    }

    // MARK: - Tickets

    private static let words = ["screen", "Broken", "refund", "X1", "glass", "night"]
    private static let han = ["屏", "幕", "投", "诉", "换", "货"]

    /// A few Han characters and a Latin word behind them, so that no word goes on in the next text.
    private mutating func text() -> String {
        let characters = (0..<random.number(below: 5)).map { _ in random.one(of: Self.han) }
        return characters.joined() + random.one(of: [" ", "，", ""])
            + random.one(of: Self.words)
    }

    private mutating func stamp() -> Stamp {
        Stamp(
            sequence: 1, dot: Dot(replica: ReplicaID(rawValue: 1), counter: 1),
            operation: OperationID(rawValue: random.bits()), time: HybridTimestamp(noon),
            authority: .store, actor: Person.clerk.staff)
    }

    private mutating func instant() -> Timestamp {
        noon.adding(milliseconds: Int64(random.number(below: 6)))
    }

    /// One that no other ticket has: stores need not agree on the order of tickets that came in
    /// one transaction.
    private mutating func ownInstant() -> Timestamp {
        noon.adding(milliseconds: Int64(truncatingIfNeeded: random.bits() >> 84))
    }

    private mutating func ticket(_ id: TicketID) -> Ticket {
        var ticket = Ticket(
            id: id, provisionalNumber: "S001-AA-\(1_000 + random.number(below: 9))",
            capturedAt: ownInstant(), createdBy: Person.clerk.staff)
        if random.chance(60) {
            ticket.number = TicketNumber(
                businessDate: 2023_10_27, ordinal: random.number(below: 30) + 1)
        }
        let values: [(FieldID, Int, [FieldValue])] = [
            (.status, 80, (1...9).map { .integer(Int64($0)) }),
            (.priority, 70, (1...3).map { .integer(Int64($0)) }),
            (.escalation, 30, [.integer(1), .integer(2)]),
            (.assignee, 50, [.text("ann"), .text("lina"), .text("")]),
            (.department, 50, [.text("售后部"), .text("客服部")]),
            (.store, 70, [.text("S001"), .text("S002")]),
            (.subject, 60, [.text(text())]), (.description, 60, [.text(text())]),
        ]
        for (field, percent, choices) in values where random.chance(percent) {
            var register = Register(value: random.one(of: choices), stamp: stamp())
            if field == .subject, random.chance(30) {
                register.alternates = [Alternate(value: .text(text()), stamp: stamp())]
            }
            ticket.registers[field] = register
        }
        fillLists(of: &ticket)
        ticket.updatedAt = ownInstant()
        return ticket
    }

    private mutating func fillLists(of ticket: inout Ticket) {
        let tags = ["VIP", "急 x", "blue"].filter { _ in random.chance(30) }
        if !tags.isEmpty {
            ticket.sets[.tags] = tags.map { SetElement(value: .text($0), stamps: [stamp()]) }
        }
        if random.chance(30) {
            let said = stamp()
            ticket.comments = [Comment(id: said.operation, kind: .note, text: text(), stamp: said)]
        }
        if random.chance(20) {
            ticket.ratings = [
                Rating(
                    id: stamp().operation, token: "t", outcome: .satisfied, score: nil,
                    remark: text(), stamp: stamp())
            ]
        }
        for name in ["response", "solution"] where random.chance(50) {
            var clock = ClockState(
                name: name, phase: random.one(of: ClockState.Phase.allCases), startedAt: noon,
                dueAt: instant(), cycle: 1)
            clock.stoppedAt = random.chance(30) ? noon : nil
            ticket.clocks[name] = clock
        }
    }

    // MARK: - Questions

    private mutating func ask(_ reader: any ReplicaReader) throws {
        if random.chance(10) { return try askForNumber(reader) }
        let query = query()
        let (found, expected) = (try reader.list(query), naive.list(query))
        guard found == expected else {
            throw LawViolation("\(query) finds \(found.map(\.id)), not \(expected.map(\.id))")
        }
        let (count, expectedCount) = (try reader.count(query), naive.count(query))
        guard count == expectedCount else {
            throw LawViolation("\(query) counts \(count), not \(expectedCount)")
        }
    }

    private mutating func askForNumber(_ reader: any ReplicaReader) throws {
        let ordinal = random.number(below: 32)
        let text = random.one(of: [
            "CS20231027\(10_000 + ordinal)".replacing("CS202310271", with: "CS20231027"),
            "\(1_000 + random.number(below: 10))", "s001-aa-100\(random.number(below: 10))",
            "\(ordinal)", String(UInt(random.number(below: 16)), radix: 16),
        ])
        let (found, expected) = (
            try reader.tickets(numbered: text, countMax: 99), naive.tickets(numbered: text)
        )
        guard found == expected else {
            throw LawViolation("number \(text) finds \(found), not \(expected)")
        }
    }

    /// Every condition now and then, so that several hold together.
    private mutating func query() -> TicketQuery {
        var query = TicketQuery()
        let percent = random.one(of: [10, 25, 50])
        if random.chance(percent) { query.assignee = random.one(of: Person.all).staff }
        if random.chance(percent / 2) {
            query.assignees = Set(Person.all.map(\.staff).filter { _ in random.chance(50) })
        }
        if random.chance(percent / 2) { query.isUnassigned = true }
        if random.chance(percent) {
            query.department = DepartmentID(unchecked: random.one(of: ["售后部", "客服部", "无"]))
        }
        if random.chance(percent) {
            query.store = StoreID(unchecked: random.one(of: ["S001", "S002"]))
        }
        if random.chance(percent) {
            query.statuses = Set(TicketStatus.allCases.filter { _ in random.chance(60) })
        }
        if random.chance(percent) { query.priorityMin = Int64(random.number(below: 5)) }
        if random.chance(percent) { query.tag = random.one(of: ["vip", "ＶＩＰ", "急 X", "blu"]) }
        if random.chance(percent) { query.dueBefore = instant() }
        if random.chance(percent) { query.text = searched() }
        query.isUnsent = random.chance(percent / 2)
        query.includesLeft = random.chance(50)
        query.order = random.one(of: TicketQuery.Order.allCases)
        if random.chance(40) { query.offset = random.number(below: 6) }
        if random.chance(40) { query.countMax = random.number(below: 8) }
        return query
    }

    /// Words as people type them: Han words of one to three characters, Latin words in any case and
    /// width, the last one perhaps only begun.
    private mutating func searched() -> String {
        var words = (0...random.number(below: 3)).map { _ in
            random.chance(50)
                ? (0...random.number(below: 3)).map { _ in random.one(of: Self.han) }.joined()
                : random.one(of: Self.words)
        }
        if random.chance(30) { words.append(String(random.one(of: Self.words).prefix(3))) }
        if random.chance(10) { words.append(random.one(of: ["*", "\"", " "])) }
        let text = words.joined(separator: " ")
        switch random.number(below: 4) {
        case 0: return text.uppercased()
        case 1: return text.wide
        default: return text
        }
    }
}

extension String {
    /// With full-width letters, as East Asian keyboards type them.
    fileprivate var wide: String {
        var result = UnicodeScalarView()
        for scalar in unicodeScalars {
            let isPlain =
                (0x41...0x5A).contains(scalar.value) || (0x61...0x7A).contains(scalar.value)
            result.append(isPlain ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar)
        }
        return String(result)
    }
}
