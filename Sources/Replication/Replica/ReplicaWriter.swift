import Sodium
import TicketModel
import TicketPolicy

/// Writes what a person did into the change log and shows it at once (replication.md 3.5).
///
/// Pure but for the transaction it is given: time, random bits and the profile come in as values.
package struct ReplicaWriter {
    /// What the caller knows about the moment.
    package struct Moment: Sendable {
        package var now: Timestamp
        package var random: UInt128
        /// When it was done, if somebody writes down later what they did before; nil for now.
        package var doneAt: Timestamp?

        package init(now: Timestamp, random: UInt128, doneAt: Timestamp? = nil) {
            self.now = now
            self.random = random
            self.doneAt = doneAt
        }
    }

    /// A change that this replica can already tell will not be done.
    package struct Refusal: Error, Hashable, Sendable {
        package var rejection: Rejection
        /// The fields that are missing, for `missingField`.
        package var fields: [FieldID]
        /// What people call what the rejection is about, where the policy has a word for it.
        package var label: LocalizedText?

        package init(_ code: RejectionCode, _ detail: String, fields: [FieldID] = []) {
            rejection = Rejection(code: code, detail: detail)
            self.fields = fields
        }
    }

    /// What was written.
    package struct Written: Sendable {
        package var operation: OperationID
        /// The ticket as its user should now see it.
        package var ticket: Ticket
        /// What the hub would say now; a concurrent change may make it say otherwise.
        package var foretold: Disposition
        /// For whom it was done, where the own right of who did it was not enough.
        package var actedFor: StaffID?
    }

    let codec: any ReplicationCodec
    let profile: Profile

    package init(codec: any ReplicationCodec, profile: Profile) {
        self.codec = codec
        self.profile = profile
    }

    /// Logs a new ticket.
    ///
    /// - Parameter changes: the fields, tags and comments of the ticket, without the create itself.
    /// - Throws: `Refusal` when a required field is missing or a value not allowed, `StoreError`.
    package func create(
        _ changes: [Change], actor: StaffID, at moment: Moment, in store: any ReplicaTransaction
    ) throws -> Written {
        try create(
            changes, operation: OperationID(time: moment.now, random: moment.random),
            actor: actor, at: moment, in: store)
    }

    private func create(
        _ changes: [Change], operation: OperationID, actor: StaffID, at moment: Moment,
        retryOf: OperationID? = nil, group: IntentGroup? = nil, in store: any ReplicaTransaction
    ) throws -> Written {
        var position = try position(in: store)
        let (identity, state) = position
        let home = identity.store ?? StoreID(unchecked: "HQ")
        let ordinal = state.provisionalOrdinal + 1
        let number = ProvisionalNumber(
            store: home, replicaCode: identity.replicaCode, ordinal: ordinal)
        position.state.provisionalOrdinal = ordinal
        return try write(
            [.create(provisionalNumber: number.text)] + changes, .create,
            on: TicketID(createdBy: operation), operation: operation, actor: actor, at: moment,
            retryOf: retryOf, group: group, from: position, in: store)
    }

    /// Logs what a person did to a ticket.
    ///
    /// - Throws: `Refusal` when the change would be refused as things stand here, `StoreError`.
    package func change(
        _ ticket: TicketID, _ act: Act, _ changes: [Change], actor: StaffID, at moment: Moment,
        retryOf: OperationID? = nil, in store: any ReplicaTransaction
    ) throws -> Written {
        return try write(
            changes, act, on: ticket,
            operation: OperationID(time: moment.now, random: moment.random), actor: actor,
            at: moment, retryOf: retryOf, from: try position(in: store), in: store)
    }

    /// One intent of a group.
    package struct Member: Sendable {
        /// What it is about; nil for a new ticket.
        package var ticket: TicketID?
        /// What the person calls it.
        package var act: Act
        /// Without the create itself, for a new ticket.
        package var changes: [Change]
        /// The refused intent that is tried again.
        package var retryOf: OperationID?

        /// An intent of nobody yet.
        package init(
            _ ticket: TicketID?, _ act: Act, _ changes: [Change], retryOf: OperationID? = nil
        ) {
            self.ticket = ticket
            self.act = act
            self.changes = changes
            self.retryOf = retryOf
        }
    }

    /// Logs several intents that stand or fall together, in their order (replication.md 3.4).
    ///
    /// - Parameter members: each is made when those before it are written, so that it can name what
    ///   they made.
    /// - Throws: `Refusal` when one of them would be refused as things stand here, or when they do
    ///   not fit one batch, `StoreError`; the transaction must then be abandoned.
    package func group(
        _ members: [(_ earlier: [Written]) throws -> Member], actor: StaffID,
        moments: (Int) -> Moment, in store: any ReplicaTransaction
    ) throws -> [Written] {
        precondition(members.count >= 2, "a group has at least two intents, got \(members.count)")
        guard members.count <= Limits.groupIntentsCountMax else {
            throw Refusal(.tooLarge, "group: \(members.count)")
        }
        var written: [Written] = []
        var byteCount = 0
        for (index, makeMember) in members.enumerated() {
            let moment = moments(index)
            let operation = OperationID(time: moment.now, random: moment.random)
            let group = IntentGroup(
                id: written.first?.operation ?? operation, index: index, count: members.count)
            written.append(
                try write(
                    try makeMember(written), operation: operation, actor: actor, at: moment,
                    group: group, in: store))
            byteCount += try store.change(operation)?.intent.bodyBytes.count ?? 0
        }
        guard byteCount <= Limits.batchByteCountMax else {
            throw Refusal(.tooLarge, "group: \(byteCount)")
        }
        return written
    }

    /// Logs one intent that stands alone.
    func write(
        _ member: Member, actor: StaffID, at moment: Moment, in store: any ReplicaTransaction
    ) throws -> Written {
        try write(
            member, operation: OperationID(time: moment.now, random: moment.random),
            actor: actor, at: moment, group: nil, in: store)
    }

    private func write(
        _ member: Member, operation: OperationID, actor: StaffID, at moment: Moment,
        group: IntentGroup?, in store: any ReplicaTransaction
    ) throws -> Written {
        guard let ticket = member.ticket else {
            return try create(
                member.changes, operation: operation, actor: actor, at: moment,
                retryOf: member.retryOf, group: group, in: store)
        }
        return try write(
            member.changes, member.act, on: ticket, operation: operation, actor: actor,
            at: moment, retryOf: member.retryOf, group: group, from: try position(in: store),
            in: store)
    }

    private func position(
        in store: any ReplicaTransaction
    ) throws -> (
        identity: ReplicaIdentity, state: ReplicaState
    ) {
        guard let identity = try store.identity() else { throw Refusal(.unauthorised, "join") }
        guard try store.queuedCount() < Limits.outboxIntentsCountMax else {
            throw Refusal(.tooLarge, "outbox")
        }
        return (identity, try store.state())
    }

    private func write(
        _ changes: [Change], _ act: Act, on ticket: TicketID, operation: OperationID,
        actor: StaffID, at moment: Moment, retryOf: OperationID? = nil,
        group: IntentGroup? = nil, from position: (identity: ReplicaIdentity, state: ReplicaState),
        in store: any ReplicaTransaction
    ) throws -> Written {
        let roles = try RolesOnDevice(store)
        guard roles.knows(actor) else { throw Refusal(.unauthorised, actor.rawValue) }
        var state = position.state
        state.time = state.time.next(at: moment.now)
        let body = IntentBody(
            operation: operation, ticket: ticket, act: act, actor: actor, time: state.time,
            captured: CapturedTime(
                wall: min(moment.doneAt ?? moment.now, moment.now),
                offsetMilliseconds: state.offsetMilliseconds),
            changes: changes, retryOf: retryOf, group: group)
        let visible = try store.visible(ticket)
        let rights = roles.rights(of: actor, at: body.captured.estimate)
        try check(body, by: rights, on: visible, in: store)
        let record = try seal(body, &state, position.identity.replica, in: store)
        let (result, right) = try Foreteller(
            profile: profile, epoch: state.epoch, load: store.visible
        ).foretell(record, by: rights, on: visible)
        if let rejection = result.disposition.rejection {
            throw Refusal(rejection.code, rejection.detail)
        }
        guard let shown = result.ticket else { throw Refusal(.unknownTicket, "") }
        try store.append(record)
        try store.save(state)
        try store.saveOverlay(shown, of: ticket)
        return Written(
            operation: operation, ticket: shown, foretold: result.disposition,
            actedFor: right.represented)
    }

    /// What was done before it was known that a ticket had left counts as done in good faith; what
    /// is begun afterwards is not this replica's to do (replication.md 3.7).
    private func checkPresence(of ticket: Ticket, in store: any ReplicaReader) throws {
        guard try store.leftAt(ticket.id) != nil else { return }
        throw Refusal(.leftScope, ticket.assignee?.rawValue ?? "")
    }

    /// Words that were refused as part of something else go to whoever has the ticket now, as of
    /// what their author had seen of it (replication.md 3.7).
    private func isWordOfDraft(_ body: IntentBody) -> Bool {
        body.retryOf != nil
            && body.changes.allSatisfy { if case .comment = $0 { true } else { false } }
    }

    private func check(
        _ body: IntentBody, by rights: [Right], on ticket: Ticket?, in store: any ReplicaReader
    ) throws {
        guard body.isCreate || ticket != nil else { throw Refusal(.unknownTicket, "") }
        if let ticket, !isWordOfDraft(body) { try checkPresence(of: ticket, in: store) }
        let rules = IntentRules(profile: profile)
        guard let rejection = rules.rejection(of: body, by: rights, on: ticket) else { return }
        var refusal = Refusal(
            rejection.code, rejection.detail,
            fields: rejection.code == .missingField ? rules.missingFields(of: body) : [])
        refusal.label = profile.label(of: rejection, in: body.act)
        throw refusal
    }

    /// Puts a body into its place in the chain, with what this replica has seen.
    private func seal(
        _ body: IntentBody, _ state: inout ReplicaState, _ replica: ReplicaID,
        in store: any ReplicaTransaction
    ) throws -> ChangeRecord {
        let bytes = codec.encode(body)
        guard bytes.count <= Limits.intentByteCountMax else {
            throw Refusal(.tooLarge, "\(bytes.count)")
        }
        let pending = try store.pending(on: body.ticket)
        let context = CausalContext(
            epoch: state.epoch ?? EpochID(rawValue: 0),
            sequence: try store.leftAt(body.ticket) ?? state.cursor.sequence,
            dependencies: pending.suffix(Limits.dependenciesCountMax).map(\.body.operation))
        state.counter += 1
        state.hash = state.hash.chained(with: bytes)
        let intent = Intent(
            dot: Dot(replica: replica, counter: state.counter), context: context,
            bodyBytes: bytes, hash: state.hash)
        return ChangeRecord(intent: intent, body: body, state: .queued)
    }
}
