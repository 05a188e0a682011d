import FieldClient
import Replication
import TicketModel
import TicketPolicy

/// One person at one desk, doing one thing.
struct DeskWork {
    let world: SimulatedWorld
    let field: SimulatedField
    let desk: Desk
    let staff: StaffID

    init(world: SimulatedWorld, field: SimulatedField) {
        self.world = world
        self.field = field
        staff = field.member.staff
        desk = Desk(store: field.storage, codec: world.codec, policies: world.policies) {
            [unowned world, unowned field] in world.moment(of: field)
        }
    }

    /// Does it, if there is something to do it to.
    ///
    /// - Throws: what `Desk` throws, `PowerCut`.
    func perform(
        _ verb: Verb, _ random: inout SimulatedRandom
    ) throws -> [ReplicaWriter.Written] {
        switch verb {
        case .log: return [try log(&random)]
        case .retryDraft, .noteDraft, .discardDraft: return try performOnDraft(verb, &random)
        case .editComment, .redactComment: return try performOnComment(verb, &random)
        case .merge, .unmerge, .split: return try join(verb, &random)
        case .classify, .audit, .plan, .approve, .consent, .verify, .survey, .verdict, .step,
            .urge, .pause, .resume, .meeting, .promise, .contact, .phone:
            return try process(verb, &random)
        default: break
        }
        guard let ticket = try pick(for: verb, &random) else { return [] }
        switch verb {
        case .note, .customerNote, .edit, .priority, .tag, .untag, .attach, .custom, .rate:
            return [try describe(verb, ticket, &random)]
        default: return [try move(verb, ticket, &random)]
        }
    }

    /// A ticket that is or was here; the newest more often, so that people meet.
    func pick(_ random: inout SimulatedRandom) -> TicketID? {
        let tickets = field.tickets
        guard !tickets.isEmpty else { return nil }
        let newest = random.chance(perMille: 600)
        let index =
            newest ? max(0, tickets.count - 1 - random.below(3)) : random.below(tickets.count)
        return tickets[index]
    }

    /// A text whose number can be found again wherever it goes.
    func text(_ word: String) -> String {
        world.textsCount += 1
        return Canary.text(world.textsCount, word)
    }

    // MARK: New tickets

    private func log(_ random: inout SimulatedRandom) throws -> ReplicaWriter.Written {
        let texts: [(FieldID, String)] = [
            (.contact, text("contact")), (.reportedTime, "2023-11-15"), (.channel, "store"),
            (.kind, random.pick(["complaint", "suggestion"])),
            (.category, random.pick(["product", "attitude", "process"])),
            (.subject, text("subject")), (.description, text("description")),
            (.demand, text("demand")), (.eventTime, "2023-11-14"), (.eventPlace, text("place")),
            (.product, "X1"), (Self.customFields[0], text("scene")),
        ]
        var fields = Dictionary(texts.map { ($0.0, FieldValue.text($0.1)) }) { first, _ in first }
        fields[.priority] = .integer(Int64(random.number(in: 1...3)))
        let isNoted = random.chance(perMille: 300)
        var tags = random.chance(perMille: 300) ? ["first"] : []
        if world.plan.world.policy == .unified, random.chance(perMille: 200) {
            tags.append(random.pick(Self.policyTags))
        }
        let new = NewTicket(
            fields: fields, tags: tags,
            note: isNoted ? text("note") : "",
            assignee: random.chance(perMille: 100) ? person(&random) : nil)
        return try desk.log(new, by: staff)
    }

    // MARK: Words and values

    private func describe(
        _ verb: Verb, _ ticket: TicketID, _ random: inout SimulatedRandom
    ) throws -> ReplicaWriter.Written {
        switch verb {
        case .note:
            return try desk.note(text("note"), isForCustomer: false, on: ticket, by: staff)
        case .customerNote:
            return try desk.note(text("answer"), isForCustomer: true, on: ticket, by: staff)
        case .edit: return try edit(ticket, &random)
        case .priority:
            return try desk.set(
                .priority, to: .integer(Int64(random.number(in: 1...3))), on: ticket, by: staff)
        case .tag:
            return try desk.tag(
                adding: [random.pick(Self.tags)], removing: [], on: ticket, by: staff)
        case .untag:
            return try desk.tag(
                adding: random.chance(perMille: 300) ? [random.pick(Self.tags)] : [],
                removing: [random.pick(Self.tags)], on: ticket, by: staff)
        case .attach:
            let file = FieldValue.text("file-\(random.below(3))")
            let isRemoval = random.chance(perMille: 300)
            return try write(
                .attach, [isRemoval ? .remove(.attachments, file) : .add(.attachments, file)],
                on: ticket)
        case .custom:
            return try desk.set(
                Self.customFields[random.below(Self.customFields.count)], to: .text(text("custom")),
                on: ticket, by: staff)
        case .rate:
            return try write(
                .rate,
                [
                    .rate(
                        token: "survey-\(random.below(2))",
                        random.pick(Rating.Outcome.allCases), score: random.number(in: 0...10),
                        remark: text("remark"))
                ], on: ticket)
        default: preconditionFailure("\(verb) describes nothing")
        }
    }

