import CCrashVFS
import Foundation
import HubStore
import ReplicaStore
import Replication
import StoreSupport
import TicketModel

/// What a crash must not do.
struct CrashProblem: CustomStringConvertible, Sendable {
    enum Kind: String, Sendable {
        /// The store does not open, or does not answer.
        case broken
        /// SQLite finds the file damaged.
        case damaged
        /// Something that was acknowledged is not there, or not byte for byte.
        case lost
        /// A transaction is there in part, or something that nobody wrote.
        case torn
        /// An official number was given twice.
        case numberGivenTwice
        /// The hub takes the crash for a restore, or a restore for nothing.
        case mistaken
        /// The store does not work after the crash.
        case stuck
    }

    var kind: Kind
    var description: String
}

/// Opens the files that a crash left with the shipped stores, and says what is wrong.
struct CrashCheck {
    let transaction: CanonicalTransaction
    let histories: [String: History]
    /// The moments whose content may be found, by file name.
    var allowed: [String: ClosedRange<Int>]
    /// How a replica is opened.
    var mode = StoreMode.oneShot
    /// Whether the files come from another run than the histories.
    var isOtherRun = false
    /// Whether a hub's next numbers are drawn too, which changes its store.
    var drawsNumbers = true

    /// Whether a hub is asked whether it was put back.
    private(set) var checksMark = true

    /// Takes into account that somebody has opened the store and written nothing into it since the
    /// crash: that may have finished a migration, and has renewed the mark of the log's end.
    mutating func noteWriting() {
        checksMark = false
        let (file, moment) = (transaction.machine.fileName, transaction.firstWritingMoment)
        guard let range = allowed[file], range.lowerBound < moment else { return }
        allowed[file] = range.lowerBound...max(range.upperBound, moment)
    }

    init(
        transaction: CanonicalTransaction, histories: [String: History],
        allowed: [String: ClosedRange<Int>]
    ) {
        self.transaction = transaction
        self.histories = histories
        self.allowed = allowed
    }

    /// What was found.
    struct Finding {
        var problems: [CrashProblem] = []
        /// The moment that each file turned out to hold.
        var moments: [String: Int] = [:]
    }

    /// Recovers every file and checks it. The files are changed.
    func run(in directory: String) -> Finding {
        var finding = Finding()
        for file in histories.keys.sorted(by: >) {
            do {
                finding.moments[file] = try check(file, directory + "/" + file)
            } catch let problem as Broken {
                finding.problems.append(problem.problem)
            } catch {
                finding.problems.append(
                    CrashProblem(kind: .broken, description: "\(file): \(error)"))
            }
        }
        return finding
    }

    private struct Broken: Error {
        var problem: CrashProblem

        init(_ kind: CrashProblem.Kind, _ description: String) {
            problem = CrashProblem(kind: kind, description: description)
        }
    }

    /// - Returns: the moment that the file holds.
    private func check(_ file: String, _ path: String) throws -> Int {
        if file == transaction.otherFile, !FileManager.default.fileExists(atPath: path) {
            return try identify(nil, file)
        }
        return transaction.machine == .hub
            ? try checkHub(file, path) : try checkReplica(file, path)
    }

    private func checkHub(_ file: String, _ path: String) throws -> Int {
        let store = try SQLiteHubStore(path: path)
        try expectSound(try store.integrityProblems(), file)
        try expectAcknowledged(file) { operation in
            try store.read { try $0.answer(to: operation) }
        }
        let moment = try identify(try Snapshot(path: path), file)
        if checksMark { try checkMark(store, moment) }
        if drawsNumbers { try checkNumbers(store, file, moment) }
        try expectWorking(file) {
            try store.tryWriting()
            try store.close()
        }
        return moment
    }

    private func checkReplica(_ file: String, _ path: String) throws -> Int {
        let store = try SQLiteReplicaStore(
            path: path, mode: mode, createsFile: transaction.beginning == .empty)
        try expectSound(try store.integrityProblems(), file)
        try expectAcknowledged(file) { operation in
            try store.read { try $0.change(operation)?.intent.bodyBytes }
        }
        let moment = try identify(try Snapshot(path: path), file)
        try expectWorking(file) {
            try store.tryWriting()
            try store.close()
        }
        return moment
    }

