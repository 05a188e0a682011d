import TicketModel
import Yams

// The sections that decide: routing and permissions.
extension ProfileDraft {
    func readRouting(_ node: Node, _ reader: inout ProfileReader) -> [RoutingRule] {
        var result: [RoutingRule] = []
        let nodes = reader.list(node)
        for (index, element) in nodes.enumerated() {
            let record = reader.record(element, RuleKey.self)
            let conditions = record[.when].map { readConditions($0, &reader) } ?? [:]
            let department = record[.department].flatMap { self.department($0, &reader) }
            let cooperating = record[.cooperating].map { readDepartmentList($0, &reader) } ?? []
            checkReach(element, record[.when], isLast: index == nodes.count - 1, &reader)
            guard let ruleNode = record[.rule], let name = reader.key(ruleNode), let department
            else { continue }
            if result.contains(where: { $0.name == name }) {
                reader.refuse(
                    ruleNode, zh: "分派规则 \(name) 重复", en: "rule \(name) is given twice",
                    remedy: .init(zh: "请给其中一条改名", en: "rename one"))
            }
            result.append(
                RoutingRule(
                    name: name, conditions: conditions, department: department,
                    cooperating: cooperating))
        }
        if nodes.isEmpty {
            reader.refuse(
                node, zh: "没有分派规则", en: "there is no rule",
                remedy: .init(
                    zh: "请在最后加一条不写 `when` 的规则", en: "add a last rule without `when`"))
        }
        return result
    }

    /// The last rule takes what is left, so that every ticket has an owner; others must not.
    private func checkReach(
        _ rule: Node, _ when: Node?, isLast: Bool, _ reader: inout ProfileReader
    ) {
        if isLast, let when {
            reader.refuse(
                when, zh: "有的工单到最后一条规则仍没有部门",
                en: "the last rule leaves tickets without a department",
                remedy: .init(
                    zh: "请以一条不写 `when` 的规则结尾", en: "end with a rule without `when`"))
        }
        if !isLast, when == nil {
            reader.refuse(
                rule, zh: "不写 `when` 的规则使后面的规则失效",
                en: "a rule without `when` hides those after it",
                remedy: .init(zh: "请把它放在最后", en: "put it last"))
        }
    }

    func readConditions(
        _ node: Node, _ reader: inout ProfileReader
    ) -> [FieldID: Set<FieldValue>] {
        let ranks = priorities.map { ($0.key, Set([FieldValue.integer($0.rank)])) }
        let fields: [(key: ConditionKey, id: FieldID, values: [String: Set<FieldValue>])] = [
            (.kind, .kind, texts(kinds)), (.category, .category, texts(categories)),
            (.channel, .channel, texts(channels)), (.department, .department, texts(departments)),
            (.tag, .tags, texts(tags)),
            (.priority, .priority, Dictionary(ranks, uniquingKeysWith: { first, _ in first })),
        ]
        let record = reader.record(node, ConditionKey.self)
        var result: [FieldID: Set<FieldValue>] = [:]
        for field in fields {
            guard let value = record[field.key] else { continue }
            let node = value.scalar == nil ? value : .sequence(Node.Sequence([value]))
            let allowed = field.values.keys.sorted()
            let values = reader.members(
                node, of: field.key.noun, allowed: allowed
            ) { field.values[$0] }
            result[field.id] = values.reduce(into: []) { $0.formUnion($1) }
        }
        return result
    }

    /// By key, what stands in a ticket that is meant: the key, or that of a class within it.
    private func texts(_ choices: [Choice]) -> [String: Set<FieldValue>] {
        var result: [String: Set<FieldValue>] = [:]
        for choice in choices {
            var key: String? = choice.key
            while let ancestor = key {
                result[ancestor, default: []].insert(.text(choice.key))
                key = choices.first { $0.key == ancestor }?.parent
            }
        }
        return result
    }

    private func department(_ node: Node, _ reader: inout ProfileReader) -> DepartmentID? {
        reader.member(node, of: .department, allowed: departments.map(\.key), find: departmentID)
    }

    private func readDepartmentList(
        _ node: Node, _ reader: inout ProfileReader
    ) -> [DepartmentID] {
        reader.members(node, of: .department, allowed: departments.map(\.key), find: departmentID)
    }

    private func departmentID(_ name: String) -> DepartmentID? {
        departments.contains { $0.key == name } ? DepartmentID(name) : nil
    }

    func readPermissions(_ node: Node, _ reader: inout ProfileReader) -> [Act: Set<Role>] {
        let record = reader.record(node, PermissionKey.self)
        var result: [Act: Set<Role>] = [:]
        for key in PermissionKey.allCases {
            result[key.act] = record[key].map { Set(roles($0, &reader)) }
        }
        for (act, standard) in Self.permissionDefaults where record[PermissionKey(act)] == nil {
            result[act] = result[standard]
        }
        let approvers = Set(approvalSteps.flatMap(\.roles))
        if let node = record[PermissionKey(.approve)] {
            for role in approvers.subtracting(result[.approve] ?? []).map(\.rawValue).sorted() {
                reader.refuse(
                    node, zh: "\(role) 的审批有效，但 \(role) 无权 approve",
                    en: "the answer of \(role) counts, and \(role) may not approve",
                    remedy: .init(
                        zh: "请在此处加上 \(role)，或从审批的 `by` 中去掉",
                        en: "add \(role) here, or leave it out of `by` of the approvals"))
            }
        } else {
            result[.approve]?.formUnion(approvers)
        }
        return result
    }

    /// Acts that a policy file may leave out, because files were written before there were such
    /// acts: whoever may do the other act may do this one. Whose answer counts in an approval may
    /// give it besides.
    static let permissionDefaults: [Act: Act] = [
        .merge: .close, .classify: .edit, .plan: .progress, .approve: .assign, .verify: .close,
        .verdict: .progress, .urge: .note, .pause: .progress, .resume: .progress,
        .meeting: .assign, .promise: .note, .contact: .note,
    ]
}
