import CSQLite
import Replication
import TicketModel

/// One row of a running query, read by the index of the column from 0. Valid only inside the
/// closure that it was handed to.
package struct SQLRow {
    let statement: OpaquePointer

    package func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }

    /// 0 for NULL.
    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// A log sequence or a counter, by its bits.
    package func sequence(_ column: Int32) -> UInt64 { UInt64(bitPattern: integer(column)) }

    package func flag(_ column: Int32) -> Bool { integer(column) != 0 }

    /// Empty for NULL.
    package func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Empty for NULL.
    package func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        let count = Int(sqlite3_column_bytes(statement, column))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Nil for NULL.
    package func time(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: integer(column))
    }

    /// Nil for NULL.
    package func integerIfAny(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    /// An identifier.
    ///
    /// - Throws: `StoreError.corrupt` when the column holds anything but 16 bytes.
    package func id<ID: Identifier128>(_ column: Int32) throws -> ID {
        guard sqlite3_column_bytes(statement, column) == ID.byteCount,
            let start = sqlite3_column_blob(statement, column),
            let id = ID(bytes: UnsafeRawBufferPointer(start: start, count: ID.byteCount))
        else {
            throw StoreError(.corrupt, "The store holds an identifier that is not 16 bytes long.")
        }
        return id
    }
}
