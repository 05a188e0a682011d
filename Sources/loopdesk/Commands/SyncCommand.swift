import ArgumentParser
import FieldClient
import Foundation
import StoreSupport
import Terminal
import TicketModel

/// `sync`: brings this replica in step with its hub, once or for good.
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: said(
            zh: "与 Hub 同步一次；--watch 则持续同步。", en: "Syncs with the hub, once or (--watch) for good."))
    @OptionGroup var common: CommonOptions
    @Flag(help: help("持续同步：本机修改立即发送。", "Stay in step; what is written here is sent at once."))
    var watch = false
    @Flag(name: .shortAndLong, help: help("只报告错误。", "Only report errors.")) var quiet = false

    func run() async throws {
        if watch { try await stayInStep() } else { try await syncOnce() }
    }

    private func syncOnce() async throws {
        let console = common.console
        let session = try SyncSession(common.fieldHome, mode: .oneShot)
        let meter = ProgressMeter(isShown: !quiet && !console.isJSON, language: console.language)
        let progress: SyncLoop.Progress
        do {
            progress = try await session.runOnce { meter.show($0) }
        } catch {
            meter.clear()
            throw error
        }
        meter.clear()
        for notice in meter.notices where !console.isJSON {
            Console.writeError(console.language.choose(zh: notice.zh, en: notice.en))
        }
        if !quiet { Self.tell(progress, console) }
        console.emit(Self.json(progress, meter.notices))
    }

    static func tell(_ progress: SyncLoop.Progress, _ console: Console) {
        console.say(
            zh: "已同步：发送 \(progress.pushed)，收到 \(progress.fetched)",
            en: "in step: \(progress.pushed) sent, \(progress.fetched) received")
        guard progress.drafts > 0 else { return }
        console.say(
            zh: "有 \(progress.drafts) 处修改未被接受，已存为草稿：loopdesk drafts",
            en: refusedCount(progress.drafts))
    }

    /// The English line for refused work.
    static func refusedCount(_ count: Int) -> String {
        let subject =
            count == 1
            ? "1 change was refused and is a draft" : "\(count) changes were refused and are drafts"
        return subject + " now: loopdesk drafts"
    }

    static func json(_ progress: SyncLoop.Progress, _ notices: [NoticeText] = []) -> JSONValue {
        [
            "sent": JSONShape.integer(progress.pushed),
            "received": JSONShape.integer(progress.fetched),
            "drafts": .integer(Int64(progress.drafts)),
            "waiting": .integer(Int64(progress.waiting)),
            "head": JSONShape.integer(progress.head),
            "notices": .array(
                notices.map { ["code": .string($0.name), "message": .string($0.en)] }),
        ]
    }

    private func stayInStep() async throws {
        let home = common.fieldHome
        _ = try home.joinedDevice()
        guard let lock = try HomeLock.acquire(home.syncLockPath) else {
            throw CommandFailure(
                .refused, zh: "已有进程在持续同步 \(home.path)。",
                en: "Another process keeps \(home.path) in step already.")
        }
        let signals = TerminationSignals()
        let session = try SyncSession(home, mode: .daemon)
        let stopper = Task { [driver = session.driver, received = signals.received] in
            for await _ in received {
                await driver.stop()
                return
            }
        }
        let journal = LinkJournal(console: common.console, isQuiet: quiet)
        try await session.runLive { journal.note($0) }
        stopper.cancel()
        withExtendedLifetime((lock, signals)) {}
    }
}
