import TicketModel

/// One section of a profile as single statements that can be compared.
struct ProfileSection {
    /// What a statement is about.
    struct Key: Hashable {
        var name: String
        var aspect = ""
    }

    /// The key in the file.
    let name: String
    /// In the order of the file as far as it matters, else by name.
    private(set) var entries: [(key: Key, value: String)] = []

    init(_ name: String) { self.name = name }

    func value(of key: Key) -> String? { entries.first { $0.key == key }?.value }

    mutating func add(_ name: String, _ value: String) { add(name, "", value) }

    mutating func add(_ name: String, _ values: [String]) { add(name, "", values) }

    mutating func add(_ name: String, _ aspect: String, _ value: String?) {
        if let value { entries.append((Key(name: name, aspect: aspect), value)) }
    }

    mutating func add(_ name: String, _ aspect: String, _ values: [String]) {
        add(name, aspect, values.isEmpty ? nil : values.joined(separator: ", "))
    }
}

extension Profile {
    /// Everything that the profile says, in the order of files; every profile has the same
    /// sections.
    var sections: [ProfileSection] {
        [
            headSection, choices("kinds", kinds), choices("channels", channels),
            choices("categories", categories), choices("tags", tags),
            choices("steps", steps), prioritySection,
            choices("departments", departments), fieldSection, textSection, requiredSection,
            offSection,
            routingSection,
            calendarSection, clockSection, quietSection, escalationSection, approvalSection,
            processSection, permissionSection,
        ]
    }

    private func choices(_ name: String, _ choices: [Choice]) -> ProfileSection {
        var section = ProfileSection(name)
        for choice in choices {
            section.add(choice.key, choice.label.written)
            section.add(choice.key, "within", choice.parent)
            section.add(choice.key, "criteria", choice.criteria?.written)
        }
        return section
    }

    private var headSection: ProfileSection {
        var section = ProfileSection("profile")
        section.add("profile", name)
        section.add("version", "\(version)")
        section.add("zone", zone)
        section.add("label", label.written)
        return section
    }

    private var prioritySection: ProfileSection {
        var section = ProfileSection("priorities")
        for priority in priorities {
            section.add(priority.key, "rank", "\(priority.rank)")
            section.add(priority.key, "label", priority.label.written)
            section.add(priority.key, "criteria", priority.criteria.written)
        }
        return section
    }

    private var fieldSection: ProfileSection {
        var section = ProfileSection("fields")
        for field in customFields {
            section.add(field.key, "id", "\(field.id.rawValue)")
            section.add(field.key, "label", field.label.written)
            section.add(field.key, "merge", "\(mergePolicy(of: field.id))")
            section.add(field.key, "type", "\(field.type.word)")
            if case .choice(let options) = field.type {
                for option in options {
                    section.add(field.key, "option \(option.key)", option.label.written)
                }
            }
        }
        return section
    }

    private var textSection: ProfileSection {
        var section = ProfileSection("texts")
        for template in texts { section.add(template.key, template.text.written) }
        section.add("survey", survey.map(name(of:)))
        return section
    }

    private var offSection: ProfileSection {
        var section = ProfileSection("off")
        section.add("all", fieldsOff.map(name(of:)).sorted())
        for (kind, fields) in fieldsOffByKind.sorted(by: { $0.key < $1.key }) {
            section.add(kind, fields.map(name(of:)).sorted())
        }
        return section
    }

    private var requiredSection: ProfileSection {
        var section = ProfileSection("required")
        section.add("all", requiredFields.map(name(of:)))
        for (kind, fields) in requiredFieldsByKind.sorted(by: { $0.key < $1.key }) {
            section.add(kind, fields.map(name(of:)))
        }
        return section
    }

    private var routingSection: ProfileSection {
        var section = ProfileSection("routing")
        for (index, rule) in routing.enumerated() {
            // The first rule that fits wins, so the place is a part of what it says.
            section.add(rule.name, "place", "\(index + 1)")
            section.add(rule.name, "when", written(rule.conditions))
            section.add(rule.name, "department", rule.department.rawValue)
            section.add(rule.name, "cooperating", rule.cooperating.map(\.rawValue))
        }
        return section
    }

    private var escalationSection: ProfileSection {
        var section = ProfileSection("escalation")
        for level in escalationLevels {
            section.add("\(level.level)", "label", level.label.written)
            section.add("\(level.level)", "roles", level.roles.map(\.rawValue))
        }
        return section
    }

    private var approvalSection: ProfileSection {
        var section = ProfileSection("approvals")
        for step in approvalSteps {
            section.add(step.key, "label", step.label.written)
            section.add(step.key, "of", name(of: step.subject))
            section.add(step.key, "by", step.roles.map(\.rawValue).sorted())
            section.add(step.key, "before", step.before.map(\.name).sorted())
            section.add(step.key, "when", written(step.conditions))
        }
        return section
    }

