import Replication
import Sodium
import Testing
import TicketModel

extension HubStorageConformance {
    static let logChecks: [Check<any HubStorage>] = [
        Check("a new store is empty", newStore),
        Check("an entry moves the head and chains its hash", chain),
        Check("a transaction that throws leaves nothing", atomicity),
        Check("a transaction that the store refuses leaves nothing", refusedTwice),
        Check("a transaction sees its own writes", ownWrites),
        Check("what an attempt wrote is undone when it throws, and no more", attempts),
        Check("a ticket is found by identity and by every number", numbers),
        Check("a number that is taken over leads where it led, and goes back", takenNumbers),
        Check("scopes are those that stood at the sequence", scopes),
        Check("a verdict is found by its operation", verdicts),
        Check("a refusal is overruled once, and its dot stays", overruling),
        Check("the hash at a dot is the intent's, also for a twin", hashes),
        Check("the first young entry of a range is found", firstYoung),
    ]

    /// Entries are a millisecond apart.
    private static func firstYoung(_ store: any HubStorage) throws {
        for id in 1...5 { try store.append(LogLine(ticket: Sample.ticket(UInt128(id)))) }
        func first(_ after: UInt64, _ end: UInt64, since milliseconds: Int64) throws -> UInt64? {
            try store.read {
                try $0.firstEntry(
                    after: after, through: end,
                    since: Sample.noon.adding(milliseconds: milliseconds))
            }
        }
        #expect(try first(0, 5, since: 0) == 1)
        #expect(try first(0, 5, since: 3) == 3)
        #expect(try first(3, 5, since: 3) == 4)
        #expect(try first(0, 2, since: 3) == nil)
        #expect(try first(0, 99, since: 6) == nil)
        try store.transaction { hub throws in
            try hub.raiseDurable(to: 3)
            _ = try hub.compact(through: 3, eventsSince: Sample.noon, countMax: 9)
        }
        #expect(try first(0, 5, since: 0) == 4)
        #expect(try store.read { try $0.quarantinedCount() } == 0)
    }

