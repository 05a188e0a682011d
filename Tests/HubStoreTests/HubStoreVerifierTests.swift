import Foundation
import GRDB
import HubStore
import Replication
import Sodium
import StoreConformance
import Testing
import TicketModel
import Wire

/// A sound store passes, and each kind of damage is found by the check that it concerns.
@Suite struct HubStoreVerifierTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("hub.sqlite") }

    init() throws { directory = try TemporaryDirectory() }

    /// A closed store with a working day in it.
    private func makeStore(
        _ more: (HubDay, [TicketID]) throws -> Void = { _, _ in }
    ) throws {
        let store = try SQLiteHubStore(path: path)
        let day = try HubDay(store)
        try more(day, try day.work())
        try store.close()
    }

    /// Changes the closed store behind the back of the program.
    private func damage(_ sql: String, arguments: StatementArguments = []) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: sql, arguments: arguments) }
        try database.close()
    }

    private func problems(_ report: HubStoreReport) -> [HubStoreReport.Check.Kind: [String]] {
        Dictionary(
            uniqueKeysWithValues: report.checks.filter { $0.problemsCount > 0 }
                .map { ($0.kind, $0.problems) })
    }

    @Test func `a working day passes every check, and every check looked at something`() throws {
        try makeStore()
        let report = try HubStoreVerifier.verify(path)
        #expect(report.isSound, "\(problems(report))")
        #expect(report.checks.map(\.kind) == HubStoreReport.Check.Kind.allCases)
        for check in report.checks where check.kind != .aside {
            #expect(check.count > 0, "\(check.kind) looked at nothing")
        }
        #expect(report.ticketsCount == 4 && report.rebuiltTicketsCount == 4)
        #expect(report.head.sequence > 9)
        let names = try directory.contents().keys.sorted()
        #expect(names == ["hub.sqlite", "hub.sqlite.head", "hub.sqlite.numbers"])
    }

    @Test func `a store that was restored, refilled and compacted passes`() throws {
        try makeStore { day, tickets in
            let entry = try #require(try day.store.read { try $0.entry(at: 1) })
            try day.store.transaction { hub in
                let epoch = try hub.epoch()
                try hub.beginEpoch(
                    EpochID(rawValue: 99), sharing: hub.head().sequence, isOnlyLog: true)
                let committer = try HubCommitter(
                    codec: day.codec, profile: day.profile, now: day.now, store: hub)
                var past = try day.codec.decodeEntry(entry.bytes)
                (past.sequence, past.operation) = (500, OperationID(rawValue: 500))
                (past.effects, past.act) = ([.named(["OLD-1"])], .note)
                let refused = Verdict(
                    operation: past.operation, disposition: .rejected(.staleClose), sequence: 0)
                try committer.refuseAgain(refused, of: past.dot.replica, from: epoch)
                #expect(
                    try committer.refill(day.codec.encode(past), from: epoch) == .taken)
                try hub.raiseDurable(to: 6)
                _ = try hub.compact(through: 6, eventsSince: HubDay.start, countMax: 100)
            }
            try day.push([day.note("danach", on: tickets[1])])
        }
        let report = try HubStoreVerifier.verify(path)
        #expect(report.isSound, "\(problems(report))")
        #expect(report.logBase == 6)
        #expect(report.rebuiltTicketsCount < 4, "what was compacted away cannot be made again")
    }

    @Test func `one bit anywhere in the entries is found`() throws {
        try makeStore()
        let store = try DatabaseQueue(path: path)
        let entries = try store.read {
            try Row.fetchAll($0, sql: "SELECT sequence, bytes FROM entry").map {
                ($0["sequence"] as Int, $0["bytes"] as Data)
            }
        }
        try store.close()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            guard let (sequence, bytes) = entries.randomElement(using: &random) else { continue }
            var changed = bytes
            let index = Int.random(in: changed.indices, using: &random)
            changed[index] ^= 1 << Int.random(in: 0..<8, using: &random)
            try damage(
                "UPDATE entry SET bytes = ? WHERE sequence = ?", arguments: [changed, sequence])
            let found = problems(try HubStoreVerifier.verify(path))
            #expect(found[.log]?.isEmpty == false, "bit in byte \(index) of entry \(sequence)")
            try damage(
                "UPDATE entry SET bytes = ? WHERE sequence = ?", arguments: [bytes, sequence])
        }
        #expect(try HubStoreVerifier.verify(path).isSound)
    }

    @Test(arguments: Damage.all)
    func `what was changed is found by its check`(damage: Damage) throws {
        try makeStore()
        try self.damage(damage.sql)
        let found = problems(try HubStoreVerifier.verify(path))
        #expect(found[damage.kind] != nil, "\(damage.what): \(found)")
    }

    @Test func `a ticket that was changed with digest and sums is found by the log`() throws {
        try makeStore { day, tickets in
            // As a faulty program would: consistent in itself, but the log says otherwise.
            try day.store.transaction { hub in
                guard var ticket = try hub.ticket(tickets[2]) else { return }
                let head = try hub.head()
                ticket.registers[.demand]?.value = .text("赔一百万")
                _ = try hub.append(
                    CommittedEntry(
                        entry: LogEntry(
                            sequence: head.sequence + 1, isTransactionEnd: true,
                            ticket: ticket.id, operation: OperationID(rawValue: 5),
                            dot: Dot(replica: ReplicaID(rawValue: 5), counter: 1), act: .note,
                            actor: .hub, hubTime: day.now, reportedTime: day.now,
                            disposition: .applied, effects: []),
                        intent: Intent(
                            dot: Dot(replica: ReplicaID(rawValue: 5), counter: 1),
                            context: CausalContext(
                                epoch: EpochID(rawValue: 1), sequence: 0, dependencies: []),
                            bodyBytes: [1], hash: .zero),
                        ticket: ticket, scopesBefore: ticket.scopes, scopesAfter: ticket.scopes,
                        verdictScope: nil))
            }
        }
        let found = problems(try HubStoreVerifier.verify(path))
        #expect(found[.tickets]?.contains { $0.contains("made of it") } == true, "\(found)")
        #expect(found[.scopes] == nil)
    }

    @Test func `a number on two tickets is found`() throws {
        try makeStore()
        let database = try DatabaseQueue(path: path)
        try database.write { database in
            let codec = ProtobufCodec()
            let rows = try Row.fetchAll(database, sql: "SELECT id, bytes FROM ticket LIMIT 2")
            let tickets = try rows.map { try codec.decodeTicket(Array($0["bytes"] as Data)) }
            var second = tickets[1]
            second.number = tickets[0].number
            try database.execute(
                sql: "UPDATE ticket SET bytes = ? WHERE id = ?",
                arguments: [Data(codec.encode(second)), rows[1]["id"] as Data])
        }
        try database.close()
        let found = problems(try HubStoreVerifier.verify(path))
        #expect(found[.numbers]?.contains { $0.contains("is on tickets") } == true, "\(found)")
    }

    @Test func `a page of the file that was overwritten is found`() throws {
        try makeStore()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let size = try file.seekToEnd()
        let rootPage = try pageOfTable("entry_scope")
        #expect(UInt64(rootPage) * 4_096 <= size)
        try file.seek(toOffset: UInt64(rootPage - 1) * 4_096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
        try file.close()
        do {
            let report = try HubStoreVerifier.verify(path)
            #expect(problems(report)[.file] != nil, "\(problems(report))")
        } catch let error as StoreError {
            #expect(error.code == .corrupt, "\(error)")
        }
    }

    private func pageOfTable(_ name: String) throws -> Int {
        let database = try DatabaseQueue(path: path)
        defer { try? database.close() }
        return try database.read {
            try Int.fetchOne(
                $0, sql: "SELECT rootpage FROM sqlite_master WHERE name = ?", arguments: [name])
        } ?? 1
    }

    @Test func `what is no hub's store is refused`() throws {
        try Data("no database".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) { try HubStoreVerifier.verify(path) }
        #expect(throws: StoreError.self) { try HubStoreVerifier.verify(path + ".none") }
    }
}

