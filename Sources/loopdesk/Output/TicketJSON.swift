import Replication
import Terminal
import TicketModel
import TicketPolicy

/// A ticket as `--json` prints it.
struct TicketJSON {
    let profile: Profile

    func value(_ ticket: Ticket) -> JSONValue {
        [
            "id": .string(ticket.id.description), "number": .string(ticket.displayNumber),
            "official": .boolean(ticket.number != nil),
            "provisional_number": .string(ticket.provisionalNumber),
            "status": .string(ticket.status.name), "priority": priority(ticket),
            "escalation_level": .integer(ticket.escalationLevel),
            "assignee": JSONValue(ticket.assignee?.rawValue),
            "department": JSONValue(ticket.department?.rawValue),
            "store": JSONValue(ticket.store?.rawValue),
            "region": JSONValue(ticket.region?.rawValue),
            "created_by": .string(ticket.createdBy.rawValue),
            "captured_at": JSONShape.time(ticket.capturedAt),
            "received_at": JSONShape.time(ticket.receivedAt),
            "updated_at": JSONShape.time(ticket.updatedAt),
            "sequence": JSONShape.integer(ticket.lastSequence), "fields": fields(ticket),
            "alternates": alternates(ticket),
            "tags": .array(ticket.tags.map(JSONValue.string)),
            "comments": .array(ticket.comments.map(comment)),
            "ratings": .array(ticket.ratings.map(rating)),
            "class_stage": .string(ticket.classStage.name),
            "class_by": .string(
                (ticket.registers[.classStage]?.stamp.actor ?? ticket.createdBy).rawValue),
            "class_at": JSONShape.time(
                ticket.registers[.classStage]?.stamp.time.time ?? ticket.capturedAt),
            "approvals": .array(ticket.givenApprovals.map(approval)),
            "open_approvals": .array(profile.openApprovals(of: ticket).map { .string($0.key) }),
            "waits_for": JSONValue(ticket.pauseReason?.rawValue),
            "verdict": JSONValue(SuggestionVerdict(rawValue: ticket.text(.verdict))?.rawValue),
            "promised_time": JSONShape.time(PromisedTimeText.time(ticket.text(.promisedTime))),
            "failed_verifications": .integer(Int64(ticket.failedVerificationsCount)),
            "cooperating": .array(ticket.cooperatingDepartments.map { .string($0.rawValue) }),
            "cross_department": .boolean(ticket.needsSeveralDepartments),
            "clocks": .array(ticket.clocks.values.sorted { $0.name < $1.name }.map(clock)),
            "former_numbers": .array(ticket.formerNumbers.map(JSONValue.string)),
            "merged_into": link(ticket.mergedInto, .mergedInto, ticket),
            "merged_from": .array(ticket.mergedNumbers.map(JSONValue.string)),
            "split_from": link(ticket.splitFrom, .splitFrom, ticket),
            "split_into": .array(
                ticket.systemNotes.filter { $0.key == .splitInto }.map { .string($0.number) }),
        ]
    }

    /// Another ticket, with the number that it had when the program noted it.
    private func link(
        _ other: TicketID?, _ key: SystemNote.Key, _ ticket: Ticket
    ) -> JSONValue {
        guard let other else { return .null }
        return [
            "ticket": .string(other.description),
            "number": JSONValue(ticket.systemNotes.last { $0.key == key }?.number),
        ]
    }

    private func priority(_ ticket: Ticket) -> JSONValue {
        guard let rank = ticket.integer(.priority) else { return .null }
        return .string(profile.priority(rank: rank).key)
    }

    /// Every field with one value, by its name in the policy.
    private func fields(_ ticket: Ticket) -> JSONValue {
        .object(
            ticket.registers.filter { !FieldID.links.contains($0.key) }
                .sorted { $0.key < $1.key }.map { field, register in
                    .init(profile.name(of: field), JSONShape.value(register.value))
                })
    }

    private func alternates(_ ticket: Ticket) -> JSONValue {
        .array(
            ticket.registers.sorted { $0.key < $1.key }.flatMap { field, register in
                register.otherValues.map { alternate in
                    [
                        "field": .string(profile.name(of: field)),
                        "value": JSONShape.value(alternate.value),
                        "actor": .string(alternate.stamp.actor.rawValue),
                        "at": JSONShape.time(alternate.stamp.time.time),
                    ]
                }
            })
    }

    private func comment(_ comment: Comment) -> JSONValue {
        [
            "id": .string(comment.id.description), "kind": .string("\(comment.kind)"),
            "visibility": .string("\(comment.visibility)"), "text": .string(comment.text),
            "actor": .string(comment.stamp.actor.rawValue),
            "at": JSONShape.time(comment.stamp.time.time),
            "pending": .boolean(comment.stamp.isPending), "late": .boolean(comment.isLate),
            "redacted": .boolean(comment.isRedacted),
            "earlier_texts": .array(comment.earlierTexts.map(JSONValue.string)),
        ]
    }

    private func rating(_ rating: Rating) -> JSONValue {
        [
            "id": .string(rating.id.description),
            "outcome": .string(JSONShape.outcome(rating.outcome)),
            "score": rating.score.map { .integer(Int64($0)) } ?? .null,
            "remark": .string(rating.remark),
        ]
    }

    private func approval(_ given: GivenApproval) -> JSONValue {
        [
            "step": .string(given.approval.step),
            "outcome": .string(given.approval.outcome.rawValue),
            "subject": .string(given.approval.subject.description),
            "holds": .boolean(!given.isOutdated),
            "actor": .string(given.stamp.actor.rawValue),
            "at": JSONShape.time(given.stamp.time.time),
            "pending": .boolean(given.stamp.isPending),
        ]
    }

    private func clock(_ clock: ClockState) -> JSONValue {
        [
            "name": .string(clock.name), "phase": .string("\(clock.phase)"),
            "cycle": .integer(Int64(clock.cycle)), "started_at": JSONShape.time(clock.startedAt),
            "due_at": JSONShape.time(clock.dueAt), "stopped_at": JSONShape.time(clock.stoppedAt),
            "paused_at": JSONShape.time(clock.isRunning ? clock.pausedAt : nil),
            "reason": .string(clock.reason),
            "calendar": JSONShape.calendar(clock.calendar),
        ]
    }

    /// One line of a list.
    func summary(_ summary: TicketSummary, _ attendance: Attendance) -> JSONValue {
        let absence = summary.assignee.flatMap(attendance.absence)
        let standIn = summary.assignee.flatMap(attendance.standIn)
        return [
            "id": .string(summary.id.description), "number": .string(summary.number),
            "provisional_number": .string(summary.provisionalNumber),
            "status": .string(summary.status.name),
            "priority": summary.priority == 0
                ? .null : .string(profile.priority(rank: summary.priority).key),
            "escalation_level": .integer(summary.escalationLevel),
            "assignee": JSONValue(summary.assignee?.rawValue),
            "away_until": JSONShape.time(absence?.until),
            "stand_in": JSONValue(standIn?.staff.rawValue),
            "department": JSONValue(summary.department?.rawValue),
            "store": JSONValue(summary.store?.rawValue), "subject": .string(summary.subject),
            "next_due": JSONShape.time(summary.dueAt),
            "next_clock": .string(summary.dueClock),
            "paused": .boolean(summary.pauseReason != nil),
            "waits_for": JSONValue(summary.pauseReason?.rawValue),
            "captured_at": JSONShape.time(summary.capturedAt),
            "updated_at": JSONShape.time(summary.updatedAt),
            "unsent": .integer(Int64(summary.unsentCount)), "left": .boolean(summary.hasLeft),
        ]
    }
}