    private static func newStore(_ store: any HubStorage) throws {
        try store.read { hub throws in
            #expect(try hub.head() == .start)
            #expect(try hub.position(at: 0) == .start)
            #expect(try hub.position(at: 1) == nil)
            #expect(try hub.ticket(TicketID(rawValue: 1)) == nil)
            #expect(try hub.ticket(numbered: "CS202310270001") == nil)
            #expect(try hub.replica(Sample.replica) == nil)
            #expect(try hub.verdict(on: Sample.operation(1)) == nil)
            #expect(try hub.devices() == [] && hub.invites() == [] && hub.staff() == [])
            #expect(try hub.staffVersion() == 0)
            #expect(try hub.policy() == nil)
            #expect(try hub.nextTimer() == nil)
            #expect(try hub.epoch() == hub.epoch(), "the epoch stays")
            #expect(
                try hub.counts()
                    == HubCounts(tickets: 0, openTickets: 0, entries: 0, replicas: 0, timers: 0))
        }
    }

    private static func chain(_ store: any HubStorage) throws {
        let first = try store.append(LogLine(ticket: Sample.ticket(1)))
        let second = try store.append(LogLine(ticket: Sample.ticket(2)))
        let expected = [first, second].reduce(Digest.zero) { hash, committed in
            hash.chained(with: Sample.codec.encode(committed[0].entry))
        }
        try store.read { hub throws in
            #expect(try hub.head() == LogPosition(sequence: 2, hash: expected))
            #expect(try hub.position(at: 2) == hub.head())
            #expect(
                try hub.position(at: 1)?.hash
                    == Digest.zero.chained(with: Sample.codec.encode(first[0].entry)))
            #expect(try hub.position(at: 3) == nil)
        }
    }

    private static func atomicity(_ store: any HubStorage) throws {
        let kept = Sample.ticket(1)
        try store.append(LogLine(ticket: kept))
        let before = try store.read { try $0.head() }
        #expect(throws: Abandoned.self) {
            try store.transaction { hub throws in
                try hub.append(LogLine(ticket: Sample.ticket(2), after: [.all, .two]))
                try hub.append(LogLine(ticket: Sample.ticket(1, [.subject: "x"])))
                try writeOneOfEach(to: hub)
                throw Abandoned()
            }
        }
        try store.read { hub throws in
            #expect(try hub.head() == before)
            #expect(try hub.ticket(kept.id) == kept)
            #expect(try hub.ticket(TicketID(rawValue: 2)) == nil)
            #expect(try hub.verdict(on: Sample.operation(2)) == nil)
            #expect(try hub.hash(at: Dot(replica: Sample.replica, counter: 2)) == nil)
            #expect(try hub.hash(at: Dot(replica: Sample.replica, counter: 50)) == nil)
            #expect(try hub.replica(Sample.replica) == nil)
            #expect(try hub.staff() == [] && hub.staffVersion() == 0)
            #expect(try hub.policy() == nil)
            #expect(try hub.nextTimer() == nil)
            #expect(try hub.page(after: 1, scopes: [.all], byteCountMax: 1).items == [])
        }
        let line = LogLine(ticket: Sample.ticket(3), after: [.all, .two])
        try store.append(line)
        let page = try store.read { try $0.page(after: 1, scopes: [.two], byteCountMax: 1) }
        #expect(page.items.count == 1, "what was undone is not remembered in its place")
    }

    private static func writeOneOfEach(to hub: any HubTransaction) throws {
        let intent = Sample.intent(Sample.body(50, on: TicketID(rawValue: 1)), counter: 50)
        try hub.recordTwin(intent, of: Sample.operation(1))
        try hub.save(ReplicaRecord(replica: Sample.replica, device: DeviceID(unchecked: "d")))
        try hub.save(StaffRecord(staff: StaffID(unchecked: "A17"), name: "A", roles: [.clerk]))
        try hub.save(PolicyRecord(version: 1, yaml: "x", loadedAt: Sample.noon))
        let key = TimerKey(ticket: TicketID(rawValue: 1), clock: "c", cycle: 1, rung: 0)
        try hub.schedule(TimerRecord(key: key, dueAt: Sample.noon))
    }

    private static func refusedTwice(_ store: any HubStorage) throws {
        let first = try store.append(LogLine(ticket: Sample.ticket(1)))[0]
        let ticket = Sample.ticket(2)
        #expect(throws: StoreError.self) {
            try store.transaction { hub throws in
                try hub.append(LogLine(ticket: ticket))
                var again = LogLine(ticket: ticket).committed(at: 3)
                again.entry.operation = first.entry.operation
                _ = try hub.append(again)
            }
        }
        #expect(throws: StoreError.self) {
            try store.transaction { hub throws in
                try hub.append(LogLine(ticket: ticket))
                var again = LogLine(ticket: ticket).committed(at: 3)
                again.intent.dot = first.intent.dot
                _ = try hub.append(again)
            }
        }
        try store.read { hub throws in
            #expect(try hub.head().sequence == 1)
            #expect(try hub.ticket(ticket.id) == nil)
        }
    }

    private static func ownWrites(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1, number: 1)
        let answer = try store.transaction { hub throws in
            let committed = try hub.append(LogLine(ticket: ticket))
            #expect(try hub.head().sequence == 1)
            #expect(try hub.ticket(ticket.id) == ticket)
            #expect(try hub.ticket(numbered: ticket.provisionalNumber) == ticket.id)
            #expect(try hub.scopes(of: ticket.id, at: 1) == [.all, .one])
            #expect(try hub.verdict(on: committed.entry.operation)?.sequence == 1)
            #expect(try hub.hash(at: committed.intent.dot) == committed.intent.hash)
            #expect(try hub.page(after: 0, scopes: [.one], byteCountMax: 1).items.count == 1)
            try writeOneOfEach(to: hub)
            #expect(try hub.replica(Sample.replica)?.device.rawValue == "d")
            #expect(try hub.staff().count == 1 && hub.staffVersion() == 1)
            #expect(try hub.policy()?.version == 1)
            #expect(try hub.nextTimer() == Sample.noon)
            return "kept"
        }
        #expect(answer == "kept", "the body's value is handed on")
    }

    private static func attempts(_ store: any HubStorage) throws {
        let (kept, undone, later) = (Sample.ticket(1), Sample.ticket(2), Sample.ticket(3))
        try store.transaction { hub throws in
            try hub.append(LogLine(ticket: kept))
            #expect(throws: Abandoned.self) {
                try hub.attempt {
                    try hub.append(LogLine(ticket: undone, after: [.all, .two]))
                    try hub.append(LogLine(ticket: Sample.ticket(1, [.subject: "x"])))
                    try writeOneOfEach(to: hub)
                    // An attempt within an attempt, of which only the outer one fails.
                    try hub.attempt { _ = try hub.append(LogLine(ticket: later)) }
                    #expect(try hub.ticket(later.id) == later && hub.head().sequence == 4)
                    throw Abandoned()
                }
            }
            #expect(try hub.head().sequence == 1)
            #expect(try hub.ticket(kept.id) == kept && hub.ticket(undone.id) == nil)
            #expect(try hub.ticket(numbered: undone.provisionalNumber) == nil)
            #expect(try hub.verdict(on: Sample.operation(2)) == nil)
            #expect(try hub.hash(at: Dot(replica: Sample.replica, counter: 50)) == nil)
            #expect(try hub.replica(Sample.replica) == nil && hub.staff() == [])
            #expect(try hub.nextTimer() == nil)
            let answer = try hub.attempt {
                _ = try hub.append(LogLine(ticket: later, after: [.all, .two]))
                return "kept"
            }
            #expect(answer == "kept")
        }
        try store.read { hub throws in
            #expect(try hub.head().sequence == 2)
            #expect(try hub.ticket(kept.id) == kept && hub.ticket(later.id) == later)
            let page = try hub.page(after: 0, scopes: [.two], byteCountMax: 1)
            #expect(page.items.count == 1)
            #expect(try hub.digest(of: .all).count == 2)
        }
    }

    private static func numbers(_ store: any HubStorage) throws {
        var ticket = Sample.ticket(1, number: 7)
        try store.append(LogLine(ticket: ticket))
        ticket.set(.subject, .text("屏幕不亮"))
        try store.append(LogLine(ticket: ticket, before: [.all, .one]))
        try store.append(LogLine(ticket: Sample.ticket(2, number: 8)))
        try store.read { hub throws in
            #expect(try hub.ticket(ticket.id) == ticket)
            #expect(try hub.ticket(numbered: "CS202310270007") == ticket.id)
            #expect(try hub.ticket(numbered: ticket.provisionalNumber) == ticket.id)
            #expect(try hub.ticket(numbered: "CS202310270009") == nil)
        }
    }

    private static func takenNumbers(_ store: any HubStorage) throws {
        var (survivor, duplicate) = (Sample.ticket(1, number: 7), Sample.ticket(2, number: 8))
        let (numbers, strange) = (duplicate.allNumbers, "S009-ZZ-0001")
        func lookUp() throws -> [TicketID?] {
            try store.read { hub in try numbers.map { try hub.ticket(numbered: $0) } }
        }
        func append(_ ticket: Ticket, _ effects: [Effect], isNew: Bool = false) throws {
            try store.transaction { hub throws in
                let line = LogLine(ticket: ticket, before: isNew ? [] : [.all, .one])
                var committed = line.committed(at: try hub.head().sequence + 1)
                committed.entry.effects = effects
                _ = try hub.append(committed)
            }
        }
        try append(survivor, [], isNew: true)
        survivor.apply(.named(numbers + [strange]))
        try append(survivor, [.named(numbers + [strange])])
        #expect(try lookUp() == [survivor.id, survivor.id], "the other one is not there yet")
        try append(duplicate, [], isNew: true)
        #expect(try lookUp() == [duplicate.id, duplicate.id], "they are its own")
        // Copies of one replica give the same number: then the first keeps it.
        var copy = Sample.ticket(3, number: 9)
        copy.provisionalNumber = duplicate.provisionalNumber
        try append(copy, [], isNew: true)
        #expect(try lookUp() == [duplicate.id, duplicate.id])
        survivor.apply(.unnamed(numbers + [strange]))
        duplicate.set(.mergedInto, .text(""))
        let register = try #require(duplicate.registers[.mergedInto])
        try store.transaction { [survivor, duplicate] hub throws in
            var line = LogLine(ticket: survivor, before: [.all, .one])
                .committed(at: try hub.head().sequence + 1)
            line.entry.effects = [.unnamed(numbers + [strange])]
            _ = try hub.append(line)
            #expect(try hub.ticket(numbered: numbers[0]) == duplicate.id, "they are its own")
            #expect(try hub.ticket(numbered: strange) == nil, "within the transaction too")
            line = LogLine(ticket: duplicate, before: [.all, .one])
                .committed(at: try hub.head().sequence + 1)
            line.entry.effects = [.wrote(.mergedInto, register)]
            _ = try hub.append(line)
        }
        duplicate.apply(.named([strange]))
        try append(duplicate, [.named([strange])])
        #expect(try store.read { try $0.ticket(numbered: strange) } == duplicate.id)
        #expect(try lookUp() == [duplicate.id, duplicate.id])
        // Taking away what belongs to somebody else takes nothing away.
        try append(survivor, [.unnamed(numbers)])
        #expect(try lookUp() == [duplicate.id, duplicate.id])
        #expect(
            try store.read { try $0.ticket(numbered: survivor.provisionalNumber) } == survivor.id)
    }

    private static func scopes(_ store: any HubStorage) throws {
        let (ticket, other) = (Sample.ticket(1), Sample.ticket(2))
        try store.append(LogLine(ticket: other))
        try store.append(LogLine(ticket: ticket))
        try store.append(LogLine.refusal(of: ticket))
        try store.append(LogLine(ticket: ticket, before: [.all, .one], after: [.all, .two]))
        try store.read { hub throws in
            #expect(try hub.scopes(of: ticket.id, at: 0) == [])
            #expect(try hub.scopes(of: ticket.id, at: 1) == [], "it did not exist yet")
            #expect(try hub.scopes(of: ticket.id, at: 2) == [.all, .one])
            #expect(try hub.scopes(of: ticket.id, at: 3) == [.all, .one], "a refusal moves none")
            #expect(try hub.scopes(of: ticket.id, at: 4) == [.all, .two])
            #expect(try hub.scopes(of: ticket.id, at: 99) == [.all, .two])
            #expect(try hub.scopes(of: TicketID(rawValue: 9), at: 4) == [])
        }
    }

    private static func verdicts(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1)
        try store.append(LogLine(ticket: ticket))
        try store.append(LogLine.refusal(of: ticket))
        try store.read { hub throws in
            #expect(
                try hub.verdict(on: Sample.operation(1))
                    == Verdict(
                        operation: Sample.operation(1), disposition: .applied, sequence: 1))
            #expect(
                try hub.verdict(on: Sample.operation(2))
                    == Verdict(
                        operation: Sample.operation(2),
                        disposition: .rejected(.staleClose, "late"), sequence: 2))
            #expect(try hub.verdict(on: Sample.operation(3)) == nil)
            #expect(try hub.ticket(ticket.id) == ticket)
        }
    }

    private static func overruling(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1)
        try store.append(LogLine(ticket: ticket))
        let refused = try store.append(LogLine.refusal(of: ticket))[0]
        func overrule(_ operation: OperationID) throws {
            try store.transaction { hub throws in
                var committed = LogLine(ticket: ticket, before: [.all, .one]).committed(
                    at: try hub.head().sequence + 1)
                committed.entry.operation = operation
                committed.isOverruling = true
                _ = try hub.append(committed)
            }
        }
        try overrule(refused.entry.operation)
        for known in [refused.entry.operation, Sample.operation(1), Sample.operation(9)] {
            #expect(throws: StoreError.self, "accepted or unknown") { try overrule(known) }
        }
        try store.read { hub throws in
            #expect(
                try hub.verdict(on: refused.entry.operation)
                    == Verdict(
                        operation: refused.entry.operation, disposition: .applied, sequence: 3))
            #expect(try hub.hash(at: refused.intent.dot) == refused.intent.hash)
            #expect(try hub.head().sequence == 3)
        }
    }

    private static func hashes(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1)
        let first = try store.append(LogLine(ticket: ticket))[0]
        let twin = Sample.intent(
            Sample.body(1, on: ticket.id), counter: 4, replica: ReplicaID(rawValue: 78))
        try store.transaction { try $0.recordTwin(twin, of: first.entry.operation) }
        try store.read { hub throws in
            #expect(try hub.hash(at: first.intent.dot) == first.intent.hash)
            #expect(try hub.hash(at: twin.dot) == twin.hash)
            #expect(try hub.head().sequence == 1, "a twin is no entry")
            #expect(try hub.verdict(on: first.entry.operation)?.sequence == 1)
            #expect(try hub.hash(at: Dot(replica: Sample.replica, counter: 2)) == nil)
            #expect(try hub.hash(at: Dot(replica: ReplicaID(rawValue: 9), counter: 1)) == nil)
            #expect(
                try hub.replica(Sample.replica) == nil && hub.replica(twin.dot.replica) == nil,
                "an author becomes known by being saved")
            #expect(try hub.counts().replicas == 0)
        }
    }
}
