import Foundation
import Replication
import Sodium
import SwiftProtobuf
import TicketModel

/// What the hub says to a client.
package enum HubMessage: Sendable {
    case welcome(Welcome)
    case ack(Ack)
    case page(EncodedPage)
    case directory(Directory)
    case verdicts([Verdict])
    case enrolled(Enrolled)
    case pong(Pong)
    case snapshot(Snapshot)
    case refilled(Refilled)
    case digests(Digests)
    case failure(Failure)
    /// The hub is closing; come back after the time given.
    case bye(Failure)

    /// The frame of this message; `tooLarge` instead of one that no peer would read.
    package func encode(requestID: UInt64) -> [UInt8] {
        let bytes = frame(requestID: requestID).bytes
        guard bytes.count > Limits.frameByteCountMax else { return bytes }
        let failure = Failure(
            code: .tooLarge, message: "The answer would have \(bytes.count) bytes.")
        return HubMessage.failure(failure).frame(requestID: requestID).bytes
    }

    /// The size of its frame, whether one can be sent or not.
    package var frameByteCount: Int { frame(requestID: 0).bytes.count }

    private func frame(requestID: UInt64) -> Frame {
        let (type, body): (MessageType, [UInt8]) =
            switch self {
            case .welcome(let welcome): (.welcome, serialize(Loopdesk_V1_Welcome(welcome)))
            case .ack(let ack): (.ack, serialize(Loopdesk_V1_Ack(ack)))
            case .page(let page): (.page, serialize(Loopdesk_V1_Page(page)))
            case .directory(let directory):
                (.directory, serialize(Loopdesk_V1_Directory(directory)))
            case .verdicts(let verdicts):
                (
                    .verdicts,
                    serialize(
                        Loopdesk_V1_Verdicts.with {
                            $0.verdicts = verdicts.map(Loopdesk_V1_Verdict.init)
                        })
                )
            case .enrolled(let enrolled): (.enrolled, serialize(Loopdesk_V1_Enrolled(enrolled)))
            case .pong(let pong): (.pong, serialize(Loopdesk_V1_Pong(pong)))
            case .snapshot(let snapshot):
                (.snapshot, serialize(Loopdesk_V1_Snapshot(snapshot)))
            case .refilled(let refilled):
                (.refilled, serialize(Loopdesk_V1_Refilled(refilled)))
            case .digests(let digests): (.digests, serialize(Loopdesk_V1_Digests(digests)))
            case .failure(let failure): (.failure, serialize(Loopdesk_V1_Failure(failure)))
            case .bye(let failure): (.bye, serialize(Loopdesk_V1_Failure(failure)))
            }
        return Frame(type, requestID: requestID, body: body)
    }

    /// Reads a frame from the hub.
    ///
    /// - Throws: `ProtocolError` when the hub speaks in a way that this version cannot follow.
    package static func decode(
        _ bytes: [UInt8]
    ) throws(ProtocolError) -> (
        requestID: UInt64, message: HubMessage
    ) {
        let frame = try Frame(bytes)
        do throws(CodecError) {
            return (frame.requestID, try read(frame))
        } catch {
            throw ProtocolError(.malformed, error.description, requestID: frame.requestID)
        }
    }

    private static func read(_ frame: Frame) throws(CodecError) -> HubMessage {
        switch frame.type {
        case .welcome: .welcome(try (parse(frame.body) as Loopdesk_V1_Welcome).value())
        case .ack: .ack(try (parse(frame.body) as Loopdesk_V1_Ack).value())
        case .page: .page(try (parse(frame.body) as Loopdesk_V1_Page).value())
        case .directory: .directory(try (parse(frame.body) as Loopdesk_V1_Directory).value())
        case .verdicts: .verdicts(try (parse(frame.body) as Loopdesk_V1_Verdicts).value())
        case .enrolled: .enrolled(try (parse(frame.body) as Loopdesk_V1_Enrolled).value())
        case .pong:
            .pong(try (parse(frame.body) as Loopdesk_V1_Pong).value())
        case .snapshot: .snapshot(try (parse(frame.body) as Loopdesk_V1_Snapshot).value())
        case .refilled: .refilled(try (parse(frame.body) as Loopdesk_V1_Refilled).value())
        case .digests: .digests(try (parse(frame.body) as Loopdesk_V1_Digests).value())
        case .failure: .failure(try (parse(frame.body) as Loopdesk_V1_Failure).value())
        case .bye: .bye(try (parse(frame.body) as Loopdesk_V1_Failure).value())
        default: throw CodecError("a hub does not send \(frame.type)")
        }
    }
}
