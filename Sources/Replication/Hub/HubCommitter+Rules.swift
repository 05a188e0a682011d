import Sodium
import TicketModel
import TicketPolicy

extension HubCommitter {
    /// Records a decision and lets the rules answer it, as one group that no reader sees halves of.
    ///
    /// - Parameters:
    ///   - cause: the quarantined operation that is taken over with it.
    ///   - isLast: whether readers may stop behind it.
    func record(
        _ decision: Decision, _ intent: Intent, _ body: IntentBody, device: DeviceRecord,
        cause: OperationID? = nil, isLast: Bool = true
    ) throws -> Verdict {
        guard decision.disposition.isAccepted, let merged = decision.ticket else {
            return try recordRefusal(decision, intent, body, device: device, isLast: isLast)
        }
        let before = decision.before
        let reactions = try postponing(
            try unspent(
                profile.reactions(
                    to: body.act, before: before, after: merged, at: now,
                    actedAt: body.captured.estimate, absorbing: decision.absorbed,
                    isReleasing: decision.released != nil)),
            on: merged.id)
        let clocks = reactions.compactMap(\.clockEffect)
        var after = merged
        clocks.forEach { after.apply($0) }
        let followUps = HubFollowUp.all(after: reactions)
        let further = try furtherReleases(of: decision.released, besides: merged.id)
            .filter { try isToBeWritten($0.followUp, on: $0.ticket, cause: body.operation) }
        let isFollowed =
            try !further.isEmpty
            || followUps.contains {
                try isToBeWritten($0, on: merged, cause: body.operation)
            }
        var entry = try entry(
            for: body, intent, decision, effects: decision.effects + clocks,
            isLast: isLast && !isFollowed)
        entry.cause = cause
        entry.actedFor = decision.represented
        entry.events = events(of: body, before: before, after: after)
        let isVisible = cause != nil || device.scopes.contains(where: after.scopes.contains)
        after = try append(
            entry, intent, ticket: after, before: before,
            verdictScope: isVisible ? nil : .replica(intent.dot.replica))
        if cause == nil { try forgetQuarantined(body.retryOf, of: device) }
        try settleTimers(reactions)
        try follow(
            followUps, on: after, cause: body.operation, isLast: isLast && further.isEmpty)
        for (index, release) in further.enumerated() {
            try follow(
                [release.followUp], on: release.ticket, cause: body.operation,
                isLast: isLast && index == further.count - 1)
        }
        return verdict(of: entry)
    }

    /// Where a case went on and on, it took along the numbers of all that had been merged into it:
    /// when one of those stands for itself again, they go back from everywhere.
    private func furtherReleases(
        of released: Ticket?, besides ticket: TicketID
    ) throws -> [(ticket: Ticket, followUp: HubFollowUp)] {
        guard let released else { return [] }
        var result: [(ticket: Ticket, followUp: HubFollowUp)] = []
        var (next, seen) = (released.mergedInto, Set([released.id]))
        while let id = next, seen.insert(id).inserted, let further = try store.ticket(id) {
            let isHeld = released.allNumbers.contains(where: further.formerNumbers.contains)
            if isHeld, id != ticket {
                result.append((further, HubFollowUp(releasing: released.id)))
            }
            next = further.mergedInto
        }
        return result
    }

    /// A refusal uses up its counter and is told to its author; what came too late is kept for a
    /// supervisor besides.
    private func recordRefusal(
        _ decision: Decision, _ intent: Intent, _ body: IntentBody, device: DeviceRecord,
        isLast: Bool
    ) throws -> Verdict {
        if decision.disposition.rejection?.code == .quarantined,
            decision.disposition.rejection?.detail != Rejection.takenOverDetail
        {
            try store.quarantine(
                QuarantinedIntent(
                    operation: body.operation, device: device.device, reason: .horizon,
                    bodyBytes: intent.bodyBytes, receivedAt: now))
        }
        let entry = try entry(for: body, intent, decision, effects: [], isLast: isLast)
        try append(
            entry, intent, ticket: nil, before: nil, verdictScope: .replica(intent.dot.replica))
        return verdict(of: entry)
    }

    /// Lets every timer act that is due, at most `countMax`; each is a group of its own.
    ///
    /// One whose ticket cannot be read or written waits for another try, so that the queue behind
    /// it goes on; `faults` says why.
    ///
    /// - Returns: how many timers were taken from the queue.
    /// - Throws: `StoreError` when the store as a whole fails.
    package func fireTimers(countMax: Int) throws -> Int {
        let timers = try store.timersDue(at: now, countMax: countMax)
        for timer in timers {
            do { try attemptAlone { try fire(timer.key) } } catch  where error.mayConcernOneWorkOnly
            {
                let again = now.adding(
                    milliseconds: error.isDamage
                        ? Limits.damagedTimerRetryMilliseconds : Limits.timerRetryMilliseconds)
                try store.schedule(TimerRecord(key: timer.key, dueAt: again))
                faults.texts.append(
                    "The timer \(timer.key.clock) of ticket \(timer.key.ticket) waits: \(error)")
            }
        }
        return timers.count
    }

