import Sodium
import TicketModel

/// One transaction or read of an `InMemoryReplicaStorage`.
final class ReplicaMemory {
    var contents: ReplicaContents
    let codec: any ReplicationCodec

    init(_ contents: ReplicaContents, _ codec: any ReplicationCodec) {
        self.contents = contents
        self.codec = codec
    }

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
            $0.leftTime = nil
        }
    }

    func saveOverlay(_ ticket: Ticket?, of id: TicketID) { update(id) { $0.overlay = ticket } }

    func markLeft(_ id: TicketID, sequence: UInt64, at now: Timestamp) {
        contents.tickets[id]?.leftAt = sequence
        contents.tickets[id]?.leftTime = now
    }

    func clampLeft(to sequence: UInt64) {
        for (id, held) in contents.tickets where (held.leftAt ?? 0) > sequence {
            contents.tickets[id]?.leftAt = sequence
        }
    }

    func forgetLeft(before time: Timestamp, countMax: Int) -> Int {
        let forgotten = contents.tickets.filter { id, held in
            guard let leftTime = held.leftTime, held.leftAt != nil, leftTime < time else {
                return false
            }
            let durable = contents.state.durableSequence
            let last = contents.history[id]?.last?.entry.sequence ?? 0
            if durable > 0, last > durable { return false }
            return pending(on: id).isEmpty && !contents.drafts.contains { $0.ticket == id }
        }.keys.sorted().prefix(max(0, countMax))
        for id in forgotten {
            contents.tickets[id] = nil
            contents.history[id] = nil
        }
        return forgotten.count
    }

    func baseTickets(after: TicketID?, through: TicketID?) -> [TicketID] {
        contents.tickets.filter { id, held in
            held.base != nil && held.leftAt == nil && after.map { $0 < id } ?? true
                && through.map { id <= $0 } ?? true
        }.keys.sorted()
    }

    func digest(of scope: Scope) -> DigestSum { digest(of: scope, in: .allTickets) }

    func digest(of scope: Scope, in range: ClosedRange<TicketID>) -> DigestSum {
        var sum = DigestSum()
        for (id, held) in contents.tickets where range.contains(id) && held.leftAt == nil {
            guard let base = held.base, base.scopes.contains(scope) else { continue }
            sum.add(TicketDigest.of(codec.encode(base)))
        }
        return sum
    }

    /// Changes what is held of a ticket. Without base and overlay it was a refused create, and
    /// nothing of it is held: what was typed lives on in its draft.
    private func update(_ id: TicketID, _ change: (inout ReplicaContents.Held) -> Void) {
        var held =
            contents.tickets[id] ?? ReplicaContents.Held(position: contents.lastPosition + 1)
        let former = held.shown?.formerNumbers ?? []
        change(&held)
        if let shown = held.shown {
            held.numbers.subtract(former.map(SearchText.folded))
            held.numbers.formUnion(shown.allNumbers.map(SearchText.folded))
            contents.lastPosition = max(contents.lastPosition, held.position)
            contents.tickets[id] = held
        } else {
            contents.tickets[id] = nil
        }
    }

    // MARK: History

    func history(of ticket: TicketID, countMax: Int) -> [LogEntry] {
        (contents.history[ticket] ?? []).prefix(max(0, countMax)).map(\.entry)
    }

    func appendHistory(_ witnessed: WitnessedEntry) {
        let entry = witnessed.entry
        var entries = contents.history[entry.ticket] ?? []
        guard !entries.contains(where: { $0.entry.sequence == entry.sequence }) else { return }
        let index = entries.lastIndex { $0.entry.sequence < entry.sequence }.map { $0 + 1 } ?? 0
        entries.insert(witnessed, at: index)
        contents.history[entry.ticket] = entries
    }

    func retireHistory(after sequence: UInt64, of epoch: EpochID) {
        let retired = contents.history.values.joined().filter { $0.entry.sequence > sequence }
            .sorted { $0.entry.sequence < $1.entry.sequence }
        for witnessed in retired where !witnessed.encoded.proof.isEmpty {
            let position = (contents.formerEntries.last?.former.position ?? 0) + 1
            contents.formerEntries.append(
                (
                    FormerEntry(position: position, epoch: epoch, entry: witnessed.encoded),
                    nil
                ))
        }
        contents.history = contents.history.mapValues { entries in
            entries.filter { $0.entry.sequence <= sequence }
        }
    }

    func formerEntries(
        after position: UInt64, countMax: Int, byteCountMax: Int
    ) -> [FormerEntry] {
        let held = contents.formerEntries.map(\.former).filter { $0.position > position }
        var byteCount = 0
        let fitting = held.prefix(max(1, countMax)).prefix { former in
            byteCount += former.entry.bytes.count
            return byteCount <= byteCountMax
        }
        return Array(fitting.isEmpty ? held.prefix(1) : fitting)
    }

    func noteFormerEntries(heldBy head: UInt64) {
        for index in contents.formerEntries.indices
        where contents.formerEntries[index].heldBy == nil {
            contents.formerEntries[index].heldBy = head
        }
    }

    func forgetFormerEntries(durableThrough sequence: UInt64) {
        contents.formerEntries.removeAll { $0.heldBy.map { $0 <= sequence } ?? false }
    }

    func doubtFormerEntries() {
        for index in contents.formerEntries.indices {
            contents.formerEntries[index].heldBy = nil
        }
    }

    func witnessed(
        after sequence: UInt64, countMax: Int, byteCountMax: Int
    ) -> [(sequence: UInt64, entry: EncodedEntry)] {
        let held = contents.history.values.joined().filter { $0.entry.sequence > sequence }
            .sorted { $0.entry.sequence < $1.entry.sequence }
        var byteCount = 0
        let fitting = held.prefix(max(1, countMax)).prefix { witnessed in
            byteCount += witnessed.encoded.bytes.count
            return byteCount <= byteCountMax
        }
        return (fitting.isEmpty ? held.prefix(1) : fitting).map {
            ($0.entry.sequence, $0.encoded)
        }
    }

    // MARK: Feeds

    func feed(_ feed: FeedEvent.Feed, after position: UInt64, countMax: Int) -> [FeedItem] {
        let items = (contents.feeds[feed] ?? []).filter { $0.position > position }
        return Array(items.prefix(max(0, countMax)))
    }

    func append(_ item: FeedItem, to feed: FeedEvent.Feed) {
        let items = contents.feeds[feed] ?? []
        let isKnown = items.contains {
            $0.operation == item.operation && $0.ordinal == item.ordinal
        }
        guard !isKnown else { return }
        var placed = item
        placed.position = feedEnd() + 1
        contents.feeds[feed] = items + [placed]
    }

    func feedEnd() -> UInt64 { contents.feeds.values.compactMap(\.last?.position).max() ?? 0 }

    func feedCursor(_ feed: FeedEvent.Feed, consumer: String) -> UInt64? {
        contents.feedCursors[.init(feed: feed, consumer: consumer)]
    }

    func acknowledgeFeed(_ feed: FeedEvent.Feed, consumer: String, through position: UInt64) {
        let reader = ReplicaContents.FeedReader(feed: feed, consumer: consumer)
        contents.feedCursors[reader] = max(contents.feedCursors[reader] ?? 0, position)
    }
}
