import GRDB
import Replication

extension StoreError {
    /// Runs `body` and turns what SQLite reports into what callers react to; other errors pass
    /// through.
    static func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    /// The meaning of an SQLite error, with what to do about it. The file's name is added by
    /// `StoreDatabase`, where it is known.
    init(_ error: DatabaseError) {
        let reason = error.message ?? "error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_NOTADB:
            self.init(.notAStore, "This file is not a Loopdesk store. Give another folder.")
        case .SQLITE_CORRUPT, .SQLITE_FORMAT:
            self.init(
                .corrupt,
                "The store is damaged (\(reason)). Keep the file, and restore a backup or join "
                    + "again in a new folder.")
        case .SQLITE_FULL:
            self.init(
                .notWritable,
                "The disk is full. Nothing of this change was saved; free some space and try "
                    + "again.")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN:
            self.init(
                .notWritable,
                "The store may not be written (\(reason)). Check who owns the folder and whether "
                    + "the disk is mounted for reading only.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "Another program holds the store (\(reason)). Try again.")
        case .SQLITE_IOERR where Self.isForLackOfSpace(error.extendedResultCode):
            self.init(
                .notWritable, "The disk is full or failing (\(reason)). Free some space.")
        default:
            self.init(.failed, "The store failed: \(reason).")
        }
    }

    private static func isForLackOfSpace(_ code: ResultCode) -> Bool {
        [.SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMMAP, .SQLITE_IOERR_WRITE]
            .contains(code)
    }
}
