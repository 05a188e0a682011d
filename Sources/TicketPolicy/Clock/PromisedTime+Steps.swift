import Foundation
import TicketModel

extension PromisedTime {
    /// One thing that had a part in a due time.
    package struct Step: Hashable, Sendable {
        /// When it happened or began.
        package var time: Timestamp
        /// What it was.
        package var kind: Kind

        /// What a step can be.
        package enum Kind: Hashable, Sendable {
            /// The clock started, with so much time to count.
            case start(Priority, limit: Limit, milliseconds: Int64)
            /// The customer was told a time, and how much counted time there is until then.
            case promise(Timestamp, milliseconds: Int64)
            /// Time that was counted, and what it came to by its end.
            case window(end: Timestamp, countedMilliseconds: Int64, isExtraDay: Bool)
            /// A date on which hours were missing.
            case holiday(CivilTime, isWhole: Bool)
            /// Time that was not counted, and how much of it would have been; nil while it lasts.
            case pause(end: Timestamp?, reason: String, workingMilliseconds: Int64?)
            /// Another class, and what the rule made of the due time.
            case priorityChange(
                from: Priority, to: Priority, limit: Limit, rule: Rebase, dueBefore: Timestamp?,
                dueAfter: Timestamp?)
            /// A rung before the limit.
            case rung(ClockRule.Rung.Position)
            /// The limit.
            case due
            /// A milestone, and by how much counted time it was too late.
            case stop(Outcome, overdueMilliseconds: Int64)

            /// Of steps at one instant: causes before effects.
            var order: Int {
                switch self {
                case .start, .promise: 0
                case .holiday: 1
                case .pause: 2
                case .due: 3
                case .priorityChange: 4
                case .rung: 5
                case .stop: 6
                case .window: 7
                }
            }
        }

        /// What a change of the class did. Raw values are for scripts.
        package enum Rebase: String, Hashable, Sendable, CaseIterable {
            /// The new limit from the change is earlier.
            case raised
            /// The new limit from the change would be later: the old end stays.
            case raisedWithoutGain = "raised_without_gain"
            /// The new limit from the start is later.
            case lowered
            /// The new limit from the start would be earlier: the old end stays.
            case loweredWithoutGain = "lowered_without_gain"
            /// It was due before: a broken promise stays broken.
            case alreadyDue = "already_due"
            /// The class is as urgent as it was.
            case sameClass = "same_class"

            fileprivate var text: LocalizedText {
                switch self {
                case .raised:
                    LocalizedText(zh: "提高级别：自变更起按新时限", en: "raised: the new limit from the change")
                case .raisedWithoutGain:
                    LocalizedText(
                        zh: "提高级别：新时限不早于原期限，原期限不变",
                        en: "raised: the new limit would end later, the old end stays")
                case .lowered:
                    LocalizedText(zh: "降低级别：自起点按新时限", en: "lowered: the new limit from the start")
                case .loweredWithoutGain:
                    LocalizedText(
                        zh: "降低级别：新时限不晚于原期限，原期限不变",
                        en: "lowered: the new limit would end earlier, the old end stays")
                case .alreadyDue:
                    LocalizedText(zh: "已到期：期限不变", en: "already due: the end stays")
                case .sameClass: LocalizedText(zh: "级别未变", en: "the class is the same")
                }
            }
        }
    }

    /// The zone that the promise is told in: its calendar's, else the one given.
    package func zone(else zone: TimeZone) -> TimeZone { rule.calendar?.timeZone ?? zone }
}

