import TicketModel
import TicketPolicy

extension HubCommitter {
    /// What an intent comes to, before it is recorded.
    struct Decision {
        var disposition: Disposition
        var effects: [Effect] = []
        /// The ticket before the effects; nil for a new one. Where the intent was redirected it is
        /// another one than the intent names.
        var before: Ticket?
        /// A ticket whose case goes on in this one from now on, as it was before.
        var absorbed: Ticket?
        /// A ticket that stands for itself again.
        var released: Ticket?
        /// The ticket after the effects; nil when the intent was refused.
        var ticket: Ticket?
        var isClockSkewed = false
        /// For whom it was done, where its author's own right was not enough.
        var represented: StaffID?

        static func refused(_ code: RejectionCode, _ detail: String = "") -> Decision {
            Decision(disposition: .rejected(code, detail))
        }

        /// Whether the author's right was not enough.
        var isUnauthorised: Bool { disposition.rejection?.code == .unauthorised }
    }

    /// Authorises at the intent's own context, validates, and merges (replication.md 3.4, 3.8).
    func decide(
        _ intent: Intent, _ body: IntentBody, from device: DeviceRecord
    ) throws -> Decision {
        let ticket = try store.ticket(body.ticket)
        let head = try store.head().sequence
        let view = CausalView(
            sequence: try linear(intent.context, head: head),
            dependencies: Set(intent.context.dependencies), dot: intent.dot)
        guard let person = try store.staff(body.actor, at: view.sequence), person.isActive else {
            return .refused(.unauthorised, body.actor.rawValue)
        }
        if try isTakenOver(body) { return .refused(.quarantined, Rejection.takenOverDetail) }
        if try isBeyondHorizon(body, view) { return .refused(.quarantined) }
        if ticket == nil, !body.isCreate { return try refuseWithoutTicket(body) }
        let standing = try standing(of: device, towards: ticket, body, view)
        if let refusal = standing.refusal { return refusal }
        let isSkewed = body.time.time > now.adding(milliseconds: Limits.clockAheadMillisecondsMax)
        let stamp = Stamp(
            sequence: head + 1, dot: intent.dot, operation: body.operation,
            time: isSkewed ? HybridTimestamp(now) : body.time, authority: .agent,
            actor: body.actor)
        var decision = try decide(
            body, by: person, on: device, asOf: view.sequence, seen: view, stamp: stamp, ticket)
        decision.isClockSkewed = isSkewed
        if standing == .late { decision.acceptLate() }
        return try finish(decision, of: body, seen: view, for: device)
    }

    /// Decides by the author's own right; where that is not enough, by that of those for whom they
    /// stood in when they acted (domain.md G30), the nearest first.
    ///
    /// - Parameters:
    ///   - sequence: as of where in the log people count.
    ///   - stamp: with any authority; that of the right counts.
    /// - Throws: `StoreError`.
    func decide(
        _ body: IntentBody, by person: StaffRecord, on device: DeviceRecord,
        asOf sequence: UInt64, seen view: CausalView, stamp: Stamp, _ ticket: Ticket?
    ) throws -> Decision {
        func attempt(_ right: Right) throws -> Decision {
            if let rejection = IntentRules(profile: profile).rejection(
                of: body, by: right, on: ticket, seen: view)
            {
                return Decision(disposition: .rejected(rejection.code, rejection.detail))
            }
            var stamp = stamp
            stamp.authority = right.roles.authority
            var decision = try merge(body, seen: view, stamp: stamp, on: ticket)
            decision.represented = right.represented
            return decision
        }
        let own = person.roles.intersection(device.roles)
        var refusal = try attempt(Right(roles: own))
        guard refusal.isUnauthorised else { return refusal }
        let time = try instant(of: body, view)
        let others = try Attendance.represented(by: person, at: time) { substitute in
            try store.staff(
                awayAt: time, naming: substitute, at: sequence,
                countMax: Absence.representedCountMax)
        }
        for right in Right.all(of: person, representing: others, within: device.roles).dropFirst() {
            let decision = try attempt(right)
            if decision.disposition.isAccepted { return decision }
            // What stands in the way of somebody who may do it says more.
            if refusal.isUnauthorised { refusal = decision }
        }
        return refusal
    }