    private func fire(_ key: TimerKey) throws {
        let hasFired = try store.hasFired(key)
        let ticket = hasFired ? nil : try store.ticket(key.ticket)
        let reactions = ticket.map { profile.reactions(toTimer: key, on: $0, at: now) } ?? []
        // A new policy may have moved the instant: then this was not yet the turn of the rung.
        if !reactions.contains(where: { $0.schedules(key) }) {
            try store.markFired(key, at: now)
        }
        guard let ticket, !reactions.isEmpty else { return }
        try settleTimers(reactions)
        try follow(
            HubFollowUp.all(afterTimer: reactions), on: ticket,
            cause: OperationID(derivedFrom: key))
    }

    /// Without warnings that were given before: a rung has one turn in a cycle, however often its
    /// instant moves behind now and ahead of it again (domain.md T8).
    func unspent(_ reactions: [Reaction]) throws -> [Reaction] {
        try reactions.filter { reaction in
            guard case .warn(_, _, _, let key) = reaction else { return true }
            return try !store.hasFired(key)
        }
    }

    func settleTimers(_ reactions: [Reaction]) throws {
        for reaction in reactions {
            switch reaction {
            case .schedule(let key, let time):
                guard try !store.hasFired(key) else { continue }
                try store.schedule(TimerRecord(key: key, dueAt: time))
            case .cancel(let key): try store.cancel(key)
            default: continue
            }
        }
    }

    /// Whether the rules have anything to write that is not in the log yet: a replica may have
    /// brought back what a rule did in an earlier life of it.
    private func isToBeWritten(
        _ followUp: HubFollowUp, on ticket: Ticket, cause: OperationID
    ) throws -> Bool {
        try store.verdict(on: followUp.operation(cause, ticket, ruleKey)) == nil
    }

    /// Writes what the rules decided and is not in the log yet.
    func follow(
        _ followUps: [HubFollowUp], on ticket: Ticket, cause: OperationID, isLast: Bool = true
    ) throws {
        for key in followUps.compactMap(\.key) where try !store.hasFired(key) {
            try store.markFired(key, at: now)
        }
        let open = try followUps.filter { try isToBeWritten($0, on: ticket, cause: cause) }
        var ticket = ticket
        for (index, followUp) in open.enumerated() {
            ticket = try write(
                followUp, on: ticket, cause: cause, isLast: isLast && index == open.count - 1)
        }
    }

    /// Writes what the rules decided, as the hub's own replica.
    private func write(
        _ followUp: HubFollowUp, on ticket: Ticket, cause: OperationID, isLast: Bool
    ) throws -> Ticket {
        let operation = followUp.operation(cause, ticket, ruleKey)
        var replica = try store.hubReplica()
        let head = try store.head().sequence
        let dot = Dot(replica: replica.replica, counter: replica.watermark + 1)
        var body = IntentBody(
            operation: operation, ticket: ticket.id, act: followUp.act, actor: .hub,
            time: HybridTimestamp(now),
            captured: CapturedTime(wall: now, offsetMilliseconds: 0), changes: followUp.changes)
        let result = try mergeOwn(&body, dot: dot, head: head, into: ticket)
        let bytes = codec.encode(body)
        let intent = Intent(
            dot: dot, context: CausalContext(epoch: epoch, sequence: head, dependencies: []),
            bodyBytes: bytes, hash: replica.hash.chained(with: bytes))
        var after = result.ticket ?? ticket
        followUp.effects.forEach { after.apply($0) }
        var entry = LogEntry(
            sequence: head + 1, isTransactionEnd: isLast, ticket: ticket.id,
            operation: body.operation, dot: dot, act: followUp.act, actor: .hub, hubTime: now,
            reportedTime: now, cause: cause, disposition: result.disposition,
            effects: result.effects + followUp.effects)
        entry.events =
            followUp.events.map { timed($0, on: after) }
            + events(of: body, before: ticket, after: after, because: followUp.rule)
        after = try append(entry, intent, ticket: after, before: ticket, verdictScope: nil)
        replica.watermark = dot.counter
        replica.hash = intent.hash
        try store.save(replica)
        return after
    }

    /// Merges what the rules decided. A change that the ticket does not take, because of what
    /// stands in it, is left out and told to the operator: the rest is done, and people are told.
    private func mergeOwn(
        _ body: inout IntentBody, dot: Dot, head: UInt64, into ticket: Ticket
    ) throws -> Merger.Result {
        let stamp = Stamp(
            sequence: head + 1, dot: dot, operation: body.operation, time: body.time,
            authority: .hub, actor: .hub)
        let view = CausalView(sequence: head, dependencies: [], dot: dot)
        let related = try RelatedTickets(for: body, on: ticket, load: store.ticket)
        func merged(_ body: IntentBody) -> Merger.Result {
            Merger.merge(
                body, seen: view, stamp: stamp, into: ticket, receivedAt: now,
                policy: profile.mergePolicy(of:), name: profile.name(of:), related: related)
        }
        let result = merged(body)
        if result.disposition.isAccepted { return result }
        let changes = body.changes
        body.changes = []
        for change in changes {
            body.changes.append(change)
            let disposition = merged(body).disposition
            if disposition.isAccepted { continue }
            body.changes.removeLast()
            faults.texts.append(
                "A rule could not write \(change.field.map(profile.name(of:)) ?? body.act.name) "
                    + "of ticket \(ticket.displayNumber): "
                    + "\(disposition.rejection.map { "\($0.code) \($0.detail)" } ?? "")")
        }
        return merged(body)
    }

