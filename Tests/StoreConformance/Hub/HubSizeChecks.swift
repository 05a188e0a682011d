import Replication
import Testing
import TicketModel
import Wire

/// What a store gives at a time fits into one frame, whatever it holds (I12, I16).
extension HubStorageConformance {
    static let sizeChecks: [Check<any HubStorage>] = [
        Check("nothing is behind a cursor beyond the head", beyondTheHead),
        Check("a page ends before the transaction that it has no room for", noRoomForMore),
        Check("the largest ticket enters with the past that the frame has room for", largestEntry),
        Check("a transaction larger than a frame is read in steps", largeTransaction),
        Check("a piece of a snapshot ends before the ticket that it has no room for", pieces),
        Check("the largest ticket is a piece with the past that fits", largestPiece),
    ]

    private static func beyondTheHead(_ store: any HubStorage) throws {
        try store.append(LogLine(ticket: Sample.ticket(1)))
        try store.append(LogLine(ticket: Sample.ticket(2)))
        for cursor in [2, 3, UInt64(Int64.max), UInt64(Int64.max) + 1, .max] {
            let page = try store.read {
                try $0.page(after: cursor, scopes: [.all], byteCountMax: .max)
            }
            #expect(page.items.isEmpty && !page.hasMore, "\(cursor)")
            #expect(page.to.sequence == 2, "\(cursor)")
        }
    }

    private static func noRoomForMore(_ store: any HubStorage) throws {
        for id in 1...6 as ClosedRange<UInt128> {
            try store.append(LogLine(ticket: Sample.ticket(id)), byteCount: 100_000)
        }
        var cursor: UInt64 = 0
        for hasMore in [true, true, false] {
            let page = try store.read {
                try $0.page(after: cursor, scopes: [.one], byteCountMax: 250_000)
            }
            #expect(page.items.count == 2 && page.hasMore == hasMore, "after \(cursor)")
            cursor = page.to.sequence
        }
    }

    /// Ticket, entry and history are each as large as they may be: whoever the ticket comes to is
    /// shown it, in a frame that can be sent.
    private static func largestEntry(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1).padded(to: Limits.ticketByteCountMax)
        #expect(Sample.codec.encode(ticket).count == Limits.ticketByteCountMax)
        try store.append(LogLine(ticket: Sample.ticket(1)))
        for _ in 0..<4 {
            let line = LogLine(ticket: ticket, before: [.all, .one])
            try store.append(line, byteCount: Limits.enterHistoryByteCountMax / 4 - 1_000)
        }
        let largest =
            Limits.frameContentByteCountMax - Limits.ticketByteCountMax
            - EncodedPageItem.overheadByteCount
        var places: [Scope] = [.one, .two]
        for (entryByteCount, historyCount) in [(1_000, 4), (150_000, 4), (largest, 0)] {
            try store.transaction { try $0.raiseDurable(to: 1) }
            let move = LogLine(
                ticket: ticket, before: [.all, places[0]], after: [.all, places[1]])
            let cursor = try store.read { try $0.head().sequence }
            try store.append(move, byteCount: entryByteCount)
            let page = try store.read {
                try $0.page(after: cursor, scopes: [places[1]], byteCountMax: 1_000)
            }
            #expect(page.fitsFrame, "an entry of \(entryByteCount) bytes")
            guard case .enter(let entry, let bytes, let history) = page.items.first else {
                return #expect(Bool(false), "the ticket enters")
            }
            #expect(entry.bytes.count == entryByteCount)
            #expect(bytes.count == Limits.ticketByteCountMax)
            #expect(history.count == historyCount, "an entry of \(entryByteCount) bytes")
            places.reverse()
        }
    }

    private static func largeTransaction(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1).padded(to: 600_000)
        try store.append(LogLine(ticket: ticket))
        try store.transaction { hub throws in
            for isEnd in [false, false, false, true] {
                let sequence = try hub.head().sequence
                let places: [Scope] = sequence % 2 == 1 ? [.one, .two] : [.two, .one]
                try hub.append(
                    LogLine(
                        ticket: ticket, before: [.all, places[0]], after: [.all, places[1]],
                        isEnd: isEnd))
            }
        }
        var (cursor, items): (UInt64, [EncodedPageItem]) = (1, [])
        for _ in 0..<4 {
            let page = try store.read {
                try $0.page(after: cursor, scopes: [.two], byteCountMax: .max)
            }
            #expect(page.fitsFrame, "after \(cursor)")
            #expect(try page.to == store.read { try $0.position(at: page.to.sequence) })
            items += page.items
            cursor = page.to.sequence
            if !page.hasMore { break }
        }
        #expect(items.count == 4 && cursor == 5, "each step goes on")
    }

    private static func pieces(_ store: any HubStorage) throws {
        for id in 1...4 as ClosedRange<UInt128> {
            try store.append(
                LogLine(ticket: Sample.ticket(id, [.store: "S001"]).padded(to: 100_000)))
        }
        let piece = try store.read {
            try $0.snapshot(after: nil, through: nil, scopes: [.one], byteCountMax: 250_000)
        }
        #expect(piece.tickets.count == 2 && piece.through == TicketID(rawValue: 2))
    }

    private static func largestPiece(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1, [.store: "S001"]).padded(to: Limits.ticketByteCountMax)
        let byteCount = Limits.enterHistoryByteCountMax - 1_000
        try store.append(LogLine(ticket: ticket), byteCount: byteCount)
        try store.append(LogLine(ticket: Sample.ticket(2, [.store: "S001"])))
        let huge = Sample.ticket(3, [.store: "S001"]).padded(
            to: Limits.frameContentByteCountMax - 100_000)
        for _ in 0..<3 { try store.append(LogLine(ticket: huge), byteCount: 60_000) }
        var (after, historyCounts): (TicketID?, [Int]) = (nil, [])
        repeat {
            let piece = try store.read {
                try $0.snapshot(after: after, through: nil, scopes: [.one], byteCountMax: 1)
            }
            #expect(piece.tickets.count == 1)
            #expect(piece.fitsFrame, "\(piece.tickets.map(\.count))")
            historyCounts.append(piece.history.count)
            after = piece.through
        } while after != nil && historyCounts.count < 9
        #expect(historyCounts == [1, 1, 1], "of the last one what fits")
    }
}

