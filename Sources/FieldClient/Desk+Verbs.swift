import Replication
import TicketModel
import TicketPolicy

// Each verb says what was meant as one intent with all its changes. All throw `Failure`,
// `ReplicaWriter.Refusal`, `ProfileError` and `StoreError`.
extension Desk {
    /// Logs a complaint; it has a number when this returns.
    package func log(_ new: NewTicket, by actor: StaffID) throws -> ReplicaWriter.Written {
        try write { writer, store in
            var fields = new.fields
            let identity = try store.identity()
            if let home = identity?.store { fields[.store] = .text(home.rawValue) }
            if let region = identity?.region { fields[.region] = .text(region.rawValue) }
            // A handler's own device belongs to no store: what they log there is theirs.
            let assignee = new.assignee ?? (identity?.roles == [.handler] ? actor : nil)
            if let assignee { fields[.assignee] = .text(assignee.rawValue) }
            let moment = moments()
            if let assignee, !new.isAssignedAlthoughAway {
                try checkPresence(of: assignee, for: actor, at: moment.now, in: store)
            }
            fields[.status] = .integer(TicketStatus.new.rawValue)
            var changes = fields.sorted { $0.key < $1.key }.map { Change.write($0.key, $0.value) }
            if assignee != nil { changes.append(.status(.assigned)) }
            changes += Set(new.tags).sorted().map { .add(.tags, .text($0)) }
            if !new.note.isEmpty { changes.append(.say(.note, new.note)) }
            return try writer.create(changes, actor: actor, at: moment, in: store)
        }
    }

