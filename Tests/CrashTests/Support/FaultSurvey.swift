import Foundation
import HubStore
import ReplicaStore
import Replication
import StoreSupport

/// Lets a call of a disk fail during a transaction, or during the recovery from a crash, and looks
/// what the stores make of it.
struct FaultSurvey {
    /// How many runs met their fault.
    private(set) var failedCount = 0
    /// In how many of them a store reported it; the others did without what failed.
    private(set) var reportedCount = 0
    private(set) var problems: [String] = []

    let transaction: CanonicalTransaction
    private let fixture: Fixture
    private let recording: CrashRecording
    private let scratch: Scratch
    private let policies = PolicyReader()

    init(_ transaction: CanonicalTransaction, seed: UInt64) throws {
        self.transaction = transaction
        fixture = try Fixture.shared(seed: seed).prepared(for: transaction)
        recording = try CrashRecording(transaction, on: fixture)
        scratch = try Scratch()
    }

    /// How many calls of this kind a run has without faults.
    func callsCount(_ kind: RecordedDisk.Fault.Kind) -> Int { recording.disk.callsCount(kind) }

    // MARK: In a transaction

    /// What a run with a fault came to.
    private struct Run {
        var failedCount: Int
        var error: (any Error)?
        /// By file name.
        var acknowledgedCounts: [String: Int]
        /// What the store said when it was told to write again, in the same process, without fault.
        var laterError: (any Error)?
    }

    private func run(_ fault: RecordedDisk.Fault, _ fixture: Fixture) throws -> Run {
        let world = fixture.world(for: transaction, policies: policies)
        let disk = try RecordedDisk(world.directory(transaction.machine))
        var acknowledged: [String: Int] = [:]
        world.onAcknowledgement = { machine, file in
            if machine == transaction.machine { acknowledged[file, default: 0] += 1 }
        }
        disk.fail(fault)
        var (error, laterError): ((any Error)?, (any Error)?)
        do { try transaction.run(in: world) } catch let thrown { error = thrown }
        let failedCount = disk.failuresCount
        disk.fail(nil)
        do { try world.tryWriting(transaction.machine) } catch let thrown { laterError = thrown }
        world.abandon()
        disk.stop()
        return Run(
            failedCount: failedCount, error: error,
            acknowledgedCounts: acknowledged, laterError: laterError)
    }

    /// Runs the transaction with a fault.
    mutating func check(_ fault: RecordedDisk.Fault) {
        let place = "\(transaction), \(fault)"
        do {
            let fixture = try fixture.copy()
            let run = try run(fault, fixture)
            if run.failedCount > 0 { failedCount += 1 }
            if let error = run.error {
                reportedCount += 1
                if !(error is StoreError) { problems.append("\(place): threw \(error)") }
                if run.failedCount == 0 { problems.append("\(place): \(error) without a fault") }
            }
            if let error = run.laterError {
                problems.append("\(place): does not write after the fault is gone: \(error)")
            }
            var check = CrashCheck(
                transaction: transaction, histories: recording.histories,
                allowed: allowed(run, fault.kind))
            check.isOtherRun = true
            check.noteWriting()
            let world = fixture.world()
            let found = check.run(in: world.directory(transaction.machine)).problems
            problems += found.map { "\(place): \($0.kind.rawValue): \($0)" }
        } catch {
            problems.append("\(place): \(error)")
        }
    }

    /// What was acknowledged. If the fault is one that can come after the whole commit was written,
    /// perhaps also what failed: the next opening may find it. A full disk never leaves that open.
    private func allowed(
        _ run: Run, _ kind: RecordedDisk.Fault.Kind
    ) -> [String: ClosedRange<Int>] {
        let isOpen = run.error != nil && (kind == .sync || kind == .map)
        return recording.histories.reduce(into: [:]) { allowed, history in
            let last = history.value.moments.count - 1
            let count = min(run.acknowledgedCounts[history.key] ?? 0, last)
            allowed[history.key] = count...min(isOpen ? count + 1 : count, last)
        }
    }

    // MARK: In a recovery

    /// A crash of the transaction, chosen at random.
    func randomCrash(_ random: inout SplitMix) -> CrashState {
        let states = CrashStates(events: recording.disk.events)
        let count = Int.random(in: 0...states.events.count, using: &random)
        return Bool.random(using: &random)
            ? states.kill(count) : states.reordered(count, seed: random.next())
    }

    /// Opens what a crash left while a call fails, and then again without.
    mutating func check(_ fault: RecordedDisk.Fault, inRecoveryFrom state: CrashState) {
        let place = "\(transaction), \(state.description), in its recovery \(fault)"
        do {
            let directory = try scratch.directory("state")
            try recording.disk.image(after: state).write(to: directory)
            let disk = try RecordedDisk(directory)
            disk.fail(fault)
            let error = openingError(directory)
            let hasFailed = disk.failuresCount > 0
            disk.fail(nil)
            disk.stop()
            if hasFailed { failedCount += 1 }
            if let error {
                reportedCount += 1
                if !(error is StoreError) { problems.append("\(place): threw \(error)") }
                if !hasFailed { problems.append("\(place): \(error) without a fault") }
            }
            var check = CrashCheck(
                transaction: transaction, histories: recording.histories,
                allowed: recording.histories.mapValues { $0.allowed(at: state.eventsCount) })
            check.noteWriting()
            let found = check.run(in: directory).problems
            problems += found.map { "\(place): \($0.kind.rawValue): \($0)" }
        } catch {
            problems.append("\(place): \(error)")
        }
    }

    /// Opens, writes and closes the store.
    private func openingError(_ directory: String) -> (any Error)? {
        let path = directory + "/" + transaction.machine.fileName
        do {
            if transaction.machine == .hub {
                let store = try SQLiteHubStore(path: path)
                try store.tryWriting()
                try store.close()
            } else {
                let store = try SQLiteReplicaStore(
                    path: path, mode: .daemon, createsFile: transaction.beginning == .empty)
                try store.tryWriting()
                try store.close()
            }
            return nil
        } catch {
            return error
        }
    }
}