// MARK: - Texts
extension PromisedTime.Step {
    /// The step as a sentence, with times as the wall of `zone` shows them.
    package func text(in zone: TimeZone, _ language: Language) -> String {
        let words = StepWords(zone: zone, language: language)
        let at = words.time(time)
        switch kind {
        case .start(let priority, let limit, let milliseconds):
            let length = words.length(milliseconds)
            return words.choose(
                "\(at) 开始，\(priority.label.zh)，时限\(limit.text.zh)，应计\(length)",
                "\(at) start, \(priority.label.en), limit \(limit.text.en), counts \(length)")
        case .promise(let time, let milliseconds):
            let (promised, length) = (words.time(time), words.length(milliseconds))
            return words.choose(
                "\(at) 向客户承诺 \(promised)，应计\(length)",
                "\(at) the customer was promised \(promised), counts \(length)")
        case .window(let end, let counted, let isExtraDay):
            let span = words.span(time, end)
            let length = words.length(end.millisecondsSince(time))
            let total = words.length(counted)
            return words.choose(
                "\(span) 计\(length)，累计\(total)" + (isExtraDay ? "（补班日）" : ""),
                "\(span) counts \(length), \(total) so far"
                    + (isExtraDay ? " (make-up working day)" : ""))
        case .holiday(let date, let isWhole):
            let day = words.day(date)
            return words.choose(
                "\(day) 节假日，" + (isWhole ? "不计" : "部分时段不计"),
                "\(day) holiday, " + (isWhole ? "does not count" : "partly closed"))
        case .pause(let end, let reason, let working):
            return words.pause(at, end, reason, working)
        case .priorityChange(let from, let to, let limit, let rule, let before, let after):
            let (old, new) = (words.due(before), words.due(after))
            return words.choose(
                "\(at) \(from.label.zh)→\(to.label.zh)（\(limit.text.zh)），\(rule.text.zh)："
                    + "\(old)→\(new)",
                "\(at) \(from.label.en) to \(to.label.en) (\(limit.text.en)), \(rule.text.en): "
                    + "due \(old), now \(new)")
        case .rung(let position):
            return words.choose(
                "\(at) 提醒（\(position.text.zh)）", "\(at) warning (\(position.text.en))")
        case .due: return words.choose("\(at) 到期", "\(at) due")
        case .stop(.met, _): return words.choose("\(at) 完成，未超时", "\(at) stopped, in time")
        case .stop(.breached, let overdue):
            let length = words.length(overdue)
            return words.choose(
                "\(at) 完成，已超时，超出\(length)", "\(at) stopped, late, overdue by \(length)")
        }
    }
}

/// The words of steps in one language, with times as the wall of a zone shows them.
private struct StepWords {
    let zone: TimeZone
    let language: Language

    func choose(_ zh: String, _ en: String) -> String { LocalizedText(zh: zh, en: en)[language] }

    /// `26h 30m`; never in days, of which nobody knows how long they are.
    func length(_ milliseconds: Int64) -> String {
        DurationWords.text(milliseconds)[language]
    }

    /// `2026-10-09 Fri 16:00`.
    func time(_ time: Timestamp) -> String {
        let civil = zone.civilTime(at: time)
        return day(civil) + " " + civil.clockText
    }

    /// `2026-10-09 Fri 16:00-18:00`, with 24:00 for the end of the day.
    func span(_ start: Timestamp, _ end: Timestamp) -> String {
        let (from, to) = (zone.civilTime(at: start), zone.civilTime(at: end))
        if from.epochDay == to.epochDay { return time(start) + "-" + to.clockText }
        let isMidnight = to.wallMilliseconds == Int64(from.epochDay + 1) * CivilTime.dayMilliseconds
        return time(start) + "-" + (isMidnight ? "24:00" : time(end))
    }

    /// `2026-10-09 Fri`.
    func day(_ civil: CivilTime) -> String {
        let names =
            language == .zh
            ? ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
            : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        return civil.dateText + " " + names[WorkingCalendar.weekday(civil.epochDay)]
    }

    func due(_ instant: Timestamp?) -> String {
        instant.map(time) ?? choose("恢复后确定", "only after the pause")
    }

    func pause(
        _ at: String, _ end: Timestamp?, _ reason: String, _ working: Int64?
    ) -> String {
        // A ticket names its reason by the key, `policy due` in whatever words it was given.
        let label = Profile.pauseReasons.first { $0.key == reason }?.label
        let words = label?[language] ?? reason
        let why = reason.isEmpty ? "" : choose("（\(words)）", " (\(words))")
        guard let end = end.map(time), let length = working.map(length) else {
            return choose("\(at) 起暂停\(why)，尚未恢复", "\(at) paused\(why), not resumed yet")
        }
        return choose(
            "\(at) 至 \(end) 暂停\(why)，不计\(length)",
            "\(at) to \(end) paused\(why), leaves out \(length)")
    }
}

extension ClockRule.Rung.Position {
    /// For people: `75%`, `30 min before`.
    package var text: LocalizedText {
        switch self {
        case .percent(let percent): LocalizedText(zh: "\(percent)%", en: "\(percent)%")
        case .before(let limit):
            LocalizedText(zh: "到期前\(limit.text.zh)", en: "\(limit.text.en) before")
        }
    }
}

/// Lengths of counted time for people. Never in days, of which nobody knows how long they are.
package enum DurationWords {
    /// The length in hours, minutes and seconds, without those that are 0: `26h 30m`.
    package static func text(_ milliseconds: Int64) -> LocalizedText {
        let seconds = milliseconds.magnitude / 1_000
        let parts = [
            (seconds / 3_600, "小时", "h"), (seconds / 60 % 60, "分", "m"), (seconds % 60, "秒", "s"),
        ]
        .filter { $0.0 > 0 }
        guard !parts.isEmpty else { return LocalizedText(zh: "0分", en: "0m") }
        return LocalizedText(
            zh: parts.map { "\($0.0)\($0.1)" }.joined(),
            en: parts.map { "\($0.0)\($0.2)" }.joined(separator: " "))
    }
}
