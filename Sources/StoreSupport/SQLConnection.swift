import CSQLite
import GRDB
import Replication

/// The statements of one transaction or read. Valid only inside the closure that it was handed to.
///
/// Statements are prepared once per connection, and bound and read by position through the C
/// interface: records through GRDB's row types cost about three times as much (transport.md 4.3).
/// A statement must not run again inside the closure that reads its rows.
package struct SQLConnection {
    let database: Database

    /// Runs a statement that returns no rows.
    ///
    /// - Throws: `StoreError`.
    package func run(_ sql: String, _ values: SQLValue...) throws {
        try StoreError.translating {
            try step(try database.cachedStatement(sql: sql), values) { _ in }
        }
    }

    /// Reads every row.
    ///
    /// - Throws: `StoreError`, or what `read` throws.
    package func rows<Value>(
        _ sql: String, _ values: SQLValue..., read: (SQLRow) throws -> Value
    ) throws -> [Value] {
        try StoreError.translating {
            var result: [Value] = []
            try step(try database.cachedStatement(sql: sql), values) { result.append(try read($0)) }
            return result
        }
    }

    /// Reads the first row; nil if there is none.
    ///
    /// - Throws: `StoreError`, or what `read` throws.
    package func first<Value>(
        _ sql: String, _ values: SQLValue..., read: (SQLRow) throws -> Value
    ) throws -> Value? {
        try StoreError.translating {
            var result: Value?
            try step(try database.cachedStatement(sql: sql), values, countMax: 1) {
                result = try read($0)
            }
            return result
        }
    }

    /// Reads the rows of a query that was put together for this occasion and is not kept: the
    /// cache of statements has no limit (transport.md 4.2).
    ///
    /// - Throws: `StoreError`, or what `read` throws.
    package func rowsOnce<Value>(
        _ sql: String, _ values: [SQLValue], read: (SQLRow) throws -> Value
    ) throws -> [Value] {
        try StoreError.translating {
            var result: [Value] = []
            try step(try database.makeStatement(sql: sql), values) { result.append(try read($0)) }
            return result
        }
    }

    /// Reads row by row and keeps none: for what may be larger than the memory.
    ///
    /// - Throws: `StoreError`, or what `read` throws.
    package func each(
        _ sql: String, _ values: SQLValue..., read: (SQLRow) throws -> Void
    ) throws {
        try StoreError.translating {
            try step(try database.makeStatement(sql: sql), values, read)
        }
    }

    /// Runs several statements without values, such as a migration.
    ///
    /// - Throws: `StoreError`.
    package func runScript(_ sql: String) throws {
        try StoreError.translating { try database.execute(sql: sql) }
    }

    /// How many rows the last `run` changed.
    package var changedRowsCount: Int { database.changesCount }

    /// The row that the last `run` inserted.
    package var lastInsertedRow: Int64 { database.lastInsertedRowID }

    private func step(
        _ statement: Statement, _ values: [SQLValue], countMax: Int = .max,
        _ each: (SQLRow) throws -> Void
    ) throws {
        let handle = statement.sqliteStatement
        precondition(
            sqlite3_stmt_busy(handle) == 0,
            "a statement is run inside the reading of its own rows: \(statement.sql)")
        defer { sqlite3_reset(handle) }
        for (index, value) in values.enumerated() {
            try check(Self.bind(value, to: handle, at: Int32(index + 1)))
        }
        precondition(
            sqlite3_bind_parameter_count(handle) == values.count,
            "\(values.count) values are not what this statement needs: \(statement.sql)")
        var count = 0
        while count < countMax {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw error(code) }
            count += 1
            try each(SQLRow(statement: handle))
        }
    }

    private static func bind(
        _ value: SQLValue, to handle: OpaquePointer, at index: Int32
    ) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
        case .text(var text):
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    loopdesk_sqlite_bind_text(
                        handle, index, $0.baseAddress, Int32(clamping: $0.count))
                }
            }
        case .blob(let bytes):
            bytes.withUnsafeBytes {
                loopdesk_sqlite_bind_blob(
                    handle, index, $0.baseAddress, Int32(clamping: $0.count))
            }
        }
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        let connection = database.sqliteConnection
        return DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: connection.flatMap { String(validatingCString: sqlite3_errmsg($0)) })
    }
}
