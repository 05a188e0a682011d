import Glibc

/// The exclusive hold of one process on a home: a running hub keeps its own for life, as a client
/// that stays in step keeps its own.
///
/// An advisory lock on a file of its own; the kernel lets go of it when the process ends, however
/// it ends.
package final class HomeLock {
    private let descriptor: Int32

    /// Takes the lock file at `path`, and makes it when there is none.
    ///
    /// - Returns: nil when another process holds the home.
    /// - Throws: `FileFailure`.
    package static func acquire(_ path: String) throws(FileFailure) -> HomeLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("Opening the lock", path) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return HomeLock(descriptor) }
        let isHeld = errno == EWOULDBLOCK
        let failure = FileFailure.last("Locking", path)
        close(descriptor)
        guard isHeld else { throw failure }
        return nil
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
