import CSQLite
import Synchronization

/// How many pages the write-ahead log holds, as the last commit of this connection left it.
///
/// Shared with a C callback, which runs on the connection's own queue.
final class LogLength: Sendable {
    private let pages = Atomic<Int32>(0)

    var pagesCount: Int32 { pages.load(ordering: .relaxed) }

    /// Listens to the commits of `connection`, which must not outlive this object.
    func observe(_ connection: OpaquePointer) {
        sqlite3_wal_hook(
            connection,
            { context, _, _, pagesCount in
                guard let context else { return SQLITE_OK }
                let length = Unmanaged<LogLength>.fromOpaque(context).takeUnretainedValue()
                length.pages.store(pagesCount, ordering: .relaxed)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
