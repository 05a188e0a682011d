import Replication
import Testing
import TicketModel

extension ReplicaStorageConformance {
    static let feedChecks: [Check<any ReplicaStorage>] = [
        Check("a ticket's history is in the order of the log, each entry once", history),
        Check("a feed goes on after a sequence and is never cut inside one", feeds),
        Check("a feed's cursor goes on and never back, for each consumer", cursors),
    ]

    private static let ticket = TicketID(rawValue: 1)

    private static func history(_ store: any ReplicaStorage) throws {
        let entries = [2, 5, 9].map { Sample.entry($0, on: ticket) }
        try store.transaction { replica throws in
            try replica.appendHistory(entries[0])
            try replica.appendHistory(Sample.entry(3, on: TicketID(rawValue: 2)))
            try replica.appendHistory(entries[2])
            try replica.appendHistory(entries[1])
            try replica.appendHistory(entries[0])
        }
        try store.read { replica throws in
            #expect(try replica.history(of: ticket, countMax: 9) == entries)
            #expect(try replica.history(of: ticket, countMax: 2) == Array(entries.prefix(2)))
            #expect(try replica.history(of: TicketID(rawValue: 3), countMax: 9) == [])
        }
    }

    private static func feeds(_ store: any ReplicaStorage) throws {
        let items = [(4, "a"), (7, "b"), (7, "c"), (7, "d"), (8, "e")].map {
            Sample.feedItem(UInt64($0.0), on: ticket, to: $0.1)
        }
        var other = Sample.feedItem(7, on: ticket, .escalations)
        other.event.level = nil
        other.event.recipients = []
        other.event.isLate = false
        try store.transaction { [other] replica throws in
            for item in items { try replica.append(item, to: .warnings) }
            try replica.append(other, to: .escalations)
        }
        try store.read { replica throws in
            func read(_ sequence: UInt64, _ countMax: Int) throws -> [FeedItem] {
                try replica.feed(.warnings, after: sequence, countMax: countMax)
            }
            #expect(try read(0, 9) == items)
            #expect(try read(0, 1) == [items[0]])
            #expect(try read(0, 2) == Array(items.prefix(4)), "all events of one entry")
            #expect(try read(4, 1) == Array(items[1...3]))
            #expect(try read(7, 9) == [items[4]])
            #expect(try read(8, 9) == [])
            #expect(try replica.feed(.escalations, after: 0, countMax: 9) == [other])
            #expect(try replica.feed(.assignments, after: 0, countMax: 9) == [])
        }
    }

    private static func cursors(_ store: any ReplicaStorage) throws {
        try store.transaction { replica throws in
            #expect(try replica.feedCursor(.warnings, consumer: "desk") == 0)
            try replica.acknowledgeFeed(.warnings, consumer: "desk", through: 8)
            try replica.acknowledgeFeed(.warnings, consumer: "desk", through: 5)
            try replica.acknowledgeFeed(.warnings, consumer: "printer", through: 2)
            try replica.acknowledgeFeed(.escalations, consumer: "desk", through: 3)
        }
        try store.read { replica throws in
            #expect(try replica.feedCursor(.warnings, consumer: "desk") == 8)
            #expect(try replica.feedCursor(.warnings, consumer: "printer") == 2)
            #expect(try replica.feedCursor(.escalations, consumer: "desk") == 3)
            #expect(try replica.feedCursor(.assignments, consumer: "desk") == 0)
        }
        try store.transaction {
            try $0.acknowledgeFeed(.warnings, consumer: "desk", through: 9)
        }
        #expect(try store.read { try $0.feedCursor(.warnings, consumer: "desk") } == 9)
    }
}
