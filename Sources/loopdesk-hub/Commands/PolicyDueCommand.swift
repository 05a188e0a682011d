import ArgumentParser
import Foundation
import Terminal
import TicketModel
import TicketPolicy

extension PolicyCommand {
    /// `policy due`: when a promise is due, and why.
    struct Due: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "计算时限何时到期，并逐步说明。",
                en: "Works out when a clock is due, and explains it step by step."),
            discussion: said(
                zh: """
                    不需要 Hub。时间按时限的日历所在时区，没有日历则按规则的时区，除非写明时差。
                    暂停写作 起/止 或 起/止/原因；仍在暂停写作 起/。
                    按对客户的承诺计的时限，用 --promised 代替 --priority；
                    --from 则是告知客户的时间。

                    loopdesk-hub policy due --profile unified --clock progress \
                    --priority important \
                    --from "2026-10-16 16:00" --pause "2026-10-16 17:00/2026-10-19 10:00/customer"
                    """,
                en: """
                    Without a hub. Times are those of the clock's calendar, else of the policy's \
                    zone, unless they name an offset. A pause is written FROM/TO or \
                    FROM/TO/REASON; FROM/ still lasts. A clock of what the customer was told \
                    needs --promised instead of --priority; --from is then when they were told.

                    loopdesk-hub policy due --profile unified --clock progress \
                    --priority important \
                    --from "2026-10-16 16:00" --pause "2026-10-16 17:00/2026-10-19 10:00/customer"
                    """))

        @OptionGroup var common: CommonOptions
        @Option(
            help: help(
                "内置规则：\(Profile.builtInNames.joined(separator: ", "))。",
                "A built-in policy: \(Profile.builtInNames.joined(separator: ", "))."))
        var profile: String?
        @Option(help: help("改用规则文件；- 为标准输入。", "A policy file instead; - for the standard input."))
        var file: String?
        @Option(help: help("时限，写规则中的名称。", "The clock, by its name in the policy."))
        var clock: String
        @Option(
            help: help(
                "起始级别，写规则中的名称。", "The class that it starts with, by its name in the policy."))
        var priority: String?
        @Option(
            help: help(
                "向客户承诺的时间，用于按承诺计的时限。",
                "The time that the customer was told, for a clock of promised limits."))
        var promised: String?
        @Option(help: help("何时开始。", "When it starts.")) var from: String
        @Option(
            help: help(
                "何时暂停：起/止 或 起/止/原因，可重复。",
                "FROM/TO or FROM/TO/REASON, when it was paused; may be repeated."))
        var pause: [String] = []
        @Option(
            help: help("级别何时变更：时间/级别，可重复。", "TIME/CLASS, when the class changed; may be repeated."))
        var change: [String] = []
        @Option(help: help("何时完成。", "When a milestone stopped it.")) var stop: String?
        @Option(
            help: help(
                "改按此文件中的日历计，不用时限自己的。",
                "A file with a calendar to count by instead of the clock's own."))
        var calendar: String?

        func validate() throws {
            guard (profile == nil) != (file == nil) else {
                throw ValidationError(
                    said(zh: "请给出 --profile 或 --file 之一", en: "give either --profile or --file"))
            }
        }

        func run() async throws {
            let policy = try readProfile()
            let rule = try readRule(policy)
            let zone =
                rule.calendar.flatMap { WorkingCalendar.timeZone(named: $0.zone) }
                ?? WorkingCalendar.timeZone(named: policy.zone) ?? .gmt
            let input = PolicyDueInput(
                policy: policy, zone: zone, language: common.console.language)
            var facts = ClockFacts(
                startedAt: try input.time(from), priority: try input.startPriority(priority, rule))
            facts.promisedFor = try input.promisedTime(promised, rule)
            facts.pauses = try pause.map(input.pause)
            facts.priorityChanges = try change.map(input.change)
            facts.stoppedAt = try stop.map(input.time)
            let promise = try input.promise(rule, facts)
            let output = PolicyDueOutput(policy: policy, promise: promise, zone: zone)
            let console = common.console
            for line in output.lines(console.language) { console.say(zh: line, en: line) }
            console.emit(output.json(console.language))
        }

        private func readProfile() throws -> Profile {
            if let profile { return try Profile.builtIn(profile) }
            let file = file ?? "-"
            return try PolicyFile.profile(try PolicyFile.read(file), file: file)
        }

        private func readRule(_ policy: Profile) throws -> ClockRule {
            guard var rule = policy.clock(named: clock) else {
                throw HubFailure.unknown(
                    (zh: "时限", en: "clock"), clock, in: policy, known: policy.clocks.map(\.name))
            }
            guard let calendar else { return rule }
            if let days = rule.limits.values.first(where: { $0.unit == .day }) {
                throw HubFailure(
                    .refused,
                    zh: "时限 \(clock) 有 \(days.written)（每天24小时），不能按日历计；请去掉 --calendar。",
                    en:
                        "The clock \(clock) has the limit \(days.written) of 24 hours each, which "
                        + "no calendar counts; leave --calendar out.")
            }
            rule.calendar = try WorkingCalendar(
                yaml: try PolicyFile.read(calendar), file: calendar)
            return rule
        }
    }
}

