import TicketModel

/// What may stand at one place of a policy file, as far as the place alone tells.
///
/// The reader asks mappings for their keys by these tables and `PolicySchema` publishes them, so
/// that what is read and what is published are the same. What depends on other places (whether a
/// name is declared, whether hours overlap) only the reader judges.
indirect enum Shape: Sendable {
    /// One line of text for people.
    case text
    /// A name that the file itself declares or refers to.
    case key
    case integer(ClosedRange<Int64>)
    case flag
    /// One of these words.
    case word([String])
    /// One of these words, or a name that the file declares.
    case wordOrKey([String])
    /// A text of this form.
    case form(Form)
    /// Elements in their order; at least so many.
    case list(Shape, least: Int)
    /// Different elements, at least one.
    case members(Shape)
    /// Free keys of one shape with values of another, at least one.
    case map(Shape, Shape)
    /// Fixed keys.
    case record(any RecordKey.Type)
    case either([Shape])
    /// A shape that many places share: the schema has it once.
    case shared(name: String, Shape)

    /// A whole number from 1; how large it may be depends on the file.
    static let ordinal = Shape.integer(1...Int64.max)
    /// What people read.
    static let label = Shape.record(LabelKey.self)
    /// A closed list: KEY: {zh, en}.
    static let choices = Shape.shared(name: "choices", .map(.key, .label))
    static let roles = Shape.shared(name: "roles", .members(.role))
    static let role = Shape.word(Role.allCases.map(\.rawValue))
    static let conditions = Shape.record(ConditionKey.self)
    static let milestones = Shape.shared(
        name: "milestones",
        .members(.either([.word(ClockRule.Milestone.words.map(\.word)), .form(.step)])))
    static let names = Shape.shared(name: "names", .members(.key))
    static let windows = Shape.shared(name: "windows", .list(.form(.window), least: 1))
    static let fields = Shape.shared(
        name: "fields", .members(.wordOrKey(ProfileDraft.fillable.map(\.key))))
    static let version = Shape.integer(1...Int64(Int32.max))
}

/// How a text is written, as a regular expression that ECMAScript, Python and Swift read alike.
struct Form: Sendable {
    /// Under which the schema has it.
    var name: String
    var pattern: String
    var about: String

    static let limit = Form(
        name: "limit", pattern: "^\(length(Limit.Unit.allCases))$",
        about: "30s, 15m, 4h, 2d (24 hours each, for clocks without a calendar), or 3wd (working "
            + "days of the calendar); at most \(Limit.dayCountMax) days")
    static let window = Form(
        name: "window", pattern: "^\(clockPattern)-(\(clockPattern)|24:00)$",
        about: "From and to on one day, such as 09:00-12:00; the end is not in it")
    static let clock = Form(
        name: "clock", pattern: "^\(clockPattern)$", about: "A time of day, such as 10:00")
    static let days = Form(
        name: "days", pattern: "^(\(dayPattern))(-(\(dayPattern)))?$",
        about: "A day of the week, or from and to such as mon-fri")
    static let dates = Form(
        name: "dates", pattern: "^\(datePattern)(\\.\\.\(datePattern))?$",
        about: "A date, or from and to such as 2026-10-01..2026-10-07")
    static let zone = Form(
        name: "zone", pattern: "^[A-Za-z][A-Za-z0-9_+/-]*$",
        about: "IANA time zone, such as Asia/Shanghai")
    static let share = Form(
        name: "share", pattern: "^(0*[1-9][0-9]?%|\(length(ClockRule.Rung.units)) before)$",
        about: "How much of the limit has passed (75%), or how much is left (30m before)")
    static let breach = Form(
        name: "breach", pattern: "^0*\(ClockRule.breachPercent)%$", about: "The limit itself: 100%")
    static let step = Form(
        name: "step", pattern: "^\(ClockRule.Milestone.stepPrefix)",
        about: "The handling reached this one of the policy's steps: step:KEY")
    static let level = Form(
        name: "level", pattern: "^0*[1-9][0-9]*$", about: "1 for the first level, then 2, 3, ...")

    private static func length(_ units: [Limit.Unit]) -> String {
        "0*[1-9][0-9]*(" + units.map(\.rawValue).joined(separator: "|") + ")"
    }

    private static let clockPattern = "([01][0-9]|2[0-3]):[0-5][0-9]"
    private static let datePattern = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    private static let dayPattern = ProfileDraft.dayNames.joined(separator: "|")
}

/// The keys of one kind of mapping in a policy file.
///
/// A type has one case for each key, so that the reader cannot look for a key that the table does
/// not have.
protocol RecordKey: Hashable, RawRepresentable<String>, CaseIterable, Sendable {
    /// Under which the schema has the mapping.
    static var name: String { get }
    /// What the mapping says.
    static var about: String { get }
    /// What stands under the key.
    var member: RecordMember { get }
}

/// What stands under one key of a mapping.
struct RecordMember {
    /// When the key has to be there.
    enum Presence: Hashable {
        case required
        case optional
        /// Required unless this word stands under that key.
        case unless(key: String, word: String)
        /// Required if this word stands under that key, else refused.
        case only(key: String, word: String)
    }

    var presence: Presence
    var shape: Shape
    var about: String

    static func required(_ shape: Shape, _ about: String) -> RecordMember {
        RecordMember(presence: .required, shape: shape, about: about)
    }

    static func optional(_ shape: Shape, _ about: String) -> RecordMember {
        RecordMember(presence: .optional, shape: shape, about: about)
    }
}

/// A mapping whose keys are those of a name in Chinese and in English, and perhaps others.
protocol LabelledKey: RecordKey {
    static var zh: Self { get }
    static var en: Self { get }
}
