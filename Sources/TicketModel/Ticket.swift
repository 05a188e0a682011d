/// A ticket: everything that replicas of its scope hold of it.
///
/// The same value is the hub's state, a replica's base and a replica's overlay; `Replication`
/// changes it only through effects.
package struct Ticket: Hashable, Sendable {
    package var id: TicketID
    /// The number that the hub gave; nil until the create is committed.
    package var number: TicketNumber?
    /// The number printed at the counter, an alias for ever (replication.md 3.10).
    package var provisionalNumber: String
    /// Other numbers that it answers to for ever, sorted: numbers that it had, and those of tickets
    /// that were merged into it (replication.md 3.10, domain.md T25).
    package var formerNumbers: [String]
    /// When the clerk saved it, by the clerk's clock, bounded by the hub (domain.md B6.1).
    package var capturedAt: Timestamp
    /// When the hub committed it; nil until then.
    package var receivedAt: Timestamp?
    package var createdBy: StaffID
    /// Fields with one value.
    package var registers: [FieldID: Register]
    /// Fields with a set of values: tags, attachments, custom sets.
    package var sets: [FieldID: [SetElement]]
    /// In commit order; those not yet committed last, by hybrid time.
    package var comments: [Comment]
    /// Answers of the customer, in commit order.
    package var ratings: [Rating]
    /// Running and stopped promises, by name.
    package var clocks: [String: ClockState]
    /// The position of the last change applied here.
    package var lastSequence: UInt64
    /// The hub's time of the last change.
    package var updatedAt: Timestamp

    package init(
        id: TicketID, provisionalNumber: String, capturedAt: Timestamp, createdBy: StaffID
    ) {
        self.id = id
        self.provisionalNumber = provisionalNumber
        self.capturedAt = capturedAt
        self.createdBy = createdBy
        updatedAt = capturedAt
        registers = [:]
        sets = [:]
        formerNumbers = []
        comments = []
        ratings = []
        clocks = [:]
        lastSequence = 0
    }

    /// The text of a field; empty if it was never set.
    package func text(_ field: FieldID) -> String { registers[field]?.value.text ?? "" }

    /// The number in a field; nil if it was never set.
    package func integer(_ field: FieldID) -> Int64? { registers[field]?.value.integer }

    /// Where the ticket stands. A status of a newer version reads as `inProgress`.
    package var status: TicketStatus {
        guard let raw = integer(.status) else { return .new }
        return TicketStatus(rawValue: raw) ?? .inProgress
    }

    /// The ticket that it was merged into; nil when it stands for itself.
    package var mergedInto: TicketID? { TicketID(hexadecimal: text(.mergedInto)) }

    /// Whether its case goes on in another ticket.
    package var isMerged: Bool { mergedInto != nil }

    /// The ticket that it was split from; nil for most.
    package var splitFrom: TicketID? { TicketID(hexadecimal: text(.splitFrom)) }

    /// Who is responsible; nil while it waits in a queue.
    package var assignee: StaffID? { StaffID(text(.assignee)) }

    /// The store it belongs to.
    package var store: StoreID? { StoreID(text(.store)) }

    /// The region it belongs to.
    package var region: RegionID? { RegionID(text(.region)) }

    /// The department whose queue it is in.
    package var department: DepartmentID? { DepartmentID(text(.department)) }

    /// How far it has been escalated; 0 is not at all.
    package var escalationLevel: Int64 { integer(.escalation) ?? 0 }

    /// The tags, sorted.
    package var tags: [String] { (sets[.tags] ?? []).compactMap(\.value.text).sorted() }

    /// The number to show: official if there is one.
    package var displayNumber: String { number?.text ?? provisionalNumber }

    /// The numbers that were given to this very ticket: the official one, the one from the counter.
    package var ownNumbers: [String] { [number?.text, provisionalNumber].compactMap { $0 } }

    /// Whether a number of this new ticket leads here and not any more to `holder`: the holder has
    /// only taken it over, or calls itself what the hub has given to this one.
    package func outranks(_ holder: Ticket, for number: String) -> Bool {
        !holder.ownNumbers.contains(number)
            || self.number?.text == number && holder.number?.text != number
    }

    /// Every number that it answers to: its own and former ones.
    package var allNumbers: [String] { ownNumbers + formerNumbers }

    /// The promise that runs out first; nil when no clock runs on.
    package var nextDue: ClockState? {
        clocks.values.filter { $0.isRunning && $0.pausedAt == nil }
            .min { ($0.dueAt, $0.name) < ($1.dueAt, $1.name) }
    }
}

/// The current value of a field and where it came from.
package struct Register: Hashable, Sendable {
    package var value: FieldValue
    package var stamp: Stamp
    /// Who else stands behind the field (replication.md 3.3): concurrent texts that lost the
    /// display but not their content, and writers of the shown value who did not know of each
    /// other; at most `alternatesCountMax`.
    package var alternates: [Alternate]

    /// The values that people must see beside the shown one.
    package var otherValues: [Alternate] { alternates.filter { $0.value != value } }

    package init(value: FieldValue, stamp: Stamp, alternates: [Alternate] = []) {
        self.value = value
        self.stamp = stamp
        self.alternates = alternates
    }
}

/// A value kept beside the shown one.
package struct Alternate: Hashable, Sendable {
    package var value: FieldValue
    package var stamp: Stamp

    package init(value: FieldValue, stamp: Stamp) {
        self.value = value
        self.stamp = stamp
    }
}

