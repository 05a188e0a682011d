import TicketModel

// The mappings of what rules do: routing, time, escalation, approvals, permissions.

/// One rule of routing.
enum RuleKey: String, RecordKey {
    case rule, when, department, cooperating

    static let name = "rule"
    static let about = "Which department gets the tickets that it fits"

    var member: RecordMember {
        switch self {
        case .rule: .required(.key, "Name of the rule, shown as the reason")
        case .when: .optional(.conditions, "The tickets that it fits; none in the last rule")
        case .department: .required(.key, "Who owns what fits")
        case .cooperating: .optional(.names, "Departments that help")
        }
    }
}

/// Which tickets are meant.
enum ConditionKey: String, RecordKey {
    case kind, category, channel, department, tag, priority

    static let name = "conditions"
    static let about = "Which tickets are meant: those that fit under every key"

    var member: RecordMember {
        .optional(.either([.key, .names]), "Any of these keys of the policy's own list")
    }
}

/// When work is done.
enum CalendarKey: String, RecordKey {
    case version, zone, week, holidays
    case extraDays = "extra_days"

    static let name = "calendar"
    static let about = "When work is done"

    var member: RecordMember {
        switch self {
        case .version:
            .required(
                .version,
                "Raise it with every change: running clocks go on by the version that they were "
                    + "started by")
        case .zone: .required(.form(.zone), "Time zone of the hours")
        case .week:
            .required(
                .map(.form(.days), .list(.form(.window), least: 0)),
                "Open hours; a day that is not named is closed")
        case .holidays:
            .optional(
                .map(.form(.dates), .either([.word([ProfileDraft.allDayWord]), .windows])),
                "Closed then: all, or windows")
        case .extraDays:
            .optional(
                .map(.form(.dates), .windows), "Open then, whatever the week says (make-up days)")
        }
    }
}

/// A promised time.
enum ClockKey: String, LabelledKey {
    case zh, en, calendar, starts, when, pauses, safety, limits
    case metBy = "met_by"
    case ladder

    static let name = "clock"
    static let about = "A promised time"

    var member: RecordMember {
        switch self {
        case .zh, .en: .name(isChinese: self == .zh)
        case .calendar: .optional(.key, "By whose hours it counts; around the clock if absent")
        case .starts:
            .optional(
                .milestones,
                "What begins it; created if absent. One that is in met_by too begins it anew")
        case .when: .optional(.conditions, "The tickets that get it; all if absent")
        case .pauses:
            .optional(
                .flag, "Whether it stands still while the customer or a supplier is waited for")
        case .safety:
            .optional(
                .either([.flag, .names]),
                "True or classes of urgency: nobody's quiet hours hold back what it tells")
        case .limits:
            .required(
                .either([
                    .word([ProfileDraft.promisedWord]), .map(.key, .form(.limit)),
                ]),
                "For every class of urgency its limit, or `promised`: what the customer was told")
        case .metBy:
            RecordMember(
                presence: .unless(
                    key: ClockKey.limits.rawValue, word: ProfileDraft.promisedWord),
                shape: .milestones,
                about: "What keeps the promise, any of it; resolve if absent with promised limits")
        case .ladder:
            .required(
                .list(.either([.record(WarningKey.self), .record(BreachKey.self)]), least: 1),
                "What happens on the way: warnings in order, and the escalation at 100% as the "
                    + "last one")
        }
    }
}

/// A warning before the limit.
enum WarningKey: String, RecordKey {
    case at, warn

    static let name = "warning"
    static let about = "A warning before the limit"

    var member: RecordMember {
        switch self {
        case .at: .required(.form(.share), "When: 75%, or 30m before")
        case .warn: .required(.roles, "Who is told")
        }
    }
}

/// What happens at the limit.
enum BreachKey: String, RecordKey {
    case at, escalate

    static let name = "breach"
    static let about = "What happens at the limit"

