import Replication
import TicketModel

/// The feeds: a follower gets every event that its replica was shown, in the order of arrival,
/// again only after it died before it said so, and nothing else. What a restored hub tells again is
/// no news.
final class FeedChecker: Checker {
    /// The identity of an event within its feed. What it says may change when a restored hub says
    /// it again; who heard it once does not hear it again.
    private struct Event: Hashable {
        var operation: OperationID
        var ordinal: Int

        init(_ item: FeedItem) {
            operation = item.operation
            ordinal = item.ordinal
        }

        init(operation: OperationID, ordinal: Int) {
            self.operation = operation
            self.ordinal = ordinal
        }
    }

    /// One feed at one replica.
    private struct Lane {
        var expected: [Event] = []
        var known: Set<Event> = []
        /// The index that must come next.
        var next = 0
        /// How far deliveries have come.
        var reached = 0

        mutating func expect(_ event: Event) {
            if known.insert(event).inserted { expected.append(event) }
        }
    }

    private var lanes: [Int: [FeedEvent.Feed: Lane]] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtField(let member, _):
            for committed in context.applied {
                expect(committed, context.member(member), context)
            }
        case .delivered(let member, let item):
            try check(item, of: context.member(member))
        case .replaced(let member): try takeOver(context.member(member))
        default: return
        }
    }

    private func expect(
        _ committed: CommittedEntry, _ member: MemberView, _ context: CheckContext
    ) {
        let entry = committed.entry
        guard !entry.events.isEmpty,
            let version = context.life(of: member).version(of: entry.ticket, at: entry.sequence),
            !version.scopes.isDisjoint(with: member.scopes)
        else { return }
        var counts: [FeedEvent.Feed: Int] = [:]
        for event in entry.events {
            let ordinal = counts[event.feed, default: 0]
            counts[event.feed] = ordinal + 1
            lanes[member.index, default: [:]][event.feed, default: Lane()].expect(
                Event(operation: entry.operation, ordinal: ordinal))
        }
    }

    private func check(_ item: FeedItem, of member: MemberView) throws {
        let feed = item.event.feed
        var lane = lanes[member.index]?[feed] ?? Lane()
        let event = Event(item)
        if lane.next < lane.expected.count, lane.expected[lane.next] == event {
            lane.next += 1
        } else if let again = lane.expected[..<lane.next].lastIndex(of: event) {
            lane.next = again + 1
        } else {
            let isKnown = lane.known.contains(event)
            throw Violation(
                "feed order",
                "\(member.name) was given event \(item.position) of \(feed.name), "
                    + (isKnown ? "others were next" : "which nothing in the log gave it"))
        }
        lane.reached = max(lane.reached, lane.next)
        lanes[member.index, default: [:]][feed] = lane
    }

    /// A store was replaced: its events and its followers' places are what counts now.
    private func takeOver(_ member: MemberView) throws {
        lanes[member.index] = [:]
        for feed in FeedEvent.Feed.allCases {
            let (items, cursor) = try member.store.read {
                (
                    try $0.feed(feed, after: 0, countMax: .max),
                    try $0.feedCursor(feed, consumer: SimulatedField.consumer) ?? 0
                )
            }
            var lane = Lane()
            for item in items { lane.expect(Event(item)) }
            lane.next = items.count { $0.position <= cursor }
            lane.reached = lane.next
            lanes[member.index, default: [:]][feed] = lane
        }
    }

    func finish(_ context: CheckContext) throws {
        for member in context.allMembers {
            for feed in FeedEvent.Feed.allCases {
                let lane = lanes[member.index]?[feed] ?? Lane()
                let held = try member.store.read {
                    try $0.feed(feed, after: 0, countMax: .max)
                }.map { Event($0) }
                guard held == lane.expected else {
                    throw Violation(
                        "feed gaps",
                        "\(member.name) holds \(held.count) events of \(feed.name), the log has "
                            + "\(lane.expected.count) for it")
                }
                guard !member.readsFeeds || lane.reached == lane.expected.count else {
                    throw Violation(
                        "feed gaps",
                        "the follower at \(member.name) got \(lane.reached) of "
                            + "\(lane.expected.count) events of \(feed.name)")
                }
            }
        }
    }
}
