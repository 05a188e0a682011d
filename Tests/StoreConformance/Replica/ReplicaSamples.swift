import Replication
import TicketModel

extension Sample {
    static let identity = ReplicaIdentity(
        replica: replica, device: DeviceID(unchecked: "d1"), store: StoreID(unchecked: "S001"),
        region: nil, replicaCode: "K7", roles: [.clerk, .handler])

    /// A queued change whose operation follows from its counter.
    static func change(
        _ counter: UInt64, on ticket: TicketID, text: String = "text",
        replica: ReplicaID = Sample.replica
    ) -> ChangeRecord {
        let body = body(counter, on: ticket, text: text)
        return ChangeRecord(
            intent: intent(body, counter: counter, replica: replica), body: body, state: .queued)
    }

    static func draft(_ counter: UInt64, on ticket: TicketID) -> Draft {
        Draft(
            operation: operation(counter), ticket: ticket,
            rejection: Rejection(code: .staleClose, detail: "B07"),
            body: body(counter, on: ticket), refusedAt: noon, number: "CS202310270001")
    }

    static func feedItem(
        _ sequence: UInt64, on ticket: TicketID, _ feed: FeedEvent.Feed = .warnings,
        to target: String = "B07"
    ) -> FeedItem {
        FeedItem(
            sequence: sequence, operation: operation(sequence), ticket: ticket,
            number: "CS202310270001", subject: "屏幕", actor: StaffID(unchecked: "A17"),
            hubTime: noon,
            event: FeedEvent(
                feed: feed, level: 2, clock: "response", from: "A17", to: target, reason: "late",
                reasonZh: "超时",
                recipients: [.supervisor, .dutyManager], isLate: true,
                quietUntil: [.dutyManager: noon.adding(milliseconds: 60_000)]))
    }
}
