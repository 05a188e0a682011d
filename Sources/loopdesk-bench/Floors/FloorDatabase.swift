import Foundation
import GRDBSQLite

/// SQLite through the C library, with nothing between: for floors.
final class FloorDatabase {
    private var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    /// Opens a write-ahead-logged, fully synchronous file with the cache that a hub's store has.
    init(path: String) throws {
        try check(sqlite3_open(path, &handle))
        for pragma in [
            "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=16384",
            "cache_size=-65536",
        ] {
            try execute("PRAGMA \(pragma)")
        }
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(handle)
    }

    enum Value {
        case integer(Int)
        case blob([UInt8])
    }

    func execute(_ sql: String) throws {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    func transaction(_ body: () throws -> Void) throws {
        try execute("BEGIN IMMEDIATE")
        try body()
        try execute("COMMIT")
    }

    /// Runs a statement and reads its first column: numbers as they are, of bytes how many.
    @discardableResult func run(_ sql: String, _ values: Value...) throws -> [Int] {
        let statement = try statement(sql)
        defer { sqlite3_reset(statement) }
        for (index, value) in values.enumerated() {
            switch value {
            case .integer(let integer):
                sqlite3_bind_int64(statement, Int32(index + 1), Int64(integer))
            case .blob(let bytes):
                sqlite3_bind_blob(
                    statement, Int32(index + 1), bytes, Int32(bytes.count), transient)
            }
        }
        var results: [Int] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_DONE: return results
            case SQLITE_ROW:
                let isNumber = sqlite3_column_type(statement, 0) == SQLITE_INTEGER
                results.append(
                    isNumber
                        ? Int(sqlite3_column_int64(statement, 0))
                        : Int(sqlite3_column_bytes(statement, 0)))
            default: throw failure
            }
        }
    }

    private func statement(_ sql: String) throws -> OpaquePointer? {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        statements[sql] = statement
        return statement
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure }
    }

    private var failure: CocoaError {
        CocoaError(
            .fileWriteUnknown, userInfo: ["sqlite": String(cString: sqlite3_errmsg(handle))])
    }

    private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
