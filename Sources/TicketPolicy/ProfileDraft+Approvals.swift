import TicketModel
import Yams

// The sections of what must be agreed to: approvals, and when the customer has said no too often.
extension ProfileDraft {
    func readApprovals(_ node: Node, _ reader: inout ProfileReader) -> [ApprovalStep] {
        reader.entries(node).compactMap { keyNode, value in
            let record = reader.record(value, ApprovalKey.self)
            let subjects = Self.approvalSubjects
            let subject = record[.of].flatMap {
                reader.member($0, of: .subject, allowed: subjects.map(\.word)) { word in
                    subjects.first { $0.word == word }?.field
                }
            }
            let before =
                record[.before].map { readActs($0, of: Self.blockedActs, &reader) } ?? []
            if let node = record[.before], subject == .resolution, before.contains(.resolve) {
                reader.refuse(
                    node, zh: "处理结果在 resolve 时才写下，不能在此之前审批",
                    en: "a resolution cannot be approved before resolve, which writes it",
                    remedy: .init(
                        zh: "请写 verify 或 close，或改为审批 plan",
                        en: "use verify or close, or approve the plan"))
            }
            let step = (
                label: reader.localized(record),
                roles: record[.by].map { roles($0, &reader) } ?? [],
                conditions: record[.when].map { readConditions($0, &reader) } ?? [:]
            )
            guard let key = reader.key(keyNode), let subject else { return nil }
            return ApprovalStep(
                key: key, label: step.label, subject: subject, roles: Set(step.roles),
                before: Set(before), conditions: step.conditions)
        }
    }

    /// What can be approved.
    static let approvalSubjects: [(word: String, field: FieldID)] = [
        ("plan", .plan), ("resolution", .resolution),
    ]
    /// Only acts that people do late enough can wait for an approval.
    static let blockedActs: [Act] = [.resolve, .verify, .close]
    /// What can wait until the customer agrees.
    static let consentedActs: [Act] = [.close]

    private func readActs(
        _ node: Node, of acts: [Act], _ reader: inout ProfileReader
    ) -> [Act] {
        reader.members(node, of: .act, allowed: acts.map(\.name)) { name in
            acts.first { $0.name == name }
        }
    }

    mutating func readVerification(_ node: Node?, _ reader: inout ProfileReader) {
        let highest = Int64(max(1, escalationLevels.count))
        verificationCap.level = highest
        guard let node else { return }
        let record = reader.record(node, VerificationKey.self)
        if let acts = record[.before] {
            verificationCap.before = Set(readActs(acts, of: Self.consentedActs, &reader))
        }
        let attempts = record[.attempts].flatMap {
            reader.integer($0, in: 1...VerificationCap.attemptsMax)
        }
        if let attempts {
            verificationCap.attempts = Int(attempts)
        }
        if let level = record[.escalate].flatMap({ reader.integer($0, in: 1...highest) }) {
            verificationCap.level = level
        }
    }
}
