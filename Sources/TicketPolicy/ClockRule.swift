import TicketModel

/// A promised time as the policy declares it; `ClockState` is one run of it on a ticket.
package struct ClockRule: Hashable, Sendable {
    /// What begins or keeps a promise: an act that somebody did, never a status that resulted
    /// (domain.md T22).
    package enum Milestone: Hashable, Sendable {
        /// The ticket was captured, or was reopened.
        case created
        /// The most urgent class was given.
        case urgent
        /// It has category and priority, and somebody says so.
        case classify
        /// A tag was added.
        case tag
        /// Something was attached: evidence is in.
        case attach
        /// A person or a department was made responsible, by somebody or by the rules.
        case dispatch
        /// A department was made responsible.
        case routed
        /// A person was made responsible.
        case assigned
        case accept
        /// Somebody gave it back, and nobody else has it.
        case refuse
        case contact
        case plan
        /// A plan or a solution was approved, or turned down; what begins with it, begins when it
        /// is approved.
        case approve
        case progress
        /// The handling reached this step of the policy's `steps`.
        case step(String)
        case meeting
        case promise
        case resolve
        /// The customer said that it is solved, or was content when they were called back.
        case verified
        /// The customer said that it is not.
        case unsolved
        case rate
        case verdict
        case escalate
        /// A comment that the customer can read, not written by the hub's own rules.
        case customerNote

        /// Those that every policy knows, by their words in policy files; a step is `step:KEY`.
        static let words: [(word: String, milestone: Milestone)] = [
            ("created", .created), ("urgent", .urgent), ("classify", .classify), ("tag", .tag),
            ("attach", .attach), ("dispatch", .dispatch), ("routed", .routed),
            ("assigned", .assigned), ("accept", .accept), ("refuse", .refuse),
            ("contact", .contact), ("plan", .plan), ("approve", .approve),
            ("progress", .progress), ("meeting", .meeting), ("promise", .promise),
            ("resolve", .resolve), ("verified", .verified), ("unsolved", .unsolved),
            ("rate", .rate), ("verdict", .verdict), ("escalate", .escalate),
            ("customer_note", .customerNote),
        ]

        /// How a step is written in policy files, before its key.
        static let stepPrefix = "step:"
    }

    /// One step of the ladder.
    package struct Rung: Hashable, Sendable {
        /// What a time before the limit is counted in: warnings come within a day of work.
        static let units: [Limit.Unit] = [.second, .minute, .hour]

        /// Where on the way to the limit a rung is.
        package enum Position: Hashable, Sendable {
            /// So much of the limit has passed; 100 is the limit itself.
            case percent(Int64)
            /// So much of counted time is left.
            case before(Limit)

            /// As files write it: `75%`, `30m before`.
            package var written: String {
                switch self {
                case .percent(let percent): "\(percent)%"
                case .before(let limit): "\(limit.written) before"
                }
            }
        }

        /// What happens at this rung.
        package enum Action: Hashable, Sendable {
            /// Tell these roles while there is still time.
            case warn([Role])
            /// The promise is broken: raise the ticket to at least this level.
            case escalate(level: Int64)
        }

        /// When it is reached.
        package var position: Position
        /// Who is told, or how far the ticket is raised.
        package var action: Action

        package init(position: Position, action: Action) {
            self.position = position
            self.action = action
        }

        /// How much counted time is left at this rung of a limit that comes to `length`.
        package func remaining(of length: Int64) -> Int64 {
            switch position {
            case .percent(let percent): length * (ClockRule.breachPercent - percent) / 100
            case .before(let limit): limit.milliseconds ?? 0
            }
        }
    }

    /// The rung at which the promise counts as broken.
    package static let breachPercent: Int64 = 100

    /// The name in `ClockState` and `TimerKey`.
    package var name: String
    /// What people call the promise.
    package var label: LocalizedText
    /// By the priority's key; every priority of the profile has one, unless `isPromised`.
    package var limits: [String: Limit]
    /// Whether it is due when the customer was told that it would be, which the ticket says
    /// (domain.md K25): then each new promise begins it anew, and there are no `limits`.
    package var isPromised: Bool
    /// When time counts; around the clock if nil.
    package var calendar: WorkingCalendar?
    /// Any one of these begins the promise; never empty. One that also keeps it begins it anew: so
    /// progress is promised again and again (domain.md K10).
    package var startedBy: Set<Milestone>
    /// Per field, the values of tickets that get the promise; empty for every ticket.
    package var conditions: [FieldID: Set<FieldValue>]
    /// Whether it stands still while somebody outside is waited for (domain.md G20).
    package var isPausable: Bool
    /// The keys of the classes in which it touches safety, so that nobody's quiet hours hold it
    /// back (domain.md T13).
    package var safetyClasses: Set<String> = []
    /// Any one of these keeps the promise; never empty.
    package var metBy: Set<Milestone>
    /// Ascending; the last one is at `breachPercent`.
    package var ladder: [Rung]

    package init(
        name: String, label: LocalizedText, limits: [String: Limit], isPromised: Bool = false,
        calendar: WorkingCalendar?, startedBy: Set<Milestone> = [.created],
        conditions: [FieldID: Set<FieldValue>] = [:],
        isPausable: Bool = false, metBy: Set<Milestone>, ladder: [Rung]
    ) {
        self.name = name
        self.label = label
        self.limits = limits
        self.isPromised = isPromised
        self.calendar = calendar
        self.startedBy = startedBy
        self.conditions = conditions
        self.isPausable = isPausable
        self.metBy = metBy
        self.ladder = ladder
    }

    /// The limit of a priority; nil where the customer was told a time instead.
    package func limit(of priority: Priority) -> Limit? {
        if isPromised { return nil }
        guard let limit = limits[priority.key] else {
            preconditionFailure("a checked profile has a limit of \(name) for \(priority.key)")
        }
        return limit
    }
}

