import ArgumentParser
import FieldClient
import Foundation
import ReplicaStore
import Replication
import StoreSupport
import Terminal
import TicketModel

/// `watch`: follows feeds; each event once, in order, after any outage.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: said(
            zh: "跟随升级、分派、预警；每个事件一次，按顺序，断线后补齐。",
            en: "Follows escalations, assignments or warnings: each once, in order."),
        discussion: said(
            zh: """
                已读位置保存在本机，按 --consumer 区分。打印之后才算已读；用 --exec 时，命令以 0 退出才算已读，\
                否则稍后重试同一事件（编号不变）。没有其他进程持续同步时，watch 自己同步。
                --exec 的命令从标准输入得到事件的 JSON，并得到变量 LOOPDESK_EVENT_ID、FEED、NUMBER、\
                LEVEL、TO（均以 LOOPDESK_EVENT_ 开头）。
                """,
            en: """
                The place is kept on this device, one for each --consumer. An event counts as read \
                once it is printed, with --exec once the command has ended with 0; else the same \
                event comes again, under the same id. Watch syncs by itself unless another process \
                does.
                The command of --exec reads the event as JSON and has the variables \
                LOOPDESK_EVENT_ID, _FEED, _NUMBER, _LEVEL and _TO.
                """))

    @OptionGroup var common: CommonOptions
    @Argument(
        help: help(
            "跟随哪些事件，可多个。", "What to follow; several may be given."))
    var feeds: [FeedEvent.Feed]
    @Option(help: help("消费者名称，各有自己的位置。", "Who reads; each name has a place of its own."))
    var consumer = "default"
    @Option(
        name: .customLong("exec"),
        help: help(
            "每个事件执行一次的命令；事件在标准输入和 LOOPDESK_EVENT_* 中。",
            "A command to run for each event, which it gets as JSON and in LOOPDESK_EVENT_*."))
    var command: String?
    @Flag(help: help("交付已有的事件后结束。", "End once everything that is there was delivered."))
    var once = false
    @Flag(help: help("第一次运行时跳过已有的事件。", "On the first run, skip what is there already."))
    var new = false

    func run() async throws {
        let home = common.fieldHome
        _ = try home.joinedDevice()
        let signals = TerminationSignals()
        let place = try common.open()
        let delivery = FeedDelivery(
            store: place.store, feeds: feeds, consumer: consumer,
            output: command.map { .command($0) } ?? (common.json ? .jsonLines : .text),
            text: EventText(console: place.console, profile: try? place.profile()))
        if new { try delivery.skipUnlessStarted() }
        if once {
            try await syncOnce(home)
            try await delivery.deliverAll()
            return
        }
        try await follow(home, delivery, signals)
        withExtendedLifetime(signals) {}
    }

    /// Without a hub, what is here is delivered all the same.
    private func syncOnce(_ home: FieldHome) async throws {
        do {
            _ = try await SyncSession(home, mode: .oneShot).runOnce { _ in }
        } catch let failure as SyncDriver.LinkFailure {
            if case .unreachable = failure, let text = CommandFailure(failure)?.text {
                return Console.writeError(text[common.console.language])
            }
            throw failure
        }
    }

    /// Delivers whenever this home's replica changes, until a signal ends it.
    private func follow(
        _ home: FieldHome, _ delivery: FeedDelivery, _ signals: TerminationSignals
    ) async throws {
        let (changes, changed) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watcher = LocalChangeWatcher(directory: URL(fileURLWithPath: home.path)) {
            changed.yield()
        }
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.lookAgainPeriod)
                changed.yield()
            }
        }
        let companion = SyncCompanion(home: home, console: common.console)
        let stopper = Task { [received = signals.received] in
            for await _ in received {
                changed.finish()
                return
            }
        }
        let syncing = Task {
            do { try await companion.run() } catch {
                changed.finish()
                throw error
            }
        }
        changed.yield()
        var failure: (any Error)?
        do {
            for await _ in changes { try await delivery.deliverAll() }
        } catch { failure = error }
        await companion.stop()
        stopper.cancel()
        ticker.cancel()
        watcher?.stop()
        try await syncing.value
        if let failure { throw failure }
    }

    /// How often the replica is looked at where the system does not tell of changes, and how soon a
    /// command that failed is tried again.
    private static let lookAgainPeriod = Duration.seconds(1)
}

extension FeedEvent.Feed: ExpressibleByArgument {
    package init?(argument: String) {
        guard let feed = Self.allCases.first(where: { $0.name == argument }) else { return nil }
        self = feed
    }

    package static var allValueStrings: [String] { allCases.map(\.name) }
}

/// Keeps a home in step beside `watch`, for as long as no other process does.
actor SyncCompanion {
    private let home: FieldHome
    private let console: Console
    private var driver: SyncDriver?
    private var isStopped = false

    init(home: FieldHome, console: Console) {
        self.home = home
        self.console = console
    }

    /// - Throws: as `SyncSession.runLive`.
    func run() async throws {
        let journal = LinkJournal(
            console: Console(
                language: console.language, isJSON: false, environment: processEnvironment),
            isQuiet: false)
        while !isStopped {
            guard let lock = try HomeLock.acquire(home.syncLockPath) else {
                try? await Task.sleep(for: .seconds(2))
                continue
            }
            let session = try SyncSession(home, mode: .daemon)
            driver = session.driver
            try await session.runLive { journal.note($0) }
            driver = nil
            withExtendedLifetime(lock) {}
        }
    }

    func stop() async {
        isStopped = true
        await driver?.stop()
    }
}
