/// What a person did, as they meant it. An intent names its act, so that clocks and rules start and
/// stop on explicit milestones and never guess from a status (domain.md T22).
///
/// Raw values are wire values: never reused, only added to.
package enum Act: Int, CaseIterable, Hashable, Sendable {
    case create = 1
    /// A field was set.
    case edit = 2
    case note = 3
    case tag = 4
    case accept = 5
    case refuse = 6
    case assign = 7
    case progress = 8
    case escalate = 9
    case resolve = 10
    case close = 11
    case reopen = 12
    case attach = 13
    case rate = 14
    /// The hub's rules sent the ticket to a department.
    case route = 15
    /// The hub's rules stopped, met or broke a promise.
    case clock = 16
    /// Tickets of one case became one, or that was undone (domain.md G19).
    case merge = 17
    /// Class and priority were given, confirmed or corrected (domain.md X5, K3).
    case classify = 18
    /// The handler said how the case is to be solved (domain.md H2, AP1).
    case plan = 19
    /// A plan or a solution was approved or turned down (domain.md A8).
    case approve = 20
    /// The customer was asked whether the case is solved (domain.md H5, H6).
    case verify = 21
    /// A suggestion was decided (domain.md K24).
    case verdict = 22
    /// Somebody asked for the case to be hurried (催办).
    case urge = 23
    /// The case waits for somebody outside (domain.md G20).
    case pause = 24
    case resume = 25
    /// What a meeting of several departments fixed (domain.md RT8).
    case meeting = 26
    /// The customer was promised a time (domain.md K25).
    case promise = 27
    /// The customer was reached: about a vague record, a plan, a result (domain.md K4, K23).
    case contact = 28

    /// The name in policy files, `log` and `--json`.
    package var name: String { String(describing: self) }

    /// The act with this name; nil if there is none.
    package init?(name: some StringProtocol) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

/// One promised limit of one ticket that the hub must act on at an instant.
///
/// The key is what makes it fire once (domain.md T8, T9): the same clock in a new cycle or on
/// another rung is another key.
package struct TimerKey: Hashable, Comparable, Sendable {
    package var ticket: TicketID
    /// The clock's name in the profile.
    package var clock: String
    /// Counts the starts of this clock on this ticket, from 1.
    package var cycle: Int
    /// Position on the clock's ladder, from 0.
    package var rung: Int

    package init(ticket: TicketID, clock: String, cycle: Int, rung: Int) {
        self.ticket = ticket
        self.clock = clock
        self.cycle = cycle
        self.rung = rung
    }

    package static func < (left: TimerKey, right: TimerKey) -> Bool {
        (left.ticket, left.clock, left.cycle, left.rung)
            < (right.ticket, right.clock, right.cycle, right.rung)
    }
}
