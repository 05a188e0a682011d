import Replication
import Testing
import TicketModel

/// What a replica needs to cross into another life of the log, to prove what it holds and to
/// forget (replication.md 3.7, 3.11, I8).
extension ReplicaStorageConformance {
    static let recoveryChecks: [Check<any ReplicaStorage>] = [
        Check("the sum of a scope is that of the tickets held in it now", sums),
        Check(
            "a ticket that left is forgotten after its time, but not with work on it", forgetting),
        Check("the journal is given back in order and within both limits", journal),
        Check("settled changes are found by where they were settled, and replaced", crossing),
        Check("a mark of leaving is moved back with the log", leftMarks),
    ]

    private static func sum(of tickets: Ticket...) -> DigestSum {
        tickets.reduce(into: DigestSum()) { $0.add(TicketDigest.of(Sample.codec.encode($1))) }
    }

    private static func sums(_ store: any ReplicaStorage) throws {
        var first = Sample.ticket(1, [.store: "S001"])
        let (second, third) = (
            Sample.ticket(2, [.store: "S001"]), Sample.ticket(3, [.store: "S002"])
        )
        try store.transaction { replica throws in
            for ticket in [first, second, third] { try replica.saveBase(ticket) }
        }
        first.set(.subject, .text("屏幕"))
        try store.transaction { try $0.saveBase(first) }
        try store.read { replica throws in
            #expect(try replica.digest(of: .one) == sum(of: first, second))
            #expect(try replica.digest(of: .all) == sum(of: first, second, third))
            let range = first.id...second.id
            #expect(try replica.digest(of: .one, in: range) == sum(of: first, second))
            #expect(try replica.digest(of: .two, in: range) == DigestSum())
        }
        try store.transaction { try $0.markLeft(first.id, sequence: 4, at: Sample.noon) }
        try store.read { replica throws in
            #expect(try replica.digest(of: .one) == sum(of: second), "one ticket has left")
            #expect(try replica.digest(of: .one, in: .allTickets) == sum(of: second))
            #expect(try replica.baseTickets(after: nil, through: nil) == [second.id, third.id])
            #expect(try replica.baseTickets(after: second.id, through: third.id) == [third.id])
        }
        try store.transaction { try $0.saveBase(first) }
        #expect(try store.read { try $0.digest(of: .one) } == sum(of: first, second))
    }

    private static func forgetting(_ store: any ReplicaStorage) throws {
        let (idle, busy, drafted, recent) = (
            Sample.ticket(1), Sample.ticket(2), Sample.ticket(3), Sample.ticket(4)
        )
        let later = Sample.noon.adding(milliseconds: 100)
        let change = Sample.change(1, on: busy.id)
        try store.transaction { replica throws in
            try replica.save(Sample.identity)
            for ticket in [idle, busy, drafted, recent] { try replica.saveBase(ticket) }
            try replica.append(change)
            try replica.acknowledge(through: 1)
            try replica.save(Sample.draft(9, on: drafted.id))
            for ticket in [idle, busy, drafted] {
                try replica.markLeft(ticket.id, sequence: 4, at: Sample.noon)
            }
            try replica.markLeft(recent.id, sequence: 4, at: later)
        }
        #expect(try store.transaction { try $0.forgetLeft(before: later, countMax: 9) } == 1)
        try store.read { replica throws in
            #expect(try replica.visible(idle.id) == nil)
            for ticket in [busy, drafted, recent] {
                #expect(try replica.visible(ticket.id) == ticket, "ticket \(ticket.id)")
            }
        }
        try store.transaction { replica throws in
            try replica.settle(change.body.operation, .applied, sequence: 5)
        }
        #expect(try store.transaction { try $0.forgetLeft(before: later, countMax: 9) } == 1)
    }

    private static func journal(_ store: any ReplicaStorage) throws {
        let ticket = TicketID(rawValue: 1)
        let entries = [3, 1, 2].map { Sample.entry($0, on: ticket).witnessed }
        try store.transaction { replica throws in
            for entry in entries + entries { try replica.appendHistory(entry) }
        }
        func sequences(
            _ after: UInt64, countMax: Int = 9, byteCountMax: Int = 99_999
        ) throws -> [UInt64] {
            try store.read {
                try $0.witnessed(after: after, countMax: countMax, byteCountMax: byteCountMax)
                    .map(\.sequence)
            }
        }
        #expect(try sequences(0) == [1, 2, 3] && sequences(1) == [2, 3] && sequences(3) == [])
        #expect(try sequences(0, countMax: 2) == [1, 2])
        #expect(try sequences(0, byteCountMax: 1) == [1], "one is given whatever its size")
        try store.transaction { try $0.retireHistory(after: 1, of: EpochID(rawValue: 9)) }
        #expect(try store.read { try $0.history(of: ticket, countMax: 9).map(\.sequence) } == [1])
    }

    private static func crossing(_ store: any ReplicaStorage) throws {
        let ticket = TicketID(rawValue: 1)
        let changes = (1...3).map { Sample.change(UInt64($0), on: ticket) }
        try store.transaction { replica throws in
            try replica.save(Sample.identity)
            for change in changes { try replica.append(change) }
            try replica.settle(changes[0].body.operation, .applied, sequence: 5)
            try replica.settle(changes[1].body.operation, .applied, sequence: 6)
        }
        try store.read { replica throws in
            #expect(try replica.changesSettled(after: 5).map(\.body) == [changes[1].body])
            #expect(try replica.pendingChanges() == [changes[2]])
        }
        // The answer of a life that is over stands nowhere in this log.
        var unplaced = changes[0]
        unplaced.state = .settled(.rejected(.staleClose), sequence: nil)
        try store.transaction { try $0.replace(unplaced) }
        #expect(try store.read { try $0.change(unplaced.body.operation) } == unplaced)
        #expect(try store.read { try $0.changesSettled(after: 6) } == [unplaced])
        let intent = Sample.intent(
            changes[1].body, counter: 1, replica: ReplicaID(rawValue: 78))
        let reopened = ChangeRecord(intent: intent, body: changes[1].body, state: .queued)
        try store.transaction { try $0.replace(reopened) }
        try store.read { replica throws in
            #expect(try replica.change(reopened.body.operation) == reopened)
            #expect(try replica.pendingChanges() == [reopened, changes[2]])
            #expect(
                try replica.hash(after: 1) == changes[0].intent.hash,
                "the chain is that of the present identity")
        }
        var renamed = Sample.identity
        renamed.replica = intent.dot.replica
        try store.transaction { try $0.save(renamed) }
        #expect(try store.read { try $0.hash(after: 1) } == intent.hash)
        #expect(throws: StoreError.self) {
            try store.transaction { try $0.replace(Sample.change(99, on: ticket)) }
        }
    }

    private static func leftMarks(_ store: any ReplicaStorage) throws {
        let (early, late) = (Sample.ticket(1), Sample.ticket(2))
        try store.transaction { replica throws in
            for ticket in [early, late] { try replica.saveBase(ticket) }
            try replica.markLeft(early.id, sequence: 3, at: Sample.noon)
            try replica.markLeft(late.id, sequence: 8, at: Sample.noon)
            try replica.clampLeft(to: 5)
        }
        #expect(try store.read { try [$0.leftAt(early.id), $0.leftAt(late.id)] } == [3, 5])
    }
}
