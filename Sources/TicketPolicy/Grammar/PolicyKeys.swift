import TicketModel

// The mappings of a policy file, from the whole down: the words and what holds up a case.

/// The whole file.
enum DocumentKey: String, RecordKey {
    case profile, version, zone, label, kinds, channels, departments, categories, tags, steps
    case priorities, fields, survey, texts, required, off, routing, calendars, clocks, escalation
    case quietHours = "quiet_hours"
    case approvals, verification
    case pauseReminder = "pause_reminder"
    case recheck, permissions

    static let name = "policy"
    static let about = "The rules of a Loopdesk hub"

    var member: RecordMember {
        switch self {
        case .profile, .version, .zone, .label: head
        case .kinds, .channels, .departments, .categories, .tags, .steps, .priorities: words
        case .fields, .survey, .texts, .required, .off: fields
        default: rules
        }
    }

    private var head: RecordMember {
        switch self {
        case .profile: .required(.key, "Name of the policy")
        case .version: .required(.version, "Raise it with every change")
        case .zone:
            .optional(
                .form(.zone), "Time zone of the business day; \(Profile.zoneDefault) if absent")
        default: .required(.label, "What people call the policy")
        }
    }

    private var words: RecordMember {
        switch self {
        case .kinds: .optional(.choices, "Kinds of feedback; tickets store the key")
        case .channels: .required(.choices, "Where feedback comes in; tickets store the key")
        case .departments: .required(.choices, "Whom tickets are routed to")
        case .categories:
            .required(.map(.key, .record(CategoryKey.self)), "Classes of problems")
        case .tags: .optional(.choices, "Words that are offered as tags; others are allowed")
        case .steps:
            .optional(.choices, "What a report of progress may say that was reached")
        default:
            .required(
                .map(.key, .record(PriorityKey.self)), "Classes of urgency; tickets store the rank")
        }
    }

    private var fields: RecordMember {
        switch self {
        case .fields:
            .optional(.map(.key, .record(FieldKey.self)), "Fields that only this policy has")
        case .survey:
            .optional(
                .names, "Integer fields of the policy's own that customers give scores in, 0 to 10")
        case .texts:
            .optional(
                .choices,
                "What customers are told in the same words; {number} and {FIELD} stand for what "
                    + "the ticket says")
        case .required: .required(.record(RequiredKey.self), "Fields that a ticket cannot lack")
        default: .optional(.record(OffKey.self), "Fields that forms do not show")
        }
    }

    private var rules: RecordMember {
        switch self {
        case .routing:
            .required(
                .list(.record(RuleKey.self), least: 1),
                "Which department gets what; the first rule that fits wins, the last has no `when`")
        case .calendars:
            .optional(.map(.key, .record(CalendarKey.self)), "When work is done")
        case .clocks: .required(.map(.key, .record(ClockKey.self)), "Promised times")
        case .escalation:
            .required(
                .map(.form(.level), .record(LevelKey.self)), "Who is told, level by level from 1")
        case .quietHours:
            .optional(
                .map(.role, .either([.windows, .record(QuietKey.self)])),
                "When a role is not told what clocks say: windows of every day, or all but the "
                    + "hours of a calendar")
        case .approvals:
            .optional(.map(.key, .record(ApprovalKey.self)), "What somebody must agree to")
        case .verification:
            .optional(
                .record(VerificationKey.self),
                "What follows when customers say again that a case is not solved")
        case .pauseReminder:
            .optional(.record(PauseReminderKey.self), "Who is reminded that a case waits")
        case .recheck:
            .optional(
                .record(RecheckKey.self),
                "When the classes of the day before are looked at again, every day")
        default:
            .required(.record(PermissionKey.self), "Which roles may do what")
        }
    }
}

/// What people read.
enum LabelKey: String, LabelledKey {
    case zh, en

    static let name = "label"
    static let about = "What people read"

    var member: RecordMember { .name(isChinese: self == .zh) }
}

extension RecordMember {
    static func name(isChinese: Bool) -> RecordMember {
        .required(.text, isChinese ? "In Chinese" : "In English")
    }
}

/// One class of problems.
enum CategoryKey: String, LabelledKey {
    case zh, en, criteria, children

    static let name = "category"
    static let about = "A class of problems; a key stands for what is within it as well"

    var member: RecordMember {
        switch self {
        case .zh, .en: .name(isChinese: self == .zh)
        case .criteria: .optional(.label, "What belongs there")
        case .children:
            .optional(
                .map(.key, .record(CategoryKey.self)),
                "Classes within it, at most \(ProfileDraft.categoryDepthMax) levels; every key is "
                    + "given once in the whole tree")
        }
    }
}

/// One class of urgency.
enum PriorityKey: String, LabelledKey {
    case rank, zh, en, criteria

    static let name = "priority"
    static let about = "A class of urgency"

    var member: RecordMember {
        switch self {
        case .rank: .required(.integer(1...ProfileDraft.rankMax), "Larger is more urgent")
        case .zh, .en: .name(isChinese: self == .zh)
        case .criteria: .required(.label, "What belongs into this class")
        }
    }
}

/// A field of the policy's own.
enum FieldKey: String, LabelledKey {
    case id, zh, en, type, merge, options

    static let name = "field"
    static let about = "A field of the policy's own"

    var member: RecordMember {
        switch self {
        case .id:
            .required(.integer(ProfileDraft.fieldNumbers), "Number of the field, never reused")
        case .zh, .en: .name(isChinese: self == .zh)
        case .type:
            .required(.word(FieldTypeWord.allCases.map(\.rawValue)), "What may stand in it")
        case .merge:
            .optional(
                .word(ProfileDraft.mergePolicies.map(\.rawValue)),
                "How concurrent writes come together; keep-both if absent, words are always a "
                    + "set, max is for integers")
        case .options:
            RecordMember(
                presence: .only(key: FieldKey.type.rawValue, word: FieldTypeWord.choice.rawValue),
                shape: .choices, about: "What can be chosen; only for a choice")
        }
    }
}

/// The types of fields of a policy's own, as files write them.
enum FieldTypeWord: String, CaseIterable {
    case choice, integer
    case longText = "long_text"
    case text, words
}

/// The fields that a ticket cannot lack.
enum RequiredKey: String, RecordKey {
    case all
    case byKind = "by_kind"

    static let name = "required"
    static let about = "Fields that a ticket cannot lack"

    var member: RecordMember {
        switch self {
        case .all: .required(.fields, "Of every ticket")
        case .byKind: .optional(.map(.key, .fields), "On top of it, KIND: [FIELD]")
        }
    }
}

/// The fields that forms do not show.
enum OffKey: String, RecordKey {
    case all
    case byKind = "by_kind"

    static let name = "off"
    static let about = "Fields that forms do not show"

    var member: RecordMember {
        switch self {
        case .all: .optional(.fields, "Of every ticket")
        case .byKind: .optional(.map(.key, .fields), "On top of it, KIND: [FIELD]")
        }
    }
}