extension ClockRule {
    /// Whether tickets like this one get the promise.
    ///
    /// - Parameter department: where the rules send it just now, before that is written.
    package func concerns(_ ticket: Ticket, routedTo department: DepartmentID? = nil) -> Bool {
        ticket.fits(conditions, department: department)
    }

    /// Whether it is about a tag that somebody gave, from then on (domain.md K4).
    var isOfTag: Bool { startedBy.contains(.tag) && conditions[.tags] != nil }
}

// MARK: - Calendars
extension ClockRule {
    /// What a clock that starts now counts by.
    package var calendarMark: CalendarMark { calendar?.mark ?? .aroundTheClock }

    /// The rule as it counts for a clock that was started by `mark`: by that calendar, also if the
    /// policy has another version of it by now (domain.md T19). Where no policy that is known has
    /// it, by the present one: the due time that was stated stays nevertheless.
    package func counting(by mark: CalendarMark?, of profile: Profile) -> ClockRule {
        guard let mark, mark != calendarMark else { return self }
        var pinned = self
        if mark == .aroundTheClock {
            // Working days of the present policy mean nothing without a calendar.
            guard !limits.values.contains(where: { $0.unit == .workingDay }) else { return self }
            pinned.calendar = nil
        } else if let calendar = profile.calendar(mark) {
            pinned.calendar = calendar
        }
        return pinned
    }
}

// MARK: - Instants
extension ClockRule {
    /// When a limit that had until `dueAt` when it was paused runs out if it goes on at
    /// `resumedAt`: what was left counts in the clock's own calendar (domain.md T2).
    package func due(
        _ dueAt: Timestamp, pausedAt: Timestamp, resumedAt: Timestamp
    ) -> Timestamp {
        var hours = OpenHours(calendar)
        guard let left = try? hours.length(from: pausedAt, to: dueAt),
            let due = try? hours.adding(left, to: resumedAt)
        else { return dueAt.adding(milliseconds: resumedAt.millisecondsSince(pausedAt)) }
        return due
    }

    /// When `limit` runs out if it is counted from `start`.
    ///
    /// From a time that no calendar knows, such as the year 0 of a device without a clock, it is
    /// counted around the clock: it is over for long, whatever the hours.
    package func due(_ limit: Limit, from start: Timestamp) -> Timestamp {
        var hours = OpenHours(calendar)
        guard let length = try? hours.length(of: limit, from: start),
            let due = try? hours.adding(length, to: start)
        else { return start.adding(milliseconds: limit.plainMilliseconds) }
        return due
    }

    /// The same where the clock stood still for `stoodStill` milliseconds of counted time since.
    func due(_ limit: Limit, from start: Timestamp, stoodStill: Int64) -> Timestamp {
        var hours = OpenHours(calendar)
        guard (1...OpenHours.range.upperBound).contains(stoodStill),
            let length = try? hours.length(of: limit, from: start),
            let due = try? hours.adding(length + stoodStill, to: start)
        else { return due(limit, from: start) }
        return due
    }

    /// The counted time from `start` until `end`; 0 from or to a time that no calendar knows.
    func counted(from start: Timestamp, to end: Timestamp) -> Int64 {
        var hours = OpenHours(calendar)
        return (try? hours.length(from: start, to: end)) ?? 0
    }

    /// When as much time has passed here since `start` as passes in the calendar of `old` until
    /// `dueAt`.
    func due(as old: ClockRule, _ dueAt: Timestamp, from start: Timestamp) -> Timestamp {
        var (before, hours) = (OpenHours(old.calendar), OpenHours(calendar))
        guard let length = try? before.length(from: start, to: dueAt),
            let due = try? hours.adding(length, to: start)
        else { return dueAt }
        return due
    }

    /// When `rung` is due if the limit runs out at `dueAt`. Without a limit its length is the
    /// counted time from `start` on: from when the customer was told.
    ///
    /// Counted back from the end in the clock's calendar, so that it stays before the limit when a
    /// change of priority moved the end (domain.md T12). Of working days a share is one of the
    /// working time that they come to from `start`.
    package func instant(
        ofRung rung: Int, limit: Limit?, startedAt start: Timestamp, dueAt: Timestamp
    ) -> Timestamp {
        var hours = OpenHours(calendar)
        guard let length = try? hours.length(of: limit, from: start, to: dueAt),
            let instant = try? hours.subtracting(ladder[rung].remaining(of: length), from: dueAt)
        else {
            let plain = limit?.plainMilliseconds ?? max(0, dueAt.millisecondsSince(start))
            return dueAt.adding(milliseconds: -ladder[rung].remaining(of: plain))
        }
        return instant
    }
}

extension Limit {
    /// The length around the clock, with working days as days.
    fileprivate var plainMilliseconds: Int64 {
        milliseconds ?? count * CivilTime.dayMilliseconds
    }
}

extension OpenHours {
    /// The counted time that a clock has from `start` to `dueAt`: its limit, if it has one.
    mutating func length(
        of limit: Limit?, from start: Timestamp, to dueAt: Timestamp
    ) throws(CalendarError) -> Int64 {
        if let limit { return try length(of: limit, from: start) }
        return try length(from: start, to: dueAt)
    }

    /// The counted time that a limit comes to from `start`.
    mutating func length(
        of limit: Limit, from start: Timestamp
    ) throws(CalendarError) -> Int64 {
        if let milliseconds = limit.milliseconds { return milliseconds }
        return try length(from: start, to: end(ofWorkingDay: limit.count, after: start))
    }
}
