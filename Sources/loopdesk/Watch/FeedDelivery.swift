import Foundation
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// Hands events of feeds to one consumer: in order, and acknowledged only after they were taken.
final class FeedDelivery {
    /// Where events go.
    enum Output: Sendable {
        case text
        case jsonLines
        /// A command line for `/bin/sh`, run for each event.
        case command(String)
    }

    /// Events that are read, printed and acknowledged together.
    static let batchCountMax = 100

    private let store: any ReplicaStorage
    private let feeds: [FeedEvent.Feed]
    private let consumer: String
    private let output: Output
    private let text: EventText
    private let console: Console
    /// How often in a row the command has failed on the event that is next.
    private(set) var failuresCount = 0
    /// Once raised, nothing more is delivered after the event that is under way.
    let stop = StopFlag()

    init(
        store: any ReplicaStorage, feeds: [FeedEvent.Feed], consumer: String, output: Output,
        text: EventText
    ) {
        self.store = store
        self.feeds = feeds
        self.consumer = consumer
        self.output = output
        self.text = text
        console = text.console
    }

    /// Moves a consumer that has never read to the end of what is here.
    ///
    /// - Throws: `StoreError`.
    func skipUnlessStarted() throws {
        let consumer = consumer
        let feeds = feeds
        try store.transaction { store in
            let end = try store.feedEnd()
            for feed in feeds where try store.feedCursor(feed, consumer: consumer) == nil {
                try store.acknowledgeFeed(feed, consumer: consumer, through: end)
            }
        }
    }

    /// Delivers everything that is here.
    ///
    /// Comes back early when the command did not take an event: it is tried again later.
    ///
    /// - Throws: `CommandFailure` when the command keeps failing or the output cannot be written,
    ///   `StoreError`.
    func deliverAll() async throws {
        while !stop.isRaised {
            let items = try nextItems()
            guard !items.isEmpty else { return }
            switch output {
            case .text: try write(items.map(text.line))
            case .jsonLines: try write(items.map { EventJSON.value($0).text() })
            case .command(let command):
                guard let item = items.first, try await run(command, on: item) else { return }
                try acknowledge([item])
                continue
            }
            try acknowledge(items)
        }
    }

    /// The events that come next, over all feeds in the order of their arrival.
    private func nextItems() throws -> [FeedItem] {
        let (feeds, consumer) = (feeds, consumer)
        return try store.read { store in
            var items: [FeedItem] = []
            var end = UInt64.max
            for feed in feeds {
                let cursor = try store.feedCursor(feed, consumer: consumer) ?? 0
                let found = try store.feed(feed, after: cursor, countMax: Self.batchCountMax)
                // Beyond a feed's last event of this batch, its later ones are not read yet.
                if found.count >= Self.batchCountMax, let last = found.last {
                    end = min(end, last.position)
                }
                items += found
            }
            return items.filter { $0.position <= end }.sorted { $0.position < $1.position }
        }
    }

    private func acknowledge(_ items: [FeedItem]) throws {
        let consumer = consumer
        try store.transaction { store in
            for item in items {
                try store.acknowledgeFeed(
                    item.event.feed, consumer: consumer, through: item.position)
            }
        }
    }

    private func write(_ lines: [String]) throws {
        do {
            try FileHandle.standardOutput.write(
                contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
        } catch {
            throw CommandFailure(
                .storageFault, zh: "无法写入标准输出：\(error)", en: "The output cannot be written: \(error)"
            )
        }
    }

    // MARK: Commands

    /// How often a command may fail on one event, a second apart, before `watch` gives up.
    private static let failuresCountMax = 10

    /// - Returns: whether the command took the event.
    private func run(_ command: String, on item: FeedItem) async throws -> Bool {
        let status = try await EventCommand(command: command).run(on: item)
        if status == 0 {
            failuresCount = 0
            return true
        }
        failuresCount += 1
        let id = EventJSON.identity(item)
        guard failuresCount < Self.failuresCountMax else {
            throw CommandFailure(
                .refused, zh: "命令在事件 \(id) 上连续失败 \(failuresCount) 次(退出码 \(status))；事件未确认，修好后再运行。",
                en: "The command failed \(failuresCount) times on event \(id) (status \(status)). "
                    + "The event is not acknowledged; mend the command and start again.")
        }
        Console.writeError(
            console.language.choose(
                zh: "命令失败(退出码 \(status))，稍后重试事件 \(id)",
                en: "the command failed (status \(status)); event \(id) comes again"))
        return false
    }
}

/// An event for scripts.
enum EventJSON {
    /// The same on every replica and every delivery.
    static func identity(_ item: FeedItem) -> String {
        "\(item.operation):\(item.event.feed.name)"
    }

