import FieldClient
import Foundation
import Replication
import Synchronization
import Terminal
import TicketModel

/// A line that tells how far a long sync has come, on the error stream of a terminal only.
final class ProgressMeter: Sendable {
    private let isShown: Bool
    private let language: Language
    private let hasLine = Mutex(false)
    private let ticketsCount = Mutex(0)
    private let heard = Mutex<[NoticeText]>([])

    /// What was out of the ordinary, once each; told when the sync is over.
    var notices: [NoticeText] { heard.withLock { $0 } }

    init(isShown: Bool, language: Language) {
        self.isShown = isShown && StandardStream.error.isTerminal
        self.language = language
    }

    func show(_ report: SyncDriver.Report) {
        switch report {
        case .progress(let progress):
            write(
                zh: "发送 \(progress.pushed)，收到 \(progress.fetched)…",
                en: "\(progress.pushed) sent, \(progress.fetched) received…")
        case .notice(.snapshot(let count, let total)):
            let sum = ticketsCount.withLock { sum in
                sum += count
                return sum
            }
            write(zh: "获取工单 \(sum)/\(total)…", en: "\(sum) of \(total) tickets…")
        case .notice(let notice):
            guard let text = NoticeText(notice) else { return }
            heard.withLock { $0.append(text) }
        default: return
        }
    }

    private func write(zh: String, en: String) {
        guard isShown else { return }
        let text = language.choose(zh: zh, en: en)
        hasLine.withLock { $0 = true }
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(text)".utf8))
    }

    /// Takes the line away, so that what follows starts at the margin.
    func clear() {
        guard hasLine.withLock({ $0 }) else { return }
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
    }
}

/// What a long-lived sync tells: the link coming and going, and refused work. A line each.
final class LinkJournal: Sendable {
    private let console: Console
    private let isQuiet: Bool
    /// What was said last, so that a hub that stays away is reported once.
    private let last = Mutex("")

    init(console: Console, isQuiet: Bool) {
        self.console = console
        self.isQuiet = isQuiet
    }

    func note(_ report: SyncDriver.Report) {
        switch report {
        case .connected: break
        case .caughtUp(let progress):
            say("connected", zh: "已连接并同步", en: "connected and in step")
            if console.isJSON { emit("in_step", progress) }
        case .disconnected(let failure):
            let text = failure.flatMap { CommandFailure($0)?.text }
            say(
                "disconnected \(text?.en ?? "")", zh: "连接中断。" + (text?.zh ?? "正在重连。"),
                en: "disconnected. " + (text?.en ?? "Trying again."))
        case .applied(let outcome):
            guard !outcome.drafts.isEmpty else { return }
            last.withLock { $0 = "" }
            say(
                "drafts", zh: "\(outcome.drafts.count) 处修改未被接受，已存为草稿：loopdesk drafts",
                en: SyncCommand.refusedCount(outcome.drafts.count))
        case .notice(let notice):
            guard let text = NoticeText(notice) else { return }
            last.withLock { $0 = "" }
            say(text.name, zh: text.zh, en: text.en)
            if console.isJSON {
                let value: JSONValue = [
                    "state": .string(text.name), "message": .string(text.en),
                ]
                Console.write(value.text() + "\n")
            }
        case .progress, .feedMoved: break
        }
    }

    private func say(_ key: String, zh: String, en: String) {
        let isNew = last.withLock { last in
            defer { last = key }
            return last != key
        }
        guard isNew, !isQuiet, !console.isJSON else { return }
        Console.writeError(console.language.choose(zh: zh, en: en))
    }

    private func emit(_ state: String, _ progress: SyncLoop.Progress) {
        let value: JSONValue = ["state": .string(state), "progress": SyncCommand.json(progress)]
        Console.write(value.text() + "\n")
    }
}
