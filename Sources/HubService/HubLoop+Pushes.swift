import Replication
import TicketModel
import Wire

extension HubLoop {
    /// Commits all batches that wait in one transaction, then answers (replication.md 3.4).
    mutating func commit(_ requests: [Request], at now: Timestamp, _ output: inout Output) throws {
        var admitted: [(request: Request, batch: IntentBatch, device: DeviceRecord)] = []
        for request in requests {
            guard case .push(let batch) = request.message,
                let (session, device) = try session(of: request, &output)
            else { continue }
            guard batch.replica == session.replica else {
                fail(.notAllowed, "This session speaks for another replica.", request, &output)
                continue
            }
            admitted.append((request, batch, device))
        }
        guard !admitted.isEmpty else { return }
        do {
            let profile = try store.read { try profile($0) }
            let (results, scopes, head) = try store.transaction { store in
                let committer = try HubCommitter(
                    codec: codec, profile: profile, now: now, store: store)
                let results = try admitted.map {
                    try committer.receive($0.batch, from: $0.device)
                }
                return (results, committer.audience.scopes, try store.head().sequence)
            }
            for (push, result) in zip(admitted, results) {
                reply(
                    message(for: result, epoch: push.batch.epoch, head: head),
                    to: push.request, &output)
            }
            try hint(scopes, head: head, &output)
        } catch let error as StoreError {
            output.remarks.append("commit failed: \(error.message)")
            for push in admitted { answerBusy(push.request, &output) }
        }
    }

    private func message(
        for result: HubCommitter.PushResult, epoch: EpochID, head: UInt64
    ) -> HubMessage {
        switch result {
        case .accepted(let watermark, let verdicts):
            return .ack(Ack(epoch: epoch, watermark: watermark, verdicts: verdicts, head: head))
        case .epochChanged(let epoch):
            return .failure(
                Failure(
                    code: .epochChanged, message: "The hub's log was restored.", epoch: epoch))
        case .need(let counter):
            return .failure(
                Failure(
                    code: .need, message: "Send from intent \(counter).", counter: counter))
        case .fork(let counter):
            return .failure(
                Failure(
                    code: .fork, message: "Intent \(counter) is known with other content.",
                    counter: counter))
        case .badSignature:
            return .failure(
                Failure(
                    code: .badSignature, message: "The signature does not fit this device."))
        }
    }

    /// The only answer that may be tried again as it is (replication.md 3.4).
    private func answerBusy(_ request: Request, _ output: inout Output) {
        reply(
            .failure(
                Failure(
                    code: .busy, message: "The hub cannot store now.",
                    retryAfterMilliseconds: Self.retryAfterMilliseconds)), to: request, &output)
    }

    /// How long a client waits when the hub's store is in trouble.
    static var retryAfterMilliseconds: Int { 5_000 }

    /// Tells the subscribers of these scopes that there is something to fetch.
    func hint(_ scopes: Set<Scope>, head: UInt64, _ output: inout Output) throws {
        let epoch = try store.read { try $0.epoch() }
        for scope in scopes.sorted() {
            let hint = Hint(epoch: epoch, head: head, sequence: head)
            output.hints.append((topic: Topic.of(scope), body: hint.encode()))
        }
    }
}
