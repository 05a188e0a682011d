import TicketModel

/// The name and label of a field that every profile has.
struct BuiltInField {
    var id: FieldID
    var key: String
    var label: LocalizedText

    private init(_ id: FieldID, _ key: String, zh: String, en: String) {
        self.id = id
        self.key = key
        label = LocalizedText(zh: zh, en: en)
    }

    /// In the order of their numbers.
    static let all = [
        BuiltInField(.status, "status", zh: "状态", en: "status"),
        BuiltInField(.assignee, "assignee", zh: "第一责任人", en: "assignee"),
        BuiltInField(.store, "store", zh: "门店", en: "store"),
        BuiltInField(.region, "region", zh: "区域", en: "region"),
        BuiltInField(.escalation, "escalation", zh: "升级级别", en: "escalation"),
        BuiltInField(.priority, "priority", zh: "紧急程度", en: "priority"),
        BuiltInField(.subject, "subject", zh: "标题", en: "subject"),
        BuiltInField(.description, "description", zh: "核心内容", en: "description"),
        BuiltInField(.resolution, "resolution", zh: "处理结果", en: "resolution"),
        BuiltInField(.contact, "contact", zh: "客户联系方式", en: "contact"),
        BuiltInField(.kind, "kind", zh: "反馈类型", en: "kind"),
        BuiltInField(.channel, "channel", zh: "渠道", en: "channel"),
        BuiltInField(.demand, "demand", zh: "客户诉求", en: "demand"),
        BuiltInField(.category, "category", zh: "问题分类", en: "category"),
        BuiltInField(.department, "department", zh: "责任部门", en: "department"),
        BuiltInField(.product, "product", zh: "涉及产品/服务", en: "product"),
        BuiltInField(.orderNumber, "order_number", zh: "订单号", en: "order number"),
        BuiltInField(.eventTime, "event_time", zh: "事件发生时间", en: "event time"),
        BuiltInField(.eventPlace, "event_place", zh: "事件发生地点", en: "event place"),
        BuiltInField(.tags, "tags", zh: "标签", en: "tags"),
        BuiltInField(.attachments, "attachments", zh: "附件", en: "attachments"),
        BuiltInField(.reportedTime, "reported_time", zh: "反馈时间", en: "reported time"),
        BuiltInField(.purchaseDate, "purchase_date", zh: "购买日期", en: "purchase date"),
        BuiltInField(.expectedTime, "expected_time", zh: "预计完成时间", en: "expected time"),
        BuiltInField(.mergedInto, "merged_into", zh: "并入", en: "merged into"),
        BuiltInField(
            .statusBeforeMerge, "status_before_merge", zh: "合并前状态", en: "status before merge"),
        BuiltInField(.splitFrom, "split_from", zh: "拆分自", en: "split from"),
        BuiltInField(.classStage, "class_stage", zh: "分类状态", en: "class stage"),
        BuiltInField(.plan, "plan", zh: "处理方案", en: "plan"),
        BuiltInField(.planKind, "plan_kind", zh: "方案类型", en: "kind of plan"),
        BuiltInField(.approvals, "approvals", zh: "审批", en: "approvals"),
        BuiltInField(.verdict, "verdict", zh: "建议结论", en: "verdict"),
        BuiltInField(.pauseReason, "pause_reason", zh: "等待", en: "waits for"),
        BuiltInField(.promisedTime, "promised_time", zh: "承诺时间", en: "promised time"),
        BuiltInField(.cooperating, "cooperating", zh: "协作部门", en: "cooperating"),
        BuiltInField(.step, "step", zh: "处理进度", en: "step reached"),
    ]

    static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
}
