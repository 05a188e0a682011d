import Foundation
import Replication
import Sodium
import SwiftProtobuf
import TicketModel

/// What the feed says: there is something to fetch. It carries no content, because a publisher
/// cannot refuse a subscriber (transport.md 1.4).
package struct Hint: Hashable, Sendable {
    package var epoch: EpochID
    /// The end of the log.
    package var head: UInt64
    /// The last entry of this topic; 0 in a heartbeat.
    package var sequence: UInt64
    /// In a heartbeat; nil from a hub that does not say.
    package var directory: DirectoryVersion?

    package init(
        epoch: EpochID, head: UInt64, sequence: UInt64, directory: DirectoryVersion? = nil
    ) {
        self.epoch = epoch
        self.head = head
        self.sequence = sequence
        self.directory = directory
    }

    /// The body of a feed frame.
    package func encode() -> [UInt8] {
        serialize(
            Loopdesk_V1_Hint.with {
                $0.epoch = Data(epoch.bytes)
                $0.head = head
                $0.sequence = sequence
                if let directory { $0.directory = Loopdesk_V1_DirectoryVersion(directory) }
            })
    }
}

/// Topics of the feed: a scope's text and a zero byte, so that none is the beginning of another.
package enum Topic {
    /// Sent every second: proves the subscription and shows a lost last hint.
    package static let heartbeat = Array("heartbeat".utf8) + [0]
    /// Longer scopes are named by their digest (transport.md 1.3 m).
    package static let scopeByteCountMax = 60

    /// The topic of a scope.
    package static func of(_ scope: Scope) -> [UInt8] {
        let text = Array(scope.rawValue.utf8)
        if text.count <= scopeByteCountMax { return text + [0] }
        return Array("#\(Digest.sha256(text).description.prefix(32))".utf8) + [0]
    }

    /// Splits a feed frame; nil when it is not one.
    package static func split(_ frame: [UInt8]) -> (topic: [UInt8], hint: Hint)? {
        guard let end = frame.firstIndex(of: 0) else { return nil }
        let body = Array(frame[(end + 1)...])
        guard let message: Loopdesk_V1_Hint = try? parse(body),
            let epoch = EpochID(bytes: message.epoch)
        else { return nil }
        return (
            Array(frame[...end]),
            Hint(
                epoch: epoch, head: message.head, sequence: message.sequence,
                directory: message.hasDirectory ? message.directory.value : nil)
        )
    }
}
