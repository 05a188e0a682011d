import Replication
import Testing
import TicketModel

extension ReplicaStorageConformance {
    static let feedChecks: [Check<any ReplicaStorage>] = [
        Check("a ticket's history is in the order of the log, each entry once", history),
        Check("a feed is in the order of arrival, each event once, over all feeds", feeds),
        Check("a feed's cursor goes on and never back, for each consumer", cursors),
    ]

    private static let ticket = TicketID(rawValue: 1)

    private static func history(_ store: any ReplicaStorage) throws {
        let entries = [2, 5, 9].map { Sample.entry($0, on: ticket) }
        try store.transaction { replica throws in
            try replica.appendHistory(entries[0].witnessed)
            try replica.appendHistory(Sample.entry(3, on: TicketID(rawValue: 2)).witnessed)
            try replica.appendHistory(entries[2].witnessed)
            try replica.appendHistory(entries[1].witnessed)
            try replica.appendHistory(entries[0].witnessed)
        }
        try store.read { replica throws in
            #expect(try replica.history(of: ticket, countMax: 9) == entries)
            #expect(try replica.history(of: ticket, countMax: 2) == Array(entries.prefix(2)))
            #expect(try replica.history(of: TicketID(rawValue: 3), countMax: 9) == [])
        }
    }

    private static func feeds(_ store: any ReplicaStorage) throws {
        var items = [(4, "a"), (7, "b"), (7, "c"), (7, "d"), (3, "e")].map {
            Sample.feedItem(UInt64($0.0), on: ticket, to: $0.1)
        }
        for (index, ordinal) in [0, 0, 1, 2, 0].enumerated() { items[index].ordinal = ordinal }
        var other = Sample.feedItem(7, on: ticket, .escalations)
        other.event.level = nil
        other.event.recipients = []
        other.event.isLate = false
        other.event.quietUntil = [:]
        try store.transaction { [other, items] replica throws in
            for item in items { try replica.append(item, to: .warnings) }
            try replica.append(other, to: .escalations)
            // A restore of the hub may bring them again, wherever they stand in the log by then.
            for var item in items {
                item.sequence += 100
                try replica.append(item, to: .warnings)
            }
        }
        for index in items.indices { items[index].position = UInt64(index + 1) }
        other.position = 6
        try store.read { [other, items] replica throws in
            func read(_ position: UInt64, _ countMax: Int) throws -> [FeedItem] {
                try replica.feed(.warnings, after: position, countMax: countMax)
            }
            #expect(try replica.feedEnd() == 6)
            #expect(try read(0, 9) == items)
            #expect(try read(0, 1) == [items[0]])
            #expect(try read(0, 2) == Array(items.prefix(2)))
            #expect(try read(1, 3) == Array(items[1...3]))
            #expect(try read(4, 9) == [items[4]])
            #expect(try read(5, 9) == [])
            #expect(try replica.feed(.escalations, after: 0, countMax: 9) == [other])
            #expect(try replica.feed(.assignments, after: 0, countMax: 9) == [])
        }
    }

    private static func cursors(_ store: any ReplicaStorage) throws {
        try store.transaction { replica throws in
            #expect(try replica.feedCursor(.warnings, consumer: "desk") == nil)
            try replica.acknowledgeFeed(.warnings, consumer: "desk", through: 8)
            try replica.acknowledgeFeed(.warnings, consumer: "desk", through: 5)
            try replica.acknowledgeFeed(.warnings, consumer: "printer", through: 2)
            try replica.acknowledgeFeed(.escalations, consumer: "desk", through: 3)
        }
        try store.read { replica throws in
            #expect(try replica.feedCursor(.warnings, consumer: "desk") == 8)
            #expect(try replica.feedCursor(.warnings, consumer: "printer") == 2)
            #expect(try replica.feedCursor(.escalations, consumer: "desk") == 3)
            #expect(try replica.feedCursor(.assignments, consumer: "desk") == nil)
        }
        try store.transaction {
            try $0.acknowledgeFeed(.warnings, consumer: "desk", through: 9)
        }
        #expect(try store.read { try $0.feedCursor(.warnings, consumer: "desk") } == 9)
    }
}
