import TicketModel
import Yams

// The sections of what must be agreed to: approvals, and when the customer has said no too often.
extension ProfileDraft {
    func readApprovals(_ node: Node, _ reader: inout ProfileReader) -> [ApprovalStep] {
        reader.entries(node).compactMap { keyNode, value in
            let record = reader.record(
                value, required: ["zh", "en", "of", "by", "before"], optional: ["when"])
            let subjects: [String: FieldID] = ["plan": .plan, "resolution": .resolution]
            let subject = record["of"].flatMap {
                reader.member($0, of: "subject", allowed: subjects.keys.sorted()) { subjects[$0] }
            }
            let before = record["before"].map { readBlockedActs($0, &reader) } ?? []
            if let node = record["before"], subject == .resolution, before.contains(.resolve) {
                reader.refuse(
                    node, "a resolution cannot be approved before resolve, which writes it",
                    remedy: "use verify or close, or approve the plan")
            }
            let step = (
                label: reader.localized(record),
                roles: record["by"].map { roles($0, &reader) } ?? [],
                conditions: record["when"].map { readConditions($0, &reader) } ?? [:]
            )
            guard let key = reader.key(keyNode), let subject else { return nil }
            return ApprovalStep(
                key: key, label: step.label, subject: subject, roles: Set(step.roles),
                before: Set(before), conditions: step.conditions)
        }
    }

    /// Only acts that people do late enough can wait for an approval.
    private func readBlockedActs(_ node: Node, _ reader: inout ProfileReader) -> [Act] {
        let acts: [Act] = [.resolve, .verify, .close]
        return reader.members(node, of: "act", allowed: acts.map(\.name)) { name in
            acts.first { $0.name == name }
        }
    }

    mutating func readVerification(_ node: Node?, _ reader: inout ProfileReader) {
        let highest = Int64(max(1, escalationLevels.count))
        verificationCap.level = highest
        guard let node else { return }
        let record = reader.record(node, required: ["attempts", "escalate"], optional: ["before"])
        if let acts = record["before"] {
            verificationCap.before = Set(
                reader.members(acts, of: "act", allowed: [Act.close.name]) { name in
                    name == Act.close.name ? .close : nil
                })
        }
        if let attempts = record["attempts"].flatMap({ reader.integer($0, in: 1...100) }) {
            verificationCap.attempts = Int(attempts)
        }
        if let level = record["escalate"].flatMap({ reader.integer($0, in: 1...highest) }) {
            verificationCap.level = level
        }
    }
}
