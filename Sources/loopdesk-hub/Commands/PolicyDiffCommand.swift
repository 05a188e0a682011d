import ArgumentParser
import HubService
import Terminal
import TicketModel
import TicketPolicy

extension PolicyCommand {
    /// `policy diff`: what another policy changes.
    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "逐节说明两份规则有何不同。",
                en: "Says what changes from one policy to another, section by section."),
            discussion: said(
                zh: """
                    给出一个文件时，从 Hub 的现行规则比到该文件；
                    给出两个时，从第一个比到第二个，不需要 Hub。
                    内置规则写其名称。比较时限、日历、分派、权限及其他一切；文件的写法无关紧要。
                    日历已改动而版本未提高时会指出：Hub 不会载入。
                    """,
                en: """
                    With one file, from the policy in force at the hub to that; with two, without \
                    a hub, from the first to the second. A built-in policy is given by its name. \
                    Changes are limits, calendars, routing, permissions and all else; how the \
                    file is written does not matter. A calendar that has changed under its old \
                    version is called out: a hub does not load it.
                    """))

        @OptionGroup var common: CommonOptions
        @Argument(help: help("规则文件；- 为标准输入。", "A policy file; - for the standard input."))
        var file: String
        @Argument(help: help("与之比较的文件。", "The file to compare it with.")) var other: String?

        func run() async throws {
            let (old, new) = try await profiles()
            let difference = ProfileDifference(from: old, to: new)
            let console = common.console
            if difference.changes.isEmpty {
                console.say(zh: "两份规则内容相同。", en: "Both policies say the same.")
            }
            var section = ""
            for change in difference.changes {
                if change.section != section {
                    section = change.section
                    console.say(zh: section, en: section)
                }
                let text = change.text
                console.say(zh: "  " + printable(text.zh), en: "  " + printable(text.en))
            }
            for calendar in difference.silentCalendars {
                console.say(
                    zh: "注意：日历 \(calendar) 已改动，版本未提高；Hub 不会载入。",
                    en: "Note: the calendar \(calendar) has changed, and its version has not been "
                        + "raised; a hub does not load it.")
            }
            console.emit([
                "changes": .array(difference.changes.map(json)),
                "silent_calendars": .array(difference.silentCalendars.map(JSONValue.string)),
            ])
        }

        private func profiles() async throws -> (old: Profile, new: Profile) {
            let first = try PolicyFile.profile(try PolicyFile.read(file), file: file)
            if let other {
                return (first, try PolicyFile.profile(try PolicyFile.read(other), file: other))
            }
            let reply = try await HubAccess(home: common.hubHome).perform(.showPolicy)
            guard case .policy(let version, let yaml) = reply else { throw unexpected(reply) }
            return (try PolicyFile.profile(yaml, file: "policy version \(version)"), first)
        }

        private func json(_ change: ProfileDifference.Change) -> JSONValue {
            [
                "section": .string(change.section), "name": .string(change.name),
                "aspect": .string(change.aspect), "old": JSONValue(change.old),
                "new": JSONValue(change.new),
            ]
        }
    }
}
