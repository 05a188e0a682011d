import TicketModel

/// What a name in a policy file stands for, as messages call it; the raw value is the English word.
enum PolicyNoun: String {
    case act, calendar, category, channel, department, field, kind, milestone, priority, role
    case subject, tag
    case fieldType = "type"
    case integerField = "integer field"
    case mergePolicy = "merge policy for this type"

    /// In both languages.
    var text: LocalizedText { LocalizedText(zh: chinese, en: rawValue) }

    private var chinese: String {
        switch self {
        case .act: "操作"
        case .calendar: "日历"
        case .category: "类别"
        case .channel: "渠道"
        case .department: "部门"
        case .field: "字段"
        case .fieldType: "字段类型"
        case .integerField: "整数字段"
        case .kind: "反馈类型"
        case .mergePolicy: "合并方式"
        case .milestone: "里程碑"
        case .priority: "级别"
        case .role: "角色"
        case .subject: "审批对象"
        case .tag: "标签"
        }
    }
}

extension ConditionKey {
    /// What the values under the key name.
    var noun: PolicyNoun {
        switch self {
        case .kind: .kind
        case .category: .category
        case .channel: .channel
        case .department: .department
        case .tag: .tag
        case .priority: .priority
        }
    }
}
