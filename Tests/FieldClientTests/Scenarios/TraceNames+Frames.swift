import Replication
import TicketModel
import Wire

extension TraceNames {
    /// A frame in words.
    func line(ofFrame bytes: [UInt8], isSent: Bool) -> String {
        do {
            return isSent
                ? text(try ClientMessage.decode(bytes).message)
                : text(try HubMessage.decode(bytes).message)
        } catch { return "unreadable: \(error)" }
    }

    private func text(_ message: ClientMessage) -> String {
        switch message {
        case .hello(let hello):
            "hello \(replica(hello.replica)) at \(hello.epoch.map(epoch) ?? "none") "
                + "\(hello.cursor.sequence), wrote \(hello.lastCounter)"
                + (hello.formerReplica.map { ", before \(replica($0))" } ?? "")
        case .push(let batch):
            "push " + batch.intents.map { dot($0.intent.dot) }.joined(separator: " ")
        case .pull(let pull): "pull after \(pull.cursor)"
        case .directoryGet: "directory?"
        case .verdictsGet(let operations):
            "verdicts? " + operations.map(operation).joined(separator: " ")
        case .enroll: "enroll"
        case .ping: "ping"
        case .snapshotGet(let get): "snapshot? after \(get.after.map(name) ?? "-")"
        case .refill(let refill):
            "refill \(refill.entries.count) entries of \(epoch(refill.origin)), "
                + "\(refill.refused.count) refusals\(refill.isLast ? ", last" : "")"
        case .digestGet(let get): "digests? \(get.scope?.rawValue ?? "of all scopes")"
        }
    }

    private func text(_ message: HubMessage) -> String {
        switch message {
        case .welcome(let welcome):
            "welcome to \(epoch(welcome.epoch)), head \(welcome.head), has "
                + "\(welcome.watermark) of yours"
                + (welcome.shared.map { ", shares \($0.sequence)" } ?? "")
                + (welcome.logBase > 0 ? ", log from \(welcome.logBase)" : "")
                + (welcome.isRecovering ? ", recovering" : "")
        case .ack(let ack):
            "ack through \(ack.watermark): "
                + ack.verdicts.map { "\(operation($0.operation)) \(text($0.disposition))" }
                .joined(separator: ", ")
        case .page(let page):
            "page \(page.from)..\(page.to.sequence): "
                + page.items.map(text).joined(separator: ", ") + (page.hasMore ? ", more" : "")
        case .directory: "directory"
        case .verdicts(let verdicts):
            "verdicts "
                + verdicts.map { "\(operation($0.operation)) \(text($0.disposition))" }
                .joined(separator: ", ")
        case .enrolled: "enrolled"
        case .pong: "pong"
        case .failure(let failure): "failure \(failure.code)"
        case .bye: "bye"
        case .snapshot(let snapshot):
            "snapshot of \(snapshot.piece.tickets.count) tickets, "
                + (snapshot.piece.through == nil ? "complete" : "more follow")
        case .refilled(let refilled):
            "refilled: \(refilled.taken) taken, \(refilled.known) known"
        case .digests(let digests):
            "digests at \(digests.head): "
                + digests.digests.map { "\($0.scope) \($0.digest.count)" }.joined(separator: ", ")
        }
    }

    private func text(_ item: EncodedPageItem) -> String {
        switch item {
        case .delta(let entry): "delta \(sequence(entry.bytes))"
        case .enter(let entry, _, let history):
            "enter \(sequence(entry.bytes))"
                + (history.isEmpty ? "" : " with \(history.count) earlier")
        case .leave(let sequence, _, let number): "leave \(sequence) \(number)"
        case .verdict(let sequence, _, let id, let disposition):
            "verdict \(sequence) \(operation(id)) \(text(disposition))"
        }
    }

    private func sequence(_ entry: [UInt8]) -> String {
        (try? stage.world.codec.decodeEntry(entry)).map { "\($0.sequence)" } ?? "?"
    }
}
