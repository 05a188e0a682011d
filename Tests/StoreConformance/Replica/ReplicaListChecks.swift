import Replication
import Testing
import TicketModel

extension ReplicaStorageConformance {
    static let listChecks: [Check<any ReplicaStorage>] = [
        Check("a line of a list says what the ticket says", summaries),
        Check("every condition of a query leaves out what it should", filters),
        Check("a list has the order that was asked for", orders),
        Check("tickets of one day are those that were captured in it", captured),
        Check("tickets that came on a day are those that the hub got in it", received),
        Check("a list is read piece by piece and counted as a whole", pieces),
        Check("tags are found in any case and width, and not in parts", tags),
        Check("unsent tickets are those with own changes that wait", unsent),
    ]

    /// Five tickets that differ in everything that a list can ask for.
    private static func fill(_ store: any ReplicaStorage) throws {
        let noon = Sample.noon
        for id in 1...5 {
            var ticket = Sample.ticket(UInt128(id), number: id, [.subject: "subject \(id)"])
            ticket.set(.status, .integer([1, 3, 5, 7, 8][id - 1]))
            ticket.set(.priority, .integer(Int64(id)))
            ticket.set(.store, .text(id < 4 ? "S001" : "S002"))
            if id != 3 { ticket.set(.assignee, .text(id.isMultiple(of: 2) ? "B07" : "A17")) }
            ticket.set(.department, .text(id == 1 ? "售后部" : "物流部"))
            if id != 5 { ticket.promise(dueIn: Int64([30, 20, 10, 20][id - 1])) }
            ticket.capturedAt = noon.adding(milliseconds: Int64([4, 3, 5, 1, 2][id - 1]))
            ticket.updatedAt = noon.adding(milliseconds: Int64([2, 5, 1, 4, 3][id - 1]))
            let finished = ticket
            try store.transaction { try $0.saveBase(finished) }
        }
    }

    private static func ids(
        in store: any ReplicaStorage, _ change: (inout TicketQuery) -> Void
    ) throws -> [UInt128] {
        var query = TicketQuery()
        change(&query)
        return try store.read { replica throws in
            let found = try replica.list(query).map(\.id.rawValue)
            if query.offset == 0, query.countMax == 50 {
                #expect(try replica.count(query) == found.count)
            }
            return found
        }
    }

    private static func captured(_ store: any ReplicaStorage) throws {
        try fill(store)
        let noon = Sample.noon
        for (range, expected) in [(1..<3, [4, 5]), (3..<4, [2]), (5..<9, [3]), (0..<1, [])] {
            let found = try ids(in: store) {
                $0.capturedIn =
                    noon.adding(
                        milliseconds: Int64(range.lowerBound))..<noon.adding(
                        milliseconds: Int64(range.upperBound))
                $0.includesLeft = true
            }
            #expect(found.sorted() == expected.map { UInt128($0) }, "\(range)")
        }
    }

    private static func received(_ store: any ReplicaStorage) throws {
        for (number, instant) in [(1, nil), (2, 20), (3, 30), (4, 40)] as [(UInt64, Int64?)] {
            var ticket = Sample.ticket(UInt128(number), number: Int(number), [.subject: "屏幕"])
            ticket.receivedAt = instant.map { Sample.noon.adding(milliseconds: $0) }
            let finished = ticket
            try store.transaction { try $0.saveBase(finished) }
        }
        for (range, expected) in [(20..<40, [2, 3]), (40..<41, [4]), (0..<20, []), (41..<99, [])] {
            let found = try ids(in: store) {
                let noon = Sample.noon
                $0.receivedIn =
                    noon.adding(
                        milliseconds: Int64(range.lowerBound))..<noon.adding(
                        milliseconds: Int64(range.upperBound))
            }
            #expect(found.sorted() == expected.map { UInt128($0) }, "\(range)")
        }
    }

    private static func summaries(_ store: any ReplicaStorage) throws {
        var ticket = Sample.ticket(6, number: 6, [.subject: "屏幕"])
        ticket.set(.status, .integer(TicketStatus.escalated.rawValue))
        ticket.set(.priority, .integer(3))
        ticket.set(.escalation, .integer(2))
        ticket.set(.assignee, .text("B07"))
        ticket.promise("resolution", dueIn: 70)
        ticket.promise("response", dueIn: 60)
        ticket.updatedAt = Sample.noon.adding(milliseconds: 9)
        let finished = ticket
        try store.transaction { replica throws in
            try replica.append(Sample.change(1, on: finished.id))
            try replica.append(Sample.change(2, on: finished.id))
            try replica.saveBase(finished)
        }
        let expected = TicketSummary(
            id: ticket.id, number: "CS202310270006", provisionalNumber: ticket.provisionalNumber,
            status: .escalated, priority: 3, escalationLevel: 2,
            assignee: StaffID(unchecked: "B07"), department: nil, store: nil, subject: "屏幕",
            dueAt: Sample.noon.adding(milliseconds: 60), dueClock: "response",
            dueStartedAt: finished.clocks["response"]?.startedAt, pauseReason: nil,
            capturedAt: Sample.noon, updatedAt: ticket.updatedAt, unsentCount: 2, hasLeft: false)
        #expect(try store.read { try $0.list(TicketQuery()) } == [expected])

        ticket.set(.status, .integer(TicketStatus.pending.rawValue))
        ticket.set(.pauseReason, .text("supplier"))
        for name in ticket.clocks.keys { ticket.clocks[name]?.pausedAt = Sample.noon }
        let paused = ticket
        try store.transaction { try $0.saveBase(paused) }
        let shown = try #require(try store.read { try $0.list(TicketQuery()) }.first)
        #expect(shown.pauseReason == .supplier)
        #expect(shown.dueAt == nil && shown.dueStartedAt == nil && shown.dueClock.isEmpty)
    }