    /// When it was done, as far as can be believed: not later than now, and not before the last
    /// thing that its author had seen.
    private func instant(of body: IntentBody, _ view: CausalView) throws -> Timestamp {
        let reported = min(body.captured.estimate, now)
        guard let seen = try store.entry(at: view.sequence) else { return reported }
        return max(reported, min(now, try codec.decodeEntry(seen.bytes).hubTime))
    }

    /// `lin(context)`: how much of this log the author had seen (replication.md 3.2).
    ///
    /// Of a former life only what the present one shares with it counts; a context of an unknown
    /// epoch counts as having seen nothing, which is always safe.
    private func linear(_ context: CausalContext, head: UInt64) throws -> UInt64 {
        if context.epoch == epoch { return min(context.sequence, head) }
        return min(context.sequence, try store.lineage()[context.epoch] ?? 0)
    }

    /// Whether the work was done longer ago than the offline horizon (replication.md, "Decided").
    ///
    /// A device clock alone does not decide that (3.13): what its author had seen of the log must
    /// be as old.
    private func isBeyondHorizon(_ body: IntentBody, _ view: CausalView) throws -> Bool {
        let horizon = now.adding(milliseconds: -Limits.offlineHorizonMilliseconds)
        guard body.captured.estimate < horizon else { return false }
        guard let seen = try store.entry(at: view.sequence) else { return true }
        return try codec.decodeEntry(seen.bytes).hubTime < horizon
    }

    private func refuseWithoutTicket(_ body: IntentBody) throws -> Decision {
        let create = try store.verdict(on: OperationID(rawValue: body.ticket.rawValue))
        return create?.disposition.outcome == .rejected
            ? .refused(.dependencyRejected) : .refused(.unknownTicket)
    }

    /// The ticket that an intent is committed to: its own, or the one in which the case of that
    /// goes on, for words of somebody who had not seen the merge (domain.md T25).
    ///
    /// - Returns: nil when it belongs elsewhere and nobody knows where.
    private func target(
        of body: IntentBody, on ticket: Ticket?, _ view: CausalView, _ related: RelatedTickets
    ) -> Target? {
        guard let ticket,
            Merger.standing(of: body, towards: ticket, seen: view) == .redirected
        else { return Target(ticket: ticket) }
        return related.end(of: ticket.id).map { Target(ticket: $0) }
    }

    /// Where an intent goes; no ticket is there for a new one.
    private struct Target {
        var ticket: Ticket?
    }

    /// Merges an intent into the ticket that it belongs to by now.
    ///
    /// - Throws: `StoreError`.
    func merge(
        _ body: IntentBody, seen view: CausalView, stamp: Stamp, on ticket: Ticket?
    ) throws -> Decision {
        let related = try RelatedTickets(for: body, on: ticket, load: store.ticket)
        guard let target = target(of: body, on: ticket, view, related) else {
            return .refused(.mergedTicket)
        }
        var decision = merge(body, seen: view, stamp: stamp, into: target.ticket, related)
        decision.before = target.ticket
        if target.ticket?.id != ticket?.id { decision.noteRedirection(of: body) }
        decision.note(body, related)
        return decision
    }

    private func merge(
        _ body: IntentBody, seen view: CausalView, stamp: Stamp, into ticket: Ticket?,
        _ related: RelatedTickets
    ) -> Decision {
        let result = Merger.merge(
            body, seen: view, stamp: stamp, into: ticket, receivedAt: now,
            policy: profile.mergePolicy(of:), name: profile.name(of:), related: related)
        guard result.disposition.isAccepted, let merged = result.ticket else {
            return Decision(disposition: result.disposition)
        }
        guard merged.fits(codec) else { return .refused(.tooLarge, "ticket") }
        let entry = LogEntry(
            sequence: stamp.sequence, isTransactionEnd: true, ticket: merged.id,
            operation: body.operation, dot: stamp.dot, act: body.act, actor: body.actor,
            hubTime: now, reportedTime: now, disposition: result.disposition,
            effects: result.effects)
        guard entry.fits(codec) else { return .refused(.tooLarge, "changes") }
        return Decision(disposition: result.disposition, effects: result.effects, ticket: merged)
    }

