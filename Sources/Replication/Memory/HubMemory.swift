import Sodium
import TicketModel

/// One transaction or read of an `InMemoryHubStorage`.
final class HubMemory {
    var contents: HubContents
    var reservedOrdinals: [Int: Int]
    let codec: any ReplicationCodec

    init(_ contents: HubContents, _ codec: any ReplicationCodec, _ reserved: [Int: Int]) {
        self.contents = contents
        self.codec = codec
        reservedOrdinals = reserved
    }

    // MARK: The log

    func epoch() -> EpochID { contents.epoch }

    func head() -> LogPosition { contents.head }

    func position(at sequence: UInt64) -> LogPosition? {
        if sequence == 0 { return .start }
        if sequence == contents.baseHead.sequence { return contents.baseHead }
        return line(at: sequence)?.position
    }

    func entry(at sequence: UInt64) -> EncodedEntry? {
        line(at: sequence).map { EncodedEntry($0.bytes) }
    }

    func ticket(_ id: TicketID) -> Ticket? { contents.tickets[id] }

    func ticket(numbered number: String) -> TicketID? { contents.ticketsByNumber[number] }

    func scopes(of ticket: TicketID, at sequence: UInt64) -> [Scope] {
        contents.scopeHistory[ticket]?.last { $0.since <= sequence }?.scopes ?? []
    }

    func verdict(on operation: OperationID) -> Verdict? { contents.verdicts[operation] }

    func hash(at dot: Dot) -> Digest? { contents.hashes[dot] }

    private func line(at sequence: UInt64) -> HubContents.Line? {
        guard sequence > contents.logBase else {
            return contents.keptLog.first { $0.entry.sequence == sequence }
        }
        let index = Int(clamping: sequence - contents.logBase) - 1
        return contents.log.indices.contains(index) ? contents.log[index] : nil
    }

    func append(_ committed: CommittedEntry) throws -> LogPosition {
        let (entry, head) = (committed.entry, contents.head)
        precondition(
            entry.sequence == head.sequence + 1,
            "the next entry is \(head.sequence + 1), got \(entry.sequence)")
        let (dot, operation) = (committed.intent.dot, entry.operation)
        if committed.isOverruling {
            guard contents.verdicts[operation]?.disposition.isAccepted == false else {
                throw StoreError(.failed, "\(operation) was not refused before.")
            }
        } else if contents.verdicts[operation] != nil || contents.hashes[dot] != nil {
            throw StoreError(.failed, "\(operation) or its dot was answered before.")
        }
        let bytes = codec.encode(entry)
        let position = LogPosition(
            sequence: entry.sequence, hash: head.hash.chained(with: bytes))
        contents.log.append(
            HubContents.Line(
                entry: entry, bytes: bytes, position: position,
                scopesBefore: committed.scopesBefore, scopesAfter: committed.scopesAfter,
                verdictScope: committed.verdictScope,
                enteringTicket: committed.isEntering
                    ? committed.ticket.map { codec.encode($0) } : nil))
        if let ticket = committed.ticket {
            for case .unnamed(let numbers) in entry.effects {
                for number in numbers where contents.ticketsByNumber[number] == ticket.id {
                    contents.ticketsByNumber[number] = nil
                }
            }
            keep(ticket, isNew: committed.scopesBefore.isEmpty)
            if committed.scopesAfter != committed.scopesBefore {
                contents.scopeHistory[ticket.id, default: []].append(
                    HubContents.ScopeVersion(
                        since: entry.sequence, scopes: committed.scopesAfter))
            }
        }
        if !committed.isOverruling { contents.hashes[dot] = committed.intent.hash }
        contents.verdicts[operation] = Verdict(
            operation: operation, disposition: entry.disposition, sequence: entry.sequence)
        return position
    }

    private func keep(_ ticket: Ticket, isNew: Bool) {
        contents.tickets[ticket.id] = ticket
        for number in ticket.allNumbers {
            let holder = contents.ticketsByNumber[number]
            let gives = holder.flatMap { contents.tickets[$0] }
                .map { ticket.outranks($0, for: number) }
            // A ticket that is back after the one that took over its numbers leads there itself.
            if holder == nil || isNew && gives == true {
                contents.ticketsByNumber[number] = ticket.id
            }
        }
    }

    func recordTwin(_ intent: Intent, of operation: OperationID) throws {
        guard contents.hashes[intent.dot] == nil else {
            throw StoreError(.failed, "The dot of a twin of \(operation) was answered before.")
        }
        contents.hashes[intent.dot] = intent.hash
    }

    // MARK: Pages

    func page(after cursor: UInt64, scopes: Set<Scope>, byteCountMax: Int) -> EncodedPage {
        var assembly = PageAssembly(after: cursor, byteCountMax: byteCountMax)
        let lines =
            contents.keptLog.filter { $0.entry.sequence > cursor }
            + contents.log.dropFirst(Int(clamping: cursor - min(cursor, contents.logBase)))
        for (index, line) in lines.enumerated() where isConcerned(line, by: scopes) {
            let end = lines[index...].first(where: \.entry.isTransactionEnd) ?? line
            let isTaken = assembly.take(
                items(of: line, for: scopes), at: line.entry.sequence,
                transactionEnd: max(end.entry.sequence, assembly.transactionEnd))
            guard isTaken else { break }
        }
        var page = EncodedPage(
            epoch: contents.epoch, from: cursor,
            to: assembly.cut.flatMap(position) ?? head(), items: assembly.items,
            head: head().sequence, hasMore: assembly.cut != nil)
        page.durableSequence = contents.durableSequence
        return page
    }

    /// Whether an index by scope would name the line.
    private func isConcerned(_ line: HubContents.Line, by viewer: Set<Scope>) -> Bool {
        (line.scopesBefore + line.scopesAfter).contains(where: viewer.contains)
            || line.verdictScope.map(viewer.contains) ?? false
    }

    /// The entries of a ticket beyond the durable sequence, the newest first as far as the limit
    /// reaches, in order.
    func history(of ticket: TicketID, before sequence: UInt64) -> [EncodedEntry] {
        let past = contents.log.filter {
            $0.entry.ticket == ticket && $0.entry.sequence < sequence
                && $0.entry.sequence > contents.durableSequence
        }
        return EncodedEntry.newest(past.reversed().map(\.bytes))
    }

    private func items(of line: HubContents.Line, for viewer: Set<Scope>) -> [EncodedPageItem] {
        let entry = line.entry
        if entry.sequence <= contents.logBase {
            let isVisible = line.scopesAfter.contains(where: viewer.contains)
            return isVisible ? [.delta(EncodedEntry(line.bytes))] : []
        }
        let views = EntryView.views(
            for: viewer, before: line.scopesBefore, after: line.scopesAfter,
            verdictScope: line.verdictScope)
        return views.map { view in
            switch view {
            case .delta: .delta(EncodedEntry(line.bytes))
            case .enter:
                .enter(
                    EncodedEntry(line.bytes), ticket: line.enteringTicket ?? [],
                    history: history(of: entry.ticket, before: entry.sequence))
            case .leave:
                .leave(
                    sequence: entry.sequence, ticket: entry.ticket,
                    number: ticket(entry.ticket)?.displayNumber ?? "")
            case .verdict:
                .verdict(
                    sequence: entry.sequence, ticket: entry.ticket, operation: entry.operation,
                    disposition: entry.disposition)
            }
        }
    }
}
