import Foundation
import HubStore
import Replication
import StoreSupport
import TicketModel
import TicketPolicy
import Wire

/// Tickets whose clocks run in a hub's store, and when each of them rings.
///
/// The clock is the response clock of the profile `basic`, which gives a ticket that is not
/// urgent a day and warns when three quarters of it have passed. Half of the tickets were logged so
/// long ago that their warning comes next, the others that the limit itself does.
struct OpenClocks {
    /// From the logging to the warning and to the limit.
    private static let milliseconds: [Int64] = [18 * 3_600_000, 24 * 3_600_000]
    private static let ticketsPerTransaction = 4_096

    /// A clock and the instant of the rung that comes next.
    struct Clock: Hashable {
        var ticket: TicketID
        var dueAt: Timestamp
        /// Whether the limit comes next, not the warning.
        var isLimit: Bool
    }

    /// In the order in which they must ring.
    let clocks: [Clock]
    private let operations: [OperationID]

    /// - Parameter instants: when each clock rings.
    init(ringing instants: [Timestamp]) {
        let made = instants.enumerated().map { index, dueAt in
            let isLimit = index % 2 == 1
            let captured = dueAt.adding(milliseconds: -Self.milliseconds[isLimit ? 1 : 0])
            let operation = OperationID(
                time: captured,
                random: UInt128(Workload.mixed(UInt64(index))) << 64 | UInt128(index))
            let ticket = TicketID(createdBy: operation)
            return (operation, Clock(ticket: ticket, dueAt: dueAt, isLimit: isLimit))
        }.sorted { ($0.1.dueAt, $0.1.ticket) < ($1.1.dueAt, $1.1.ticket) }
        (operations, clocks) = (made.map(\.0), made.map(\.1))
    }

    /// Writes the tickets through the hub's committer, as if a store had brought them just now.
    ///
    /// - Returns: the end of the log behind them.
    /// - Throws: `StoreError`; `BenchFailure` when the hub does not take them.
    func fill(_ path: String) throws -> UInt64 {
        let store = try SQLiteHubStore(path: path, createsFile: false)
        var workload = try Workload(clientsCount: 1)
        try store.transaction { store in
            try store.save(
                StaffRecord(staff: Workload.staff, name: "Clerk", roles: [.clerk, .handler]))
            try store.save(workload.clients[0].device)
        }
        guard let policy = try store.read({ try $0.policy() }) else {
            throw BenchFailure("the hub has no policy")
        }
        let profile = try PolicyReader().profile(of: policy)
        let context = CausalContext(
            epoch: try store.read { try $0.epoch() }, sequence: 0, dependencies: [])
        // In the order in which they were logged, which is not that of their instants.
        let order = clocks.indices.sorted { operations[$0] < operations[$1] }
        for first in stride(from: 0, to: order.count, by: Self.ticketsPerTransaction) {
            let part = order[first..<min(first + Self.ticketsPerTransaction, order.count)]
            try store.transaction { store in
                let committer = try HubCommitter(
                    codec: ProtobufCodec(), profile: profile, now: .now, store: store)
                for start in stride(
                    from: part.startIndex, to: part.endIndex, by: Limits.batchIntentsCountMax)
                {
                    let end = min(start + Limits.batchIntentsCountMax, part.endIndex)
                    let batch = workload.batch(
                        by: 0, part[start..<end].map(creation), context: context)
                    let result = try committer.receive(batch, from: workload.clients[0].device)
                    guard case .accepted(_, let verdicts) = result,
                        verdicts.allSatisfy({ $0.disposition.isAccepted })
                    else { throw BenchFailure("the hub did not take a batch: \(result)") }
                }
            }
        }
        let (head, counts) = try store.read { (try $0.head().sequence, try $0.counts()) }
        guard counts.timers == timersCount else {
            throw BenchFailure("\(clocks.count) clocks made \(counts.timers) timers")
        }
        return head
    }

    /// A warning is followed by the limit.
    private var timersCount: Int { clocks.reduce(0) { $0 + ($1.isLimit ? 1 : 2) } }

    private func creation(_ index: Int) -> IntentBody {
        Workload.creation(
            operations[index],
            at: clocks[index].dueAt.adding(
                milliseconds: -Self.milliseconds[clocks[index].isLimit ? 1 : 0]),
            in: Workload.store, counter: UInt64(index))
    }

    /// Reads the log behind `position`: every clock must have rung once, in the order of the
    /// instants, and nothing else have happened.
    ///
    /// - Throws: `StoreError`, `CodecError`; `BenchFailure` with the first that is otherwise.
    func check(_ path: String, after position: UInt64) throws {
        let store = try SQLiteHubStore(path: path, createsFile: false)
        var rung: [LogEntry] = []
        var cursor = position
        while true {
            let page = try store.read {
                try $0.page(
                    after: cursor, scopes: [.all], byteCountMax: Limits.pageByteCountMax)
            }.read(with: ProtobufCodec())
            rung += page.items.compactMap { item in
                if case .delta(let witnessed) = item { return witnessed.entry }
                return nil
            }
            cursor = page.to.sequence
            if !page.hasMore { break }
        }
        guard rung.count == clocks.count else {
            throw BenchFailure("\(clocks.count) clocks rang \(rung.count) times")
        }
        for (clock, entry) in zip(clocks, rung) {
            let expected: FeedEvent.Feed = clock.isLimit ? .escalations : .warnings
            guard entry.ticket == clock.ticket, entry.events.map(\.feed) == [expected] else {
                throw BenchFailure("where \(clock) was to ring there is \(entry)")
            }
            guard entry.hubTime >= clock.dueAt else {
                throw BenchFailure("\(clock) rang early, at \(entry.hubTime)")
            }
        }
    }
}

extension Timestamp {
    /// What the wall clock shows.
    static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