/// One element of an OR-set with the additions that keep it alive (replication.md 3.3).
package struct SetElement: Hashable, Sendable {
    /// A tag, or the canonical description of an attachment.
    package var value: FieldValue
    /// One stamp per addition that no removal has covered; never empty.
    package var stamps: [Stamp]

    package init(value: FieldValue, stamps: [Stamp]) {
        self.value = value
        self.stamps = stamps
    }
}

/// Something a person, or the hub, said about a ticket; it is never deleted.
package struct Comment: Hashable, Sendable {
    /// What a comment is about. Raw values are wire values.
    package enum Kind: Int, Sendable, CaseIterable {
        case note = 1
        case progress = 2
        case refusal = 3
        case escalation = 4
        case solution = 5
        case closing = 6
        case assignment = 7
        /// Written by the program, typed by nobody: see `SystemNote`.
        case system = 8
        /// The customer says that the case is solved.
        case verified = 9
        /// The customer says that it is not: what is still wrong (domain.md E6).
        case unsolved = 10
        /// Why a plan or a solution was approved or turned down.
        case approval = 11
        /// Why a suggestion was decided so.
        case verdict = 12
        /// Minutes of a meeting (会议纪要).
        case meeting = 13
        /// What the case waits for, or why it waits no more.
        case pause = 14
        /// Why it should be hurried.
        case urge = 15
        /// What was said with the customer.
        case contact = 16
    }

    /// Who may read it (domain.md T33). Raw values are wire values.
    package enum Visibility: Int, Sendable, CaseIterable {
        case staff = 1
        case customer = 2
    }

    /// The intent that carried it; its identity for ever.
    package var id: OperationID
    package var kind: Kind
    package var visibility: Visibility
    /// The newest text; empty when it was redacted.
    package var text: String
    package var stamp: Stamp
    /// The hub's time of the commit; nil while pending.
    package var receivedAt: Timestamp?
    /// The comment that this one answers.
    package var parent: OperationID?
    /// Earlier texts, oldest first.
    package var earlierTexts: [String]
    /// Stamp of the newest edit, if any.
    package var editStamp: Stamp?
    package var isRedacted: Bool
    /// Made before its author learned that the ticket had left (replication.md 3.7).
    package var isLate: Bool

    package init(
        id: OperationID, kind: Kind, visibility: Visibility = .staff, text: String, stamp: Stamp,
        parent: OperationID? = nil
    ) {
        self.id = id
        self.kind = kind
        self.visibility = visibility
        self.text = text
        self.stamp = stamp
        self.parent = parent
        earlierTexts = []
        isRedacted = false
        isLate = false
    }
}

/// One answer of the customer about how the case was handled.
package struct Rating: Hashable, Sendable {
    /// The three answers that drive the loop (domain.md X10). Raw values are wire values.
    package enum Outcome: Int, Sendable, CaseIterable {
        case satisfied = 1
        case unsatisfied = 2
        case furtherRemarks = 3
    }

    /// What a customer can give, from worst to best.
    package static let scores = 0...10

    package var id: OperationID
    /// The survey that was answered; a second answer for one token is kept and flagged.
    package var token: String
    package var outcome: Outcome
    /// One of `scores`, if the survey asked.
    package var score: Int?
    package var remark: String
    package var stamp: Stamp

    package init(
        id: OperationID, token: String, outcome: Outcome, score: Int?, remark: String, stamp: Stamp
    ) {
        self.id = id
        self.token = token
        self.outcome = outcome
        self.score = score
        self.remark = remark
        self.stamp = stamp
    }
}

/// One promised time, derived at the hub and never written by a replica (replication.md 3.3).
package struct ClockState: Hashable, Sendable {
    /// How a promise ended. Raw values are wire values.
    package enum Phase: Int, Sendable, CaseIterable {
        case running = 1
        /// Kept in time.
        case met = 2
        /// The limit passed while it ran; stays so for ever (domain.md T7).
        case breached = 3
        /// No longer meaningful, for example because the ticket was closed.
        case cancelled = 4
    }

    /// The clock's name in the policy profile: `response`.
    package var name: String
    package var phase: Phase
    package var startedAt: Timestamp
    package var dueAt: Timestamp
    /// When it was met or cancelled.
    package var stoppedAt: Timestamp?
    /// Since when it stands still because somebody outside is waited for, or stood still when its
    /// ticket was merged into another one; `dueAt` is then what it was when that began.
    package var pausedAt: Timestamp?
    /// How much counted time, in milliseconds, the pauses took that have ended: the limit that
    /// another class brings does not take it back (domain.md T2, T3).
    package var stoodStill: Int64 = 0
    /// What its time is counted by, from its start on (domain.md T19); nil of a state that was
    /// written before clocks said so: by what the policy has now.
    package var calendar: CalendarMark?
    /// Why it was ended unanswered, where the act that did it says too little; empty otherwise.
    package var reason = ""
    /// How often this clock has started on this ticket; 1 is the first.
    package var cycle: Int

    package init(name: String, phase: Phase, startedAt: Timestamp, dueAt: Timestamp, cycle: Int) {
        self.name = name
        self.phase = phase
        self.startedAt = startedAt
        self.dueAt = dueAt
        self.cycle = cycle
    }

    /// The reason of a clock whose ticket was merged into another one (domain.md T24).
    package static let mergedReason = "merged"
    /// The reason of a clock whose ticket is none any more of those that get the promise.
    package static let changedReason = "changed"

    /// Whether somebody still has to keep this promise.
    package var isRunning: Bool { phase == .running || (phase == .breached && stoppedAt == nil) }
}
