import Replication
import Sodium
import Testing
import TicketModel

extension ReplicaStorageConformance {
    static let changeChecks: [Check<any ReplicaStorage>] = [
        Check("the change log is read newest first, of one ticket or of all", changeLog),
        Check("a change waits until it is settled", lifeOfChange),
        Check("operations without an answer are listed oldest first", unanswered),
        Check("intents are read in order and within both limits", intents),
        Check("what stands or falls together is not cut", groups),
        Check("intents of an earlier identity are not sent", earlierIdentity),
        Check("the chain hash is known after every counter", hashes),
        Check("what is not acknowledged is queued", queued),
        Check("drafts wait, oldest first, until they are removed", drafts),
        Check("sizes are counted", counts),
    ]

    private static let (one, two) = (TicketID(rawValue: 1), TicketID(rawValue: 2))

    private static func fill(_ store: any ReplicaStorage) throws -> [ChangeRecord] {
        let changes = [
            Sample.change(1, on: one, text: "短"), Sample.change(2, on: two),
            Sample.change(3, on: one), Sample.change(4, on: one),
        ]
        try store.transaction { replica throws in
            try replica.save(Sample.identity)
            for change in changes { try replica.append(change) }
        }
        return changes
    }

    private static func changeLog(_ store: any ReplicaStorage) throws {
        let changes = try fill(store)
        try store.read { replica throws in
            #expect(try replica.changes(on: nil, countMax: 9) == changes.reversed())
            #expect(
                try replica.changes(on: one, countMax: 9) == [changes[3], changes[2], changes[0]])
            #expect(try replica.changes(on: one, countMax: 2) == [changes[3], changes[2]])
            #expect(try replica.changes(on: nil, countMax: 1) == [changes[3]])
            #expect(try replica.change(changes[1].body.operation) == changes[1])
            #expect(try replica.change(Sample.operation(99)) == nil)
        }
    }

    private static func lifeOfChange(_ store: any ReplicaStorage) throws {
        let changes = try fill(store)
        func states() throws -> [ChangeRecord.State] {
            try store.read { try $0.changes(on: nil, countMax: 9) }.reversed().map(\.state)
        }
        #expect(try store.read { try $0.pending(on: one) } == [changes[0], changes[2], changes[3]])
        try store.transaction { try $0.acknowledge(through: 3) }
        #expect(try states() == [.acknowledged, .acknowledged, .acknowledged, .queued])
        #expect(try store.read { try $0.pending(on: one).count } == 3, "acknowledged still waits")
        let refused = Disposition.rejected(.staleClose, "B07")
        try store.transaction { replica throws in
            try replica.settle(changes[0].body.operation, refused, sequence: 20)
            try replica.settle(changes[3].body.operation, .applied, sequence: 21)
            try replica.settle(changes[0].body.operation, .applied, sequence: 22)
            try replica.settle(Sample.operation(99), .applied, sequence: 23)
            try replica.acknowledge(through: 9)
        }
        #expect(
            try states() == [
                .settled(refused, sequence: 20), .acknowledged, .acknowledged,
                .settled(.applied, sequence: 21),
            ], "the first answer is final")
        #expect(try store.read { try $0.pending(on: one).map(\.intent.dot.counter) } == [3])
    }

    private static func unanswered(_ store: any ReplicaStorage) throws {
        let changes = try fill(store)
        try store.transaction { replica throws in
            try replica.acknowledge(through: 3)
            try replica.settle(changes[1].body.operation, .applied, sequence: 5)
        }
        try store.read { replica throws in
            let waiting = [changes[0], changes[2]].map(\.body.operation)
            #expect(try replica.unansweredOperations(countMax: 9) == waiting)
            #expect(try replica.unansweredOperations(countMax: 1) == [waiting[0]])
        }
    }

    private static func intents(_ store: any ReplicaStorage) throws {
        let intents = try fill(store).map(\.intent)
        try store.transaction { replica throws in
            try replica.acknowledge(through: 2)
            try replica.settle(Sample.operation(1), .applied, sequence: 5)
        }
        let sizes = intents.map(\.bodyBytes.count)
        try store.read { replica throws in
            func read(_ counter: UInt64, _ countMax: Int, _ byteCountMax: Int) throws -> [Intent] {
                try replica.intents(
                    after: counter, countMax: countMax, byteCountMax: byteCountMax)
            }
            #expect(try read(0, 9, 100_000) == intents, "whatever their state")
            #expect(try read(2, 9, 100_000) == Array(intents.suffix(2)))
            #expect(try read(0, 3, 100_000) == Array(intents.prefix(3)))
            #expect(try read(0, 9, sizes[0] + sizes[1]) == Array(intents.prefix(2)))
            #expect(try read(0, 9, sizes[0] + sizes[1] - 1) == Array(intents.prefix(1)))
            #expect(try read(1, 9, 0) == [intents[1]], "at least one")
            #expect(try read(4, 9, 100_000) == [])
        }
    }

    private static func groups(_ store: any ReplicaStorage) throws {
        // One that stands alone, three that belong together, another alone.
        let intents = (1...5).map { counter in
            var change = Sample.change(UInt64(counter), on: one)
            if 2...4 ~= counter {
                change.body.group = IntentGroup(
                    id: Sample.operation(2), index: counter - 2, count: 3)
            }
            change.intent = Sample.intent(change.body, counter: UInt64(counter))
            return change
        }
        try store.transaction { replica throws in
            try replica.save(Sample.identity)
            for change in intents { try replica.append(change) }
        }
        let sizes = intents.map(\.intent.bodyBytes.count)
        try store.read { replica throws in
            func counters(
                _ counter: UInt64, _ countMax: Int, _ byteCountMax: Int = 100_000
            ) throws -> [UInt64] {
                try replica.intents(
                    after: counter, countMax: countMax, byteCountMax: byteCountMax
                ).map(\.dot.counter)
            }
            for countMax in 1...3 { #expect(try counters(0, countMax) == [1], "left for later") }
            #expect(try counters(0, 4) == [1, 2, 3, 4])
            #expect(try counters(0, 9, sizes[0...2].reduce(0, +)) == [1])
            for countMax in 1...3 { #expect(try counters(1, countMax) == [2, 3, 4], "whole") }
            #expect(try counters(1, 9, 1) == [2, 3, 4], "whatever the limits")
            #expect(try counters(1, 4) == [2, 3, 4, 5])
            #expect(try counters(2, 1) == [3, 4], "what is left of it")
            #expect(try counters(4, 1) == [5])
            #expect(try counters(0, 0) == [])
        }
    }

    private static func earlierIdentity(_ store: any ReplicaStorage) throws {
        _ = try fill(store)
        let other = ReplicaID(rawValue: 78)
        let change = ChangeRecord(
            intent: Sample.intent(Sample.body(70, on: one), counter: 1, replica: other),
            body: Sample.body(70, on: one), state: .queued)
        try store.transaction { replica throws in
            var identity = Sample.identity
            identity.replica = other
            try replica.save(identity)
            try replica.append(change)
        }
        try store.read { replica throws in
            let found = try replica.intents(after: 0, countMax: 9, byteCountMax: 100_000)
            #expect(found == [change.intent])
            #expect(try replica.hash(after: 1) == change.intent.hash)
            #expect(try replica.hash(after: 2) == nil)
            #expect(try replica.changes(on: nil, countMax: 1) == [change])
            #expect(try replica.changes(on: one, countMax: 1) == [change], "counters begin anew")
        }
    }

    private static func hashes(_ store: any ReplicaStorage) throws {
        let changes = try fill(store)
        try store.read { replica throws in
            #expect(try replica.hash(after: 0) == .zero)
            for change in changes {
                let counter = change.intent.dot.counter
                #expect(try replica.hash(after: counter) == change.intent.hash)
            }
            #expect(try replica.hash(after: 5) == nil)
        }
    }

    private static func queued(_ store: any ReplicaStorage) throws {
        for (counter, acknowledged, expected) in [(0, 0, 0), (7, 0, 7), (7, 5, 2), (7, 7, 0)] {
            try store.transaction { replica throws in
                var state = ReplicaState()
                state.counter = UInt64(counter)
                state.acknowledged = UInt64(acknowledged)
                try replica.save(state)
                #expect(try replica.queuedCount() == expected)
            }
        }
    }

    private static func drafts(_ store: any ReplicaStorage) throws {
        let drafts = [9, 3, 5].map { Sample.draft(UInt64($0), on: one) }
        try store.transaction { replica throws in
            for draft in drafts { try replica.save(draft) }
            try replica.save(drafts[1])
        }
        #expect(try store.read { try $0.drafts() } == drafts)
        try store.transaction { replica throws in
            try replica.removeDraft(drafts[1].operation)
            try replica.removeDraft(Sample.operation(99))
        }
        try store.read { replica throws in
            #expect(try replica.drafts() == [drafts[0], drafts[2]])
            #expect(try replica.draft(drafts[2].operation) == drafts[2])
            #expect(try replica.draft(drafts[1].operation) == nil)
        }
    }

    private static func counts(_ store: any ReplicaStorage) throws {
        let changes = try fill(store)
        var closed = Sample.ticket(2)
        closed.set(.status, .integer(TicketStatus.closed.rawValue))
        try store.transaction { [closed] replica throws in
            var state = ReplicaState()
            state.counter = 4
            state.acknowledged = 3
            try replica.save(state)
            try replica.acknowledge(through: 3)
            try replica.settle(changes[0].body.operation, .applied, sequence: 5)
            try replica.save(Sample.draft(50, on: one))
            try replica.saveBase(Sample.ticket(1))
            try replica.saveBase(closed)
        }
        #expect(
            try store.read { try $0.counts() }
                == ReplicaCounts(
                    tickets: 2, openTickets: 1, queued: 1, acknowledged: 2, drafts: 1,
                    oldestQueuedAt: changes[3].body.captured.wall))
    }
}