extension HubFailure {
    /// A name that the policy does not have.
    static func unknown(
        _ what: (zh: String, en: String), _ name: String, in policy: Profile, known: [String]
    ) -> HubFailure {
        let list = known.joined(separator: ", ")
        let name = printable(name)
        return HubFailure(
            .refused, zh: "规则 \(policy.name) 没有\(what.zh) \(name)；可用：\(list)。",
            en: "The policy \(policy.name) has no \(what.en) \(name); use one of: \(list).")
    }
}

/// Reads what was given to `policy due`.
struct PolicyDueInput {
    let policy: Profile
    let zone: TimeZone
    let language: Language

    func time(_ text: String) throws -> Timestamp {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        do {
            return try TimeParser(now: now, zone: zone).parse(text)
        } catch {
            throw HubFailure(.usage, zh: error.message(in: .zh), en: error.message(in: .en))
        }
    }

    /// The class that a clock starts with; any one where the class does not matter.
    func startPriority(_ name: String?, _ rule: ClockRule) throws -> Priority {
        if let name { return try priority(name) }
        guard rule.isPromised else {
            throw HubFailure(
                .usage, zh: "时限 \(rule.name) 因级别而异；请用 --priority 指定。",
                en: "The limit of \(rule.name) depends on the class; give --priority.")
        }
        return policy.priority(rank: nil)
    }

    /// What the customer was told, just where the clock goes by it.
    func promisedTime(_ text: String?, _ rule: ClockRule) throws -> Timestamp? {
        guard rule.isPromised || text == nil else {
            throw HubFailure(
                .usage, zh: "时限 \(rule.name) 不按承诺计；请去掉 --promised。",
                en: "The clock \(rule.name) has limits of its own; leave --promised out.")
        }
        guard !rule.isPromised || text != nil else {
            throw HubFailure(
                .usage, zh: "时限 \(rule.name) 按对客户的承诺计；请用 --promised 给出承诺时间。",
                en: "The clock \(rule.name) is due when the customer was told; give --promised.")
        }
        return try text.map(time)
    }

    func priority(_ name: String) throws -> Priority {
        guard let priority = policy.priority(named: name) else {
            throw HubFailure.unknown(
                (zh: "级别", en: "class"), name, in: policy, known: policy.priorities.map(\.key))
        }
        return priority
    }

