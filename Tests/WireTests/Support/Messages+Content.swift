import Replication
import Wire

extension ClientMessage {
    /// Everything the message says, for comparing.
    var content: AnyHashable {
        switch self {
        case .hello(let hello): hello
        case .push(let batch):
            [
                batch.epoch, batch.replica, batch.previousHash, batch.signature,
                batch.intents.map(\.intent), batch.intents.map(\.body),
            ] as [AnyHashable]
        case .pull(let pull): pull
        case .directoryGet: "directoryGet"
        case .verdictsGet(let operations): operations
        case .enroll(let enroll): enroll
        case .ping(let ping): ping
        case .snapshotGet(let get): get
        case .refill(let refill): refill
        case .digestGet(let get): get
        }
    }
}

extension HubMessage {
    /// Everything the message says, for comparing.
    var content: AnyHashable {
        switch self {
        case .welcome(let welcome): welcome
        case .ack(let ack): ack
        case .page(let page): page
        case .directory(let directory): directory
        case .verdicts(let verdicts): verdicts
        case .enrolled(let enrolled): enrolled
        case .pong(let pong): pong
        case .snapshot(let snapshot): snapshot
        case .refilled(let refilled): refilled
        case .digests(let digests): digests
        case .failure(let failure): failure
        case .bye(let failure): ["bye", failure] as [AnyHashable]
        }
    }
}
