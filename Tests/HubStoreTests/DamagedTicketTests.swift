import Foundation
import GRDB
import HubStore
import Replication
import StoreConformance
import Testing
import TicketModel

/// One ticket that cannot be read holds up nobody who works on another one.
@Suite struct DamagedTicketTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func `its batch is undone alone, and its timers let the others act`() throws {
        let path = directory.file("hub.sqlite")
        var store = try SQLiteHubStore(path: path)
        let day = try HubDay(store)
        let complaints = [day.complaint(), day.complaint()]
        try day.push(complaints)
        try store.close()
        let database = try DatabaseQueue(path: path)
        let broken = complaints[0].ticket
        try database.write {
            try $0.execute(
                sql: "UPDATE ticket SET bytes = x'ff' WHERE id = ?",
                arguments: [Data(broken.bytes)])
        }
        try database.close()
        store = try SQLiteHubStore(path: path)
        day.store = store
        let first = try day.batch([day.note("a", on: broken)])
        try store.transaction { hub in
            let committer = try day.committer(hub)
            guard case .failed = try committer.receiveAlone(first, from: day.device) else {
                return #expect(Bool(false), "an unreadable ticket was written to")
            }
            #expect(committer.audience.scopes.isEmpty)
        }
        #expect(try store.read { try $0.replica(day.replica)?.watermark } == 2)
        day.now = day.now.adding(milliseconds: 12 * 3_600_000)
        let (count, faults) = try store.transaction { hub in
            let committer = try day.committer(hub)
            return (try committer.fireTimers(countMax: 100), committer.faults.texts)
        }
        #expect(count > 2 && !faults.isEmpty && faults.count < count)
        #expect(faults.allSatisfy { $0.contains("\(broken)") })
        let sound = try #require(try store.read { try $0.ticket(complaints[1].ticket) })
        #expect(sound.escalationLevel > 0)
        let due = try #require(try store.read { try $0.nextTimer() })
        #expect(due > day.now, "it is tried again, and not at once")
    }
}