    private func edit(
        _ ticket: TicketID, _ random: inout SimulatedRandom
    ) throws -> ReplicaWriter.Written {
        let field = random.pick(Self.textFields)
        if field == .category || field == .channel {
            let key = field == .category ? ["product", "attitude", "inquiry"] : ["store", "app"]
            return try desk.set(field, to: .text(random.pick(key)), on: ticket, by: staff)
        }
        let isCleared = random.chance(perMille: 80)
        return try desk.set(
            field, to: .text(isCleared ? "" : text("edited")), on: ticket, by: staff)
    }

    private static let tags = ["first", "second", "third", "fourth"]
    private static let textFields: [FieldID] = [
        .subject, .description, .demand, .contact, .resolution, .category, .channel, .orderNumber,
    ]
    /// Declared by the profile, and one that a newer profile would declare.
    private static let customFields = [FieldID(rawValue: 1_000), FieldID(rawValue: 1_007)]

    // MARK: Moving it along

    private func move(
        _ verb: Verb, _ ticket: TicketID, _ random: inout SimulatedRandom
    ) throws -> ReplicaWriter.Written {
        switch verb {
        case .accept: return try desk.accept(ticket, by: staff)
        case .refuse: return try desk.refuse(ticket, reason: text("refusal"), by: staff)
        case .assign:
            return try desk.assign(
                ticket, to: owner(&random), reason: text("assignment"), by: staff)
        case .route:
            let department = random.pick(Self.departments)
            return try desk.assign(
                ticket, to: .department(department), reason: "", by: staff)
        case .progress:
            return try desk.progress(
                ticket,
                ProgressReport(
                    done: text("progress"), next: "", expected: nil,
                    expectedText: random.chance(perMille: 300) ? "tomorrow" : ""), by: staff)
        case .escalate:
            let level: Int64? =
                random.chance(perMille: 300) ? Int64(random.number(in: 1...3)) : nil
            return try desk.escalate(ticket, to: level, reason: text("escalation"), by: staff)
        case .lowerEscalation:
            return try write(
                .escalate, [.write(.escalation, .integer(Int64(random.below(2))))], on: ticket)
        case .resolve: return try desk.resolve(ticket, solution: text("solution"), by: staff)
        case .close:
            let note = random.chance(perMille: 500) ? text("closing") : ""
            return try desk.close(ticket, note: note, by: staff)
        case .reopen: return try desk.reopen(ticket, reason: text("reopening"), by: staff)
        default: preconditionFailure("\(verb) moves nothing")
        }
    }

    private static let departments = ["售后部", "客服部"].map(DepartmentID.init(unchecked:))

    private func person(_ random: inout SimulatedRandom) -> StaffID {
        random.pick(world.plan.world.members).staff
    }

    private func owner(_ random: inout SimulatedRandom) -> Owner {
        let handlers = world.plan.world.members.filter { $0.department != nil }
        guard random.chance(perMille: 750) else {
            return .department(random.pick(Self.departments))
        }
        let member = random.pick(handlers)
        return .staff(member.staff, random.chance(perMille: 500) ? member.department : nil)
    }

    /// Changes for which there is no verb yet.
    private func write(
        _ act: Act, _ changes: [Change], on ticket: TicketID
    ) throws -> ReplicaWriter.Written {
        let writer = ReplicaWriter(codec: world.codec, profile: try desk.profile())
        return try field.storage.transaction {
            try writer.change(
                ticket, act, changes, actor: staff, at: world.moment(of: field), in: $0)
        }
    }

    // MARK: Tickets that belong together

    private func join(
        _ verb: Verb, _ random: inout SimulatedRandom
    ) throws -> [ReplicaWriter.Written] {
        guard let one = pick(&random), let other = pick(&random) else { return [] }
        let reason = random.chance(perMille: 500) ? text("why") : ""
        switch verb {
        case .merge:
            let merged = try desk.merge(one, into: other, reason: reason, by: staff)
            return [merged.survivor, merged.duplicate]
        case .unmerge:
            let merged = try field.storage.read { store in
                try field.tickets.filter { try store.visible($0)?.isMerged == true }
            }
            guard !merged.isEmpty else { return [] }
            let undone = try desk.unmerge(random.pick(merged), reason: reason, by: staff)
            return [undone.survivor, undone.duplicate]
        default:
            let part = NewTicket(
                fields: [
                    .subject: .text(text("part")), .description: .text(text("description of part")),
                ], note: reason)
            let split = try desk.split(one, into: part, by: staff)
            return [split.part, split.original]
        }
    }

    // MARK: Comments and drafts

    private func performOnComment(
        _ verb: Verb, _ random: inout SimulatedRandom
    ) throws -> [ReplicaWriter.Written] {
        guard let id = pick(&random),
            let ticket = try field.storage.read({ try $0.visible(id) })
        else { return [] }
        let own = ticket.comments.filter { $0.stamp.actor == staff }
        let candidates = own.isEmpty ? ticket.comments : own
        guard !candidates.isEmpty else { return [] }
        let comment = random.pick(candidates)
        let change: Change =
            verb == .editComment
            ? .editComment(comment.id, text: text("again")) : .redactComment(comment.id)
        return [try write(.note, [change], on: id)]
    }

    private func performOnDraft(
        _ verb: Verb, _ random: inout SimulatedRandom
    ) throws -> [ReplicaWriter.Written] {
        let drafts = try desk.drafts()
        guard !drafts.isEmpty else { return [] }
        let draft = random.pick(drafts)
        switch verb {
        case .retryDraft: return try desk.retry(draft, by: staff)
        case .noteDraft: return try desk.sendAsNote(draft, by: staff)
        default:
            try desk.discard(draft)
            return []
        }
    }
}