    private static func filters(_ store: any ReplicaStorage) throws {
        try fill(store)
        func found(_ change: (inout TicketQuery) -> Void) throws -> Set<UInt128> {
            Set(try ids(in: store, change))
        }
        #expect(try found { _ in } == [1, 2, 3, 4, 5])
        #expect(try found { $0.assignee = StaffID(unchecked: "B07") } == [2, 4])
        #expect(try found { $0.assignees = [StaffID(unchecked: "B07")] } == [2, 4])
        #expect(
            try found { $0.assignees = [StaffID(unchecked: "B07"), StaffID(unchecked: "Z9")] }
                == [2, 4])
        #expect(try found { $0.assignees = [] } == [], "of nobody, not of everybody")
        #expect(try found { $0.isUnassigned = true } == [3])
        #expect(try found { $0.department = DepartmentID(unchecked: "售后部") } == [1])
        #expect(try found { $0.store = StoreID(unchecked: "S002") } == [4, 5])
        #expect(try found { $0.statuses = [.inProgress, .closed] } == [2, 5])
        #expect(
            try found { $0.statuses = Set(TicketStatus.allCases).subtracting([.closed]) }
                == [1, 2, 3, 4])
        #expect(try found { $0.statuses = Set(TicketStatus.allCases) } == [1, 2, 3, 4, 5])
        #expect(try found { $0.priorityMin = 4 } == [4, 5])
        #expect(
            try found { $0.dueBefore = Sample.noon.adding(milliseconds: 20) } == [3],
            "before, not at")
        #expect(
            try found {
                $0.assignee = StaffID(unchecked: "B07")
                $0.priorityMin = 3
            } == [4], "conditions hold together")
        #expect(try found { $0.assignee = StaffID(unchecked: "' OR 1=1 --") } == [])
    }

    private static func orders(_ store: any ReplicaStorage) throws {
        try fill(store)
        #expect(try ids(in: store) { $0.order = .due } == [3, 4, 2, 1, 5])
        #expect(try ids(in: store) { $0.order = .updated } == [2, 4, 5, 1, 3])
        #expect(try ids(in: store) { $0.order = .created } == [3, 1, 2, 5, 4])
    }

    private static func pieces(_ store: any ReplicaStorage) throws {
        try fill(store)
        let first = try ids(in: store) { $0.countMax = 2 }
        let second = try ids(in: store) {
            $0.countMax = 2
            $0.offset = 2
        }
        let third = try ids(in: store) {
            $0.countMax = 2
            $0.offset = 4
        }
        #expect(first + second + third == [3, 4, 2, 1, 5])
        #expect(try ids(in: store) { $0.countMax = 0 } == [])
        #expect(try ids(in: store) { $0.offset = 9 } == [])
        var query = TicketQuery()
        query.countMax = 1
        #expect(try store.read { try $0.count(query) } == 5)
    }

    private static func tags(_ store: any ReplicaStorage) throws {
        var ticket = Sample.ticket(1)
        ticket.tag("VIP", "急")
        let tagged = ticket
        try store.transaction { replica throws in
            try replica.saveBase(tagged)
            try replica.saveBase(Sample.ticket(2))
        }
        for tag in ["VIP", "vip", "ＶＩＰ", "急"] {
            #expect(try ids(in: store) { $0.tag = tag } == [1], "\(tag)")
        }
        #expect(try ids(in: store) { $0.tag = "VI" } == [])
        ticket.tag("急")
        let untagged = ticket
        try store.transaction { try $0.saveBase(untagged) }
        #expect(try ids(in: store) { $0.tag = "VIP" } == [])
    }

    private static func unsent(_ store: any ReplicaStorage) throws {
        try fill(store)
        let (one, two) = (TicketID(rawValue: 1), TicketID(rawValue: 2))
        try store.transaction { replica throws in
            try replica.append(Sample.change(1, on: one))
            try replica.append(Sample.change(2, on: two))
        }
        #expect(try Set(ids(in: store) { $0.isUnsent = true }) == [1, 2])
        try store.transaction { try $0.acknowledge(through: 1) }
        #expect(try Set(ids(in: store) { $0.isUnsent = true }) == [1, 2], "no answer yet")
        try store.transaction { try $0.settle(Sample.operation(1), .applied, sequence: 5) }
        #expect(try ids(in: store) { $0.isUnsent = true } == [2])
        let counts = try store.read { try $0.list(TicketQuery()) }.filter { $0.unsentCount > 0 }
        #expect(counts.map(\.id) == [two])
    }
}
