import Foundation
import GRDB
import ReplicaStore
import Replication
import StoreSupport
import Synchronization
import Testing
import TicketModel

@testable import StoreConformance

@Suite struct ReplicaStoreFileTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("replica.sqlite") }

    init() throws { directory = try TemporaryDirectory() }

    private func open(
        _ mode: StoreMode = .oneShot, createsFile: Bool = true
    ) throws -> SQLiteReplicaStore {
        try SQLiteReplicaStore(path: path, mode: mode, createsFile: createsFile)
    }

    /// Everything that a person sees, to compare two moments.
    private struct Contents: Equatable {
        var identity: ReplicaIdentity?
        var state: ReplicaState
        var list: [TicketSummary]
        var ticket: Ticket?
        var changes: [ChangeRecord]
        var drafts: [Draft]
        var history: [LogEntry]
        var feed: [FeedItem]
        var found: Int

        init(_ replica: any ReplicaReader) throws {
            identity = try replica.identity()
            state = try replica.state()
            list = try replica.list(TicketQuery())
            ticket = try replica.visible(TicketID(rawValue: 1))
            changes = try replica.changes(on: nil, countMax: 9)
            drafts = try replica.drafts()
            history = try replica.history(of: TicketID(rawValue: 1), countMax: 9)
            feed = try replica.feed(.warnings, after: 0, countMax: 9)
            var query = TicketQuery()
            query.text = "屏幕"
            found = try replica.count(query)
        }
    }

    private func fill(_ store: SQLiteReplicaStore) throws {
        let ticket = Sample.ticket(1, number: 1, [.subject: "屏幕不亮"])
        try store.transaction { replica throws in
            try replica.save(Sample.identity)
            var state = ReplicaState()
            state.counter = 1
            try replica.save(state)
            try replica.append(Sample.change(1, on: ticket.id))
            try replica.saveBase(ticket)
            try replica.saveOverlay(
                Sample.ticket(1, number: 1, [.subject: "屏幕"]), of: ticket.id)
            try replica.save(Sample.draft(8, on: ticket.id))
            try replica.appendHistory(Sample.entry(4, on: ticket.id).witnessed)
            try replica.append(Sample.feedItem(4, on: ticket.id), to: .warnings)
        }
    }

    // MARK: Opening again

    @Test(
        "a replica that was closed holds everything when it is opened again",
        arguments: [StoreMode.oneShot, .daemon])
    func reopening(mode: StoreMode) throws {
        let store = try open(mode)
        try fill(store)
        let contents = try store.read(Contents.init)
        #expect(contents.found == 1 && contents.list.map(\.unsentCount) == [1])
        try store.close()
        let reopened = try open(createsFile: false)
        #expect(try reopened.read(Contents.init) == contents)
        let problems = try reopened.integrityProblems()
        #expect(problems == [])
    }

    @Test("a closed replica may be closed again", arguments: [StoreMode.oneShot, .daemon])
    func closingTwice(mode: StoreMode) throws {
        let store = try open(mode)
        try store.close()
        try store.close()
    }

    @Test("another opener sees what was committed before, at once")
    func twoOpeners() throws {
        let (first, second) = (try open(.daemon), try open())
        try fill(first)
        #expect(try second.read(Contents.init) == first.read(Contents.init))
        try second.transaction { try $0.saveSetting("staff", "A17") }
        #expect(try first.read { try $0.setting("staff") } == "A17")
    }

    // MARK: Files that are not ours

    private func refusal(createsFile: Bool = true) -> StoreError.Code? {
        do {
            _ = try open(createsFile: createsFile)
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }

    private func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test("where there is no replica, none is made unless that is asked for")
    func missingFile() throws {
        #expect(refusal(createsFile: false) == .notAStore)
        #expect(try directory.contents() == [:])
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(refusal(createsFile: false) == .notAStore, "an empty file is no replica")
        #expect(try bytes().isEmpty)
    }

    @Test("a foreign database is refused and left as it is", arguments: [true, false])
    func foreignDatabase(createsFile: Bool) throws {
        let foreign = try DatabaseQueue(path: path)
        try foreign.write { try $0.execute(sql: "CREATE TABLE song (name TEXT)") }
        try foreign.close()
        let before = try directory.contents()
        #expect(refusal(createsFile: createsFile) == .notAStore)
        #expect(try directory.contents() == before)
    }

    @Test("a text file is refused and left as it is", arguments: [true, false])
    func textFile(createsFile: Bool) throws {
        let text = String(repeating: "not a database\n", count: 100)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let before = try directory.contents()
        #expect(refusal(createsFile: createsFile) == .notAStore)
        #expect(try directory.contents() == before)
    }

    @Test("a replica of a newer version, or of another kind, is refused and left as it is")
    func newerSchema() throws {
        let store = try open(.daemon)
        try fill(store)
        try store.close()
        for (pragma, code) in [
            ("user_version = 99", StoreError.Code.newerSchema), ("application_id = 7", .notAStore),
        ] {
            let database = try DatabaseQueue(path: path)
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA \(pragma)") }
            try database.close()
            let before = try bytes()
            #expect(refusal() == code)
            #expect(try bytes() == before)
        }
    }

    @Test(
        "of what an earlier version wrote down, the day of its capture stands for that of receipt")
    func unknownReceipt() throws {
        let store = try open(.daemon)
        try store.transaction { try $0.saveBase(Sample.ticket(1, number: 1)) }
        try store.close()
        var query = TicketQuery()
        query.receivedIn = Sample.noon..<Sample.noon.adding(milliseconds: 1)
        #expect(try open().read { try $0.count(query) } == 0, "the hub has not got it")
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: "UPDATE ticket SET received_at = NULL") }
        try database.close()
        #expect(try open().read { try $0.count(query) } == 1)
        query.receivedIn = Sample.noon.adding(milliseconds: 1)..<Sample.noon.adding(milliseconds: 2)
        #expect(try open().read { try $0.count(query) } == 0)
    }

    @Test(
        "a replica that may not be written is read and refuses to write",
        .enabled(if: geteuid() != 0, "permissions do not stop root"))
    func readOnlyFile() throws {
        let store = try open(.daemon)
        try fill(store)
        let contents = try store.read(Contents.init)
        try store.close()
        let before = try bytes()
        let manager = FileManager.default
        for name in try directory.contents().keys {
            try manager.setAttributes(
                [.posixPermissions: 0o400], ofItemAtPath: directory.file(name))
        }
        try manager.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.path)
        defer {
            try? manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.path)
        }
        let readOnly = try open(createsFile: false)
        #expect(try readOnly.read(Contents.init) == contents)
        do {
            try readOnly.transaction { try $0.saveSetting("staff", "A17") }
            Issue.record("it was written")
        } catch let error as StoreError {
            #expect(error.code == .notWritable)
        }
        #expect(try bytes() == before)
    }

    // MARK: Two writers

    @Test("two openers in two threads write one chain without a gap")
    func twoWriters() throws {
        let (path, roundsCount) = (self.path, 40)
        let errors = Mutex<[String]>([])
        try open().close()
        DispatchQueue.concurrentPerform(iterations: 2) { index in
            do {
                let store = try SQLiteReplicaStore(
                    path: path, mode: index == 0 ? .oneShot : .daemon, createsFile: false)
                for _ in 0..<roundsCount { try writeNext(to: store) }
                try store.close()
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        let store = try open(createsFile: false)
        try store.read { replica throws in
            #expect(try replica.state().counter == UInt64(2 * roundsCount))
            let counters = try replica.changes(on: nil, countMax: 1_000).map(\.intent.dot.counter)
            #expect(counters == (1...UInt64(2 * roundsCount)).reversed())
            #expect(try replica.count(TicketQuery()) == 2 * roundsCount)
        }
        #expect(try store.integrityProblems() == [])
    }

    private func writeNext(to store: SQLiteReplicaStore) throws {
        try store.transaction { replica throws in
            var state = try replica.state()
            state.counter += 1
            try replica.save(state)
            let ticket = Sample.ticket(UInt128(state.counter), [.subject: "屏幕"])
            try replica.append(Sample.change(state.counter, on: ticket.id))
            try replica.saveOverlay(ticket, of: ticket.id)
        }
    }
}
