import Foundation
import Terminal
import TicketModel
import TicketPolicy

/// A promised time for people and for scripts.
struct PolicyDueOutput {
    let policy: Profile
    let promise: PromisedTime
    let zone: TimeZone

    // MARK: - For people

    /// The answer first, then what it rests on, then every step.
    func lines(_ language: Language) -> [String] {
        let choose = { (zh: String, en: String) in language.choose(zh: zh, en: en) }
        let limit = promise.rule.limit(of: promise.priority)
        let head =
            promise.dueAt.map {
                choose("到期 \(full($0))", "due \(full($0))")
            } ?? choose("暂停中，恢复后才能确定到期时间", "paused: due only after it is resumed")
        let length =
            limit.map {
                [
                    "\(promise.priority.label[language]) (\(promise.priority.key))",
                    $0.text[language],
                ]
            } ?? [choose("按对客户的承诺", "as the customer was promised")]
        let basis = [
            choose(
                "规则 \(policy.name) 版本 \(policy.version)",
                "policy \(policy.name) version \(policy.version)"),
            "\(promise.rule.label[language]) (\(promise.rule.name))",
        ]
        return [
            head,
            "  " + (basis + length + [calendarText(language)]).joined(separator: choose("，", ", ")),
        ]
            + promise.steps.map { "  " + printable($0.text(in: zone, language)) }
            + warning(language)
    }

    private func warning(_ language: Language) -> [String] {
        guard promise.isBeyondKnownDates, let calendar = promise.rule.calendar else { return [] }
        return [language.choose(zh: "  注意：", en: "  Note: ") + calendar.renewal[language]]
    }

    private func calendarText(_ language: Language) -> String {
        guard let calendar = promise.rule.calendar else {
            return language.choose(zh: "不分昼夜计时", en: "around the clock")
        }
        return language.choose(
            zh: "日历 \(calendar.name) 版本 \(calendar.version)（\(calendar.zone)）",
            en: "calendar \(calendar.name) version \(calendar.version) (\(calendar.zone))")
    }

    private func full(_ time: Timestamp) -> String { TimestampText.full(time, zone: zone) }

    // MARK: - For scripts

    func json(_ language: Language) -> JSONValue {
        let rule = promise.rule
        let rungs = zip(rule.ladder, promise.rungs).map { rung, time -> JSONValue in
            ["at": .string(rung.position.written), "time": self.time(time)]
        }
        let calendar = rule.calendar.map { calendar -> JSONValue in
            [
                "name": .string(calendar.name), "version": .integer(Int64(calendar.version)),
                "zone": .string(calendar.zone), "dates_end_at": JSONValue(calendar.datesEndAt),
            ]
        }
        return [
            "policy": ["name": .string(policy.name), "version": .integer(Int64(policy.version))],
            "clock": .string(rule.name),
            "priority": rule.isPromised ? .null : .string(promise.priority.key),
            "limit": JSONValue(rule.limit(of: promise.priority)?.written),
            "calendar": calendar ?? .null, "zone": .string(zone.identifier),
            "started_at": time(promise.facts.startedAt), "due_at": time(promise.dueAt),
            "promised_ms": .integer(promise.promisedMilliseconds),
            "stopped_at": time(promise.facts.stoppedAt),
            "outcome": JSONValue(promise.outcome?.rawValue),
            "beyond_known_dates": .boolean(promise.isBeyondKnownDates), "rungs": .array(rungs),
            "steps": .array(promise.steps.map { json($0, language) }),
        ]
    }

    private func json(_ step: PromisedTime.Step, _ language: Language) -> JSONValue {
        let (kind, members) = members(of: step)
        return .object(
            [
                JSONValue.Member("kind", .string(kind)),
                JSONValue.Member("time", time(step.time)),
            ] + members.map { JSONValue.Member($0.0, $0.1) } + [
                JSONValue.Member("text", .string(step.text(in: zone, language)))
            ])
    }

    private func members(of step: PromisedTime.Step) -> (String, [(String, JSONValue)]) {
        switch step.kind {
        case .start(let priority, let limit, let milliseconds):
            let members: [(String, JSONValue)] = [
                ("priority", .string(priority.key)), ("limit", .string(limit.written)),
                ("promised_ms", .integer(milliseconds)),
            ]
            return ("start", members)
        case .promise(let promised, let milliseconds):
            let members: [(String, JSONValue)] = [
                ("promised_for", time(promised)), ("promised_ms", .integer(milliseconds)),
            ]
            return ("promise", members)
        case .window(let end, let counted, let isExtraDay):
            let members: [(String, JSONValue)] = [
                ("end", time(end)), ("counted_ms", .integer(end.millisecondsSince(step.time))),
                ("counted_so_far_ms", .integer(counted)), ("extra_day", .boolean(isExtraDay)),
            ]
            return ("window", members)
        case .holiday(let date, let isWhole):
            return (
                "holiday", [("date", .string(date.dateText)), ("whole_day", .boolean(isWhole))]
            )
        case .pause(let end, let reason, let working):
            let members: [(String, JSONValue)] = [
                ("end", time(end)), ("reason", .string(reason)),
                ("left_out_ms", working.map(JSONValue.integer) ?? .null),
            ]
            return ("pause", members)
        case .priorityChange(let from, let to, let limit, let rule, let before, let after):
            let members: [(String, JSONValue)] = [
                ("from", .string(from.key)), ("to", .string(to.key)),
                ("limit", .string(limit.written)), ("rule", .string(rule.rawValue)),
                ("due_before", time(before)), ("due_after", time(after)),
            ]
            return ("priority_change", members)
        case .rung(let position): return ("rung", [("at", .string(position.written))])
        case .due: return ("due", [])
        case .stop(let outcome, let overdue):
            let members: [(String, JSONValue)] = [
                ("outcome", .string(outcome.rawValue)), ("overdue_ms", .integer(overdue)),
            ]
            return ("stop", members)
        }
    }

    private func time(_ time: Timestamp?) -> JSONValue {
        JSONValue(time.map { TimestampText.iso8601($0, zone: zone) })
    }
}
