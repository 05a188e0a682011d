import Replication
import TicketModel
import Wire

extension HubLoop {
    /// A run of the log for one replica: authorised per device and per scope (replication.md 3.6).
    func page(
        _ pull: Pull, _ session: Session, _ device: DeviceRecord, _ request: Request,
        _ output: inout Output
    ) throws {
        let scopes = Set(device.scopes).union([.replica(session.replica)])
        let tuning = configuration.tuning
        let byteCountMax = min(
            max(pull.bytesMax, tuning.pageByteCountMin), tuning.pageByteCountMax)
        let message: HubMessage = try store.read { reader in
            let epoch = try reader.epoch()
            // A cursor beyond the head is of another log, whatever the epochs are called: the hello
            // that follows finds out (replication.md 3.11 c).
            let head = try reader.head().sequence
            guard pull.epoch == epoch, pull.cursor <= head else {
                return epochChanged(epoch)
            }
            let needsSnapshot = try pull.cursor < reader.logBase()
            guard !needsSnapshot || session.protocolVersion >= ProtocolVersion.recovery else {
                return .failure(
                    Failure(
                        code: .unsupportedProtocol,
                        message: "This replica is too far behind for its version; upgrade it."))
            }
            return .page(
                prover.proven(
                    try reader.page(
                        after: pull.cursor, scopes: scopes, byteCountMax: byteCountMax)))
        }
        reply(message, to: request, &output)
    }

    /// The people and the policy, whole.
    func directory(_ request: Request, _ output: inout Output) throws {
        let directory = try store.read { reader -> Directory? in
            guard let policy = try reader.policy() else { return nil }
            return Directory(
                staffVersion: try reader.staffVersion(), staff: try reader.staff(), policy: policy)
        }
        guard let directory else {
            return fail(.internal, "This hub has no policy yet.", request, &output)
        }
        reply(.directory(directory), to: request, &output)
    }

    /// What became of intents whose verdict has not reached their author (replication.md 3.5).
    func verdicts(_ operations: [OperationID], _ request: Request, _ output: inout Output) throws {
        let verdicts = try store.read { reader in
            try operations.compactMap { try reader.verdict(on: $0) }
        }
        reply(.verdicts(verdicts.fittingFrame), to: request, &output)
    }
}

extension [Verdict] {
    /// The first of them that one frame takes. Who misses one asks again, or is told by a page.
    var fittingFrame: [Verdict] {
        var byteCount = 0
        let fitting = prefix { verdict in
            let disposition = verdict.disposition
            byteCount += 64 + (disposition.rejection?.detail.utf8.count ?? 0)
            byteCount += disposition.notes.reduce(0) { $0 + 32 + $1.detail.utf8.count }
            return byteCount <= Limits.frameContentByteCountMax
        }
        return Array(fitting)
    }
}