    /// Adds a note, for colleagues or for the customer's eyes too.
    package func note(
        _ text: String, isForCustomer: Bool, on ticket: TicketID, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .note, by: actor) { _ in
            [
                .comment(
                    .note, isForCustomer ? .customer : .staff, text: text, parent: nil)
            ]
        }
    }

    /// Sets one field.
    package func set(
        _ field: FieldID, to value: FieldValue, on ticket: TicketID, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .edit, by: actor) { _ in [.write(field, value)] }
    }

    /// Adds and removes tags.
    package func tag(
        adding: [String], removing: [String], on ticket: TicketID, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        guard !adding.isEmpty || !removing.isEmpty else { throw Failure.nothingToChange }
        return try change(ticket, .tag, by: actor) { _ in
            adding.map { .add(.tags, .text($0)) } + removing.map { .remove(.tags, .text($0)) }
        }
    }

    /// Takes responsibility and starts (domain.md K5).
    package func accept(_ ticket: TicketID, by actor: StaffID) throws -> ReplicaWriter.Written {
        try change(ticket, .accept, by: actor) { shown in
            var changes: [Change] = []
            if shown.assignee != actor { changes.append(.write(.assignee, .text(actor.rawValue))) }
            return changes + [.status(.inProgress)]
        }
    }

    /// Gives a ticket back with a reason (domain.md RT7).
    package func refuse(
        _ ticket: TicketID, reason: String, by actor: StaffID
    ) throws
        -> ReplicaWriter.Written
    {
        try change(ticket, .refuse, by: actor) { _ in
            [.write(.assignee, .text("")), .status(.new), .say(.refusal, reason)]
        }
    }

    /// Makes a person or a department responsible, or nobody: then the ticket is back in the queue
    /// of its department.
    ///
    /// - Parameter isAlthoughAway: whether a person who is away is to have it all the same
    ///   (domain.md G30). The hub never asks: a device that was offline could not have known.
    /// - Throws: as every verb, and `Failure.away`.
    package func assign(
        _ ticket: TicketID, to owner: Owner, reason: String, isAlthoughAway: Bool = false,
        by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try write(ticket, .assign, by: actor) { shown, now, store in
            var changes: [Change]
            switch owner {
            case .nobody:
                guard shown.assignee != nil else { throw Failure.nothingToChange }
                changes = [.write(.assignee, .text(""))] + shown.statusStep(towards: .new)
            case .staff(let person, let department):
                if !isAlthoughAway { try checkPresence(of: person, for: actor, at: now, in: store) }
                changes = [.write(.assignee, .text(person.rawValue))]
                if let department, department != shown.department {
                    changes.append(.write(.department, .text(department.rawValue)))
                }
                changes += shown.statusStep(towards: .assigned)
            case .department(let department):
                changes = [
                    .write(.department, .text(department.rawValue)), .write(.assignee, .text("")),
                ]
                changes += shown.statusStep(towards: .new)
            }
            return changes + (reason.isEmpty ? [] : [.say(.assignment, reason)])
        }
    }

    /// Reports progress (domain.md K10, K11, F13).
    package func progress(
        _ ticket: TicketID, _ report: ProgressReport, by actor: StaffID
    ) throws
        -> ReplicaWriter.Written
    {
        try change(ticket, .progress, by: actor) { shown in
            try checkOpen(shown)
            var changes: [Change] = [.say(.progress, report.text)]
            if let step = report.step { changes.append(.write(.step, .text(step))) }
            if !report.expectedText.isEmpty {
                changes.append(.write(.expectedTime, .text(report.expectedText)))
            }
            if [.new, .assigned, .reopened, .pending].contains(shown.status) {
                changes.append(.status(.inProgress))
            }
            return changes
        }
    }

    /// Calls for help from above: the next level, or a named higher one.
    package func escalate(
        _ ticket: TicketID, to level: Int64?, reason: String, by actor: StaffID
    )
        throws -> ReplicaWriter.Written
    {
        let highest = try profile().escalationLevels.last?.level ?? 1
        return try change(ticket, .escalate, by: actor) { shown in
            let next = level ?? min(shown.escalationLevel + 1, highest)
            var changes: [Change] = [.write(.escalation, .integer(next))]
            if shown.status != .escalated { changes += shown.statusStep(towards: .escalated) }
            return changes + [.say(.escalation, reason)]
        }
    }

    /// Writes down that somebody was called (domain.md B6.4): what clocks look for happened then. A
    /// case that was escalated before stays at its level.
    ///
    /// - Throws: as every verb.
    package func escalateByPhone(
        _ ticket: TicketID, _ call: PhoneCall, to level: Int64?, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .escalate, by: actor, doneAt: call.time) { shown in
            let reached = level ?? max(shown.escalationLevel, 1)
            var changes: [Change] = []
            if reached != shown.escalationLevel {
                changes.append(.write(.escalation, .integer(reached)))
            }
            if shown.status != .escalated { changes += shown.statusStep(towards: .escalated) }
            return changes + [.say(.escalation, call.text)]
        }
    }

    /// Says how it was solved.
    package func resolve(
        _ ticket: TicketID, solution: String, by actor: StaffID
    ) throws
        -> ReplicaWriter.Written
    {
        try change(ticket, .resolve, by: actor) { _ in
            [.status(.resolved), .write(.resolution, .text(solution))]
        }
    }

    /// Ends the loop once the customer agrees.
    package func close(
        _ ticket: TicketID, note: String, by actor: StaffID
    ) throws
        -> ReplicaWriter.Written
    {
        try change(ticket, .close, by: actor) { _ in
            [.close] + (note.isEmpty ? [] : [.say(.closing, note)])
        }
    }

    /// Opens a ticket again.
    package func reopen(
        _ ticket: TicketID, reason: String, by actor: StaffID
    ) throws
        -> ReplicaWriter.Written
    {
        try change(ticket, .reopen, by: actor) { _ in
            [.status(.reopened), .say(.note, reason)]
        }
    }

    /// Reads who is meant: the person who signs so, a department of the policy, or the one person
    /// who is called so.
    ///
    /// - Throws: `Failure.unknownOwner`, `Failure.ambiguousOwner`, and as every verb.
    package func owner(named name: String) throws -> Owner {
        let staff = try store.read { try $0.directory() }?.staff.filter(\.isActive) ?? []
        if let person = staff.first(where: { $0.staff.rawValue == name }) {
            return .staff(person.staff, try inPolicy(person.department))
        }
        if let department = DepartmentID(name),
            try profile().problem(of: .department, value: .text(name)) == nil
        {
            return .department(department)
        }
        let called = staff.filter { $0.name == name }
        guard let person = called.first else { throw Failure.unknownOwner(name) }
        guard called.count == 1 else {
            throw Failure.ambiguousOwner(name, called.map(\.staff))
        }
        return .staff(person.staff, try inPolicy(person.department))
    }

    /// The department that a ticket goes to with this person; nil where the policy has no such
    /// department, as that of staff who worked by another policy: the ticket stays in its own.
    private func inPolicy(_ department: DepartmentID?) throws -> DepartmentID? {
        guard let department,
            try profile().problem(of: .department, value: .text(department.rawValue)) == nil
        else { return nil }
        return department
    }

    func change(
        _ ticket: TicketID, _ act: Act, by actor: StaffID, doneAt: Timestamp? = nil,
        _ changes: (Ticket) throws -> [Change]
    ) throws -> ReplicaWriter.Written {
        try write(ticket, act, by: actor, doneAt: doneAt) { shown, _, _ in try changes(shown) }
    }

    /// - Parameter changes: what is meant, by the ticket as it is shown, the time, and the store.
    private func write(
        _ ticket: TicketID, _ act: Act, by actor: StaffID, doneAt: Timestamp? = nil,
        _ changes: (Ticket, Timestamp, any ReplicaReader) throws -> [Change]
    ) throws -> ReplicaWriter.Written {
        try write { writer, store in
            var moment = moments()
            moment.doneAt = doneAt
            guard let shown = try store.visible(ticket) else {
                throw Failure.noSuchTicket(ticket.description)
            }
            return try writer.change(
                ticket, act, shown.endingPause(with: try changes(shown, moment.now, store)),
                actor: actor, at: moment, in: store)
        }
    }

    /// Work on a closed case goes on when it is opened again: otherwise nobody would watch it.
    func checkOpen(_ shown: Ticket) throws {
        guard shown.status != .closed else {
            throw ReplicaWriter.Refusal(.illegalTransition, shown.status.name)
        }
    }

    /// Nobody else is given work silently while they are away (domain.md G30).
    func checkPresence(
        of person: StaffID, for actor: StaffID, at now: Timestamp, in store: any ReplicaReader
    ) throws {
        guard person != actor else { return }
        let attendance = try attendance(at: now, in: store)
        guard let absence = attendance.absence(of: person) else { return }
        throw Failure.away(person, absence, standIn: attendance.standIn(for: person))
    }
}

