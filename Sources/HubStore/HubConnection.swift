import Replication
import Sodium
import StoreSupport
import TicketModel

/// The hub's questions and writes as statements, inside one transaction or read.
struct HubConnection {
    let sql: SQLConnection
    let store: SQLiteHubStore

    init(_ sql: SQLConnection, _ store: SQLiteHubStore) {
        self.sql = sql
        self.store = store
    }

    /// The row number of a replica; nil if it has none yet.
    func replicaRow(_ replica: ReplicaID) throws -> Int64? {
        if let row = store.caches.replicaRows[replica] { return row }
        let row = try sql.first("SELECT id FROM replica WHERE replica = ?1", .id(replica)) {
            $0.integer(0)
        }
        store.caches.replicaRows[replica] = row
        return row
    }

    /// The number of a scope; nil if nothing was ever in it.
    func scopeID(_ scope: Scope) throws -> Int64? {
        if let id = store.caches.scopeIDs[scope] { return id }
        let id = try sql.first("SELECT id FROM scope WHERE name = ?1", .text(scope.rawValue)) {
            $0.integer(0)
        }
        store.caches.scopeIDs[scope] = id
        return id
    }

    /// Scopes from their stored form: numbers joined by commas.
    func scopes(_ list: String) throws -> [Scope] {
        try list.split(separator: ",").map { digits in
            guard let id = Int64(digits) else { throw damaged("a list of scopes") }
            if let scope = store.caches.scopeNames[id] { return scope }
            guard
                let name = try sql.first(
                    "SELECT name FROM scope WHERE id = ?1", .integer(id), read: { $0.text(0) })
            else { throw damaged("scope \(id)") }
            store.caches.scopeNames[id] = Scope(rawValue: name)
            return Scope(rawValue: name)
        }
    }

    /// An error for a row that we wrote and cannot read.
    func damaged(_ what: String) -> StoreError {
        StoreError(
            .corrupt, "The hub store is damaged at \(what). Restore it from a backup.")
    }

    func digest(_ bytes: [UInt8]) throws -> Digest {
        guard let digest = Digest(bytes: bytes) else { throw damaged("a hash") }
        return digest
    }
}
