import TicketModel

/// Lengths of time for people: at most two units, cut, never rounded up.
package enum DurationText {
    /// `1小时05分`, `2d 03h`; below one minute `不到1分` or `<1m`. The sign does not count.
    package static func duration(milliseconds: Int64, language: Language) -> String {
        let minutes = milliseconds.magnitude / 60_000
        let (days, hours) = (minutes / 1_440, minutes / 60 % 24)
        if days > 0 {
            return language.choose(
                zh: "\(days)天\(twoDigits(hours))小时", en: "\(days)d \(twoDigits(hours))h")
        }
        if hours > 0 {
            let rest = twoDigits(minutes % 60)
            return language.choose(zh: "\(hours)小时\(rest)分", en: "\(hours)h \(rest)m")
        }
        if minutes > 0 { return language.choose(zh: "\(minutes)分", en: "\(minutes)m") }
        return language.choose(zh: "不到1分", en: "<1m")
    }

    /// What is left until `deadline`: `还剩 1小时05分`, `1h 05m left`; past it `超时 3分`,
    /// `3m overdue`. At the deadline itself nothing is overdue yet.
    package static func countdown(
        to deadline: Timestamp, now: Timestamp, language: Language
    ) -> String {
        let left = deadline.millisecondsSince(now)
        let length = duration(milliseconds: left, language: language)
        if left < 0 { return language.choose(zh: "超时 \(length)", en: "\(length) overdue") }
        return language.choose(zh: "还剩 \(length)", en: "\(length) left")
    }

    /// How long ago `time` was: `5分前`, `2d 03h ago`; within a minute either way `刚刚`,
    /// `just now`; later `5分后`, `in 5m`, as clocks of two machines may differ.
    package static func age(of time: Timestamp, now: Timestamp, language: Language) -> String {
        let age = now.millisecondsSince(time)
        guard age.magnitude >= 60_000 else { return language.choose(zh: "刚刚", en: "just now") }
        let length = duration(milliseconds: age, language: language)
        if age < 0 { return language.choose(zh: "\(length)后", en: "in \(length)") }
        return language.choose(zh: "\(length)前", en: "\(length) ago")
    }

    private static func twoDigits(_ value: UInt64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
