import Replication
import TicketModel
import Wire

extension HubLoop {
    /// Commits all batches that wait in one transaction, then answers (replication.md 3.4).
    mutating func commit(_ requests: [Request], at now: Timestamp, _ output: inout Output) {
        let pushes = requests.compactMap { request -> AdmittedPush? in
            if handOver(request, at: now, &output) { return nil }
            return admit(request, at: now, &output)
        }
        guard !pushes.isEmpty else { return }
        do {
            let committed = try committed(pushes, at: now)
            output.hasCommitted = committed.results.contains {
                if case .accepted = $0 { true } else { false }
            }
            report(committed.faults, &output)
            for (push, result) in zip(pushes, committed.results) {
                if case .failed(let reason) = result {
                    answerBusy([push.request], because: reason, &output)
                    continue
                }
                reply(
                    message(for: result, epoch: push.batch.epoch, head: committed.head),
                    to: push.request, &output)
            }
            hint(committed.scopes, epoch: committed.epoch, head: committed.head, &output)
        } catch {
            answerBusy(pushes.map(\.request), because: error, &output)
        }
    }

    /// A batch that its session may push, and the device as it stands now.
    private struct AdmittedPush {
        var request: Request
        var batch: IntentBatch
        var device: DeviceRecord
    }

    private mutating func admit(
        _ request: Request, at now: Timestamp, _ output: inout Output
    ) -> AdmittedPush? {
        do {
            guard case .push(let batch) = request.message,
                let (session, device) = try session(of: request, at: now, &output)
            else { return nil }
            guard batch.replica == session.replica else {
                fail(.notAllowed, "This session speaks for another replica.", request, &output)
                return nil
            }
            return AdmittedPush(request: request, batch: batch, device: device)
        } catch {
            answerBusy([request], because: error, &output)
            return nil
        }
    }

    private mutating func committed(
        _ pushes: [AdmittedPush], at now: Timestamp
    ) throws -> (
        results: [HubCommitter.PushResult], scopes: Set<Scope>, epoch: EpochID, head: UInt64,
        faults: [String]
    ) {
        let profile = try profile()
        return try store.transaction { store in
            let committer = try HubCommitter(
                codec: codec, profile: profile, now: now, store: store,
                ruleKey: configuration.recoveryKey)
            // One batch alone needs no savepoint: its transaction is one.
            let results =
                try pushes.count == 1
                ? [committer.receive(pushes[0].batch, from: pushes[0].device)]
                : pushes.map { try committer.receiveAlone($0.batch, from: $0.device) }
            return (
                results, committer.audience.scopes, try store.epoch(), try store.head().sequence,
                committer.faults.texts
            )
        }
    }

    private func message(
        for result: HubCommitter.PushResult, epoch: EpochID, head: UInt64
    ) -> HubMessage {
        switch result {
        case .accepted(let watermark, let verdicts):
            return .ack(
                Ack(epoch: epoch, watermark: watermark, verdicts: verdicts.fittingFrame, head: head)
            )
        case .epochChanged(let epoch): return epochChanged(epoch)
        case .need(let counter):
            return .failure(
                Failure(
                    code: .need, message: "Send from intent \(counter).", counter: counter))
        case .fork(let counter):
            return .failure(
                Failure(
                    code: .fork, message: "Intent \(counter) is known with other content.",
                    counter: counter))
        case .failed: preconditionFailure("answered busy before")
        case .badSignature:
            return .failure(
                Failure(
                    code: .badSignature, message: "The signature does not fit this device."))
        }
    }

    /// The only answer that may be tried again as it is (replication.md 3.4).
    func answerBusy(_ requests: [Request], because reason: some Any, _ output: inout Output) {
        output.storeFault = "\(reason)"
        for request in requests {
            let busy = Failure(
                code: .busy, message: "The hub cannot read or write its store now.",
                retryAfterMilliseconds: configuration.tuning.retryAfterMilliseconds)
            reply(.failure(busy), to: request, &output)
        }
    }

    /// Hands what went wrong with single pieces of work to the operator.
    func report(_ faults: [String], _ output: inout Output) {
        guard let first = faults.first else { return }
        output.storeFault = first
        output.remarks += faults
    }

    /// Tells the subscribers of these scopes that there is something to fetch.
    func hint(_ scopes: Set<Scope>, epoch: EpochID, head: UInt64, _ output: inout Output) {
        for scope in scopes.sorted() {
            let hint = Hint(epoch: epoch, head: head, sequence: head)
            output.hints.append((topic: Topic.of(scope), body: hint.encode()))
        }
    }
}
