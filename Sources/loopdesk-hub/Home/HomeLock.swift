import Glibc

/// The exclusive hold of one process on a home: a running hub keeps it for life, an admin verb
/// takes it when no hub runs.
///
/// An advisory lock on a file of its own; the kernel lets go of it when the process ends, however
/// it ends.
final class HomeLock {
    private let descriptor: Int32

    /// - Returns: nil when another process holds the home.
    /// - Throws: `FileFailure`.
    static func acquire(_ home: HubHome) throws(FileFailure) -> HomeLock? {
        let descriptor = open(home.lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("Opening the lock", home.lockPath) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return HomeLock(descriptor) }
        let isHeld = errno == EWOULDBLOCK
        let failure = FileFailure.last("Locking", home.lockPath)
        close(descriptor)
        guard isHeld else { throw failure }
        return nil
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
