import ArgumentParser
import HubService
import Terminal
import TicketModel

/// `recovery`: what a restored hub still waits for.
struct RecoveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery",
        abstract: said(
            zh: "查看恢复的进展，或结束恢复。",
            en: "Shows how far the recovery after a restore has come, or ends it."),
        subcommands: [Show.self, End.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "显示规则暂停到何时，哪些设备已报到。",
                en: "Shows until when the rules rest and which devices have reported."))
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let reply = try await HubAccess(home: common.hubHome).perform(.recovery)
            guard case .recovery(let view) = reply else { throw unexpected(reply) }
            let console = common.console
            tell(view, console)
            console.emit(view.json)
        }

        private func tell(_ view: RecoveryView, _ console: Console) {
            let language = console.language
            if let end = view.endsAtMilliseconds, let start = view.startedAtMilliseconds {
                console.say(
                    zh: "恢复中：自 \(shortTime(start, .zh)) 起，规则暂停至 \(shortTime(end, .zh))",
                    en: "recovering since \(shortTime(start, .en)); the rules rest until "
                        + shortTime(end, .en))
            } else {
                console.say(zh: "Hub 不在恢复中。", en: "The hub is not recovering.")
            }
            console.say(
                zh: "本轮日志中由副本补回 \(view.broughtBack) 条，等待建单记录 \(view.parked) 条",
                en: "\(view.broughtBack) entries of this epoch were brought back, \(view.parked) "
                    + "wait for the making of their ticket")
            guard view.isRecovering else { return }
            var table = Table(columns: [
                .init(language.choose(zh: "设备", en: "DEVICE")),
                .init(language.choose(zh: "名称", en: "LABEL"), canShrink: true),
                .init(language.choose(zh: "已报到", en: "REPORTED")),
            ])
            for device in view.devices {
                let state =
                    switch device.hasReported {
                    case true?: language.choose(zh: "是", en: "yes")
                    case false?: language.choose(zh: "否", en: "no")
                    case nil: language.choose(zh: "Hub 未运行", en: "the hub does not run")
                    }
                table.append([.init(device.device), .init(device.label), .init(state)])
            }
            console.show(table)
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "让规则立即重新生效，不等未报到的设备。",
                en: "Lets the rules act again at once, whoever has not reported."))
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try common.console.confirm(
                try await HubAccess(home: common.hubHome).perform(.endRecovery))
        }
    }
}

extension RecoveryView {
    fileprivate var json: JSONValue {
        [
            "recovering": .boolean(isRecovering), "since": jsonTime(startedAtMilliseconds),
            "until": jsonTime(endsAtMilliseconds), "epoch": .string(epoch),
            "fork": fork.map { .integer(Int64(clamping: $0)) } ?? .null,
            "brought_back": .integer(Int64(clamping: broughtBack)),
            "parked": .integer(Int64(parked)),
            "devices": .array(
                devices.map { device -> JSONValue in
                    [
                        "device": .string(device.device), "label": .string(device.label),
                        "reported": device.hasReported.map(JSONValue.boolean) ?? .null,
                    ]
                }),
        ]
    }
}
