import TicketModel

/// The rules of one organisation, read from a policy file: words, required fields, permissions,
/// routing and promised times. Immutable, and complete once it exists.
///
/// The same rules serve the clerk's form, offline and at the hub; only the hub acts on
/// `reactions(to:before:after:at:actedAt:)`.
///
/// ```swift
/// let profile = try Profile.builtIn("basic")
/// let missing = profile.missingFields(for: fields)
/// ```
package struct Profile: Hashable, Sendable {
    /// The largest policy file, in UTF-8 bytes.
    package static let fileByteCountMax = 256 * 1024
    /// The zone of a profile that names none.
    package static let zoneDefault = "Asia/Shanghai"

    /// The name that hubs are configured with: `complaint`.
    package let name: String
    /// Raised with every change of the file; a ticket is judged by the version at the hub.
    package let version: Int
    /// The IANA name of the zone that business dates are counted in (domain.md T21).
    package let zone: String
    /// What people call the profile.
    package let label: LocalizedText
    /// What a customer comes with (咨询, 建议, 投诉), in the order of the form; empty where the
    /// manual tells no kinds apart.
    package let kinds: [Choice]
    /// How it reached us (CH1–CH10), in the order of the form.
    package let channels: [Choice]
    /// What it is about (domain.md A4), in the order of the form, each before those within it.
    package let categories: [Choice]
    /// The words that people are offered as tags (问题标签, F9); others are allowed.
    package let tags: [Choice]
    /// What a report of progress may say that was reached (已检测, 已发货; domain.md H4).
    package let steps: [Choice]
    /// The most urgent first.
    package let priorities: [Priority]
    /// The keys are names of departments.
    package let departments: [Choice]
    /// Fields on top of the built-in ones, in the order of the form.
    package let customFields: [CustomField]
    /// Required of every ticket, in the order of the form (F2).
    package let requiredFields: [FieldID]
    /// Required on top of that, by the key of the kind (F3).
    package let requiredFieldsByKind: [String: [FieldID]]
    /// Fields of the profile's own that a customer's answer fills, each with one of `Rating.scores`
    /// (H8).
    package let survey: [FieldID]
    /// What is said to customers in the same words (标准话术), with fields in braces.
    package let texts: [TextTemplate]
    /// Fields that nobody is asked for (F6).
    package let fieldsOff: Set<FieldID>
    /// Those on top of that, by the key of the kind.
    package let fieldsOffByKind: [String: Set<FieldID>]
    /// The first rule that fits wins; the last one fits every ticket.
    package let routing: [RoutingRule]
    /// When work is done, by name.
    package let calendars: [WorkingCalendar]
    /// Calendars of policies that were in force before, other versions than in `calendars`; clocks
    /// that were started by them still count by them (domain.md T19).
    package private(set) var earlierCalendars: [WorkingCalendar] = []
    /// By name.
    package let clocks: [ClockRule]
    /// Ascending from level 1 without gaps.
    package let escalationLevels: [EscalationLevel]
    /// When a role may be told of warnings and missed limits; those that are not here, always
    /// (domain.md T13).
    package let reachableHours: [Role: WorkingCalendar]
    /// In the order of the file (domain.md A8); empty where nothing needs an approval.
    package let approvalSteps: [ApprovalStep]
    /// When the customer has said no often enough (domain.md E5).
    package let verificationCap: VerificationCap
    /// When who waits for somebody outside is reminded (domain.md G20); never if nil.
    package let pauseReminder: PauseReminder?
    /// When the classes of the day before are looked at again (domain.md K26); never if nil.
    package let recheck: Recheck?
    let permissions: [Act: Set<Role>]

    /// Whether a person with `roles` may do `act`. What the hub's rules do is nobody's to do.
    package func allows(_ act: Act, roles: Set<Role>) -> Bool {
        guard let allowed = permissions[act] else { return false }
        return !allowed.isDisjoint(with: roles)
    }

    /// Where `ticket` belongs (RT2); nil only if no rule fits.
    package func route(_ ticket: Ticket) -> Routing? {
        guard let rule = routing.first(where: { $0.fits(ticket) }) else { return nil }
        return Routing(
            department: rule.department, cooperating: rule.cooperating, rule: rule.name)
    }

    /// Who is told about a ticket at this level of escalation; nobody below level 1, and the
    /// highest level's roles above it (domain.md A9, T35: a ladder has a last rung).
    package func recipients(ofLevel level: Int64) -> [Role] {
        escalationLevels.last { $0.level <= level }?.roles ?? []
    }

    /// The class that a rank belongs to: the most urgent one not above it, so that a rank of a
    /// newer profile still has promises; the least urgent one if none was set.
    package func priority(rank: Int64?) -> Priority {
        let known = rank.flatMap { rank in priorities.first { $0.rank <= rank } }
        guard let priority = known ?? priorities.last else {
            preconditionFailure("a checked profile has a priority, \(name) has none")
        }
        return priority
    }

    /// The promise with this name; nil if there is none.
    package func clock(named name: some StringProtocol) -> ClockRule? {
        clocks.first { $0.name == name }
    }

    /// The class with this key; nil if there is none.
    package func priority(named key: some StringProtocol) -> Priority? {
        priorities.first { $0.key == key }
    }
}

// MARK: - Calendars of before
extension Profile {
    /// The same rules with the calendars of policies that were in force before, newest first.
    package func remembering(_ earlier: [Profile]) -> Profile {
        var result = self
        for calendar in earlier.flatMap(\.calendars) where result.calendar(calendar.mark) == nil {
            result.earlierCalendars.append(calendar)
        }
        return result
    }

    /// The calendar of this name and version; nil if no policy that is known has it.
    package func calendar(_ mark: CalendarMark) -> WorkingCalendar? {
        (calendars + earlierCalendars).first { $0.mark == mark }
    }

    /// A calendar of `other` whose content is not what its name and version mean here: then nobody
    /// could tell by which of the two a clock was started.
    package func ambiguousCalendar(of other: Profile) -> WorkingCalendar? {
        other.calendars.first { new in calendar(new.mark).map { $0 != new } ?? false }
    }
}

extension WorkingCalendar {
    /// What clocks name it by.
    package var mark: CalendarMark { CalendarMark(name: name, version: version) }
}