    static func value(_ item: FeedItem) -> JSONValue {
        let event = item.event
        return [
            "id": .string(identity(item)), "feed": .string(event.feed.name),
            "sequence": JSONShape.integer(item.sequence), "at": JSONShape.time(item.hubTime),
            "ticket": .string(item.ticket.description), "number": .string(item.number),
            "subject": .string(item.subject), "actor": .string(item.actor.rawValue),
            "level": JSONShape.integer(event.level), "clock": .string(event.clock),
            "from": .string(event.from), "to": .string(event.to),
            "reason": .string(event.reason), "reason_zh": .string(event.reasonZh),
            "recipients": JSONShape.names(event.recipients), "late": .boolean(event.isLate),
            "refused": .boolean(event.feed == .assignments && !event.recipients.isEmpty),
            "quiet_until": .object(
                quiet(event).map { JSONValue.Member($0.rawValue, JSONShape.time($1)) }),
        ]
    }
}

extension EventJSON {
    /// The recipients in their quiet hours, by name, and when those end.
    static func quiet(_ event: FeedEvent) -> [(Role, Timestamp)] {
        event.quietUntil.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }
}

/// An event as a line for people.
struct EventText {
    let console: Console
    /// The policy, for its words; nil before the first sync.
    let profile: Profile?

    func line(_ item: FeedItem) -> String {
        let language = console.language
        let time = TimestampText.short(
            item.hubTime, now: SystemClock.now(), zone: .current, language: language)
        let parts = [
            time, heading(item.event, language), printable(item.number), printable(item.subject),
            cause(item, language), told(item.event, language),
        ]
        let style: Style = item.event.feed == .escalations ? .alarm : .plain
        return console.painter.paint(parts.filter { !$0.isEmpty }.joined(separator: "  "), style)
    }

    private func heading(_ event: FeedEvent, _ language: Language) -> String {
        switch event.feed {
        case .escalations:
            let level = event.level ?? 0
            return language.choose(zh: "升级 \(level) 级", en: "ESCALATED to level \(level)")
        case .assignments:
            let from = printable(event.from.isEmpty ? "-" : event.from)
            let to = printable(event.to.isEmpty ? "-" : event.to)
            // Somebody cannot do it now: of all that changes hands, only that is told to roles.
            if !event.recipients.isEmpty {
                return language.choose(zh: "退单 \(from) → \(to)", en: "GIVEN BACK \(from) → \(to)")
            }
            return language.choose(zh: "分派 \(from) → \(to)", en: "ASSIGNED \(from) → \(to)")
        case .warnings: return language.choose(zh: "预警", en: "WARNING")
        }
    }

    private func cause(_ item: FeedItem, _ language: Language) -> String {
        let event = item.event
        var parts: [String] = []
        let reason = event.reason(language)
        if !event.reasonZh.isEmpty {
            // The hub's own words name the promise.
        } else if event.clock == VerificationCap.name {
            parts.append(VerificationCap.label[language])
        } else if event.clock == PauseReminder.name {
            parts.append(PauseReminder.label[language])
        } else if !event.clock.isEmpty {
            let label = profile?.clocks.first { $0.name == event.clock }?.label[language]
            let clock = printable(label ?? event.clock)
            parts.append(
                event.feed == .warnings
                    ? language.choose(
                        zh: "\(clock)即将超时",
                        en: "\(clock) runs out")
                    : language.choose(
                        zh: "\(clock)超时", en: "\(clock) missed"))
        } else {
            parts.append(printable(item.actor.rawValue))
        }
        if !reason.isEmpty { parts.append(printable(reason)) }
        if event.isLate {
            parts.append(language.choose(zh: "断网期间超时", en: "broken while unreachable"))
        }
        return parts.joined(separator: ": ")
    }

    private func told(_ event: FeedEvent, _ language: Language) -> String {
        guard !event.recipients.isEmpty else { return "" }
        let now = SystemClock.now()
        let roles = event.recipients.map { role in
            let name = role.label[language]
            guard let until = event.quietUntil[role], until > now else { return name }
            let time = TimestampText.short(until, now: now, zone: .current, language: language)
            return name + language.choose(zh: "（\(time)前勿扰）", en: " (quiet until \(time))")
        }.joined(separator: language.choose(zh: "、", en: ", "))
        return language.choose(zh: "（通知 \(roles)）", en: "(for \(roles))")
    }
}
