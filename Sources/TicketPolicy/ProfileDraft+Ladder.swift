import TicketModel
import Yams

// The ladder of a promised time.
extension ProfileDraft {
    func readLadder(
        _ node: Node, _ limits: [String: Limit], _ base: TimeBase, _ reader: inout ProfileReader
    ) -> [ClockRule.Rung] {
        var result: [ClockRule.Rung] = []
        let nodes = reader.list(node)
        for (index, element) in nodes.enumerated() {
            let isLast = index == nodes.count - 1
            let (at, action) =
                isLast ? readBreach(element, &reader) : readWarning(element, &reader)
            let position = at.flatMap {
                readPosition($0, after: result.last?.position, isLast: isLast, &reader)
            }
            guard let position, let action else { continue }
            let rung = ClockRule.Rung(position: position, action: action)
            if let at { checkOrder(of: rung, after: result.last, at, limits, base, &reader) }
            result.append(rung)
        }
        if nodes.isEmpty {
            reader.refuse(
                node, zh: "超时后没有通知任何人", en: "nobody is told when the limit is missed",
                remedy: .init(
                    zh: "请加上 {at: 100%, escalate: LEVEL}，LEVEL 为升级级别",
                    en: "add {at: 100%, escalate: LEVEL}"))
        }
        return result
    }

    private func readPosition(
        _ node: Node, after previous: ClockRule.Rung.Position?, isLast: Bool,
        _ reader: inout ProfileReader
    ) -> ClockRule.Rung.Position? {
        guard let text = reader.text(node) else { return nil }
        if !isLast, text.hasSuffix(" before") { return readDistance(node, text, &reader) }
        let limit = ClockRule.breachPercent
        var least: Int64 = 0
        if case .percent(let percent) = previous { least = percent }
        let percent = text.hasSuffix("%") ? Int64(text.dropLast()) : nil
        guard let percent, isLast ? percent == limit : least < percent && percent < limit else {
            reader.refuse(
                node, zh: "\(text) 不能用于这一档", en: "\(text) is not possible for this rung",
                remedy: isLast
                    ? .init(zh: "请写 100%", en: "write 100%")
                    : .init(
                        zh: "请写大于 \(least)%、小于 100% 的百分比，或到期前的时间，如 30m before",
                        en: "write more than \(least)% and less than 100%, or a time such as "
                            + "30m before"))
            return nil
        }
        return .percent(percent)
    }

    private func readDistance(
        _ node: Node, _ text: String, _ reader: inout ProfileReader
    ) -> ClockRule.Rung.Position? {
        guard let limit = Limit(text.dropLast(" before".count)),
            ClockRule.Rung.units.contains(limit.unit)
        else {
            reader.refuse(
                node, zh: "\(text) 不是到期前的时间", en: "\(text) is not a time before the limit",
                remedy: .init(
                    zh: "请写从 1 起的数字加 s、m 或 h，如 30m before",
                    en: "write a number from 1 and s, m or h, such as 30m before"))
            return nil
        }
        return .before(limit)
    }

    /// Rungs come one after the other whatever the class: later ones overtake earlier ones.
    private func checkOrder(
        of rung: ClockRule.Rung, after previous: ClockRule.Rung?, _ node: Node,
        _ limits: [String: Limit], _ base: TimeBase, _ reader: inout ProfileReader
    ) {
        if case .unknown = base { return }
        let at = rung.position.written
        let remedy = LocalizedText(zh: "请写更晚的一档", en: "write a later rung")
        if limits.isEmpty, case .before(let limit) = rung.position,
            case .before(let earlier) = previous?.position,
            (limit.milliseconds ?? 0) >= (earlier.milliseconds ?? 0)
        {
            reader.refuse(
                node, zh: "\(at) 不在上一档 \(earlier.written) before 之后",
                en: "\(at) is not behind the rung \(earlier.written) before", remedy: remedy)
        }
        let former =
            previous.map {
                LocalizedText(
                    zh: "上一档 \($0.position.written) ", en: "rung \($0.position.written)")
            } ?? LocalizedText(zh: "起点", en: "start")
        for priority in priorities {
            guard let limit = limits[priority.key] else { continue }
            let lengths = limit.lengths(in: base.calendar)
            // Both are straight lines over the length, so that the ends tell for all between.
            for length in [lengths.lowerBound, lengths.upperBound] {
                let most = previous?.remaining(of: length) ?? length
                guard rung.remaining(of: length) >= most else { continue }
                reader.refuse(
                    node,
                    zh: "\(at) 不在\(former.zh)之后（\(priority.key) 的时限为\(limit.text.zh)）",
                    en: "\(at) is not behind the \(former.en) of \(priority.key), whose limit is "
                        + limit.text.en,
                    remedy: remedy)
                return
            }
        }
    }

    private func readWarning(
        _ node: Node, _ reader: inout ProfileReader
    ) -> (at: Node?, action: ClockRule.Rung.Action?) {
        let record = reader.record(node, WarningKey.self)
        return (record[.at], record[.warn].map { .warn(roles($0, &reader)) })
    }

    private func readBreach(
        _ node: Node, _ reader: inout ProfileReader
    ) -> (at: Node?, action: ClockRule.Rung.Action?) {
        let record = reader.record(node, BreachKey.self)
        let highest = Int64(max(1, escalationLevels.count))
        let level = record[.escalate].flatMap { reader.integer($0, in: 1...highest) }
        return (record[.at], level.map { .escalate(level: $0) })
    }
}