    private var processSection: ProfileSection {
        var section = ProfileSection("verification")
        section.add("verification", "attempts", "\(verificationCap.attempts)")
        section.add("verification", "escalate", "\(verificationCap.level)")
        section.add("verification", "before", verificationCap.before.map(\.name).sorted())
        if let reminder = pauseReminder {
            section.add(PauseReminder.name, "after", reminder.after.written)
            section.add(PauseReminder.name, "times", "\(reminder.times)")
            section.add(PauseReminder.name, "calendar", reminder.calendar?.name)
            section.add(PauseReminder.name, "warn", reminder.roles.map(\.rawValue))
        }
        if let recheck {
            section.add(RecheckKey.name, "by", recheck.written)
            section.add(RecheckKey.name, "roles", recheck.roles.map(\.rawValue))
        }
        return section
    }

    private var permissionSection: ProfileSection {
        var section = ProfileSection("permissions")
        for (act, roles) in permissions.sorted(by: { $0.key.name < $1.key.name }) {
            section.add(act.name, roles.map(\.rawValue).sorted())
        }
        return section
    }
}

// MARK: - Time
extension Profile {
    private var calendarSection: ProfileSection {
        var section = ProfileSection("calendars")
        for calendar in calendars {
            section.add(calendar.name, "version", "\(calendar.version)")
            calendar.describe(in: &section)
        }
        return section
    }

    private var clockSection: ProfileSection {
        var section = ProfileSection("clocks")
        for rule in clocks {
            section.add(rule.name, "label", rule.label.written)
            section.add(rule.name, "starts", rule.startedBy.map(\.written).sorted())
            section.add(rule.name, "when", written(rule.conditions))
            section.add(rule.name, "calendar", rule.calendar?.name ?? "around the clock")
            section.add(rule.name, "pauses", "\(rule.isPausable)")
            section.add(rule.name, "safety", rule.safetyClasses.sorted())
            if rule.isPromised { section.add(rule.name, "limits", "promised") }
            for priority in priorities {
                section.add(
                    rule.name, "limit of \(priority.key)", rule.limit(of: priority)?.written)
            }
            section.add(rule.name, "met_by", rule.metBy.map(\.written).sorted())
            section.add(
                rule.name, "ladder", rule.ladder.map(\.written).joined(separator: "; "))
        }
        return section
    }

    private var quietSection: ProfileSection {
        var section = ProfileSection("quiet_hours")
        for (role, hours) in reachableHours.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if calendars.contains(hours) {
                section.add(role.rawValue, "calendar", hours.name)
            } else {
                section.add(role.rawValue, "reachable", hours.windows(ofDay: 0).map(\.text))
            }
        }
        return section
    }

    private func written(_ conditions: [FieldID: Set<FieldValue>]) -> String? {
        let parts = conditions.sorted { $0.key.rawValue < $1.key.rawValue }.map { field, values in
            let words = values.map { value in
                field == .priority
                    ? priorities.first { $0.rank == value.integer }?.key ?? "" : value.text ?? ""
            }
            return "\(name(of: field)) \(words.sorted().joined(separator: "|"))"
        }
        return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }
}

extension WorkingCalendar {
    fileprivate func describe(in section: inout ProfileSection) {
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        section.add(name, "zone", zone)
        for (day, windows) in zip(days, week) { section.add(name, day, windows.map(\.text)) }
        for (day, exception) in exceptions.sorted(by: { $0.key < $1.key }) {
            let word = exception.kind == .holiday ? "holiday" : "extra day"
            let open = exception.windows.map(\.text).joined(separator: ", ")
            let hours = open.isEmpty ? "closed" : "open \(open)"
            section.add(name, CivilTime(epochDay: day).dateText, "\(word), \(hours)")
        }
    }
}

extension ClockRule.Rung {
    /// `75% warn handler`.
    fileprivate var written: String {
        switch action {
        case .warn(let roles):
            "\(position.written) warn \(roles.map(\.rawValue).joined(separator: ", "))"
        case .escalate(let level): "\(position.written) escalate \(level)"
        }
    }
}

extension ClockRule.Milestone {
    /// As files write it.
    fileprivate var written: String {
        if case .step(let key) = self { return Self.stepPrefix + key }
        return Self.words.first { $0.milestone == self }?.word ?? ""
    }
}

extension LocalizedText {
    fileprivate var written: String { "\(zh) / \(en)" }
}

extension FieldType {
    fileprivate var word: String {
        switch self {
        case .choice: "choice"
        default: "\(self)"
        }
    }
}
