import Replication
import Terminal
import Testing
import TicketModel
import TicketPolicy

@testable import loopdesk

@Suite struct EventTextTests {
    @Test("a promise is named as the policy names it, in the reader's language")
    func promises() throws {
        let profile = try Profile.builtIn("basic")
        for (language, profile, feed, expected) in [
            (Language.zh, profile, FeedEvent.Feed.escalations, "响应超时"),
            (.zh, profile, .warnings, "响应即将超时"), (.en, profile, .escalations, "response missed"),
            (.en, nil, .warnings, "response runs out"),
        ] as [(Language, Profile?, FeedEvent.Feed, String)] {
            let console = Console(language: language, isJSON: false, environment: [:])
            let text = EventText(console: console, profile: profile)
            #expect(text.line(item(feed)).contains(expected), "\(text.line(item(feed)))")
        }
    }

    @Test("what the hub's rules say is read in the reader's language, once")
    func reasons() throws {
        var item = item(.escalations)
        item.event.reason = "response limit missed: urgent, within 1h"
        item.event.reasonZh = "响应超时:紧急,限1小时"
        for (language, own, other) in [
            (Language.zh, item.event.reasonZh, item.event.reason),
            (.en, item.event.reason, item.event.reasonZh),
        ] {
            let console = Console(language: language, isJSON: false, environment: [:])
            let line = EventText(console: console, profile: try .builtIn("complaint")).line(item)
            #expect(line.contains(own) && !line.contains(other), "\(line)")
            #expect(!line.contains("response missed") && line.split(separator: "超时").count < 3)
        }
    }

    @Test("who is not to be told yet is marked, until then") func quietHours() throws {
        var item = item(.warnings)
        item.event.recipients = [.supervisor, .manager]
        item.event.quietUntil = [.manager: Timestamp(milliseconds: 4_102_444_800_000)]
        let console = Console(language: .en, isJSON: false, environment: [:])
        let text = EventText(console: console, profile: nil)
        #expect(text.line(item).contains("(for supervisor, management (quiet until 2100-01-01"))
        item.event.quietUntil = [.manager: Timestamp(milliseconds: 0)]
        #expect(text.line(item).contains("(for supervisor, management)"))
    }

    private func item(_ feed: FeedEvent.Feed) -> FeedItem {
        var event = FeedEvent(feed: feed)
        event.clock = "response"
        return FeedItem(
            sequence: 1, operation: OperationID(rawValue: 1), ticket: TicketID(rawValue: 1),
            number: "CS202403100001", subject: "漏电", actor: StaffID(unchecked: "hub"),
            hubTime: Timestamp(milliseconds: 0), event: event)
    }
}
