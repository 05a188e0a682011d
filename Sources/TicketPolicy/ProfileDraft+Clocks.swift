import TicketModel
import Yams

// The section of promised times.
extension ProfileDraft {
    func readClocks(_ node: Node, _ reader: inout ProfileReader) -> [ClockRule] {
        var result: [ClockRule] = []
        for (keyNode, value) in reader.entries(node) {
            let record = reader.record(value, required: ["zh", "en", "limits", "met_by", "ladder"])
            let label = reader.localized(record)
            let limits = record["limits"].map { readLimits($0, &reader) } ?? [:]
            let metBy = record["met_by"].map { readMilestones($0, &reader) } ?? []
            let ladder = record["ladder"].map { readLadder($0, &reader) } ?? []
            guard let name = reader.key(keyNode) else { continue }
            result.append(
                ClockRule(name: name, label: label, limits: limits, metBy: metBy, ladder: ladder))
        }
        return result.sorted { $0.name < $1.name }
    }

    private func readMilestones(
        _ node: Node, _ reader: inout ProfileReader
    ) -> Set<ClockRule.Milestone> {
        let allowed = ClockRule.Milestone.allCases.map(\.rawValue)
        let milestones = reader.members(node, of: "milestone", allowed: allowed) {
            ClockRule.Milestone(rawValue: $0)
        }
        return Set(milestones)
    }

    private func readLimits(_ node: Node, _ reader: inout ProfileReader) -> [String: Limit] {
        let record = reader.record(node, required: priorities.map(\.key))
        var result: [String: Limit] = [:]
        var shortest: Limit?
        // From the least urgent class up.
        for priority in priorities.reversed() {
            guard let value = record[priority.key], let limit = readLimit(value, &reader) else {
                continue
            }
            if let shortest, limit > shortest {
                reader.refuse(
                    value, "\(priority.key) has more time than a less urgent class",
                    remedy: "promise at most \(shortest.text.en)")
            }
            shortest = min(shortest ?? limit, limit)
            result[priority.key] = limit
        }
        return result
    }

    private func readLimit(_ node: Node, _ reader: inout ProfileReader) -> Limit? {
        guard let text = reader.text(node) else { return nil }
        guard let limit = Limit(text) else {
            reader.refuse(
                node, "\(text) is not a limit",
                remedy: "write a number from 1 and s, m, h or d, such as 30s or 4h, "
                    + "at most \(Limit.dayCountMax)d")
            return nil
        }
        return limit
    }

    private func readLadder(_ node: Node, _ reader: inout ProfileReader) -> [ClockRule.Rung] {
        var result: [ClockRule.Rung] = []
        let nodes = reader.list(node)
        for (index, element) in nodes.enumerated() {
            let isLast = index == nodes.count - 1
            let record = reader.record(element, required: ["at", isLast ? "escalate" : "warn"])
            let percent = record["at"].flatMap {
                readPercent($0, after: result.last?.percent ?? 0, isLast: isLast, &reader)
            }
            let action = readAction(record, &reader)
            if let percent, let action {
                result.append(ClockRule.Rung(percent: percent, action: action))
            }
        }
        if nodes.isEmpty {
            reader.refuse(
                node, "nobody is told when the limit is missed",
                remedy: "add {at: 100%, escalate: LEVEL}")
        }
        return result
    }

    private func readPercent(
        _ node: Node, after previous: Int64, isLast: Bool, _ reader: inout ProfileReader
    ) -> Int64? {
        guard let text = reader.text(node) else { return nil }
        let limit = ClockRule.breachPercent
        let percent = text.hasSuffix("%") ? Int64(text.dropLast()) : nil
        guard let percent, isLast ? percent == limit : previous < percent && percent < limit else {
            reader.refuse(
                node, "\(text) is not possible for this rung",
                remedy: isLast ? "write 100%" : "write more than \(previous)% and less than 100%")
            return nil
        }
        return percent
    }

    private func readAction(
        _ record: [String: Node], _ reader: inout ProfileReader
    ) -> ClockRule.Rung.Action? {
        if let node = record["warn"] { return .warn(roles(node, &reader)) }
        guard let node = record["escalate"] else { return nil }
        let highest = Int64(max(1, escalationLevels.count))
        return reader.integer(node, in: 1...highest).map { .escalate(level: $0) }
    }
}
