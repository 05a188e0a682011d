import TicketModel
import Yams

extension Profile {
    /// Reads a policy file. `basic.yaml` describes the keys in its first lines,
    /// `PolicySchema` for programs.
    ///
    /// - Parameters:
    ///   - yaml: one YAML document of at most `fileByteCountMax`.
    ///   - file: the name that problems are reported under.
    /// - Throws: `ProfileError` with everything that is wrong; a profile is taken whole or not.
    package init(yaml: String, file: String) throws(ProfileError) {
        var reader = ProfileReader(file: file)
        let root = reader.root(yaml)
        let draft = root.map { ProfileDraft(root: $0, reader: &reader) }
        guard reader.problems.isEmpty, let draft else {
            throw ProfileError(problems: reader.inOrder)
        }
        self.init(draft)
    }

    private init(_ draft: ProfileDraft) {
        name = draft.name
        version = draft.version
        zone = draft.zone
        label = draft.label
        kinds = draft.kinds
        channels = draft.channels
        categories = draft.categories
        tags = draft.tags
        steps = draft.steps
        priorities = draft.priorities
        departments = draft.departments
        customFields = draft.customFields
        requiredFields = draft.requiredFields
        requiredFieldsByKind = draft.requiredFieldsByKind
        survey = draft.survey
        texts = draft.texts
        fieldsOff = draft.fieldsOff
        fieldsOffByKind = draft.fieldsOffByKind
        routing = draft.routing
        calendars = draft.calendars
        clocks = draft.clocks
        escalationLevels = draft.escalationLevels
        reachableHours = draft.reachableHours
        approvalSteps = draft.approvalSteps
        verificationCap = draft.verificationCap
        pauseReminder = draft.pauseReminder
        recheck = draft.recheck
        permissions = draft.permissions
    }
}

/// What was read so far; later sections refer to the words of earlier ones.
struct ProfileDraft {
    var name = ""
    var version = 0
    var zone = Profile.zoneDefault
    var label = LocalizedText(zh: "", en: "")
    var kinds: [Choice] = []
    var channels: [Choice] = []
    var categories: [Choice] = []
    var tags: [Choice] = []
    var steps: [Choice] = []
    var priorities: [Priority] = []
    var departments: [Choice] = []
    var customFields: [CustomField] = []
    var requiredFields: [FieldID] = []
    var requiredFieldsByKind: [String: [FieldID]] = [:]
    var survey: [FieldID] = []
    var texts: [TextTemplate] = []
    var fieldsOff: Set<FieldID> = []
    var fieldsOffByKind: [String: Set<FieldID>] = [:]
    var routing: [RoutingRule] = []
    /// By name, without those that have a problem.
    var calendars: [WorkingCalendar] = []
    /// In the order of the file, of all.
    var calendarNames: [String] = []
    var clocks: [ClockRule] = []
    var escalationLevels: [EscalationLevel] = []
    var reachableHours: [Role: WorkingCalendar] = [:]
    var approvalSteps: [ApprovalStep] = []
    var verificationCap = VerificationCap(
        attempts: VerificationCap.attemptsDefault, level: 1, before: [])
    var pauseReminder: PauseReminder?
    var recheck: Recheck?
    var permissions: [Act: Set<Role>] = [:]

    init() {}

    /// Reads every section, those that others refer to first.
    init(root: Node, reader: inout ProfileReader) {
        let sections = reader.record(root, DocumentKey.self)
        readHead(sections, &reader)
        kinds = sections[.kinds].map { reader.choices($0) } ?? []
        channels = sections[.channels].map { reader.choices($0) } ?? []
        categories = sections[.categories].map { readCategories($0, &reader) } ?? []
        tags = sections[.tags].map { reader.choices($0) } ?? []
        steps = sections[.steps].map { reader.choices($0) } ?? []
        departments = sections[.departments].map { reader.choices($0) } ?? []
        priorities = sections[.priorities].map { readPriorities($0, &reader) } ?? []
        customFields = sections[.fields].map { readFields($0, &reader) } ?? []
        survey = sections[.survey].map { readSurvey($0, &reader) } ?? []
        texts = sections[.texts].map { readTexts($0, &reader) } ?? []
        if let node = sections[.off] { readOff(node, &reader) }
        if let node = sections[.required] { readRequired(node, &reader) }
        escalationLevels = sections[.escalation].map { readEscalation($0, &reader) } ?? []
        approvalSteps = sections[.approvals].map { readApprovals($0, &reader) } ?? []
        readVerification(sections[.verification], &reader)
        routing = sections[.routing].map { readRouting($0, &reader) } ?? []
        if let node = sections[.calendars] { readCalendars(node, &reader) }
        pauseReminder = sections[.pauseReminder].flatMap { readPauseReminder($0, &reader) }
        recheck = sections[.recheck].flatMap { readRecheck($0, &reader) }
        reachableHours = sections[.quietHours].map { readQuietHours($0, &reader) } ?? [:]
        clocks = sections[.clocks].map { readClocks($0, &reader) } ?? []
        permissions = sections[.permissions].map { readPermissions($0, &reader) } ?? [:]
    }

    var roleNames: [String] { Role.allCases.map(\.rawValue) }

    func roles(_ node: Node, _ reader: inout ProfileReader) -> [Role] {
        reader.members(node, of: .role, allowed: roleNames) { Role(rawValue: $0) }
    }
}
