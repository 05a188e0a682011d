import Replication
import TicketModel

/// One thing that somebody may do in a small world: a letter of the alphabet that worlds are
/// written in.
package struct Letter: Sendable {
    package let name: String
    package let act: Act
    package let person: Person
    package let changes: [Change]
    /// What its time may decide, if anything: among letters of one contest all orders of time are
    /// told apart.
    package let contest: Contest?

    package enum Contest: Hashable, Sendable {
        case subject
        case resolution
        case edit
    }

    init(
        _ name: String, _ act: Act, _ person: Person, _ changes: [Change],
        contest: Contest? = nil
    ) {
        self.name = name
        self.act = act
        self.person = person
        self.changes = changes
        self.contest = contest
    }
}

/// Somebody who works in the worlds of the laws, with the weight of their word.
package struct Person: Hashable, Sendable {
    package let staff: StaffID
    package let role: Role

    package var authority: Authority { role.authority }

    package static let agent = Person(staff: StaffID(unchecked: "ann"), role: .handler)
    package static let clerk = Person(staff: StaffID(unchecked: "lina"), role: .clerk)
    package static let manager = Person(staff: StaffID(unchecked: "zhao"), role: .supervisor)
    package static let all = [agent, clerk, manager]
}

/// The fields that the profile of the laws declares, one for each policy.
package enum LawField {
    package static let last = FieldID(rawValue: 1_001)
    package static let max = FieldID(rawValue: 1_002)
    package static let set = FieldID(rawValue: 1_003)
    package static let keepBoth = FieldID(rawValue: 1_004)
    package static let compareAndSet = FieldID(rawValue: 1_005)

    package static let policies: [FieldID: MergePolicy] = [
        last: .last, max: .max, set: .set, keepBoth: .keepBoth, compareAndSet: .compareAndSet,
    ]
}

/// The ticket that every small world starts with.
package enum SmallWorldStart {
    /// The intent that makes it; its comment is what the letters edit and redact.
    package static let operation = OperationID(rawValue: 1 << 80)
    package static let changes: [Change] = [
        .create(provisionalNumber: "S001-AA-0001"), .write(.status, .integer(1)),
        .write(.store, .text("S001")), .write(.department, .text("客服部")),
        .write(.priority, .integer(2)),
        .write(.subject, .text("start")), .write(.channel, .text("store")),
        .add(.tags, .text("old")), .comment(.note, .staff, text: "first", parent: nil),
    ]
}

extension Letter {
    /// At least one letter for each thing that replication.md 3.3 tells apart.
    ///
    /// - Parameter comment: the comment that is there from the start, by the agent.
    package static func alphabet(comment: OperationID) -> [Letter] {
        statuses + owners + numbers + texts + sets + comments(on: comment)
    }

    /// The half of the alphabet whose letters meet each other most, for worlds that cost more.
    package static func core(comment: OperationID) -> [Letter] {
        let names: Set = [
            "in progress", "resolved", "escalated", "close", "ann takes it", "given to ann",
            "escalation 1", "escalation 0", "subject a by ann", "subject a by zhao", "cas p",
            "tag", "untag", "comment", "edit x", "redact",
        ]
        return alphabet(comment: comment).filter { names.contains($0.name) }
    }

    private static func step(
        _ name: String, _ act: Act, _ person: Person, _ status: TicketStatus
    ) -> Letter {
        Letter(name, act, person, [.write(.status, .integer(status.rawValue))])
    }

    private static let statuses: [Letter] = [
        step("assigned", .edit, .clerk, .assigned),
        step("in progress", .progress, .agent, .inProgress),
        step("pending", .progress, .clerk, .pending),
        step("resolved", .resolve, .agent, .resolved),
        step("reopened", .reopen, .clerk, .reopened),
        step("escalated", .escalate, .manager, .escalated),
        Letter("close", .close, .clerk, [.close]),
        Letter(
            "solution", .resolve, .agent,
            [
                .write(.status, .integer(TicketStatus.resolved.rawValue)),
                .write(.resolution, .text("fixed")),
                .comment(.solution, .customer, text: "fixed", parent: nil),
            ], contest: .resolution),
    ]

    private static let owners: [Letter] = [
        Letter("ann takes it", .accept, .agent, [.write(.assignee, .text("ann"))]),
        Letter("lina takes it", .accept, .clerk, [.write(.assignee, .text("lina"))]),
        Letter(
            "given to ann", .assign, .manager,
            [
                .write(.assignee, .text("ann")),
                .comment(.assignment, .staff, text: "you do it", parent: nil),
            ]),
        Letter("ann gives it back", .refuse, .agent, [.write(.assignee, .text(""))]),
        Letter("other department", .assign, .manager, [.write(.department, .text("产品部"))]),
    ]

    private static let numbers: [Letter] = [
        Letter("escalation 1", .escalate, .agent, [.write(.escalation, .integer(1))]),
        Letter("escalation 2", .escalate, .manager, [.write(.escalation, .integer(2))]),
        Letter("escalation 0", .escalate, .manager, [.write(.escalation, .integer(0))]),
        Letter("priority 3", .edit, .clerk, [.write(.priority, .integer(3))]),
        Letter("priority 1", .edit, .agent, [.write(.priority, .integer(1))]),
    ]

    private static func text(_ person: Person, _ text: String) -> Letter {
        Letter(
            "subject \(text) by \(person.staff)", .edit, person, [.write(.subject, .text(text))],
            contest: .subject)
    }

    private static let texts: [Letter] = [
        text(.agent, "a"), text(.agent, "b"), text(.manager, "a"), text(.clerk, ""),
        Letter("channel hotline", .edit, .agent, [.write(.channel, .text("hotline"))]),
        Letter("channel app", .edit, .clerk, [.write(.channel, .text("app"))]),
        Letter("cas p", .edit, .agent, [.write(LawField.compareAndSet, .text("p"))]),
        Letter("cas q", .edit, .clerk, [.write(LawField.compareAndSet, .text("q"))]),
    ]

    private static let sets: [Letter] = [
        Letter("tag", .tag, .agent, [.add(.tags, .text("old"))]),
        Letter("untag", .tag, .clerk, [.remove(.tags, .text("old"))]),
    ]

    private static func comments(on id: OperationID) -> [Letter] {
        [
            Letter(
                "comment", .note, .clerk, [.comment(.note, .staff, text: "hm", parent: nil)]),
            Letter("edit x", .note, .agent, [.editComment(id, text: "x")], contest: .edit),
            Letter("edit y", .note, .agent, [.editComment(id, text: "y")], contest: .edit),
            Letter("redact", .note, .manager, [.redactComment(id)]),
            Letter(
                "rate", .rate, .clerk,
                [.rate(token: "t", .satisfied, score: 9, remark: "thanks")]),
            Letter("unknown", .edit, .agent, [.unsupported(kind: 99)]),
        ]
    }
}
