import Replication

/// Power fails in the middle of something: everything that is not durable is gone.
struct PowerCut: Error {}

/// The disk of one host, with the faults that wait to happen on it.
///
/// It knows nothing of what is stored; the storage adapters ask it before and after they act.
final class SimulatedDisk {
    /// Power fails at a transaction.
    struct Cut {
        /// Transactions until then; 1 is the next.
        var transactions: Int
        var isAfterCommit: Bool
        var downMilliseconds: Int64
    }

    /// Nothing can be read or written any more, because the machine is off.
    private(set) var isOff = false
    var isFull = false
    var writeErrorsLeft = 0
    /// The write of a transaction that fails, from 0; transactions with fewer fail at their end.
    var writeErrorOperation = 0
    var readErrorsLeft = 0
    private var cut: Cut?
    /// How long the machine stays down after a cut that has happened.
    private(set) var downMilliseconds: Int64 = 0
    /// Failures that a program was given.
    private(set) var errorsCount = 0

    func arm(_ cut: Cut) { self.cut = cut }

    /// Nothing that was arranged for later happens any more.
    func heal() {
        isFull = false
        writeErrorsLeft = 0
        readErrorsLeft = 0
        cut = nil
    }

    /// How long the machine stays down when its power fails next.
    func setDown(_ milliseconds: Int64) { downMilliseconds = milliseconds }

    func switchOff() { isOff = true }

    func switchOn() { isOff = false }

    func beginRead() throws {
        if isOff { throw PowerCut() }
        guard readErrorsLeft > 0 else { return }
        readErrorsLeft -= 1
        throw failure(StoreError(.failed, "The disk reports an error while reading."))
    }

    func beginTransaction() throws {
        if isOff { throw PowerCut() }
        if isFull { throw failure(StoreError(.notWritable, "The disk is full.")) }
    }

    /// Before write number `index` of a transaction.
    func write(_ index: Int) throws {
        guard writeErrorsLeft > 0, index == writeErrorOperation else { return }
        writeErrorsLeft -= 1
        throw failure(StoreError(.failed, "The disk reports an error while writing."))
    }

    /// The body of a transaction is done; a throw takes it back.
    func commit(writesCount: Int) throws {
        if writesCount > 0, writeErrorsLeft > 0, writesCount <= writeErrorOperation {
            writeErrorsLeft -= 1
            throw failure(StoreError(.failed, "The disk reports an error at the commit."))
        }
        guard countDown(isAfterCommit: false) else { return }
        throw PowerCut()
    }

    /// The transaction is durable.
    func committed() throws {
        guard countDown(isAfterCommit: true) else { return }
        throw PowerCut()
    }

    private func countDown(isAfterCommit: Bool) -> Bool {
        guard let cut, cut.isAfterCommit == isAfterCommit else { return false }
        guard cut.transactions > 1 else {
            self.cut = nil
            isOff = true
            downMilliseconds = cut.downMilliseconds
            return true
        }
        self.cut?.transactions -= 1
        return false
    }

    private func failure(_ error: StoreError) -> StoreError {
        errorsCount += 1
        return error
    }
}
