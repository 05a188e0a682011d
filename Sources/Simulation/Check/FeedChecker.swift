import Replication
import TicketModel

/// The feeds: a follower gets every event that its replica was shown, in the order of the log,
/// again only after it died before it said so, and nothing else.
final class FeedChecker: Checker {
    private struct Event: Equatable {
        var sequence: UInt64
        var operation: OperationID
        var event: FeedEvent
    }

    /// One feed at one replica.
    private struct Lane {
        var expected: [Event] = []
        /// The index that must come next.
        var next = 0
        /// How far deliveries have come.
        var reached = 0
    }

    private var lanes: [[FeedEvent.Feed: Lane]]

    init(membersCount: Int) { lanes = Array(repeating: [:], count: membersCount) }

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtField(let member, _):
            for committed in context.applied { expect(committed, context.members[member], context) }
        case .delivered(let member, let item):
            try check(item, of: context.members[member])
        default: return
        }
    }

    private func expect(
        _ committed: CommittedEntry, _ member: MemberView, _ context: CheckContext
    ) {
        let entry = committed.entry
        guard !entry.events.isEmpty,
            let version = context.record.version(of: entry.ticket, at: entry.sequence),
            !version.scopes.isDisjoint(with: member.scopes)
        else { return }
        for event in entry.events {
            lanes[member.index][event.feed, default: Lane()].expected.append(
                Event(sequence: entry.sequence, operation: entry.operation, event: event))
        }
    }

    private func check(_ item: FeedItem, of member: MemberView) throws {
        let feed = item.event.feed
        var lane = lanes[member.index][feed] ?? Lane()
        let event = Event(
            sequence: item.sequence, operation: item.operation, event: item.event)
        if lane.next < lane.expected.count, lane.expected[lane.next] == event {
            lane.next += 1
        } else if let again = lane.expected[..<lane.next].lastIndex(of: event) {
            lane.next = again + 1
        } else {
            let wanted = lane.next < lane.expected.count ? lane.expected[lane.next].sequence : 0
            throw Violation(
                "feed order",
                "\(member.name) was given \(feed.name) \(item.sequence), \(wanted) was next")
        }
        lane.reached = max(lane.reached, lane.next)
        lanes[member.index][feed] = lane
    }

    func finish(_ context: CheckContext) throws {
        for member in context.members {
            for feed in FeedEvent.Feed.allCases {
                let lane = lanes[member.index][feed] ?? Lane()
                let held = try member.store.read {
                    try $0.feed(feed, after: 0, countMax: .max)
                }.map { Event(sequence: $0.sequence, operation: $0.operation, event: $0.event) }
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