    var member: RecordMember {
        switch self {
        case .at: .required(.form(.breach), "When: 100%")
        case .escalate: .required(.ordinal, "The level of escalation that the case goes to")
        }
    }
}

/// One level of escalation.
enum LevelKey: String, LabelledKey {
    case zh, en, roles

    static let name = "level"
    static let about = "A level of escalation"

    var member: RecordMember {
        switch self {
        case .zh, .en: .name(isChinese: self == .zh)
        case .roles: .required(.roles, "Who is told")
        }
    }
}

/// Quiet hours that a calendar gives.
enum QuietKey: String, RecordKey {
    case calendar

    static let name = "quiet"
    static let about = "Quiet outside of the hours of a calendar"

    var member: RecordMember { .required(.key, "Whose hours are not quiet") }
}

/// What somebody must agree to.
enum ApprovalKey: String, LabelledKey {
    case zh, en, of, by, before, when

    static let name = "approval"
    static let about = "What somebody must agree to; an answer holds for the version that it saw"

    var member: RecordMember {
        switch self {
        case .zh, .en: .name(isChinese: self == .zh)
        case .of: .required(.word(ProfileDraft.approvalSubjects.map(\.word)), "What is approved")
        case .by: .required(.roles, "Whose answer counts")
        case .before:
            .required(
                .members(.word(ProfileDraft.blockedActs.map(\.name))),
                "What waits for a yes; resolve only for a plan")
        case .when: .optional(.conditions, "The tickets that need it; all if absent")
        }
    }
}

/// What follows when customers say again that a case is not solved.
enum VerificationKey: String, RecordKey {
    case attempts, escalate, before

    static let name = "verification"
    static let about = "What follows when customers say again that a case is not solved"

    var member: RecordMember {
        switch self {
        case .attempts:
            .required(
                .integer(1...VerificationCap.attemptsMax), "How often they say so until it follows")
        case .escalate: .required(.ordinal, "The level of escalation that the case goes to")
        case .before:
            .optional(
                .members(.word(ProfileDraft.consentedActs.map(\.name))),
                "What waits until the customer agrees")
        }
    }
}

/// Who is reminded that a case waits.
enum PauseReminderKey: String, RecordKey {
    case after, times, calendar, warn

    static let name = "pause_reminder"
    static let about = "Who is reminded that a case waits"

    var member: RecordMember {
        switch self {
        case .after:
            .required(.form(.limit), "Since the pause began, and since each reminder")
        case .times:
            .optional(
                .integer(1...PauseReminder.timesMax), "How often in one pause; 1 if absent")
        case .calendar: .optional(.key, "By whose hours it counts; around the clock if absent")
        case .warn: .optional(.roles, "Who is told; handler if absent")
        }
    }
}

/// When the classes of the day before are looked at again.
enum RecheckKey: String, RecordKey {
    case by, roles

    static let name = "recheck"
    static let about = "When the classes of the day before are looked at again, every day"

    var member: RecordMember {
        switch self {
        case .by: .required(.form(.clock), "By when, in the policy's zone")
        case .roles: .optional(.roles, "Whose duty it is; inspector if absent")
        }
    }
}

/// The acts of people, by their names.
struct PermissionKey: RecordKey {
    let act: Act

    init(_ act: Act) { self.act = act }

    init?(rawValue: String) {
        guard let act = Act(name: rawValue), Self.acts.contains(act) else { return nil }
        self.act = act
    }

    var rawValue: String { act.name }

    static let name = "permissions"
    static let about = "Which roles may do what"
    /// What the hub does by itself needs no permission.
    private static let acts = Act.allCases.filter { $0 != .route && $0 != .clock }
    static let allCases = acts.map { PermissionKey($0) }

    var member: RecordMember {
        guard let standard = ProfileDraft.permissionDefaults[act] else {
            return .required(.roles, "Who may \(act.name)")
        }
        return .optional(.roles, "Who may \(act.name); as \(standard.name) if absent")
    }
}
