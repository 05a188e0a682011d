import Glibc
import Replication

/// An exclusive advisory lock between processes, on a small file beside the store.
///
/// SQLite 3.40.1 can damage a database with a write-ahead log when two connections write or
/// checkpoint at one moment (transport.md, "Decided"): whoever does either holds this lock. The
/// kernel releases it when its process ends, however it ends. Two `FileLock`s of one process
/// exclude each other too; one `FileLock` may be used by one thread at a time.
package final class FileLock {
    /// How long a waiter sleeps between two attempts.
    private static let pollMicroseconds: UInt32 = 1_000

    /// The lock file.
    package let path: String
    private var descriptor: Int32 = -1
    private var isHeld = false

    /// Names the lock file; it is opened, and made when missing, by the first `acquire`.
    package init(path: String) {
        self.path = path
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Runs `body` while nobody else holds the lock.
    ///
    /// - Throws: `StoreError` (`busy` after the time limit, `notWritable` when the lock file
    ///   cannot be made), or what `body` throws.
    package func withLock<Value>(
        timeoutMilliseconds: Int, _ body: () throws -> Value
    ) throws -> Value {
        try acquire(timeoutMilliseconds: timeoutMilliseconds)
        defer { release() }
        return try body()
    }

    private func acquire(timeoutMilliseconds: Int) throws {
        precondition(!isHeld, "a file lock is not re-entrant: \(path)")
        try openIfNeeded()
        let start = Self.monotonicMilliseconds()
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else { throw failure(code) }
            guard Self.monotonicMilliseconds() - start < timeoutMilliseconds else {
                throw StoreError(.busy, busyMessage(timeoutMilliseconds))
            }
            usleep(Self.pollMicroseconds)
        }
        isHeld = true
        recordHolder()
    }

    private func release() {
        isHeld = false
        flock(descriptor, LOCK_UN)
    }

    private func openIfNeeded() throws {
        guard descriptor < 0 else { return }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(errno) }
    }

    private func failure(_ code: Int32) -> StoreError {
        let isUnwritable = [EACCES, EPERM, EROFS, ENOSPC, EDQUOT, ENOENT].contains(code)
        return StoreError(
            isUnwritable ? .notWritable : .failed,
            "Cannot lock \(path): \(String(cString: strerror(code))). "
                + "Check that the folder exists, may be written and has free space.")
    }

    private func busyMessage(_ timeoutMilliseconds: Int) -> String {
        let holder = holder().map { " (process \($0))" } ?? ""
        return "Another process\(holder) has been writing for \(timeoutMilliseconds) ms: "
            + "\(path). Try again, or end that process."
    }

    /// The process that wrote its number here last; only for messages.
    private func holder() -> Int32? {
        var buffer = [UInt8](repeating: 0, count: Self.holderByteCount)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int32(
            String(decoding: buffer.prefix(count), as: UTF8.self).prefix { $0.isNumber })
    }

    /// Eleven characters: the largest process number and an end of line, always the same length.
    private static let holderByteCount = 11

    /// A full disk must not stop anybody here: the number is a courtesy.
    private func recordHolder() {
        let own = getpid()
        guard holder() != own else { return }
        var text = "\(own)"
        text += String(repeating: " ", count: Self.holderByteCount - 1 - text.utf8.count) + "\n"
        let bytes = Array(text.utf8)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    private static func monotonicMilliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
    }
}
