import Replication
import Sodium
import TicketModel
import Wire

/// Proves that this hub wrote an entry, or had a log of this hash: by a key that is no part of its
/// store, so that it survives the store (replication.md 3.1, 3.11).
package struct LogProver: Sendable {
    let key: MessageAuthenticationKey

    package init(key: MessageAuthenticationKey) { self.key = key }

    /// The proof of an entry. It holds in every life of the log: one that began after the entry
    /// was served has the entry too.
    func proof(of entry: [UInt8]) -> [UInt8] { key.code(for: Self.entryLabel + entry) }

    func isProven(_ entry: EncodedEntry) -> Bool {
        key.isValid(code: entry.proof, for: Self.entryLabel + entry.bytes)
    }

    /// The proof that the log had this hash at this position.
    func proof(of position: LogPosition, epoch: EpochID) -> [UInt8] {
        key.code(for: Self.message(position, epoch))
    }

    func isProven(_ position: LogPosition, epoch: EpochID, by proof: [UInt8]) -> Bool {
        key.isValid(code: proof, for: Self.message(position, epoch))
    }

    /// The page with a proof of each entry and of its end.
    func proven(_ page: EncodedPage) -> EncodedPage {
        var page = page
        page.toProof = proof(of: page.to, epoch: page.epoch)
        page.items = page.items.map { item in
            switch item {
            case .delta(let entry): .delta(proven(entry))
            case .enter(let entry, let ticket, let history):
                .enter(proven(entry), ticket: ticket, history: history.map(proven))
            case .leave, .verdict: item
            }
        }
        return page
    }

    /// The piece with a proof of each entry and of the log's end.
    func proven(_ piece: SnapshotPiece, epoch: EpochID) -> SnapshotPiece {
        var piece = piece
        piece.headProof = proof(of: piece.head, epoch: epoch)
        piece.history = piece.history.map(proven)
        return piece
    }

    private func proven(_ entry: EncodedEntry) -> EncodedEntry {
        EncodedEntry(entry.bytes, proof: proof(of: entry.bytes))
    }

    private static let entryLabel = Array("loopdesk/entry/2\n".utf8)

    private static func message(_ position: LogPosition, _ epoch: EpochID) -> [UInt8] {
        Array("loopdesk/position/1\n".utf8) + epoch.bytes + bigEndian(position.sequence)
            + position.hash.bytes
    }
}
