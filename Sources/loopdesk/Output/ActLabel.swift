import Terminal
import TicketModel

/// What people call an act; scripts read `Act.name`.
func actLabel(_ act: Act, _ language: Language) -> String {
    let chinese =
        switch act {
        case .create: "登记"
        case .edit: "修改"
        case .note: "备注"
        case .tag: "标签"
        case .accept: "接单"
        case .refuse: "退单"
        case .assign: "分派"
        case .progress: "进展"
        case .escalate: "升级"
        case .resolve: "解决"
        case .close: "结案"
        case .reopen: "重新打开"
        case .attach: "附件"
        case .rate: "评价"
        case .route: "派往部门"
        case .clock: "时限"
        case .merge: "合并"
        case .classify: "分类"
        case .plan: "方案"
        case .approve: "审批"
        case .verify: "验证"
        case .verdict: "建议结论"
        case .urge: "催办"
        case .pause: "暂停"
        case .resume: "恢复"
        case .meeting: "会议"
        case .promise: "承诺"
        case .contact: "联系客户"
        }
    return language.choose(zh: chinese, en: act.name)
}
