import ArgumentParser
import HubService
import Terminal
import TicketModel
import TicketPolicy

/// `policy`: the rules that the hub runs.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: said(zh: "查看、检查和载入规则。", en: "Shows, checks and loads the rules."),
        subcommands: [
            Show.self, Check.self, Load.self, Diff.self, Simulate.self, Rebase.self, Due.self,
            Schema.self,
        ])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "输出现行规则（按载入时的原文），或内置规则。",
                en: "Prints the policy in force, as it was loaded, or a built-in one."))
        @OptionGroup var common: CommonOptions
        @Argument(
            help: help(
                "改为输出内置规则：\(Profile.builtInNames.joined(separator: ", "))。",
                "A built-in policy instead: \(Profile.builtInNames.joined(separator: ", "))."))
        var name: String?

        func run() async throws {
            if let name { return show(try Profile.builtInText(name), version: nil) }
            let reply = try await HubAccess(home: common.hubHome).perform(.showPolicy)
            guard case .policy(let version, let yaml) = reply else { throw unexpected(reply) }
            show(yaml, version: version)
        }

        private func show(_ yaml: String, version: Int?) {
            let console = common.console
            if !console.isJSON { print(yaml, terminator: yaml.hasSuffix("\n") ? "" : "\n") }
            console.emit([
                "version": version.map { .integer(Int64($0)) } ?? .null, "yaml": .string(yaml),
            ])
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "检查规则文件，不需要 Hub；列出每个问题及其位置。",
                en: "Checks a policy file without a hub; prints every problem and its place."))
        @OptionGroup var common: CommonOptions
        @Argument(help: help("规则文件；- 为标准输入。", "The policy file; - for the standard input."))
        var file: String

        func run() async throws {
            let profile = try PolicyFile.profile(try PolicyFile.read(file), file: file)
            common.console.say(
                zh: "\(file)：规则 \(profile.name) 没有问题。",
                en: "\(file): policy \(profile.name) has no problems.")
            for calendar in profile.calendars { tell(of: calendar) }
            common.console.emit([
                "file": .string(file), "name": .string(profile.name),
                "version": .integer(Int64(profile.version)),
                "calendars": .array(profile.calendars.map(json)), "problems": [],
            ])
        }

        /// What a calendar knows, so that one without next year's holidays is noticed
        /// (domain.md T18).
        private func tell(of calendar: WorkingCalendar) {
            let (holidays, extraDays, last) = calendar.knownDates
            let week = DurationWords.text(calendar.weekMilliseconds)
            let until = last?.dateText
            common.console.say(
                zh: "  日历 \(calendar.name) 版本 \(calendar.version)（\(calendar.zone)）：每周\(week.zh)，"
                    + "节假日 \(holidays) 天，补班日 \(extraDays) 天"
                    + (until.map { "，已知至 \($0)" } ?? ""),
                en: "  calendar \(calendar.name) version \(calendar.version) (\(calendar.zone)): "
                    + "\(week.en) a week, \(holidays) holidays, \(extraDays) extra days"
                    + (until.map { ", known until \($0)" } ?? ""))
        }

        private func json(_ calendar: WorkingCalendar) -> JSONValue {
            let (holidays, extraDays, last) = calendar.knownDates
            return [
                "name": .string(calendar.name), "version": .integer(Int64(calendar.version)),
                "zone": .string(calendar.zone), "week_ms": .integer(calendar.weekMilliseconds),
                "holidays": .integer(Int64(holidays)), "extra_days": .integer(Int64(extraDays)),
                "known_until": JSONValue(last?.dateText),
                "dates_end_at": JSONValue(calendar.datesEndAt),
            ]
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(zh: "检查规则文件并使其生效。", en: "Checks a policy file and puts it in force."))
        @OptionGroup var common: CommonOptions
        @Argument(help: help("规则文件；- 为标准输入。", "The policy file; - for the standard input."))
        var file: String

        func run() async throws {
            let yaml = try PolicyFile.read(file)
            let profile = try PolicyFile.profile(yaml, file: file)
            let reply = try await HubAccess(home: common.hubHome).perform(.loadPolicy(yaml: yaml))
            try common.console.confirm(reply)
            common.console.warnOfCalendars(of: profile)
        }
    }
}
