import Sodium
import TicketModel
import TicketPolicy

/// Taking over work that was set aside, because a supervisor has decided so (replication.md 3.8).
extension HubCommitter {
    /// Commits quarantined work now, in its author's name, and takes it off the list.
    ///
    /// It becomes an act of its own with an identity that follows from the old one, so that it is
    /// taken over once, whatever a restore forgets. The author's roles of today count. Nothing
    /// counts as seen by the author, so that whatever happened since is concurrent: no newer value
    /// is overwritten that the rules would not give up to a stranger. Its cause is the old
    /// operation, by which the author's draft goes away.
    ///
    /// - Returns: a refusal when the rules refuse it; nothing was written then.
    /// - Throws: `StoreError`; the transaction must then be abandoned.
    package func accept(_ work: QuarantinedIntent) throws -> Disposition {
        guard var body = codec.decodeBody(work.bodyBytes) else {
            return .rejected(.unsupportedKind)
        }
        body.operation = operation(accepting: work.operation, on: body.ticket)
        if let known = try store.verdict(on: body.operation) {
            try store.removeQuarantined(work.operation)
            return known.disposition
        }
        guard let device = try store.device(work.device) else {
            return .rejected(.unauthorised, work.device.rawValue)
        }
        guard let ticket = try acceptedTicket(of: body) else {
            return .rejected(.unknownTicket)
        }
        (body.ticket, body.retryOf, body.group) = (ticket, work.operation, nil)
        // Half a merge of tickets is none: the supervisor can merge them as they are today.
        guard [body].haveBothHalves else {
            return .rejected(.invalidValue, Rejection.groupDetail)
        }
        let before = try store.ticket(ticket)
        var replica = try store.hubReplica()
        let dot = Dot(replica: replica.replica, counter: replica.watermark + 1)
        let decision = try decide(onAccepted: body, before, dot: dot, device)
        guard decision.disposition.isAccepted else { return decision.disposition }
        let bytes = codec.encode(body)
        let intent = Intent(
            dot: dot, context: CausalContext(epoch: epoch, sequence: 0, dependencies: []),
            bodyBytes: bytes, hash: replica.hash.chained(with: bytes))
        (replica.watermark, replica.hash) = (dot.counter, intent.hash)
        try store.save(replica)
        let verdict = try record(
            decision, intent, body, device: device, cause: work.operation)
        try store.removeQuarantined(work.operation)
        return verdict.disposition
    }

    /// Its author did it anew before anybody had decided: there is nothing left to take over.
    func forgetQuarantined(_ operation: OperationID?, of device: DeviceRecord) throws {
        guard let operation, try store.quarantined(operation)?.device == device.device else {
            return
        }
        try store.removeQuarantined(operation)
    }

    /// Whether this tries again what a supervisor has taken over in the meantime.
    func isTakenOver(_ body: IntentBody) throws -> Bool {
        guard let retried = body.retryOf else { return false }
        let tickets = [body.ticket, TicketID(createdBy: retried)]
        return try tickets.contains {
            try store.verdict(on: operation(accepting: retried, on: $0)) != nil
        }
    }

    func operation(
        accepting operation: OperationID, on ticket: TicketID
    ) -> OperationID {
        derived(from: operation, rule: "accepted", on: ticket)
    }

    /// The ticket that taken over work is about; a ticket whose making was taken over has the
    /// identity of that act. Nil when it is not known.
    private func acceptedTicket(of body: IntentBody) throws -> TicketID? {
        if body.isCreate { return TicketID(createdBy: body.operation) }
        if try store.ticket(body.ticket) != nil { return body.ticket }
        let create = OperationID(rawValue: body.ticket.rawValue)
        let made = TicketID(createdBy: operation(accepting: create, on: body.ticket))
        return try store.ticket(made) == nil ? nil : made
    }

    private func decide(
        onAccepted body: IntentBody, _ ticket: Ticket?, dot: Dot, _ device: DeviceRecord
    ) throws -> Decision {
        let head = try store.head().sequence
        guard let person = try store.staff(body.actor, at: head), person.isActive else {
            return .refused(.unauthorised, body.actor.rawValue)
        }
        // Not even what the hub itself wrote under the same replica counts as seen.
        let view = CausalView(
            sequence: 0, dependencies: [], dot: Dot(replica: dot.replica, counter: 0))
        let stamp = Stamp(
            sequence: head + 1, dot: dot, operation: body.operation,
            time: min(body.time, HybridTimestamp(now)), authority: .agent, actor: body.actor)
        let decision = try decide(
            body, by: person, on: device, asOf: head, seen: view, stamp: stamp, ticket)
        return try finish(decision, of: body, seen: view, for: device)
    }

    // MARK: Handing over

    /// Sets aside what a revoked device has not sent before, for a supervisor. Nothing is committed
    /// and no chain moves; handing over again changes nothing.
    ///
    /// - Returns: a refusal for each intent, `quarantined` where it is kept and `tooLarge` beyond
    ///   the limits, or what was answered before; nil when the signature does not fit the device.
    /// - Throws: `StoreError`; the transaction must then be abandoned.
    package func setAside(
        _ batch: IntentBatch, from device: DeviceRecord
    ) throws -> [Verdict]? {
        let owner = try store.replica(batch.replica)?.device ?? device.device
        guard owner == device.device, isSigned(batch, batch.chainHashes.last, by: device) else {
            return nil
        }
        var size = try store.quarantineSize(of: device.device)
        return try batch.intents.map { read in
            let bytes = read.intent.bodyBytes
            func refused(_ operation: OperationID, _ code: RejectionCode) -> Verdict {
                Verdict(operation: operation, disposition: .rejected(code), sequence: 0)
            }
            guard let operation = read.body?.operation else {
                return refused(
                    OperationID(rawValue: read.intent.hash.prefix128), .unsupportedKind)
            }
            if let known = try store.verdict(on: operation) { return known }
            if try store.quarantined(operation) != nil { return refused(operation, .quarantined) }
            let isWithinLimits =
                size.count < Limits.handedOverIntentsCountMax
                && size.byteCount + bytes.count <= Limits.handedOverByteCountMax
            guard isWithinLimits else { return refused(operation, .tooLarge) }
            size = (size.count + 1, size.byteCount + bytes.count)
            try store.quarantine(
                QuarantinedIntent(
                    operation: operation, device: device.device, reason: .revoked,
                    bodyBytes: bytes, receivedAt: now))
            return refused(operation, .quarantined)
        }
    }
}