    /// `FROM/TO/REASON`; without TO it still lasts.
    func pause(_ text: String) throws -> ClockFacts.Pause {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count > 1 else {
            throw HubFailure(
                .usage,
                zh: "--pause 写作 起/止 或 起/止/原因，仍在暂停写作 起/，而不是“\(printable(text))”。",
                en: "--pause is written FROM/TO or FROM/TO/REASON, or FROM/ while it lasts, not "
                    + "“\(printable(text))”.")
        }
        return ClockFacts.Pause(
            start: try time(parts[0]), end: parts[1].isEmpty ? nil : try time(parts[1]),
            reason: parts.count > 2 ? parts[2] : "")
    }

    /// `TIME/CLASS`.
    func change(_ text: String) throws -> ClockFacts.PriorityChange {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw HubFailure(
                .usage, zh: "--change 写作 时间/级别，而不是“\(printable(text))”。",
                en: "--change is written TIME/CLASS, not “\(printable(text))”.")
        }
        return ClockFacts.PriorityChange(
            time: try time(parts[0]), priority: try priority(parts[1]))
    }

    /// A pause that is over before the clock starts is a mistyped day.
    private func refuseEarly(_ pauses: [ClockFacts.Pause], start: Timestamp) throws {
        guard
            let early = pauses.first(where: {
                $0.start < start && $0.end.map { $0 <= start } ?? false
            })
        else { return }
        let pause = TimestampText.full(early.start, zone: zone)
        let start = TimestampText.full(start, zone: zone)
        throw HubFailure(
            .refused,
            zh: "暂停自 \(pause) 起，在起点 \(start) 之前已结束；请改正 --pause 或 --from。",
            en: "The pause from \(pause) on was over before the start at \(start); correct "
                + "--pause or --from.")
    }

    func promise(_ rule: ClockRule, _ facts: ClockFacts) throws -> PromisedTime {
        guard facts.pauses.isEmpty || rule.isPausable || rule.isPromised else {
            throw HubFailure(
                .refused,
                zh: "时限 \(rule.name) 不因等待而暂停（规则中没有 pauses: true）；请去掉 --pause。",
                en: "The clock \(rule.name) does not stand still while somebody is waited for (the "
                    + "policy has no pauses: true for it); leave --pause out.")
        }
        try refuseEarly(facts.pauses, start: facts.startedAt)
        do {
            return try PromisedTime(rule: rule, facts: facts)
        } catch {
            let text = { (time: Timestamp) in TimestampText.full(time, zone: zone) }
            let start = text(facts.startedAt)
            switch error {
            case .pauseEndsEarly(let pause):
                throw HubFailure(
                    .refused,
                    zh: "暂停自 \(text(pause.start)) 起，不能更早结束；请改正 --pause。",
                    en: "The pause from \(text(pause.start)) on cannot end before that; correct "
                        + "--pause.")
            case .changeBeforeStart(let time):
                throw HubFailure(
                    .refused,
                    zh: "级别变更 \(text(time)) 早于起点 \(start)；起始级别请用 --priority。",
                    en: "The class changed at \(text(time)), before the start at \(start); give "
                        + "the class at the start as --priority.")
            case .promiseBeforeStart(let time):
                throw HubFailure(
                    .refused, zh: "承诺的时间 \(text(time)) 早于起点 \(start)；请改正 --promised。",
                    en: "The promised time \(text(time)) is before the start at \(start); correct "
                        + "--promised.")
            case .promisePaused:
                throw HubFailure(
                    .refused, zh: "对客户的承诺不因暂停而顺延；请去掉 --pause。",
                    en: "What the customer was told does not stand still; leave --pause out.")
            case .noPromise:
                throw HubFailure(
                    .usage, zh: "请用 --promised 给出承诺时间。", en: "Give --promised.")
            case .stopBeforeStart(let time):
                throw HubFailure(
                    .refused, zh: "--stop \(text(time)) 早于起点 \(start)。",
                    en: "--stop \(text(time)) is before the start at \(start).")
            case .calendar(let error):
                throw HubFailure(
                    .refused, zh: "无法计算：\(error.text.zh)；请检查时间与日历。",
                    en: "It cannot be worked out: \(error.text.en); check the times and the "
                        + "calendar.")
            }
        }
    }
}
