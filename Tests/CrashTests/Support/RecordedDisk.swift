import CCrashVFS
import CSQLite

/// A directory whose files are recorded while programs write to them: what SQLite writes, and what
/// the stores sync, rename and delete by themselves.
///
/// One of these may be used by one thread at a time; the files may be written by any.
final class RecordedDisk {
    private let disk: OpaquePointer
    /// The recording, once `stop` was called.
    private(set) var events: [crash_event] = []

    /// The VFS becomes the default of the whole process with the first disk.
    private static let installation = crash_vfs_install()

    /// Starts to record; the files count as durable as they stand.
    ///
    /// - Parameter beginning: a recording whose first events led to these files; they are taken
    ///   over, so that what they left unsynced can still be lost.
    init(
        _ directory: String, beginning: (disk: RecordedDisk, eventsCount: Int)? = nil
    ) throws {
        guard Self.installation == SQLITE_OK else {
            throw WorldFailure("the VFS cannot be installed: \(Self.installation)")
        }
        guard
            let disk = crash_disk_attach(
                directory, beginning?.disk.disk, beginning?.eventsCount ?? 0)
        else { throw WorldFailure("\(directory) cannot be recorded") }
        self.disk = disk
    }

    deinit { crash_disk_free(disk) }

    /// How many events there were so far.
    var eventsCount: Int { crash_disk_events_count(disk) }

    /// Ends the recording, and faults and lies with it.
    func stop() {
        crash_disk_detach(disk)
        events = (0..<crash_disk_events_count(disk)).map { crash_disk_event(disk, $0) }
    }

    func name(of file: Int32) -> String { String(cString: crash_disk_file_name(disk, file)) }

    // MARK: Faults and lies

    /// A call that fails.
    struct Fault: Sendable, CustomStringConvertible {
        var kind: Kind
        /// Counted from 1, among calls of this kind.
        var nth: Int
        /// Whether all later calls of this kind fail too.
        var isForEver: Bool

        /// Which calls fail, and how.
        enum Kind: String, CaseIterable, Sendable {
            case read, writeFull, writeError, sync, truncate, open, delete, map

            /// The calls, as bits of the C interface.
            var calls: Int {
                switch self {
                case .read: CRASH_FAIL_READ
                case .writeFull, .writeError: CRASH_FAIL_WRITE
                case .sync: CRASH_FAIL_SYNC
                case .truncate: CRASH_FAIL_TRUNCATE
                case .open: CRASH_FAIL_OPEN
                case .delete: CRASH_FAIL_DELETE
                case .map: CRASH_FAIL_MAP
                }
            }
        }

        var description: String {
            "\(kind.rawValue) \(nth)\(isForEver ? " and all after it" : "")"
        }
    }

    /// Sets the fault that waits; nil takes it away.
    func fail(_ fault: Fault?) {
        crash_disk_fail(
            disk, UInt32(fault?.kind.calls ?? 0), UInt64(fault?.nth ?? 0),
            fault?.isForEver ?? false, fault?.kind == .writeFull)
    }

    /// How many calls have failed since `fail`.
    var failuresCount: Int { Int(crash_disk_failures_count(disk)) }

    /// How many calls of a kind there were so far.
    func callsCount(_ kind: Fault.Kind) -> Int {
        Int(crash_disk_calls_count(disk, UInt32(kind.calls)))
    }

    /// What a disk pretends to have done.
    enum Lie: String, CaseIterable, Sendable {
        case swallowsLogSync, swallowsDatabaseSync, synchronousOff, swallowsOwnSync

        var bits: Int {
            switch self {
            case .swallowsLogSync: CRASH_SWALLOW_LOG_SYNC
            case .swallowsDatabaseSync: CRASH_SWALLOW_DATABASE_SYNC
            case .synchronousOff: CRASH_SYNCHRONOUS_OFF
            case .swallowsOwnSync: CRASH_SWALLOW_OWN_SYNC
            }
        }
    }

    func lie(_ lie: Lie?) { crash_disk_lie(disk, UInt32(lie?.bits ?? 0)) }

    // MARK: Crashes

    /// The files that a crash left which `state` describes.
    func image(after state: CrashState) -> CrashImage {
        CrashImage(
            crash_image_make(disk, state.eventsCount, state.pieces, state.pieces.count))
    }
}

/// The files of a directory after a crash.
final class CrashImage {
    private let image: OpaquePointer

    init(_ image: OpaquePointer) { self.image = image }

    /// The files of a directory as they are.
    init(directory: String) throws {
        guard let image = crash_image_read(directory) else {
            throw WorldFailure("\(directory) cannot be read")
        }
        self.image = image
    }

    deinit { crash_image_free(image) }

    /// Tells images apart, but for chance.
    struct Identity: Hashable, Sendable {
        var first: UInt64
        var second: UInt64
    }

    var identity: Identity {
        var hash: (UInt64, UInt64) = (0, 0)
        withUnsafeMutablePointer(to: &hash) { hash in
            hash.withMemoryRebound(to: UInt64.self, capacity: 2) {
                crash_image_hash(image, $0)
            }
        }
        return Identity(first: hash.0, second: hash.1)
    }

    /// Every file with its bytes.
    var files: [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for index in 0..<crash_image_files_count(image) {
            var size = 0
            let bytes = crash_image_bytes(image, index, &size)
            files[String(cString: crash_image_name(image, index))] = Array(
                UnsafeBufferPointer(start: bytes, count: size))
        }
        return files
    }

    /// Writes the files into a directory that is there.
    func write(to directory: String) throws {
        let code = crash_image_write(image, directory)
        guard code == 0 else { throw WorldFailure("\(directory) cannot be written: \(code)") }
    }
}
