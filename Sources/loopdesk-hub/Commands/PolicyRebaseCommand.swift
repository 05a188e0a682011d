import ArgumentParser
import HubService
import Terminal

extension PolicyCommand {
    /// `policy rebase`: running clocks go over to changed calendars.
    struct Rebase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "让运行中的时限改按现行规则的日历计。",
                en: "Lets running clocks count by the calendars of the policy in force."),
            discussion: said(
                zh: """
                    时限一直按其开始时的日历版本计，载入含有另一版本的规则后也不变。
                    此命令使运行中的时限改按新日历，重新计算到期时间。
                    改后会立即超时的不动；已超时的仍算超时。
                    """,
                en: """
                    A clock keeps the version of the calendar that it was started by, also when a \
                    policy with another version is loaded. This moves the clocks that run: their \
                    due times are worked out anew. A promise that would be broken by it at once \
                    stays as it is; what is broken stays broken.
                    """))

        @OptionGroup var common: CommonOptions
        @Option(help: help("只改这一时限，写规则中的名称。", "Only this clock, by its name in the policy."))
        var clock: String?

        func run() async throws {
            let access = HubAccess(home: common.hubHome)
            var total = RebaseView()
            // A piece at a time: whoever is served meanwhile waits for one of them at most.
            repeat {
                let reply = try await access.perform(
                    .rebaseClocks(clock: clock, after: total.next))
                guard case .rebased(let view) = reply else { throw unexpected(reply) }
                total.tickets += view.tickets
                total.moved += view.moved
                total.kept += view.kept
                total.next = view.next
            } while total.next != nil
            let kept = (
                zh: "；\(total.kept) 个会立即超时，未动", en: "; \(total.kept) would be late at once and stay"
            )
            common.console.say(
                zh: "\(total.moved) 个时限改按现行日历计（查看了 \(total.tickets) 张工单）"
                    + (total.kept > 0 ? kept.zh : "") + "。",
                en: "\(total.moved) clocks count by the present calendars now, of \(total.tickets) "
                    + "tickets" + (total.kept > 0 ? kept.en : "") + ".")
            common.console.emit([
                "tickets": .integer(Int64(total.tickets)), "moved": .integer(Int64(total.moved)),
                "kept": .integer(Int64(total.kept)),
            ])
        }
    }
}