/// Who can be made responsible.
package enum Owner: Hashable, Sendable {
    /// A person, and the department they work in if it is known.
    case staff(StaffID, DepartmentID?)
    case department(DepartmentID)
    /// Whoever of the department takes it next.
    case nobody
}

extension Change {
    static func status(_ status: TicketStatus) -> Change {
        .write(.status, .integer(status.rawValue))
    }

    static func say(_ kind: Comment.Kind, _ text: String) -> Change {
        .comment(kind, .staff, text: text, parent: nil)
    }
}

extension Ticket {
    /// `changes`, and that nothing is waited for any more if work goes on with them.
    func endingPause(with changes: [Change]) -> [Change] {
        guard changes.contains(where: \.isGoingOn), !text(.pauseReason).isEmpty,
            !changes.contains(where: { $0.field == .pauseReason })
        else { return changes }
        return changes + [.write(.pauseReason, .text(""))]
    }

    /// The status change that brings an open ticket to `target`, by way of reopening if it was
    /// finished; none when it stands there.
    func statusStep(towards target: TicketStatus) -> [Change] {
        if status == target { return [] }
        if status.allows(target) { return [.status(target)] }
        if status.allows(.reopened) {
            return target == .reopened
                ? [.status(.reopened)] : [.status(.reopened), .status(target)]
        }
        return [.status(target)]
    }
}
