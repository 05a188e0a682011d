import Foundation
import Glibc
import Synchronization

/// Tells when any process writes to the replica of a home, at once and without polling.
///
/// It watches the write-ahead log through inotify, so writers need not know that it exists.
final class LocalChangeWatcher: Sendable {
    private let descriptor: Int32
    private let watch: Int32
    private let isStopped = Atomic(false)

    /// Watches `directory` until `stop()`; `onChange` runs on a thread of the watcher, at most once
    /// per `settleMilliseconds`. Nil where the system has no inotify to give: callers fall back on
    /// their own timers.
    init?(directory: URL, onChange: @escaping @Sendable () -> Void) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        let mask = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)
        watch = inotify_add_watch(descriptor, directory.path, mask)
        guard watch >= 0 else {
            close(descriptor)
            return nil
        }
        let thread = Thread { [self] in follow(onChange) }
        thread.name = "local-changes"
        thread.start()
    }

    /// Ends the watch. The thread closes the descriptor: closed here, its number could be another
    /// file's by the time that the thread reads again.
    func stop() {
        guard !isStopped.exchange(true, ordering: .sequentiallyConsistent) else { return }
        // Makes one last event, which wakes the thread.
        inotify_rm_watch(descriptor, watch)
    }

    private static let settleMilliseconds: UInt32 = 5

    private func follow(_ onChange: () -> Void) {
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            if Self.namesReplica(buffer.prefix(count)) { onChange() }
            usleep(Self.settleMilliseconds * 1_000)
        }
    }

    /// Whether a batch of events speaks of the replica's files.
    private static func namesReplica(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains("replica.db")
    }
}
