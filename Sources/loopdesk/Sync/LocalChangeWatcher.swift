import Foundation
import Glibc

/// Tells when any process writes to the replica of a home, at once and without polling.
///
/// It watches the write-ahead log through inotify, so writers need not know that it exists.
final class LocalChangeWatcher: Sendable {
    private let descriptor: Int32

    /// Watches `directory` until `stop()`; `onChange` runs on a thread of the watcher, at most once
    /// per `settleMilliseconds`. Nil where the system has no inotify to give: callers fall back on
    /// their own timers.
    init?(directory: URL, onChange: @escaping @Sendable () -> Void) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        let mask = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)
        guard inotify_add_watch(descriptor, directory.path, mask) >= 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        let thread = Thread { Self.watch(descriptor, onChange) }
        thread.name = "local-changes"
        thread.start()
    }

    /// Ends the watch; the thread ends with the next change or with the process.
    func stop() { close(descriptor) }

    private static let settleMilliseconds: UInt32 = 5

    private static func watch(_ descriptor: Int32, _ onChange: () -> Void) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            if namesReplica(buffer.prefix(count)) { onChange() }
            usleep(settleMilliseconds * 1_000)
        }
    }

    /// Whether a batch of events speaks of the replica's write-ahead log.
    private static func namesReplica(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains("replica.db")
    }
}
