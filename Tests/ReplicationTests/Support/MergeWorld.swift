import Replication
import TicketModel

/// A tiny hub for merge tests: one ticket, a log position, and writers that see what they are told
/// to have seen.
struct MergeWorld {
    var ticket: Ticket?
    var sequence: UInt64 = 0
    private var counters: [String: UInt64] = [:]
    /// How often a writer has changed the device they work on.
    private var devices: [String: Int] = [:]
    private var nextOperation: UInt128 = 1
    let id = TicketID(rawValue: 1)
    var policy: (FieldID) -> MergePolicy = MergePolicy.builtIn

    /// A world whose ticket exists at sequence 1.
    static func withTicket(_ fields: [FieldID: FieldValue] = [:]) -> MergeWorld {
        var world = MergeWorld()
        var all = fields
        all[.status] = .integer(TicketStatus.new.rawValue)
        let changes =
            [Change.create(provisionalNumber: "S1-AA-0001")]
            + all.sorted { $0.key < $1.key }.map { .write($0.key, $0.value) }
        world.commit(changes, by: "clerk", act: .create)
        return world
    }

    /// Merges `changes` by `writer`, who had seen the log up to `seen` (all of it if nil).
    @discardableResult
    mutating func commit(
        _ changes: [Change], by writer: String, authority: Authority = .store, seen: UInt64? = nil,
        time: Int64 = 1_000, act: Act = .edit, dependencies: [OperationID] = []
    ) -> Disposition {
        let device = devices[writer, default: 0]
        let replica = ReplicaID(
            rawValue: UInt128(writer.utf8.reduce(7) { $0 &* 31 + Int($1) } + device << 40))
        counters[writer, default: 0] += 1
        let dot = Dot(replica: replica, counter: counters[writer, default: 0])
        let operation = OperationID(rawValue: nextOperation)
        nextOperation += 1
        let clock = HybridTimestamp(Timestamp(milliseconds: time))
        let actor = StaffID(unchecked: writer)
        let body = IntentBody(
            operation: operation, ticket: id, act: act, actor: actor, time: clock,
            captured: CapturedTime(
                wall: Timestamp(milliseconds: time), offsetMilliseconds: nil),
            changes: changes)
        let stamp = Stamp(
            sequence: sequence + 1, dot: dot, operation: operation, time: clock,
            authority: authority, actor: actor)
        let view = CausalView(
            sequence: seen ?? sequence, dependencies: Set(dependencies), dot: dot)
        let result = Merger.merge(
            body, seen: view, stamp: stamp, into: ticket,
            receivedAt: Timestamp(milliseconds: time), policy: policy)
        if result.disposition.isAccepted {
            sequence += 1
            ticket = result.ticket
        }
        return result.disposition
    }

    /// From here on `writer` works on a device that has seen nothing of the one before.
    mutating func useOtherDevice(of writer: String) { devices[writer, default: 0] += 1 }

    mutating func commit(
        _ change: Change, by writer: String, authority: Authority = .store, seen: UInt64? = nil,
        time: Int64 = 1_000
    ) -> Disposition {
        commit([change], by: writer, authority: authority, seen: seen, time: time)
    }
}

extension Change {
    static func status(_ status: TicketStatus) -> Change {
        .write(.status, .integer(status.rawValue))
    }
}
