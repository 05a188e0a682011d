import TicketModel
import TicketPolicy

/// Checks an intent against the profile before it is merged: permission, required fields, values
/// and sizes. The hub and the replicas ask the same questions; the hub's answer counts.
package struct IntentRules {
    let profile: Profile

    package init(profile: Profile) { self.profile = profile }

    /// Why `body` may not be done by somebody with `roles`, or nil if nothing speaks against it.
    ///
    /// - Parameters:
    ///   - ticket: what the intent is about, as far as it is known here.
    ///   - view: what the author had seen of it; nil where that is all there is.
    package func rejection(
        of body: IntentBody, by roles: Set<Role>, on ticket: Ticket?, seen view: CausalView? = nil
    ) -> Rejection? {
        rejection(of: body, by: Right(roles: roles), on: ticket, seen: view)
    }

    /// Why `body` may not be done by this right of its actor, or nil if nothing speaks against it.
    /// Who stands in for somebody may do what that one may (domain.md G30), but judges the work of
    /// neither in that one's name.
    ///
    /// - Parameters:
    ///   - ticket: what the intent is about, as far as it is known here.
    ///   - view: what the author had seen of it; nil where that is all there is.
    package func rejection(
        of body: IntentBody, by right: Right, on ticket: Ticket?, seen view: CausalView? = nil
    ) -> Rejection? {
        if body.changes.isEmpty || body.changes.count > Limits.changesCountMax {
            return Rejection(code: .tooLarge, detail: "changes")
        }
        if !profile.allows(body.act, roles: right.roles) {
            return Rejection(code: .unauthorised, detail: body.act.name)
        }
        if let rejection = ProcessRules(profile: profile).rejection(of: body, by: right, on: ticket)
        {
            return rejection
        }
        if let field = body.changes.firstRepetition {
            return Rejection(code: .invalidValue, detail: field.map(profile.name) ?? "comment")
        }
        for (index, change) in body.changes.enumerated() {
            if let rejection = rejection(of: change, at: index, in: body, right, ticket, view) {
                return rejection
            }
        }
        let missing = missingFields(of: body)
        guard missing.isEmpty else {
            return Rejection(
                code: .missingField, detail: missing.map(profile.name).joined(separator: " "))
        }
        return nil
    }

    /// Why `body` may be done by none of these rights, the own one first; nil if by one of them.
    ///
    /// What stands in the way of somebody who may do it says more than that somebody may not.
    package func rejection(
        of body: IntentBody, by rights: [Right], on ticket: Ticket?
    ) -> Rejection? {
        var first: Rejection?
        for right in rights {
            guard let rejection = rejection(of: body, by: right, on: ticket) else { return nil }
            if first == nil || first?.code == .unauthorised { first = rejection }
            // No stand-in is asked about what has nothing to do with who does it.
            if right.represented == nil, rejection.code != .unauthorised { break }
        }
        return first
    }

    /// The required fields that a create does not fill; empty for any other intent.
    package func missingFields(of body: IntentBody) -> [FieldID] {
        guard body.isCreate else { return [] }
        var fields: [FieldID: FieldValue] = [:]
        for case .write(let field, let value) in body.changes { fields[field] = value }
        return profile.missingFields(for: fields)
    }

    private func rejection(
        of change: Change, at index: Int, in body: IntentBody, _ right: Right,
        _ ticket: Ticket?, _ view: CausalView?
    ) -> Rejection? {
        if let act = requiredAct(change, in: body, right, ticket, view),
            !profile.allows(act, roles: right.roles)
        {
            return Rejection(code: .unauthorised, detail: act.name)
        }
        switch change {
        case .create(let number):
            return index == 0 && ProvisionalNumber(number) != nil
                ? nil : Rejection(code: .invalidValue, detail: "create")
        case .write(let field, let value):
            guard isWritable(field, value, in: body) else {
                return Rejection(code: .invalidValue, detail: profile.name(of: field))
            }
            if !body.isCreate, value.isEmpty, isRequired(field, on: ticket) {
                return Rejection(code: .missingField, detail: profile.name(of: field))
            }
            return rejection(of: value, in: field)
        case .add(let field, let value), .remove(let field, let value):
            return field == .tags && value.byteCount > Limits.tagByteCountMax
                ? Rejection(code: .tooLarge, detail: profile.name(of: field))
                : rejection(of: value, in: field)
        case .comment(.system, _, let text, _) where !isNotable(text, in: body):
            return Rejection(code: .invalidValue, detail: "comment")
        case .rate(let token, _, _, _) where token.utf8.count > Limits.ratingTokenByteCountMax:
            return Rejection(code: .tooLarge, detail: "token")
        case .comment(_, _, let text, _), .editComment(_, let text), .rate(_, _, _, let text),
            .merge(_, let text), .unmerge(let text):
            return text.utf8.count > Limits.textByteCountMax
                ? Rejection(code: .tooLarge, detail: "text") : nil
        case .redactComment, .close, .absorb, .release, .unsupported: return nil
        }
    }

    /// How tickets belong together is no text that somebody writes: a merge has its own changes,
    /// and only a new ticket can say what it was split from.
    private func isWritable(_ field: FieldID, _ value: FieldValue, in body: IntentBody) -> Bool {
        switch field {
        case .mergedInto, .statusBeforeMerge: false
        case .splitFrom: body.isCreate && value.text.flatMap { TicketID(hexadecimal: $0) } != nil
        default: true
        }
    }

    /// What the program says of a ticket is typed by nobody: an act may say only that a part was
    /// split off, on both tickets.
    private func isNotable(_ text: String, in body: IntentBody) -> Bool {
        SystemNote(text)?.key == (body.isCreate ? .splitFrom : .splitInto)
    }

    /// Whether a ticket may not be without this field: what was required to log it stays so.
    private func isRequired(_ field: FieldID, on ticket: Ticket?) -> Bool {
        profile.requiredFields.contains(field)
            || profile.requiredFieldsByKind[ticket?.text(.kind) ?? ""]?.contains(field) == true
    }

    private func rejection(of value: FieldValue, in field: FieldID) -> Rejection? {
        if value.byteCount > Limits.textByteCountMax {
            return Rejection(code: .tooLarge, detail: profile.name(of: field))
        }
        guard profile.problem(of: field, value: value) != nil else { return nil }
        return Rejection(code: .invalidValue, detail: profile.name(of: field))
    }

    /// The permission that a change needs whatever its intent calls itself; nil where the intent's
    /// own act says enough.
    private func requiredAct(
        _ change: Change, in body: IntentBody, _ right: Right, _ ticket: Ticket?,
        _ view: CausalView?
    ) -> Act? {
        switch change {
        case .write(.assignee, let value):
            return isOwnClaim(value, of: body, right, ticket, view) || body.isCreate ? nil : .assign
        case .write(.department, _), .write(.store, _), .write(.region, _):
            return body.isCreate ? nil : .assign
        case .write(.escalation, _): return .escalate
        case .write(.status, .integer(TicketStatus.resolved.rawValue)): return .resolve
        case .write(.status, .integer(TicketStatus.reopened.rawValue)):
            return body.isSentBack ? nil : .reopen
        case .close: return .close
        case .rate: return .rate
        case .merge, .absorb, .unmerge, .release: return .merge
        default: return nil
        }
    }

    /// Taking oneself what nobody held, or giving back what one holds or held, as far as one had
    /// seen; or what the one holds for whom one stands in. Whether the office has given it to
    /// somebody else meanwhile is for the merge to tell.
    private func isOwnClaim(
        _ value: FieldValue, of body: IntentBody, _ right: Right, _ ticket: Ticket?,
        _ view: CausalView?
    ) -> Bool {
        let isClaim =
            body.act == .accept && value.text == body.actor.rawValue
            || body.act == .refuse && value.isEmpty
        guard isClaim, let holder = ticket?.assignee else { return isClaim }
        let isUnseen = ticket?.registers[.assignee].map { view?.covers($0.stamp) == false }
        return isUnseen == true || right.isOwn(holder, of: body.actor)
    }
}

extension [Change] {
    /// The field, nil for a comment, that is written more than once; nil when nothing is. Each
    /// writing puts all that stands there into the entry. The status alone may go in two steps.
    fileprivate var firstRepetition: FieldID?? {
        var (fields, comments): (Set<FieldID>, Set<OperationID>) = ([], [])
        for change in self {
            switch change {
            case .write(let field, _) where field != .status:
                guard fields.insert(field).inserted else { return .some(field) }
            case .editComment(let id, _):
                guard comments.insert(id).inserted else { return .some(nil) }
            default: continue
            }
        }
        return nil
    }
}
