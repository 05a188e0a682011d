import Foundation
import GRDB
import Testing

/// Checks that SQLite finds nothing wrong with a store that no process uses any more.
func checkIntegrity(of path: String, _ comment: Comment? = nil) throws {
    let queue = try DatabaseQueue(path: path)
    let findings = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    try queue.close()
    #expect(findings == ["ok"], comment ?? "\(path)")
}

/// Copies the log of a store that no process uses into its file.
func checkpointed(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
}
