import Sodium
import TicketModel

/// One transaction or read of an `InMemoryReplicaStorage`.
final class ReplicaMemory {
    var contents: ReplicaContents

    init(_ contents: ReplicaContents) { self.contents = contents }

    // MARK: Identity, state and settings

    func identity() -> ReplicaIdentity? { contents.identity }

    func save(_ identity: ReplicaIdentity) { contents.identity = identity }

    func state() -> ReplicaState { contents.state }

    func save(_ state: ReplicaState) { contents.state = state }

    func directory() -> Directory? { contents.directory }

    func save(_ directory: Directory) {
        contents.directory = directory
        contents.directory?.staff.sort { $0.staff < $1.staff }
    }

    func setting(_ name: String) -> String? { contents.settings[name] }

    func saveSetting(_ name: String, _ value: String?) { contents.settings[name] = value }

    // MARK: Tickets

    func base(_ id: TicketID) -> Ticket? { contents.tickets[id]?.base }

    func visible(_ id: TicketID) -> Ticket? { contents.tickets[id]?.shown }

    func leftAt(_ id: TicketID) -> UInt64? { contents.tickets[id]?.leftAt }

    func saveBase(_ ticket: Ticket) {
        update(ticket.id) {
            $0.base = ticket
            $0.leftAt = nil
        }
    }

    func saveOverlay(_ ticket: Ticket?, of id: TicketID) { update(id) { $0.overlay = ticket } }

    func markLeft(_ id: TicketID, sequence: UInt64) {
        contents.tickets[id]?.leftAt = sequence
    }

    /// Changes what is held of a ticket. Without base and overlay it was a refused create, and
    /// nothing of it is held: what was typed lives on in its draft.
    private func update(_ id: TicketID, _ change: (inout ReplicaContents.Held) -> Void) {
        var held =
            contents.tickets[id] ?? ReplicaContents.Held(position: contents.lastPosition + 1)
        change(&held)
        if let shown = held.shown {
            held.numbers.formUnion(
                [shown.number?.text, shown.provisionalNumber].compactMap { $0 }
                    .map(SearchText.folded))
            contents.lastPosition = max(contents.lastPosition, held.position)
            contents.tickets[id] = held
        } else {
            contents.tickets[id] = nil
        }
    }

    // MARK: History

    func history(of ticket: TicketID, countMax: Int) -> [LogEntry] {
        Array((contents.history[ticket] ?? []).prefix(max(0, countMax)))
    }

    func appendHistory(_ entry: LogEntry) {
        var entries = contents.history[entry.ticket] ?? []
        guard !entries.contains(where: { $0.sequence == entry.sequence }) else { return }
        let index = entries.lastIndex { $0.sequence < entry.sequence }.map { $0 + 1 } ?? 0
        entries.insert(entry, at: index)
        contents.history[entry.ticket] = entries
    }

    // MARK: Feeds

    func feed(_ feed: FeedEvent.Feed, after sequence: UInt64, countMax: Int) -> [FeedItem] {
        let items = (contents.feeds[feed] ?? []).filter { $0.sequence > sequence }
        guard let last = items.prefix(max(0, countMax)).last?.sequence else { return [] }
        return items.filter { $0.sequence <= last }
    }

    func append(_ item: FeedItem, to feed: FeedEvent.Feed) {
        var items = contents.feeds[feed] ?? []
        let index = items.lastIndex { $0.sequence <= item.sequence }.map { $0 + 1 } ?? 0
        items.insert(item, at: index)
        contents.feeds[feed] = items
    }

    func feedCursor(_ feed: FeedEvent.Feed, consumer: String) -> UInt64 {
        contents.feedCursors[.init(feed: feed, consumer: consumer)] ?? 0
    }

    func acknowledgeFeed(_ feed: FeedEvent.Feed, consumer: String, through sequence: UInt64) {
        let reader = ReplicaContents.FeedReader(feed: feed, consumer: consumer)
        contents.feedCursors[reader] = max(contents.feedCursors[reader] ?? 0, sequence)
    }
}
