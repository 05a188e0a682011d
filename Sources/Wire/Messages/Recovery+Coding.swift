import Foundation
import Replication
import Sodium
import SwiftProtobuf
import TicketModel

/// The most tickets of one piece of a snapshot; the byte limit is reached long before.
private let snapshotTicketsCountMax = 16_384
/// The most entries that come with them; the byte limit is reached before.
private let snapshotEntriesCountMax = 65_536

/// Reads a ticket's identity that may be absent.
private func ticketID(_ data: Data, _ what: String) throws(CodecError) -> TicketID? {
    data.isEmpty ? nil : try TicketID(wire: data, what)
}

/// Reads a proof that may be absent.
func proof(_ data: Data) throws(CodecError) -> [UInt8] {
    guard data.isEmpty || data.count == MessageAuthenticationKey.codeByteCount else {
        throw CodecError("a proof has \(data.count) bytes instead of 16")
    }
    return Array(data)
}

extension Loopdesk_V1_Witness {
    init(_ entry: EncodedEntry) {
        self.init()
        self.entry = Data(entry.bytes)
        proof = Data(entry.proof)
    }

    func value() throws(CodecError) -> EncodedEntry {
        EncodedEntry(Array(entry), proof: try Wire.proof(proof))
    }
}

extension Loopdesk_V1_SnapshotGet {
    init(_ get: SnapshotGet) {
        self.init()
        epoch = Data(get.epoch.bytes)
        after = Data(get.after?.bytes ?? [])
        through = Data(get.through?.bytes ?? [])
        bytesMax = UInt32(clamping: get.bytesMax)
    }

    func value() throws(CodecError) -> SnapshotGet {
        SnapshotGet(
            epoch: try EpochID(wire: epoch, "epoch"), after: try ticketID(after, "after"),
            through: try ticketID(through, "through"), bytesMax: Int(bytesMax))
    }
}

extension Loopdesk_V1_Snapshot {
    init(_ snapshot: Snapshot) {
        self.init()
        let piece = snapshot.piece
        epoch = Data(snapshot.epoch.bytes)
        head = Loopdesk_V1_Position(piece.head, proof: piece.headProof)
        after = Data(piece.after?.bytes ?? [])
        through = Data(piece.through?.bytes ?? [])
        tickets = piece.tickets.map { Data($0) }
        history = piece.history.map(Loopdesk_V1_Witness.init)
        total = piece.total
    }

    func value() throws(CodecError) -> Snapshot {
        try check(tickets.count, atMost: snapshotTicketsCountMax, "tickets")
        try check(history.count, atMost: snapshotEntriesCountMax, "history")
        var piece = SnapshotPiece(
            head: try head.value(), after: try ticketID(after, "after"),
            through: try ticketID(through, "through"), tickets: tickets.map { Array($0) },
            history: try map(history) { (entry) throws(CodecError) in try entry.value() },
            total: total)
        piece.headProof = try proof(head.proof)
        return Snapshot(epoch: try EpochID(wire: epoch, "epoch"), piece: piece)
    }
}

extension Loopdesk_V1_Refill {
    init(_ refill: Refill) {
        self.init()
        epoch = Data(refill.epoch.bytes)
        origin = Data(refill.origin.bytes)
        entries = refill.entries.map(Loopdesk_V1_Witness.init)
        refused = refill.refused.map(Loopdesk_V1_Verdict.init)
        last = refill.isLast
    }

    func value() throws(CodecError) -> Refill {
        try check(entries.count, atMost: Limits.refillEntriesCountMax, "entries")
        try check(refused.count, atMost: Limits.refillRefusalsCountMax, "refusals")
        return Refill(
            epoch: try EpochID(wire: epoch, "epoch"),
            origin: try EpochID(wire: origin, "origin"),
            entries: try map(entries) { (entry) throws(CodecError) in try entry.value() },
            refused: try map(refused) { (refused) throws(CodecError) in
                let verdict = try refused.value()
                _ = try place(verdict.sequence, "verdict.sequence")
                return verdict
            },
            isLast: last)
    }
}

extension Loopdesk_V1_Refilled {
    init(_ refilled: Refilled) {
        self.init()
        epoch = Data(refilled.epoch.bytes)
        taken = UInt32(clamping: refilled.taken)
        known = UInt32(clamping: refilled.known)
        parked = UInt32(clamping: refilled.parked)
        refused = UInt32(clamping: refilled.refused)
    }

    func value() throws(CodecError) -> Refilled {
        Refilled(
            epoch: try EpochID(wire: epoch, "epoch"), taken: Int(taken), known: Int(known),
            parked: Int(parked), refused: Int(refused))
    }
}

/// Reads a range of identities.
private func range(_ from: Data, _ through: Data) throws(CodecError) -> ClosedRange<TicketID> {
    let first = try TicketID(wire: from, "from")
    let last = try TicketID(wire: through, "through")
    guard first <= last else { throw CodecError("a range that ends before it starts") }
    return first...last
}

extension Loopdesk_V1_DigestGet {
    init(_ get: DigestGet) {
        self.init()
        epoch = Data(get.epoch.bytes)
        scope = get.scope?.rawValue ?? ""
        from = Data(get.range.lowerBound.bytes)
        through = Data(get.range.upperBound.bytes)
    }

    func value() throws(CodecError) -> DigestGet {
        DigestGet(
            epoch: try EpochID(wire: epoch, "epoch"),
            scope: scope.isEmpty ? nil : Scope(rawValue: scope), range: try range(from, through))
    }
}

extension Loopdesk_V1_Digests {
    init(_ digests: Digests) {
        self.init()
        epoch = Data(digests.epoch.bytes)
        head = digests.head
        self.digests = digests.digests.map { digest in
            .with {
                $0.scope = digest.scope.rawValue
                $0.from = Data(digest.range.lowerBound.bytes)
                $0.through = Data(digest.range.upperBound.bytes)
                $0.count = digest.digest.count
                $0.sum = Data(TicketID(rawValue: digest.digest.sum).bytes)
            }
        }
    }

    func value() throws(CodecError) -> Digests {
        try check(digests.count, atMost: scopesCountMax, "digests")
        return Digests(
            epoch: try EpochID(wire: epoch, "epoch"), head: head,
            digests: try map(digests) { (message) throws(CodecError) in
                RangeDigest(
                    scope: Scope(rawValue: message.scope),
                    range: try range(message.from, message.through),
                    digest: DigestSum(
                        count: message.count, sum: try TicketID(wire: message.sum, "sum").rawValue))
            })
    }
}