    /// Says who is to be told later. Only of what rules have found out: what a person raises is
    /// told at once.
    private func timed(_ event: FeedEvent, on ticket: Ticket) -> FeedEvent {
        var event = event
        event.quietUntil = profile.quietUntil(
            event.recipients, clock: event.clock,
            priority: profile.priority(rank: ticket.integer(.priority)), at: now)
        return event
    }

    // MARK: - Entries

    private func entry(
        for body: IntentBody, _ intent: Intent, _ decision: Decision, effects: [Effect],
        isLast: Bool
    ) throws -> LogEntry {
        LogEntry(
            sequence: try store.head().sequence + 1, isTransactionEnd: isLast,
            ticket: decision.ticket?.id ?? body.ticket, operation: body.operation, dot: intent.dot,
            act: body.act, actor: body.actor,
            hubTime: now, reportedTime: min(body.captured.estimate, now),
            isClockSkewed: decision.isClockSkewed, disposition: decision.disposition,
            effects: effects)
    }

    /// - Returns: the ticket as stored; the one given where nothing is stored.
    @discardableResult
    func append(
        _ entry: LogEntry, _ intent: Intent, ticket: Ticket?, before: Ticket?,
        verdictScope: Scope?, isOverruling: Bool = false
    ) throws -> Ticket {
        var stored = ticket
        stored?.lastSequence = entry.sequence
        stored?.updatedAt = entry.hubTime
        try store(
            CommittedEntry(
                entry: entry, intent: intent, ticket: stored,
                scopesBefore: ticket == nil ? [] : before?.scopes ?? [],
                scopesAfter: ticket?.scopes ?? [], verdictScope: verdictScope,
                isOverruling: isOverruling))
        return stored ?? before
            ?? Ticket(
                id: entry.ticket, provisionalNumber: "", capturedAt: entry.hubTime,
                createdBy: entry.actor)
    }

    private func verdict(of entry: LogEntry) -> Verdict {
        Verdict(
            operation: entry.operation, disposition: entry.disposition, sequence: entry.sequence)
    }

    // MARK: - Events

    /// What supervisors must hear of, from the committed state alone (domain.md T31).
    ///
    /// - Parameter rule: the rule of the policy that moved the ticket; empty if a person did.
    private func events(
        of body: IntentBody, before: Ticket?, after: Ticket, because rule: String = ""
    ) -> [FeedEvent] {
        var events: [FeedEvent] = []
        let reason = rule.isEmpty ? body.changes.lazy.compactMap(\.spokenText).first ?? "" : rule
        let ownerBefore = before?.ownerName ?? ""
        let isRouted = !rule.isEmpty && !after.ownerName.isEmpty
        // Also of what nobody had taken: somebody has to see to it (domain.md E3).
        let isRefused = body.act == .refuse && after.assignee == nil
        if after.ownerName != ownerBefore || isRouted || isRefused,
            !after.ownerName.isEmpty || before != nil
        {
            events.append(
                FeedEvent(
                    feed: .assignments, from: ownerBefore, to: after.ownerName, reason: reason,
                    recipients: isRefused ? profile.recipients(ofRefusalOf: after) : []))
        }
        if body.actor != .hub, after.escalationLevel > (before?.escalationLevel ?? 0) {
            events.append(
                FeedEvent(
                    feed: .escalations, level: after.escalationLevel, reason: reason,
                    recipients: profile.recipients(ofLevel: after.escalationLevel)))
        }
        return events
    }
}

extension TimerKey {
    /// The identities that the entry of this rung can have at the hub with this key.
    package func entryOperations(_ ruleKey: MessageAuthenticationKey?) -> [OperationID] {
        [Act.clock, .escalate].map {
            OperationID(
                derivedFrom: OperationID(derivedFrom: self), rule: $0.name, on: ticket,
                key: ruleKey)
        }
    }
}

extension Reaction {
    /// Whether it puts the timer of `key` into the queue again.
    fileprivate func schedules(_ key: TimerKey) -> Bool {
        if case .schedule(key, _) = self { return true }
        return false
    }
}

extension Change {
    /// What was said with a change of owner or an escalation.
    fileprivate var spokenText: String? {
        if case .comment(_, _, let text, _) = self {
            return String(text.unicodeScalars.prefix(500))
        }
        return nil
    }
}

extension Ticket {
    /// Who has it, for people: the person, else the department.
    fileprivate var ownerName: String { assignee?.rawValue ?? department?.rawValue ?? "" }
}