/// One change behind the back of the program, and the check that must find it.
struct Damage: Sendable, CustomTestStringConvertible {
    let what: String
    let kind: HubStoreReport.Check.Kind
    let sql: String

    init(_ kind: HubStoreReport.Check.Kind, _ what: String, _ sql: String) {
        self.what = what
        self.kind = kind
        self.sql = sql
    }

    var testDescription: String { what }

    static let all = log + tickets + others

    private static let log = [
        Damage(
            .log, "an entry is zeroes",
            "UPDATE entry SET bytes = zeroblob(length(bytes)) WHERE sequence = 3"),
        Damage(.log, "an entry is gone", "DELETE FROM entry WHERE sequence = 4"),
        Damage(
            .log, "the last entry is gone",
            "DELETE FROM entry WHERE sequence = (SELECT max(sequence) FROM entry)"),
        Damage(.log, "the head", "UPDATE hub SET head_sequence = head_sequence + 1"),
        Damage(.log, "a hash", "UPDATE entry SET hash = randomblob(32) WHERE sequence = 2"),
        Damage(
            .log, "an end of a transaction",
            "UPDATE entry SET is_transaction_end = 1 - is_transaction_end WHERE sequence = 5"),
        Damage(.index, "the index", "DELETE FROM entry_scope WHERE sequence = 2"),
        Damage(.index, "a stray in the index", "INSERT INTO entry_scope VALUES (1, 999)"),
        Damage(.answers, "an answer is gone", "DELETE FROM intent WHERE sequence = 2"),
        Damage(
            .answers, "an answer", "UPDATE intent SET disposition = x'0805' WHERE sequence = 2"),
    ]

