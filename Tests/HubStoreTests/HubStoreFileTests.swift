import Foundation
import GRDB
import Replication
import StoreSupport
import Testing
import TicketModel

@testable import HubStore
@testable import StoreConformance

@Suite struct HubStoreFileTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("hub.sqlite") }

    init() throws { directory = try TemporaryDirectory() }

    /// Everything that a hub serves, to compare two stores.
    private struct Contents: Equatable {
        var epoch: EpochID
        var head: LogPosition
        var page: EncodedPage
        var ticket: Ticket?
        var staff: [StaffRecord]
        var policy: PolicyRecord?
        var replica: ReplicaRecord?
        var due: [TimerRecord]
        var counts: HubCounts

        init(_ store: SQLiteHubStore) throws {
            self = try store.read { hub in
                try Contents(hub)
            }
        }

        private init(_ hub: any HubReader) throws {
            epoch = try hub.epoch()
            head = try hub.head()
            page = try hub.page(after: 0, scopes: [.all, .two], byteCountMax: 100_000)
            ticket = try hub.ticket(TicketID(rawValue: 1))
            staff = try hub.staff()
            policy = try hub.policy()
            replica = try hub.replica(Sample.replica)
            due = try hub.timersDue(at: Sample.noon, countMax: 9)
            counts = try hub.counts()
        }
    }

    private func fill(_ store: SQLiteHubStore) throws {
        let ticket = Sample.ticket(1, number: 1, [.subject: "屏幕"])
        try store.append(LogLine(ticket: ticket))
        try store.append(LogLine(ticket: ticket, before: [.all, .one], after: [.all, .two]))
        try store.transaction { hub throws in
            try hub.save(
                ReplicaRecord(
                    replica: Sample.replica, device: DeviceID(unchecked: "d"), watermark: 2))
            try hub.save(StaffRecord(staff: StaffID(unchecked: "A17"), name: "王", roles: [.clerk]))
            try hub.save(PolicyRecord(version: 1, yaml: "名: 一", loadedAt: Sample.noon))
            let key = TimerKey(ticket: ticket.id, clock: "response", cycle: 1, rung: 0)
            try hub.schedule(TimerRecord(key: key, dueAt: Sample.noon))
        }
    }

    private func allocate(_ store: SQLiteHubStore, _ count: Int) throws -> [Int] {
        try (0..<count).map { _ in
            try store.transaction { try $0.allocateNumber(businessDate: 2023_10_27) }.ordinal
        }
    }

    // MARK: Opening again

    @Test("a store that was closed holds everything when it is opened again")
    func reopening() throws {
        let store = try SQLiteHubStore(path: path)
        try fill(store)
        let contents = try Contents(store)
        try store.close()
        let reopened = try SQLiteHubStore(path: path)
        #expect(try Contents(reopened) == contents)
        #expect(try reopened.integrityProblems() == [])
        let next = try reopened.append(LogLine(ticket: Sample.ticket(2)))
        #expect(next.map(\.entry.sequence) == [3])
    }

    @Test("a store that was never closed holds everything that was committed")
    func abandoned() throws {
        let contents: Contents
        do {
            let store = try SQLiteHubStore(path: path)
            try fill(store)
            contents = try Contents(store)
        }
        #expect(try Contents(try SQLiteHubStore(path: path)) == contents)
    }

    // MARK: Sums

    @Test("a sum over a range reads no ticket, in a store of the version before this too")
    func sumsWithoutTickets() throws {
        let store = try SQLiteHubStore(path: path)
        try fill(store)
        let sum = try store.read { try $0.digest(of: .all) }
        try store.close()
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction {
            try $0.execute(sql: "DROP INDEX ticket_digest; PRAGMA user_version = 5")
        }
        try database.close()
        let migrated = try SQLiteHubStore(path: path)
        #expect(try migrated.read { try $0.digest(of: .all, in: .allTickets) } == sum)
        #expect(try migrated.integrityProblems() == [])
        try migrated.close()
        let plan = try DatabaseQueue(path: path).read { database in
            try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + HubConnection.rangeQuery,
                arguments: [1, Data(count: 16), Data(count: 16)]
            ).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("USING COVERING INDEX ticket_digest") }, "\(plan)")
    }

    // MARK: Files that are not ours

    private func refusal(at path: String) -> StoreError.Code? {
        do {
            _ = try SQLiteHubStore(path: path)
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }

    /// The bytes of the database file itself; SQLite may look at it through others.
    private func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test("a foreign database is refused and left as it is")
    func foreignDatabase() throws {
        let foreign = try DatabaseQueue(path: path)
        try foreign.write { try $0.execute(sql: "CREATE TABLE song (name TEXT)") }
        try foreign.close()
        let before = try directory.contents()
        #expect(refusal(at: path) == .notAStore)
        #expect(try directory.contents() == before)
    }

    @Test("a text file is refused and left as it is")
    func textFile() throws {
        let text = String(repeating: "not a database\n", count: 100)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let before = try directory.contents()
        #expect(refusal(at: path) == .notAStore)
        #expect(try directory.contents() == before)
    }

    @Test("a store of a newer version, or of another kind, is refused and left as it is")
    func newerSchema() throws {
        let store = try SQLiteHubStore(path: path)
        try fill(store)
        try store.close()
        for (pragma, code) in [
            ("user_version = 99", StoreError.Code.newerSchema), ("application_id = 7", .notAStore),
        ] {
            let database = try DatabaseQueue(path: path)
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA \(pragma)") }
            try database.close()
            let before = try bytes()
            #expect(refusal(at: path) == code)
            #expect(try bytes() == before)
        }
    }

    @Test("a folder that is missing cannot hold a store")
    func missingFolder() throws {
        #expect(refusal(at: directory.file("missing/hub.sqlite")) == .notWritable)
        #expect(try directory.contents() == [:])
    }

    @Test(
        "a folder that may not be written cannot hold a store",
        .enabled(if: geteuid() != 0, "permissions do not stop root"))
    func readOnlyFolder() throws {
        let manager = FileManager.default
        try manager.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.path)
        defer {
            try? manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.path)
        }
        #expect(refusal(at: path) == .notWritable)
        #expect(try directory.contents() == [:])
    }

    // MARK: Numbers

    @Test("numbers go on after a restart and none is given twice")
    func numbersAfterRestart() throws {
        var ordinals: [Int] = []
        for _ in 0..<4 {
            let store = try SQLiteHubStore(path: path)
            ordinals += try allocate(store, 7)
            try store.close()
        }
        #expect(Set(ordinals).count == ordinals.count)
        #expect(ordinals == ordinals.sorted())
    }

    @Test("a database that is put back from an older copy gives no number again")
    func numbersAfterRestore() throws {
        let store = try SQLiteHubStore(path: path)
        var ordinals = try allocate(store, 3)
        _ = try HubBackup.write(of: path, to: directory.file("copy"))
        ordinals += try allocate(store, 40)
        try store.close()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        try FileManager.default.copyItem(atPath: directory.file("copy"), toPath: path)
        let restored = try SQLiteHubStore(path: path)
        ordinals += try allocate(restored, 40)
        #expect(Set(ordinals).count == 83)
    }

    @Test("without its sidecar the store skips numbers that it may have given and forgotten")
    func lostSidecar() throws {
        let store = try SQLiteHubStore(path: path)
        let before = try allocate(store, 5)
        try store.close()
        try FileManager.default.removeItem(atPath: path + ".numbers")
        #expect(try allocate(try SQLiteHubStore(path: path), 2) == [5_006, 5_007])
        #expect(before == [1, 2, 3, 4, 5])
    }

    @Test("what replicas bring back first does not take the gap of a lost sidecar away")
    func lostSidecarAndRefill() throws {
        let store = try SQLiteHubStore(path: path)
        _ = try allocate(store, 2)
        try store.close()
        try FileManager.default.removeItem(atPath: path + ".numbers")
        var reopened = try SQLiteHubStore(path: path)
        for ordinal in [43, 7] {
            let number = TicketNumber(businessDate: 2023_10_27, ordinal: ordinal)
            try reopened.transaction { try $0.reserve(number) }
        }
        try reopened.close()
        reopened = try SQLiteHubStore(path: path)
        #expect(try allocate(reopened, 2) == [5_044, 5_045])
        try reopened.close()
        reopened = try SQLiteHubStore(path: path)
        #expect(try allocate(reopened, 1) == [5_060], "the gap is left once; a block is given up")
        let nextDay = try reopened.transaction {
            try $0.allocateNumber(businessDate: 2023_10_28).ordinal
        }
        #expect(nextDay == 1, "the lost file knew nothing of later days")
        let dayBefore = try reopened.transaction {
            try $0.allocateNumber(businessDate: 2023_10_26).ordinal
        }
        #expect(dayBefore == 5_001, "of earlier ones it may have")
    }

    @Test(
        "a backup without a number of the day is no proof that none was given", arguments: [0, 3])
    func lostSidecarOfAnotherDay(givenCount: Int) throws {
        let store = try SQLiteHubStore(path: path)
        for _ in 0..<givenCount {
            _ = try store.transaction { try $0.allocateNumber(businessDate: 2023_10_26) }
        }
        // A store that was put back goes on in a new life of its log.
        let next = EpochID(rawValue: 7)
        try store.transaction {
            try $0.beginEpoch(next, sharing: $0.head().sequence, isOnlyLog: true)
        }
        try store.close()
        try? FileManager.default.removeItem(atPath: path + ".numbers")
        #expect(try allocate(try SQLiteHubStore(path: path), 2) == [5_001, 5_002])
    }

    @Test("a sidecar that cannot be read stops numbers and nothing else")
    func damagedSidecar() throws {
        try "20231027 many\n".write(toFile: path + ".numbers", atomically: true, encoding: .utf8)
        let store = try SQLiteHubStore(path: path)
        try fill(store)
        do {
            _ = try allocate(store, 1)
            Issue.record("a number was given")
        } catch let error as StoreError {
            #expect(error.code == .corrupt)
            #expect(error.message.contains("20231027 many"))
        }
    }

    // MARK: The mark of the log's end

    @Test("a store that is put back is found out until its log begins another life")
    func putBack() throws {
        let store = try SQLiteHubStore(path: path)
        try store.append(LogLine(ticket: Sample.ticket(1)))
        try StoreDatabase.copy(of: path, to: directory.file("copy"))
        try store.append(LogLine(ticket: Sample.ticket(2)))
        let head = try store.read { try $0.head() }
        #expect(try store.forgottenHead() == nil)
        try store.close()
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: directory.file("copy"), toPath: path)
        let mark = try Data(contentsOf: URL(fileURLWithPath: path + ".head"))
        let restored = try SQLiteHubStore(path: path)
        #expect(try restored.forgottenHead() == head)
        try restored.transaction {
            try $0.beginEpoch(EpochID(rawValue: 9), sharing: $0.head().sequence, isOnlyLog: true)
        }
        #expect(try restored.forgottenHead() == nil)
        // The mark is never synced: a power failure may turn it back.
        try mark.write(to: URL(fileURLWithPath: path + ".head"))
        #expect(try restored.forgottenHead() == nil)
    }

    // MARK: Backup

    @Test("a backup opens and equals the store as it was")
    func backup() throws {
        let store = try SQLiteHubStore(path: path)
        let day = try HubDay(store)
        let tickets = try day.work()
        let contents = try Contents(store)
        let copy = directory.file("copy.sqlite")
        let report = try HubBackup.write(of: path, to: copy)
        #expect(report.isSound && report.head == contents.head)
        #expect(report.epoch == contents.epoch && report.ticketsCount == tickets.count)
        try day.push([day.note("später", on: tickets[0])])
        let names = try directory.contents().keys.filter { $0.hasPrefix("copy") }
        #expect(names == ["copy.sqlite"], "nothing unfinished is left beside it")
        let opened = try SQLiteHubStore(path: copy)
        #expect(try Contents(opened) == contents)
        #expect(try opened.integrityProblems() == [])
    }

    @Test("a backup takes the place of an older one, and a failed one of nothing")
    func backupAgain() throws {
        let store = try SQLiteHubStore(path: path)
        let copy = directory.file("copy.sqlite")
        _ = try HubBackup.write(of: path, to: copy)
        _ = try HubDay(store).work()
        _ = try HubBackup.write(of: path, to: copy)
        #expect(try Contents(try SQLiteHubStore(path: copy)) == Contents(store))
        let before = try directory.contents().keys.sorted()
        #expect(throws: StoreError.self) {
            _ = try HubBackup.write(of: path, to: directory.file("missing/copy.sqlite"))
        }
        #expect(try directory.contents().keys.sorted() == before)
    }

    @Test("a copy that does not pass is no backup")
    func unsoundBackup() throws {
        let store = try SQLiteHubStore(path: path)
        _ = try HubDay(store).work()
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: "DELETE FROM entry WHERE sequence = 3") }
        let report = try HubBackup.write(of: path, to: directory.file("copy"))
        #expect(!report.isSound && report.firstProblem?.contains("Entry 3") == true)
        let names = try directory.contents().keys.filter { $0.hasPrefix("copy") }
        #expect(names == [])
    }
}