    private func expectSound(_ problems: [String], _ file: String) throws {
        guard problems.isEmpty else {
            throw Broken(.damaged, "\(file): \(problems.joined(separator: "; "))")
        }
    }

    private func expectWorking(_ file: String, _ body: () throws -> Void) throws {
        do { try body() } catch { throw Broken(.stuck, "\(file) after its recovery: \(error)") }
    }

    /// Which of the moments that are allowed this is.
    private func identify(_ found: Snapshot?, _ file: String) throws -> Int {
        guard let history = histories[file], let allowed = allowed[file] else {
            throw WorldFailure("nothing is known of \(file)")
        }
        let isEqual = { history.isEqual(found, at: $0, exceptChance: isOtherRun) }
        if let index = allowed.last(where: isEqual) { return index }
        let what =
            found.map { found in
                history.moments[allowed.lowerBound].snapshot.map {
                    "differs from moment \(allowed.lowerBound) in \(found.differences(from: $0))"
                } ?? "should not be there"
            } ?? "is not there"
        let older = history.moments.indices.last(where: isEqual)
        guard let older, older < allowed.lowerBound else {
            throw Broken(.torn, "\(file) \(what)")
        }
        throw Broken(.lost, "\(file) is as at moment \(older), not \(allowed): it \(what)")
    }

    /// Everything that was acknowledged one by one is there, byte for byte.
    private func expectAcknowledged(
        _ file: String, _ found: (OperationID) throws -> [UInt8]?
    ) throws {
        guard let first = allowed[file]?.lowerBound else { return }
        let acknowledged = histories[file]?.moments[first].snapshot?.acknowledged ?? [:]
        let missing = try acknowledged.filter { try found($0.key) != $0.value }
        guard missing.isEmpty else {
            throw Broken(
                .lost,
                "\(file) lacks \(missing.count) of \(acknowledged.count) acknowledged changes")
        }
    }

    /// A crash must not look like a store that was put back to an earlier state; a store that was
    /// put back must, until its log has begun another life.
    private func checkMark(_ store: SQLiteHubStore, _ moment: Int) throws {
        let forgotten = try store.forgottenHead()
        if transaction.isRestore, moment == 0 {
            guard forgotten != nil else {
                throw Broken(.mistaken, "nothing tells that the store was put back")
            }
        } else if let forgotten {
            throw Broken(
                .mistaken, "a log up to \(forgotten.sequence) seems to have been forgotten")
        }
    }

    /// The next number of each day was in no ticket that anybody was told of.
    private func checkNumbers(_ store: SQLiteHubStore, _ file: String, _ moment: Int) throws {
        guard file == transaction.machine.fileName, let history = histories[file],
            let allowed = allowed[file]
        else { return }
        let given = history.moments[...max(moment, allowed.lowerBound)]
            .compactMap(\.snapshot?.numbers).reduce(into: Set()) { $0.formUnion($1) }
        for day in Set(given.map(\.businessDate)) {
            let number = try store.transaction { try $0.allocateNumber(businessDate: day) }
            guard !given.contains(number) else {
                throw Broken(.numberGivenTwice, "\(number.text) is given to a second ticket")
            }
        }
    }
}

extension SQLiteHubStore {
    /// Writes something and takes it back, in one transaction.
    func tryWriting() throws {
        let key = TimerKey(ticket: TicketID(rawValue: 0), clock: "", cycle: 0, rung: 0)
        try transaction { hub in
            try hub.schedule(TimerRecord(key: key, dueAt: Timestamp(milliseconds: 0)))
            try hub.cancel(key)
        }
    }
}

extension SQLiteReplicaStore {
    /// Writes something and takes it back, in one transaction.
    func tryWriting() throws {
        try transaction { replica in
            try replica.saveSetting("crash", "1")
            try replica.saveSetting("crash", nil)
        }
    }
}