extension HubStorage {
    /// Appends a line whose entry has exactly `byteCount` bytes.
    fileprivate func append(_ line: LogLine, byteCount: Int) throws {
        try transaction { hub in
            var committed = line.committed(at: try hub.head().sequence + 1)
            func padded(_ count: Int) -> LogEntry {
                var entry = committed.entry
                let register = Register(
                    value: .text(String(repeating: "x", count: count)),
                    stamp: Sample.stamp(entry.sequence))
                entry.effects = [.wrote(.description, register)]
                return entry
            }
            committed.entry = fitted(to: byteCount, padded) { Sample.codec.encode($0).count }
            _ = try hub.append(committed)
        }
    }
}

extension Ticket {
    /// The ticket with texts until it has exactly `byteCount` bytes.
    fileprivate func padded(to byteCount: Int) -> Ticket {
        func padded(_ count: Int) -> Ticket {
            var ticket = self
            for (index, start) in stride(from: 0, to: count, by: 32_000).enumerated() {
                let text = String(repeating: "x", count: min(32_000, count - start))
                ticket.set(FieldID(rawValue: UInt32(1_000 + index)), .text(text))
            }
            return ticket
        }
        return fitted(to: byteCount, padded) { Sample.codec.encode($0).count }
    }
}

/// The value that has exactly `byteCount` bytes once it is padded enough.
private func fitted<Value>(
    to byteCount: Int, _ padded: (Int) -> Value, _ size: (Value) -> Int
) -> Value {
    var count = max(0, byteCount - 2_000)
    for _ in 0..<9 {
        let value = padded(count)
        if size(value) == byteCount { return value }
        count += byteCount - size(value)
    }
    return padded(count)
}

extension PageOf<EncodedPageItem> {
    /// Whether a frame takes the page with a proof of each entry.
    fileprivate var fitsFrame: Bool {
        let proof = [UInt8](repeating: 7, count: 16)
        var page = self
        page.toProof = proof
        page.items = items.map { item in
            switch item {
            case .delta(let entry): .delta(EncodedEntry(entry.bytes, proof: proof))
            case .enter(let entry, let ticket, let history):
                .enter(
                    EncodedEntry(entry.bytes, proof: proof), ticket: ticket,
                    history: history.map { EncodedEntry($0.bytes, proof: proof) })
            case .leave, .verdict: item
            }
        }
        let answer = try? HubMessage.decode(HubMessage.page(page).encode(requestID: .max))
        if case .page? = answer?.message { return true }
        return false
    }
}

extension SnapshotPiece {
    /// Whether a frame takes the piece with a proof of each entry.
    fileprivate var fitsFrame: Bool {
        let proof = [UInt8](repeating: 7, count: 16)
        var piece = self
        piece.headProof = proof
        piece.history = history.map { EncodedEntry($0.bytes, proof: proof) }
        let message = HubMessage.snapshot(Snapshot(epoch: EpochID(rawValue: 1), piece: piece))
        let answer = try? HubMessage.decode(message.encode(requestID: .max))
        if case .snapshot? = answer?.message { return true }
        return false
    }
}
