import Replication
import Sodium
import StoreSupport
import TicketModel

extension HubStoreVerifier {
    /// Follows the hash chain of each replica as far as bodies are still here.
    mutating func checkReplicas(_ check: inout HubStoreReport.Check) throws {
        let recoveries = try recoveryReplicas()
        try sql.each("SELECT id, replica, watermark, hash FROM replica") { row in
            let replica: ReplicaID = try row.id(1)
            let end = try chainEnd(
                of: row.integer(0), replica, isRecovery: recoveries.contains(replica), &check)
            let isAtWatermark =
                end.counter == row.sequence(2) && end.hash.bytes == row.blob(3)
            if !isAtWatermark {
                check.note(
                    "Replica \(replica) stands at \(row.sequence(2)), its intents end at "
                        + "\(end.counter), or with another hash.")
            }
        }
    }

    /// The replicas under which entries came back after restores: their chains run over the
    /// operations, since the bodies stayed with their authors.
    private func recoveryReplicas() throws -> Set<ReplicaID> {
        let former = try sql.rowsOnce("SELECT epoch FROM lineage", []) { try $0.id(0) as EpochID }
        return Set((former + [report.epoch]).map(ReplicaID.recovery))
    }

    private func chainEnd(
        of rowNumber: Int64, _ replica: ReplicaID, isRecovery: Bool,
        _ check: inout HubStoreReport.Check
    ) throws -> (counter: UInt64, hash: Digest) {
        var (counter, hash): (UInt64, Digest) = (0, .zero)
        try sql.each(
            """
            SELECT counter, hash, operation, body FROM intent WHERE replica = ?1
            UNION ALL SELECT counter, hash, operation, NULL FROM twin WHERE replica = ?2
            ORDER BY counter
            """, .integer(rowNumber), .integer(rowNumber)
        ) { row in
            check.count += 1
            let next = row.sequence(0)
            let stored = Digest(bytes: row.blob(1)) ?? .zero
            defer { (counter, hash) = (next, stored) }
            guard next == counter + 1 else {
                return check.note(
                    "Intent \(counter + 1) of replica \(replica) is missing; \(next) comes next.")
            }
            let operation: OperationID = try row.id(2)
            let body = row.isNull(3) ? try body(of: operation) : row.blob(3)
            let link = isRecovery && body.isEmpty ? operation.bytes : body
            // Compaction forgets bodies; the hash stays.
            guard !link.isEmpty else { return }
            if hash.chained(with: link) != stored {
                check.note("Intent \(next) of replica \(replica) is not what its hash says.")
            }
        }
        return (counter, hash)
    }

    /// The body that another dot brought; empty when it is not kept.
    private func body(of operation: OperationID) throws -> [UInt8] {
        try sql.first("SELECT body FROM intent WHERE operation = ?1", .id(operation)) {
            $0.blob(0)
        } ?? []
    }
}
