import Replication
import TicketModel
import Wire

/// Frames in words, for traces.
extension SimulatedWorld {
    func describe(toHub bytes: [UInt8]) -> String {
        guard let (id, message) = try? ClientMessage.decode(bytes) else { return "unreadable" }
        let words =
            switch message {
            case .hello(let hello):
                "hello, \(hello.lastCounter) changes, cursor \(hello.cursor.sequence)"
            case .push(let batch):
                "push of \(batch.intents.first?.intent.dot.counter ?? 0) to "
                    + "\(batch.intents.last?.intent.dot.counter ?? 0)"
            case .pull(let pull): "pull after \(pull.cursor)"
            case .directoryGet: "directory?"
            case .verdictsGet(let operations): "verdicts on \(operations.count)?"
            case .enroll: "enroll"
            case .ping: "ping"
            case .refill(let refill):
                "refill of \(refill.entries.count)\(refill.isLast ? ", the last" : "")"
            case .snapshotGet(let get):
                "snapshot after \(get.after.map { "\($0)" } ?? "the start")?"
            case .digestGet(let get): "sums of \(get.scope.map { "\($0)" } ?? "all scopes")?"
            }
        return "#\(id) \(words)"
    }

    func describe(fromHub bytes: [UInt8]) -> String {
        guard let (id, message) = try? HubMessage.decode(bytes) else { return "unreadable" }
        let words =
            switch message {
            case .welcome(let welcome):
                "welcome, head \(welcome.head), knows \(welcome.watermark) changes"
            case .ack(let ack): "ack through \(ack.watermark), head \(ack.head)"
            case .page(let page):
                "page \(page.from) to \(page.to.sequence) of \(page.head), "
                    + "\(page.items.count) items"
            case .directory: "directory"
            case .verdicts(let verdicts): "\(verdicts.count) verdicts"
            case .enrolled: "enrolled"
            case .pong(let pong): "pong, head \(pong.head)"
            case .failure(let failure): "failure \(failure.code) \(failure.message)"
            case .bye: "bye"
            case .refilled(let refilled):
                "refilled: \(refilled.taken) taken, \(refilled.known) known, "
                    + "\(refilled.parked) parked, \(refilled.refused) refused"
            case .snapshot(let snapshot):
                "snapshot of \(snapshot.piece.tickets.count) at \(snapshot.piece.head.sequence)"
            case .digests(let digests): "\(digests.digests.count) sums at \(digests.head)"
            }
        return "#\(id) \(words)"
    }
}