    private static let tickets = [
        Damage(.tickets, "a digest", "UPDATE ticket SET digest = randomblob(16) WHERE rowid = 2"),
        Damage(.tickets, "a ticket", "UPDATE ticket SET bytes = x'00' WHERE rowid = 1"),
        Damage(
            .tickets, "a ticket in the place of another",
            """
            UPDATE ticket SET bytes = (SELECT bytes FROM ticket WHERE rowid = 2) WHERE rowid = 1
            """),
        Damage(.tickets, "openness", "UPDATE ticket SET is_open = 0 WHERE rowid = 3"),
        Damage(.scopes, "a ticket is gone", "DELETE FROM ticket WHERE rowid = 3"),
        Damage(
            .scopes, "a sum", "UPDATE scope_digest SET sum = randomblob(16) WHERE count > 0"),
        Damage(.scopes, "a count", "UPDATE scope_digest SET count = count + 1 WHERE count > 0"),
        Damage(
            .scopes, "a member",
            "DELETE FROM ticket_scope WHERE ticket = (SELECT id FROM ticket LIMIT 1)"),
        Damage(.scopes, "the history of scopes", "DELETE FROM scope_version"),
    ]

    private static let others = [
        Damage(
            .numbers, "a number is gone", "DELETE FROM ticket_number WHERE number LIKE '%0002'"),
        Damage(
            .numbers, "a number of nobody",
            "INSERT INTO ticket_number VALUES ('CS202301010001', randomblob(16))"),
        Damage(.replicas, "a body", "UPDATE intent SET body = x'0102' WHERE counter = 2"),
        Damage(
            .replicas, "a watermark",
            "UPDATE replica SET watermark = watermark - 1 WHERE device = 'dev-1'"),
        Damage(.replicas, "an intent is gone", "DELETE FROM intent WHERE counter = 3"),
        Damage(
            .timers, "a timer of nobody",
            "INSERT INTO timer VALUES (randomblob(16), 'response', 1, 0, 5)"),
        Damage(
            .timers, "a timer that would fire again",
            "INSERT INTO timer SELECT ticket, clock, cycle, rung, 5 FROM fired_timer"),
        Damage(
            .aside, "quarantine",
            "INSERT INTO quarantine VALUES (1, randomblob(16), 'dev-1', 1, x'01', 5)"),
    ]
}
