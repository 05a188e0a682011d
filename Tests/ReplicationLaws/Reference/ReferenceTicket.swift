import Replication
import TicketModel

/// The field policies of replication.md 3.3 once more, written from the page and not from the
/// product: what the laws compare the product with.
///
/// It keeps who wrote a value as the number of the intent and asks sets whether that was seen. It
/// has no stamps, no sequences, no effects and no function in common with `Merger`.
package struct ReferenceTicket: Hashable, Sendable {
    /// A value and the intent that wrote it.
    struct Written: Hashable, Sendable {
        var value: FieldValue
        var intent: Int
        var weight: ReferenceWeight
    }

    /// A field with one shown value and the texts that are kept beside it.
    struct Field: Hashable, Sendable {
        var shown: Written
        /// Other intents whose word also stands: concurrent texts, or the same value once more.
        var beside: [Written] = []

        var standing: [Written] { [shown] + beside }

        func unseen(by intent: ReferenceIntent) -> [Written] {
            standing.filter { !intent.seen.contains($0.intent) }
        }
    }

    struct Text: Hashable, Sendable {
        var text: String
        var intent: Int
        var weight: ReferenceWeight
    }

    struct Remark: Hashable, Sendable {
        /// The intent that made it: its identity.
        var intent: Int
        var author: StaffID
        var newest: Text
        var older: [String] = []
        var isRedacted = false
        var isLate = false
    }

    struct Answer: Hashable, Sendable {
        var intent: Int
        var token: String
    }

    private(set) var fields: [FieldID: Field] = [:]
    /// The additions that keep each element alive.
    private(set) var elements: [FieldID: [FieldValue: IntentSet]] = [:]
    private(set) var remarks: [Remark] = []
    private(set) var answers: [Answer] = []

    package init() {}

    /// Takes an intent in, whole or not at all.
    ///
    /// - Parameters:
    ///   - identities: the operations of the world's intents, by their numbers.
    ///   - isLate: whether its author had lost sight of the ticket by now (3.7).
    package mutating func receive(
        _ intent: ReferenceIntent, rules: ReferenceRules, identities: [OperationID],
        isLate: Bool = false
    ) -> ReferenceAnswer {
        var next = self
        var parts: [ReferenceAnswer.Part] = []
        for (index, change) in intent.changes.enumerated() {
            switch next.take(change, of: intent, rules, identities, isLate) {
            case .asMeant: continue
            case .met: parts.append(.init(index: index, outcome: .merged))
            case .lost(let prevailing):
                parts.append(.init(index: index, outcome: .superseded, prevailing: prevailing))
            case .refused(let code): return ReferenceAnswer(outcome: .rejected, code: code)
            }
        }
        self = next
        let outcomes = Set(parts.map(\.outcome))
        let outcome: Disposition.Outcome =
            outcomes.contains(.superseded) ? .superseded : outcomes.isEmpty ? .applied : .merged
        return ReferenceAnswer(outcome: isLate ? .lateAccepted : outcome, parts: parts)
    }

    /// What one change came to.
    private enum Fate {
        case asMeant
        /// It met a concurrent change, and both live on or say the same.
        case met
        case lost(to: String)
        case refused(RejectionCode)
    }

    private mutating func take(
        _ change: Change, of intent: ReferenceIntent, _ rules: ReferenceRules,
        _ identities: [OperationID], _ isLate: Bool
    ) -> Fate {
        switch change {
        case .create: return .asMeant
        case .write(let field, let value): return write(value, field, intent, rules)
        case .add(let field, let value): return add(value, field, intent, rules)
        case .remove(let field, let value): return remove(value, field, intent, rules)
        case .comment(_, _, let text, _):
            let newest = Text(text: text, intent: intent.index, weight: intent.weight)
            remarks.append(
                Remark(
                    intent: intent.index, author: intent.author, newest: newest, isLate: isLate))
            return .asMeant
        case .editComment(let id, let text):
            return edit(remarks.firstIndex { identities[$0.intent] == id }, text, intent)
        case .redactComment(let id):
            return redact(remarks.firstIndex { identities[$0.intent] == id }, intent)
        case .close: return close(intent)
        case .rate(let token, _, _, _):
            let isFirst = !answers.contains { $0.token == token }
            answers.append(Answer(intent: intent.index, token: token))
            return isFirst ? .asMeant : .met
        // Each is half of what two tickets do together, and these worlds make no groups.
        case .merge, .absorb, .unmerge, .release: return .refused(.invalidValue)
        case .unsupported: return .refused(.unsupportedKind)
        }
    }

    // MARK: - Fields with one value

    private mutating func write(
        _ value: FieldValue, _ id: FieldID, _ intent: ReferenceIntent, _ rules: ReferenceRules
    ) -> Fate {
        let written = Written(value: value, intent: intent.index, weight: intent.weight)
        let policy = rules.policy(id)
        if policy == .set { return .refused(.invalidValue) }
        guard let field = fields[id] else {
            if policy == .status, value != .integer(1) { return .refused(.illegalTransition) }
            fields[id] = Field(shown: written)
            return .asMeant
        }
        let isSeen = intent.seen.contains(field.shown.intent)
        switch policy {
        case .status: return moveStatus(to: written, field, intent)
        case .authority: return appoint(written, id, field, intent)
        case .max: return raise(written, id, field, intent)
        case .keepBoth: return keepBoth(written, id, field, intent)
        case .last:
            fields[id] = Field(shown: written)
            return isSeen ? .asMeant : .met
        case .compareAndSet:
            guard isSeen else { return .refused(.staleValue) }
            fields[id] = Field(shown: written)
            return .asMeant
        case .set: return .refused(.invalidValue)
        }
    }

    /// "status: guarded register; legal transition? apply : reject; concurrent: higher attention
    /// rank wins, equal rank: first committed stays; same target: merged no-op".
    private mutating func moveStatus(
        to written: Written, _ field: Field, _ intent: ReferenceIntent
    ) -> Fate {
        guard let target = ReferenceStatus(written.value), target != .closed else {
            return .refused(.invalidValue)
        }
        let source = ReferenceStatus(field.shown.value) ?? .inProgress
        if source == target { return standBehind(written, .status, field, intent) }
        let isSeen = field.unseen(by: intent).isEmpty
        if isSeen, !source.leads(to: target) { return .refused(.illegalTransition) }
        if !isSeen, target.rank <= source.rank { return .lost(to: source.name) }
        fields[.status] = Field(shown: written)
        return isSeen ? .asMeant : .met
    }

    /// "higher authority wins whatever the time; equal: first commit".
    private mutating func appoint(
        _ written: Written, _ id: FieldID, _ field: Field, _ intent: ReferenceIntent
    ) -> Fate {
        if written.value == field.shown.value {
            return standBehind(written, id, field, intent, keepsStronger: true)
        }
        let rivals = field.unseen(by: intent)
        guard rivals.allSatisfy({ $0.weight.authority < written.weight.authority }) else {
            return .lost(to: words(field.shown.value))
        }
        fields[id] = Field(shown: written)
        return rivals.isEmpty ? .asMeant : .met
    }

    /// "raise; concurrent: max; lowering must have seen the value it lowers"; an escalation is
    /// lowered by managers and the hub only.
    private mutating func raise(
        _ written: Written, _ id: FieldID, _ field: Field, _ intent: ReferenceIntent
    ) -> Fate {
        guard case .integer(let number) = written.value,
            case .integer(let current) = field.shown.value
        else { return .refused(.invalidValue) }
        if number == current { return standBehind(written, id, field, intent) }
        let unseen = field.unseen(by: intent)
        let isSeen = unseen.isEmpty
        let mayLower = id != .escalation || intent.authority >= .manager
        if number < current, isSeen, !mayLower { return .refused(.unauthorised) }
        if number < current, !isSeen {
            // It still ends the word of those whom its author did see.
            if mayLower { fields[id] = Field(shown: unseen[0], beside: Array(unseen.dropFirst())) }
            return .lost(to: "\(current)")
        }
        fields[id] = Field(shown: written)
        return isSeen ? .asMeant : .met
    }

    /// Nothing changes for people, but one more intent says so: who did not see it has not seen
    /// the value (ARCHITECTURE.md, "Decisions"). What it saw it takes the place of, except, for
    /// owners, a word that weighs more.
    private mutating func standBehind(
        _ written: Written, _ id: FieldID, _ field: Field, _ intent: ReferenceIntent,
        keepsStronger: Bool = false
    ) -> Fate {
        var behind = field.standing.filter { other in
            !intent.seen.contains(other.intent)
                || keepsStronger && other.weight.authority > written.weight.authority
        }
        if behind.count > Limits.alternatesCountMax { return .met }
        behind.append(written)
        behind.sort { $0.weight > $1.weight }
        fields[id] = Field(shown: behind[0], beside: Array(behind.dropFirst()))
        return .met
    }

    /// "cov: replace; concurrent: display winner = (authority, clamped HLC, OpID); loser appended
    /// to alternates". A text that says nothing need not be kept.
    private mutating func keepBoth(
        _ written: Written, _ id: FieldID, _ field: Field, _ intent: ReferenceIntent
    ) -> Fate {
        let unseen = field.unseen(by: intent)
        if unseen.count > Limits.alternatesCountMax { return .refused(.tooLarge) }
        let standing = (unseen + [written]).sorted { $0.weight > $1.weight }
        let beside = standing.dropFirst().filter {
            $0.value != .text("") || $0.value == standing[0].value
        }
        fields[id] = Field(shown: standing[0], beside: beside)
        if standing.count == 1 { return .asMeant }
        return standing[0].value == written.value ? .met : .lost(to: words(standing[0].value))
    }

    private func words(_ value: FieldValue) -> String {
        switch value {
        case .text(let text): String(text.prefix(80))
        case .integer(let number): "\(number)"
        case .opaque: ""
        }
    }

    // MARK: - Sets

    /// "OR-set: remove deletes only covered adds; add wins".
    private mutating func add(
        _ value: FieldValue, _ id: FieldID, _ intent: ReferenceIntent, _ rules: ReferenceRules
    ) -> Fate {
        guard rules.policy(id) == .set, value != .text("") else { return .refused(.invalidValue) }
        var additions = elements[id] ?? [:]
        let isPresent = additions[value] != nil
        if !isPresent, additions.count >= rules.elementsCountMax(id) { return .refused(.tooLarge) }
        additions[value, default: IntentSet()].insert(intent.index)
        elements[id] = additions
        return isPresent ? .met : .asMeant
    }

    private mutating func remove(
        _ value: FieldValue, _ id: FieldID, _ intent: ReferenceIntent, _ rules: ReferenceRules
    ) -> Fate {
        guard rules.policy(id) == .set else { return .refused(.invalidValue) }
        guard let additions = elements[id]?[value] else { return .met }
        let left = additions.subtracting(intent.seen)
        elements[id]?[value] = left.isEmpty ? nil : left
        return left.isEmpty ? .asMeant : .met
    }

    // MARK: - Comments

    /// "edit = new version by same author, older kept".
    private mutating func edit(
        _ index: Int?, _ text: String, _ intent: ReferenceIntent
    ) -> Fate {
        guard let index, !remarks[index].isRedacted else { return .refused(.invalidValue) }
        guard remarks[index].author == intent.author else { return .refused(.unauthorised) }
        if remarks[index].older.count >= Limits.commentVersionsCountMax {
            return .refused(.tooLarge)
        }
        let newest = remarks[index].newest
        let isSeen = intent.seen.contains(newest.intent)
        guard isSeen || intent.weight.isLater(than: newest.weight) else {
            remarks[index].older.append(text)
            return .lost(to: String(newest.text.prefix(80)))
        }
        remarks[index].older.append(newest.text)
        remarks[index].newest = Text(text: text, intent: intent.index, weight: intent.weight)
        return isSeen ? .asMeant : .met
    }

    /// "redaction blanks body, keeps skeleton".
    private mutating func redact(_ index: Int?, _ intent: ReferenceIntent) -> Fate {
        guard let index else { return .refused(.invalidValue) }
        guard remarks[index].author == intent.author || intent.authority >= .manager else {
            return .refused(.unauthorised)
        }
        if remarks[index].isRedacted { return .met }
        remarks[index].isRedacted = true
        remarks[index].newest = Text(text: "", intent: intent.index, weight: intent.weight)
        remarks[index].older = []
        return .asMeant
    }

    // MARK: - Closing

    /// "CAS: needs status, all comments, escalation covered and status == resolved; reject
    /// stale_close". Decided besides: owner and department too, but not where the rules put it.
    private mutating func close(_ intent: ReferenceIntent) -> Fate {
        guard let status = fields[.status] else { return .refused(.staleClose) }
        if status.shown.value == .integer(8) { return .met }
        for id in [FieldID.status, .escalation, .assignee, .department] {
            guard let field = fields[id] else { continue }
            let isSeen = field.unseen(by: intent).allSatisfy {
                id == .department && $0.weight.authority == Authority.hub.rawValue
            }
            if !isSeen { return .refused(.staleClose) }
        }
        if !remarks.allSatisfy({ intent.seen.contains($0.newest.intent) }) {
            return .refused(.staleClose)
        }
        guard ReferenceStatus(status.shown.value) == .resolved else {
            return .refused(.illegalTransition)
        }
        fields[.status] = Field(
            shown: Written(value: .integer(8), intent: intent.index, weight: intent.weight))
        return .asMeant
    }
}

extension ReferenceWeight {
    /// Whether an edit is later than another one by the same author, whatever their authority.
    fileprivate func isLater(than other: ReferenceWeight) -> Bool {
        (time, operation) > (other.time, other.operation)
    }
}
