import Foundation
import GRDB
import StoreSupport

@testable import HubStore
@testable import ReplicaStore

/// Makes stores as the first version of this program wrote them.
enum FirstVersion {
    /// Puts a store of the first version, with what both versions know, in place of a machine's.
    static func make(of machine: CrashWorld.Machine, _ world: CrashWorld) throws {
        let kind = machine == .hub ? SQLiteHubStore.kind : SQLiteReplicaStore.kind
        let (path, old) = (world.path(machine), world.root + "/old.sqlite")
        let database = try DatabaseQueue(path: old)
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: kind.migrations[0])
            try database.execute(
                sql: """
                    PRAGMA application_id = \(kind.applicationID);
                    PRAGMA user_version = 1;
                    """)
            try database.execute(sql: "ATTACH ? AS present", arguments: [path])
            try database.inTransaction {
                try copyRows(database)
                return .commit
            }
            try database.execute(sql: "DETACH present")
        }
        try database.close()
        let manager = FileManager.default
        for suffix in ["", "-wal", "-shm"] {
            try? manager.removeItem(atPath: path + suffix)
        }
        try manager.moveItem(atPath: old, toPath: path)
    }

    /// Copies the columns that both versions have, of the tables that both have.
    private static func copyRows(_ database: Database) throws {
        let tables = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM main.sqlite_schema
                WHERE type = 'table' AND name NOT GLOB 'ticket_text_*'
                    AND name IN (SELECT name FROM present.sqlite_schema)
                """)
        for table in tables {
            let old = try columns(of: table, in: "main", database)
            let new = Set(try columns(of: table, in: "present", database))
            let list = old.filter(new.contains).joined(separator: ", ")
            let order = table == "ticket_text" ? "rowid, " : ""
            try database.execute(sql: "DELETE FROM main.\(table)")
            try database.execute(
                sql: """
                    INSERT INTO main.\(table) (\(order)\(list))
                    SELECT \(order)\(list) FROM present.\(table)
                    """)
        }
    }

    private static func columns(
        of table: String, in schema: String, _ database: Database
    ) throws -> [String] {
        try String.fetchAll(
            database, sql: "SELECT name FROM pragma_table_info(?, ?)", arguments: [table, schema])
    }
}
