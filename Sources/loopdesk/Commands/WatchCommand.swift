import ArgumentParser
import FieldClient
import Foundation
import Glibc
import ReplicaStore
import Replication
import Sodium
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
                LEVEL、TO、RECIPIENTS、QUIET（均以 LOOPDESK_EVENT_ 开头）。
                事件发生即交付；规则给某角色设了免打扰时段时，事件写明何时再通知该角色（QUIET：角色@时间），\
                由命令据此推迟。
                """,
            en: """
                The place is kept on this device, one for each --consumer. An event counts as read \
                once it is printed, with --exec once the command has ended with 0; else the same \
                event comes again, under the same id. Watch syncs by itself unless another process \
                does.
                The command of --exec reads the event as JSON and has the variables \
                LOOPDESK_EVENT_ID, _FEED, _NUMBER, _LEVEL, _TO, _RECIPIENTS and _QUIET.
                An event is delivered when it happens. Where the policy gives a role quiet hours, \
                it says when that role is to be told (_QUIET: role@time), for the command to wait.
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

    func validate() throws {
        if command?.allSatisfy(\.isWhitespace) == true {
            throw ValidationError(said(zh: "--exec 需要一条命令。", en: "--exec needs a command."))
        }
        guard (1...nameByteCountMax).contains(consumer.utf8.count) else {
            throw ValidationError(
                said(
                    zh: "--consumer 为 1–\(nameByteCountMax) 字节。",
                    en: "--consumer has 1 to \(nameByteCountMax) bytes."))
        }
    }

    func run() async throws {
        let home = common.fieldHome
        _ = try home.joinedDevice()
        let signals = TerminationSignals()
        let place = try common.open()
        let lock = try await consumerLock(home)
        let delivery = FeedDelivery(
            store: place.store, feeds: FeedEvent.Feed.allCases.filter(feeds.contains),
            consumer: consumer,
            output: command.map { .command($0) } ?? (common.json ? .jsonLines : .text),
            text: EventText(console: place.console, profile: try? place.profile()))
        if new { try delivery.skipUnlessStarted() }
        if once {
            try await deliverOnce(home, delivery, signals)
        } else {
            try await follow(home, delivery, signals)
        }
        withExtendedLifetime((signals, lock)) {}
    }

    /// The hold on this consumer's place: two readers of one place would deliver twice.
    private func consumerLock(_ home: FieldHome) async throws -> HomeLock {
        let digest = Digest.sha256(Array(consumer.utf8)).description.prefix(16)
        let deadline = ContinuousClock.now + Self.lockPatience
        while true {
            if let lock = try HomeLock.acquire(home.path + "/watch-\(digest).lock") { return lock }
            guard .now < deadline else {
                throw CommandFailure(
                    .refused,
                    zh: "已有 watch 以消费者“\(printable(consumer))”运行；用 --consumer 另取名称。",
                    en: "Another watch reads as consumer “\(printable(consumer))”; "
                        + "give this one its own --consumer.")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// How long to wait for a watch that is just ending.
    private static let lockPatience = Duration.seconds(2)

    /// Without a hub, what is here is delivered all the same; the failure is told at the end.
    private func deliverOnce(
        _ home: FieldHome, _ delivery: FeedDelivery, _ signals: TerminationSignals
    ) async throws {
        let stopper = stopper(signals) { [stop = delivery.stop] in stop.raise() }
        defer { stopper.cancel() }
        var failure: (any Error)?
        do {
            _ = try await SyncSession(home, mode: .oneShot).runOnce { _ in }
        } catch let link as SyncDriver.LinkFailure { failure = link }
        try await delivery.deliverAll()
        if delivery.failuresCount > 0 {
            throw CommandFailure(
                .refused, zh: "命令没有接受下一个事件；它没有被确认。",
                en: "The command did not take the next event; it is not acknowledged.")
        }
        if let failure { throw failure }
    }

    /// Runs `stop` at the first signal; a second one ends the program at once.
    private func stopper(
        _ signals: TerminationSignals, _ stop: @escaping @Sendable () -> Void
    ) -> Task<Void, Never> {
        Task { [received = signals.received] in
            var isFirst = true
            for await signal in received {
                guard isFirst else { Glibc.exit(128 + signal) }
                isFirst = false
                stop()
            }
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
        let stopper = stopper(signals) { [stop = delivery.stop] in
            stop.raise()
            changed.finish()
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
