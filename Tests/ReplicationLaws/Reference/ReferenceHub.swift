import Replication
import TicketModel

/// The hub of the reference model: takes the intents of a world in the order in which the product
/// committed them and says what each should have come to.
///
/// What an author had seen is what their replica's ticket showed when they wrote, not the context
/// that the product recorded.
package struct ReferenceHub {
    /// One ticket with the intents that made it.
    private struct Line {
        var ticket = ReferenceTicket()
        var identities: [OperationID] = []
        /// Of the log, for each intent.
        var sequences: [UInt64] = []
        /// Nil for the hub's own.
        var sites: [Int?] = []
        /// Nil for the hub's own.
        var authors: [StaffID?] = []
        /// The scopes after each position at which they may have changed.
        var scopes: [(sequence: UInt64, scopes: Set<Scope>)] = []
    }

    /// The answers to creates that were refused.
    private var refusedTickets: Set<TicketID> = []
    private let rules = ReferenceRules(custom: LawField.policies)
    private var lines: [TicketID: Line] = [:]

    package init() {}

    /// Compares everything that `world`'s hub committed and what it holds now.
    ///
    /// - Throws: `LawViolation` with the first difference, `StoreError`, `CodecError`.
    package mutating func check(_ world: ReplicatedWorld) throws {
        let written = Dictionary(uniqueKeysWithValues: world.written.map { ($0.operation, $0) })
        let viewer = world.sites.reduce(into: Set([Scope.all])) { $0.formUnion($1.scopes) }
        let page = try world.hub.read {
            try $0.page(after: 0, scopes: viewer, byteCountMax: .max)
        }.read(with: world.codec)
        for item in page.items {
            switch item {
            case .delta(let witnessed):
                let entry = witnessed.entry
                if let own = written[entry.operation] {
                    try receive(
                        own.clamped(at: entry.hubTime), entry.disposition, at: entry.sequence,
                        world)
                } else {
                    try follow(entry)
                }
            case .verdict(let sequence, _, let operation, let disposition):
                // An accepted intent shows as its entry too, which came just before.
                guard let own = written[operation], !disposition.isAccepted else { continue }
                try receive(own, disposition, at: sequence, world)
            case .enter, .leave: throw LawViolation("whoever sees all sees \(item)")
            }
        }
        for (id, line) in lines {
            guard let ticket = try world.hub.read({ try $0.ticket(id) }) else {
                throw LawViolation("the hub has no ticket \(id)")
            }
            if let problem = line.ticket.difference(from: ticket, identities: line.identities) {
                throw LawViolation("ticket \(id): \(problem)")
            }
        }
    }

    private mutating func receive(
        _ written: ReplicatedWorld.Written, _ disposition: Disposition, at sequence: UInt64,
        _ world: ReplicatedWorld
    ) throws {
        var line = lines[written.ticket] ?? Line()
        let index = line.identities.count
        var seen = IntentSet()
        for other in 0..<index
        where line.sequences[other] <= written.seenSequence || line.sites[other] == written.site {
            seen.insert(other)
        }
        let intent = ReferenceIntent(
            index: index, operation: written.operation, author: written.person.staff,
            authority: written.person.authority, time: written.time.rawValue,
            changes: written.changes, seen: seen)
        line.identities.append(written.operation)
        let scopes = world.sites[written.site].scopes
        var answer =
            refusal(of: written, line, scopes) ?? judgement(of: written, line)
            ?? line.ticket.receive(
                intent, rules: rules, identities: line.identities,
                isLate: !isInScope(line, scopes))
        if index == 0, answer.code == nil, line.ticket.scopes.isDisjoint(with: scopes) {
            answer = ReferenceAnswer(outcome: .rejected, code: .unauthorised)
            refusedTickets.insert(written.ticket)
        }
        if let problem = answer.difference(from: disposition) {
            throw LawViolation("\(written.changes) of replica \(written.site): \(problem)")
        }
        guard disposition.isAccepted else { return }
        line.sequences.append(sequence)
        line.sites.append(written.site)
        line.authors.append(written.person.staff)
        line.scopes.append((sequence, line.ticket.scopes))
        lines[written.ticket] = line
    }

    /// Whoever wrote a solution that stands does not rate it (domain.md G15).
    private func judgement(
        of written: ReplicatedWorld.Written, _ line: Line
    ) -> ReferenceAnswer? {
        let isRating = written.changes.contains { if case .rate = $0 { true } else { false } }
        guard isRating, let solution = line.ticket.fields[.resolution],
            solution.standing.contains(where: {
                line.authors[$0.intent] == written.person.staff
            })
        else { return nil }
        return ReferenceAnswer(outcome: .rejected, code: .ownWork)
    }

    private func isInScope(_ line: Line, _ scopes: Set<Scope>) -> Bool {
        guard let current = line.scopes.last?.scopes else { return true }
        return !current.isDisjoint(with: scopes)
    }

    /// "Late rule: an intent whose context precedes the LEAVE is work done in good faith. Comments,
    /// attachments, tags are accepted late; anything else is refused; what was made after the LEAVE
    /// was seen is refused as unauthorised" (3.7).
    private func refusal(
        of written: ReplicatedWorld.Written, _ line: Line, _ scopes: Set<Scope>
    ) -> ReferenceAnswer? {
        // What was written on a refused create falls with it (3.4).
        if refusedTickets.contains(written.ticket) {
            return ReferenceAnswer(outcome: .rejected, code: .dependencyRejected)
        }
        if isInScope(line, scopes) { return nil }
        let then = line.scopes.last { $0.sequence <= written.context.sequence }?.scopes ?? []
        if then.isDisjoint(with: scopes) {
            return ReferenceAnswer(outcome: .rejected, code: .unauthorised)
        }
        let isHarmless = written.changes.allSatisfy { change in
            switch change {
            case .comment, .add(.tags, _), .add(.attachments, _): true
            default: false
            }
        }
        return isHarmless ? nil : ReferenceAnswer(outcome: .rejected, code: .leftScope)
    }

    /// What the hub's rules wrote: they see everything and outweigh everybody.
    ///
    /// - Throws: `LawViolation` where the model refuses that.
    private mutating func follow(_ entry: LogEntry) throws {
        guard var line = lines[entry.ticket] else { return }
        let changes = entry.effects.compactMap { effect -> Change? in
            switch effect {
            case .wrote(let field, let register): .write(field, register.value)
            case .added(let field, let value, _): .add(field, value)
            case .removed(let field, let value, _): .remove(field, value)
            default: nil
            }
        }
        guard !changes.isEmpty else { return }
        let index = line.identities.count
        let intent = ReferenceIntent(
            index: index, operation: entry.operation, author: .hub, authority: .hub,
            time: HybridTimestamp(entry.hubTime).rawValue, changes: changes,
            seen: IntentSet(prefix: index))
        line.identities.append(entry.operation)
        let answer = line.ticket.receive(intent, rules: rules, identities: line.identities)
        guard answer.outcome != .rejected else {
            throw LawViolation("the hub's rules wrote \(changes), and the model says \(answer)")
        }
        line.sequences.append(entry.sequence)
        line.sites.append(nil)
        line.authors.append(nil)
        line.scopes.append((entry.sequence, line.ticket.scopes))
        lines[entry.ticket] = line
    }
}

extension ReplicatedWorld.Written {
    /// "If HLC > hubNow + 5 min, clamp tie-break time to receive time" (3.13).
    fileprivate func clamped(at hubTime: Timestamp) -> ReplicatedWorld.Written {
        var clamped = self
        if time.time.milliseconds > hubTime.milliseconds + 300_000 {
            clamped.time = HybridTimestamp(hubTime)
        }
        return clamped
    }
}

extension ReferenceTicket {
    /// Who may hold it: everybody who holds all, its store, its region, its department, its owner.
    var scopes: Set<Scope> {
        let groups: [(FieldID, String)] = [
            (.store, "store"), (.region, "region"), (.department, "department"),
            (.assignee, "agent"),
        ]
        return groups.reduce(into: [Scope(rawValue: "all")]) { scopes, group in
            guard case .text(let name) = fields[group.0]?.shown.value, !name.isEmpty else { return }
            scopes.insert(Scope(rawValue: "\(group.1):\(name)"))
        }
    }
}
