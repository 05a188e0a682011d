import Replication
import TicketModel
import Wire

/// A revoked device hands over what it has not sent: it is kept for a supervisor, and the device is
/// shown nothing (replication.md 3.8).
extension HubLoop {
    /// Takes a push of a revoked device that has no session any more.
    ///
    /// - Returns: whether it was one; it is answered then.
    mutating func handOver(
        _ request: Request, at now: Timestamp, _ output: inout Output
    ) -> Bool {
        do {
            guard case .push(let batch) = request.message,
                let device = try revokedDevice(of: request)
            else { return false }
            try handOver(batch, of: device, request, at: now, &output)
        } catch {
            answerBusy([request], because: error, &output)
        }
        return true
    }

    private func revokedDevice(of request: Request) throws -> DeviceID? {
        switch Peer(name: request.peer) {
        case .revoked(let device): return device
        // The connection is older than the revocation; its session, if any, must end first.
        case .device(let device) where sessions[request.route] == nil:
            return try store.read { try $0.device(device)?.isRevoked } == true ? device : nil
        default: return nil
        }
    }

    private mutating func handOver(
        _ batch: IntentBatch, of id: DeviceID, _ request: Request, at now: Timestamp,
        _ output: inout Output
    ) throws {
        let profile = try profile()
        let verdicts = try store.transaction { store -> [Verdict]? in
            guard let device = try store.device(id), device.isRevoked else { return nil }
            let committer = try HubCommitter(
                codec: codec, profile: profile, now: now, store: store,
                ruleKey: configuration.recoveryKey)
            return try committer.setAside(batch, from: device)
        }
        guard let verdicts, let last = batch.intents.last else {
            return fail(
                .badSignature, "The signature does not fit this device.", request, &output)
        }
        output.hasCommitted = true
        output.remarks.append(
            "revoked device \(id) handed over \(verdicts.count) changes for review")
        reply(
            .ack(
                Ack(
                    epoch: batch.epoch, watermark: last.intent.dot.counter, verdicts: verdicts,
                    head: 0)), to: request, &output)
    }
}