    /// Gives a new ticket its number and checks that it belongs where its maker may write.
    func finish(
        _ decision: Decision, of body: IntentBody, seen view: CausalView, for device: DeviceRecord
    ) throws -> Decision {
        guard body.isCreate,
            case .created(let provisional, _, let captured, _, let creator) =
                decision.effects.first,
            var ticket = decision.ticket
        else { return decision }
        let held = device.scopes + device.scopes(at: view.sequence)
        guard held.contains(where: ticket.scopes.contains) else {
            return .refused(.unauthorised, "store")
        }
        let effect = Effect.created(
            provisionalNumber: provisional,
            number: try store.allocateNumber(businessDate: businessDate),
            capturedAt: min(captured, now), receivedAt: now, createdBy: creator)
        ticket.apply(effect)
        var numbered = decision
        numbered.effects[0] = effect
        numbered.ticket = ticket
        return numbered
    }
}

// MARK: - Tickets that have moved away

extension HubCommitter {
    /// How a device stands to the ticket that it writes to (replication.md 3.7).
    enum Standing: Equatable {
        case inScope
        /// The ticket left after what the author had seen, or the device was given other scopes:
        /// work done in good faith.
        case late
        case leftScope
        case stranger

        /// The refusal that this standing means; nil where the work may be accepted.
        var refusal: Decision? {
            switch self {
            case .inScope, .late: nil
            case .leftScope: .refused(.leftScope)
            case .stranger: .refused(.unauthorised, "scope")
            }
        }
    }

    private func standing(
        of device: DeviceRecord, towards ticket: Ticket?, _ body: IntentBody, _ view: CausalView
    ) throws -> Standing {
        guard let ticket, !device.scopes.contains(where: ticket.scopes.contains) else {
            return .inScope
        }
        let seen = try store.scopes(of: ticket.id, at: view.sequence)
        let held = device.scopes(at: view.sequence)
        guard held.contains(where: seen.contains) else { return .stranger }
        return body.changes.allSatisfy(\.isAcceptedLate) ? .late : .leftScope
    }
}

extension Change {
    /// Whether a former owner's late work is taken over: words, files and tags are, decisions are
    /// not.
    fileprivate var isAcceptedLate: Bool {
        switch self {
        case .comment: true
        case .add(let field, _): field == .tags || field == .attachments
        default: false
        }
    }
}

extension HubCommitter.Decision {
    /// Says with each change that it was made on another ticket than its author had meant.
    fileprivate mutating func noteRedirection(of body: IntentBody) {
        guard disposition.isAccepted, let number = ticket?.displayNumber else { return }
        let noted = Set(disposition.notes.map(\.changeIndex))
        disposition.notes += body.changes.indices.filter { !noted.contains($0) }.map { index in
            ChangeNote(
                changeIndex: index, outcome: .merged, field: body.changes[index].field,
                detail: number)
        }
        disposition.notes.sort { $0.changeIndex < $1.changeIndex }
        if disposition.outcome == .applied { disposition.outcome = .merged }
    }

    /// Names the tickets whose numbers and promises this one takes over or gives back.
    fileprivate mutating func note(_ body: IntentBody, _ related: RelatedTickets) {
        guard disposition.isAccepted else { return }
        for change in body.changes {
            switch change {
            case .absorb(let duplicate):
                // Where nothing came of it, its promises are here already.
                absorbed = effects.isEmpty ? nil : related[duplicate]?.beforeMerge
            case .release(let duplicate): released = related[duplicate]
            default: continue
            }
        }
    }

    /// Marks work of a former owner.
    fileprivate mutating func acceptLate() {
        guard disposition.isAccepted else { return }
        disposition.outcome = .lateAccepted
        for (index, effect) in effects.enumerated() {
            guard case .commented(var comment) = effect else { continue }
            comment.isLate = true
            effects[index] = .commented(comment)
            ticket?.apply(effects[index])
        }
    }
}
