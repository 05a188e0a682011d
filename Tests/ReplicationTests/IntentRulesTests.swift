import Replication
import Testing
import TicketModel
import TicketPolicy

/// What is asked of an intent before it is merged.
@Suite struct IntentRulesTests {
    private let rules: IntentRules
    private let actor = StaffID(unchecked: "A17")

    init() throws { rules = IntentRules(profile: try Profile.builtIn("basic")) }

    private func body(_ act: Act, _ changes: [Change]) -> IntentBody {
        IntentBody(
            operation: OperationID(rawValue: 1), ticket: TicketID(rawValue: 1), act: act,
            actor: actor, time: HybridTimestamp(rawValue: 1),
            captured: CapturedTime(
                wall: Timestamp(milliseconds: 1), offsetMilliseconds: nil), changes: changes)
    }

    private func rejection(
        _ act: Act, _ changes: [Change], by role: Role = .clerk, on ticket: Ticket? = nil,
        seen view: CausalView? = nil
    ) -> Rejection? {
        rules.rejection(of: body(act, changes), by: [role], on: ticket, seen: view)
    }

    private func ticket(_ texts: [FieldID: String] = [:]) -> Ticket {
        var ticket = Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "N",
            capturedAt: Timestamp(milliseconds: 0), createdBy: actor)
        for (field, text) in texts {
            ticket.registers[field] = Register(value: .text(text), stamp: stamp(5))
        }
        return ticket
    }

    private func stamp(_ sequence: UInt64) -> Stamp {
        Stamp(
            sequence: sequence, dot: Dot(replica: ReplicaID(rawValue: 9), counter: sequence),
            operation: OperationID(rawValue: UInt128(sequence)),
            time: HybridTimestamp(rawValue: 1), authority: .store, actor: actor)
    }

    // MARK: sizes

    @Test(arguments: [0, Limits.changesCountMax + 1])
    func `an intent has changes, and not too many`(count: Int) {
        let changes = Array(repeating: Change.add(.tags, .text("x")), count: count)
        #expect(rejection(.tag, changes) == Rejection(code: .tooLarge, detail: "changes"))
    }

    @Test(arguments: [
        (Act.tag, Change.add(.tags, .text(String(repeating: "x", count: 129))), "tags"),
        (.tag, .remove(.tags, .text(String(repeating: "x", count: 129))), "tags"),
        (
            .edit,
            .write(
                .description, .text(String(repeating: "x", count: Limits.textByteCountMax + 1))),
            "description"
        ),
        (
            .note,
            .comment(
                .note, .staff, text: String(repeating: "x", count: Limits.textByteCountMax + 1),
                parent: nil), "text"
        ),
    ])
    func `a text that is too long is refused`(act: Act, change: Change, detail: String) {
        let found = rejection(act, [change], on: ticket())
        #expect(found == Rejection(code: .tooLarge, detail: detail))
    }

    @Test func `a tag of the largest size is one`() {
        let tag = FieldValue.text(String(repeating: "x", count: 128))
        #expect(rejection(.tag, [.add(.tags, tag)], on: ticket()) == nil)
        #expect(rejection(.attach, [.add(.attachments, .text("photo"))], on: ticket()) == nil)
    }

    // MARK: values

    @Test func `what a field does not allow is refused`() {
        let found = rejection(.edit, [.write(.priority, .integer(99))], on: ticket())
        #expect(found == Rejection(code: .invalidValue, detail: "priority"))
    }

    @Test(arguments: [FieldID.mergedInto, .statusBeforeMerge, .splitFrom])
    func `how tickets belong together is written by no edit`(field: FieldID) {
        let value = FieldValue.text(TicketID(rawValue: 2).description)
        #expect(rejection(.edit, [.write(field, value)], on: ticket())?.code == .invalidValue)
    }

    @Test func `a new ticket names the one that it was split from, and no nonsense`() {
        let make = Change.create(provisionalNumber: "S001-AA-0001")
        for value in [FieldValue.text("x"), .integer(2)] {
            let found = rejection(.create, [make, .write(.splitFrom, value)])
            #expect(found?.code == .invalidValue)
        }
        let original = FieldValue.text(TicketID(rawValue: 2).description)
        let found = rejection(.create, [make, .write(.splitFrom, original)])
        #expect(found?.code == .missingField, "there is nothing else to say against it")
    }

    @Test func `what the program says is typed by nobody`() {
        func said(_ text: String) -> Rejection? {
            rejection(
                .note, [.comment(.system, .staff, text: text, parent: nil)], on: ticket())
        }
        let refusal = Rejection(code: .invalidValue, detail: "comment")
        #expect(said("hello") == refusal)
        #expect(said(SystemNote(.mergedInto, "CS202310270009").text) == refusal)
        #expect(said(SystemNote(.splitFrom, "CS202310270009").text) == refusal)
        #expect(said(SystemNote(.splitInto, "CS202310270009").text) == nil)
        let from = SystemNote(.splitFrom, "CS202310270009").text
        let found = rejection(
            .create,
            [
                .create(provisionalNumber: "S001-AA-0001"),
                .comment(.system, .staff, text: from, parent: nil),
            ])
        #expect(found?.code == .missingField, "there is nothing else to say against it")
    }

    @Test func `merging needs its permission, and its reason is no book`() {
        let long = String(repeating: "x", count: Limits.textByteCountMax + 1)
        let other = TicketID(rawValue: 2)
        for change in [Change.merge(into: other, reason: long), .unmerge(reason: long)] {
            let found = rejection(.merge, [change], by: .supervisor, on: ticket())
            #expect(found == Rejection(code: .tooLarge, detail: "text"))
        }
        for change in [Change.absorb(other), .release(other), .unmerge(reason: "")] {
            #expect(rejection(.merge, [change], by: .supervisor, on: ticket()) == nil)
            #expect(
                rejection(.edit, [change], by: .handler, on: ticket())
                    == Rejection(code: .unauthorised, detail: "merge"))
        }
    }

    @Test(arguments: [
        "", "N", "CS202311150001", "S001-AA", "S001-AA-", "S001-AA-0", "S001-AA-x", "S001--1",
        "S001-A-1", "S001-aa-1", "S001-ABCDEFG-1", "-AA-1", "S 1-AA-1", "S001-AA-1\u{660}",
        String(repeating: "x", count: 64) + "-AA-" + String(repeating: "0", count: 64) + "1",
    ])
    func `a provisional number has a form that no official one has`(number: String) {
        let found = rejection(.create, [.create(provisionalNumber: number)])
        #expect(found == Rejection(code: .invalidValue, detail: "create"))
    }

    @Test func `a provisional number is store, code and ordinal`() {
        for number in ["S001-AA-0001", "HQ-K7XY-12345", "S-1-B0-1"] {
            #expect(ProvisionalNumber(number)?.text.hasSuffix(String(number.suffix(1))) == true)
            let found = rejection(.create, [.create(provisionalNumber: number)])
            #expect(found?.code != .invalidValue)
        }
    }

    @Test func `the survey of an answer has a size`() {
        let rate = { (count: Int) in
            Change.rate(
                token: String(repeating: "t", count: count), .satisfied, score: nil, remark: "")
        }
        #expect(rejection(.rate, [rate(256)], by: .supervisor, on: ticket()) == nil)
        #expect(
            rejection(.rate, [rate(257)], by: .supervisor, on: ticket())
                == Rejection(code: .tooLarge, detail: "token"))
    }

    @Test func `an intent says of each field and comment once what it becomes`() {
        let write = Change.write(.subject, .text("a"))
        #expect(
            rejection(.edit, [write, .write(.subject, .text("b"))], on: ticket())
                == Rejection(code: .invalidValue, detail: "subject"))
        let edit = Change.editComment(OperationID(rawValue: 5), text: "a")
        #expect(
            rejection(.edit, [edit, edit], on: ticket())
                == Rejection(code: .invalidValue, detail: "comment"))
        let steps = [TicketStatus.reopened, .escalated].map {
            Change.write(.status, .integer($0.rawValue))
        }
        #expect(rejection(.escalate, steps, by: .supervisor, on: ticket()) == nil)
    }

    @Test func `a making comes first or not at all`() {
        let changes: [Change] = [
            .write(.subject, .text("s")), .create(provisionalNumber: "S001-AA-0001"),
        ]
        #expect(rejection(.edit, changes)?.code == .invalidValue)
    }

    // MARK: required fields

    @Test func `a ticket without what is required is not made`() {
        let changes: [Change] = [
            .create(provisionalNumber: "S001-AA-0001"), .write(.kind, .text("complaint")),
            .write(.description, .text("d")),
        ]
        let found = rejection(.create, changes)
        #expect(found?.code == .missingField)
        #expect(found?.detail.contains("event_time") == true)
        #expect(rules.missingFields(of: body(.edit, changes.dropLast().reversed())) == [])
    }

    @Test func `what is required stays, for the kind that the ticket has`() {
        let empty: [Change] = [.write(.eventPlace, .text(""))]
        #expect(
            rejection(.edit, empty, on: ticket([.kind: "complaint"]))
                == Rejection(code: .missingField, detail: "event_place"))
        #expect(rejection(.edit, empty, on: ticket([.kind: "consultation"])) == nil)
        #expect(rejection(.edit, empty) == nil)
        #expect(
            rejection(.edit, [.write(.description, .text(""))], on: ticket())?.code
                == .missingField)
    }

    // MARK: permissions

    @Test(arguments: [
        (Act.edit, Change.write(.assignee, .text("B07")), "assign"),
        (.edit, .write(.department, .text("售后部")), "assign"),
        (.edit, .write(.store, .text("S001")), "assign"),
        (.edit, .write(.region, .text("R1")), "assign"),
        (.edit, .write(.status, .integer(TicketStatus.reopened.rawValue)), "reopen"),
        (.edit, .close, "close"),
        (.edit, .rate(token: "t", .satisfied, score: nil, remark: ""), "rate"),
        (.assign, .write(.subject, .text("s")), "assign"),
    ])
    func `a change needs its permission whatever its intent calls itself`(
        act: Act, change: Change, needed: String
    ) {
        let found = rejection(act, [change], by: .handler, on: ticket())
        #expect(found == Rejection(code: .unauthorised, detail: needed))
    }

    @Test func `resolving and escalating are acts of their own`() {
        let resolve = Change.write(.status, .integer(TicketStatus.resolved.rawValue))
        #expect(rejection(.edit, [resolve], by: .inspector)?.detail == "resolve")
        #expect(
            rejection(.edit, [.write(.escalation, .integer(1))], by: .inspector, on: ticket())
                == nil)
    }

    @Test func `whoever logs a ticket may say whose it is`() {
        let changes: [Change] = [
            .create(provisionalNumber: "S001-AA-0001"), .write(.assignee, .text("B07")),
            .write(.store, .text("S001")),
        ]
        #expect(rejection(.create, changes, by: .handler)?.code == .missingField)
    }

    @Test func `one may take a ticket oneself and give back what one holds or held`() {
        let take = [Change.write(.assignee, .text("A17"))]
        #expect(rejection(.accept, take, by: .handler, on: ticket()) == nil)
        #expect(
            rejection(.accept, [.write(.assignee, .text("B07"))], by: .handler, on: ticket())?.code
                == .unauthorised)
        let giveBack = [Change.write(.assignee, .text(""))]
        #expect(rejection(.refuse, giveBack, by: .handler, on: ticket()) == nil)
        #expect(rejection(.refuse, giveBack, by: .handler) == nil)
        #expect(rejection(.refuse, giveBack, by: .handler, on: ticket([.assignee: "A17"])) == nil)
        #expect(rejection(.refuse, take, by: .handler, on: ticket())?.code == .unauthorised)
        let somebodyElses = ticket([.assignee: "B07"])
        #expect(
            rejection(.refuse, giveBack, by: .handler, on: somebodyElses)?.code == .unauthorised)
        #expect(rejection(.accept, take, by: .handler, on: somebodyElses)?.detail == "assign")
        #expect(rejection(.accept, take, by: .supervisor, on: somebodyElses) == nil)
        #expect(rejection(.accept, take, by: .handler, on: ticket([.assignee: "A17"])) == nil)
        let dot = Dot(replica: ReplicaID(rawValue: 1), counter: 1)
        for (seen, expected) in [(UInt64(4), nil), (5, RejectionCode.unauthorised)] {
            let view = CausalView(sequence: seen, dependencies: [], dot: dot)
            for (act, changes) in [(Act.refuse, giveBack), (.accept, take)] {
                let found = rejection(act, changes, by: .handler, on: somebodyElses, seen: view)
                #expect(found?.code == expected, "\(act)")
            }
        }
    }

    @Test func `changes without a rule of their own pass`() {
        let changes: [Change] = [
            .redactComment(OperationID(rawValue: 3)), .unsupported(kind: 9),
            .editComment(OperationID(rawValue: 3), text: "x"),
        ]
        #expect(rejection(.note, changes, on: ticket()) == nil)
    }
}
