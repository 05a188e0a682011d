import Glibc
import Replication
import Sodium
import TicketModel

/// Where the log ended after the last commit, in a small file beside the database that is never
/// part of a backup: a database that ends earlier was put back to an earlier state
/// (replication.md 3.11 a).
///
/// Written after each commit and never synced: after a power failure it may be old, never ahead of
/// what is durable, and an old mark only fails to tell.
final class HeadMark {
    private static let byteCount = EpochID.byteCount + 8 + Digest.byteCount

    private let path: String
    private var descriptor: Int32 = -1

    init(path: String) { self.path = path }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Remembers the end of the log; a disk that does not take it costs only this way of telling.
    func write(_ head: LogPosition, of epoch: EpochID) {
        if descriptor < 0 { descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        guard descriptor >= 0 else { return }
        let bytes = epoch.bytes + bigEndian(head.sequence) + head.hash.bytes
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    /// What was written last; nil when there is nothing that can be read.
    func read() -> (epoch: EpochID, head: LogPosition)? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        guard pread(file, &bytes, bytes.count, 0) == bytes.count,
            let epoch = EpochID(bytes: bytes[..<16]), let hash = Digest(bytes: bytes[24...])
        else { return nil }
        let sequence = bytes[16..<24].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return (epoch, LogPosition(sequence: sequence, hash: hash))
    }
}
