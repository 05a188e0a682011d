import Replication
import TicketModel

/// How much a hub holds, and which ticket is whose: everything follows from a ticket's index, so
/// that a million of them need not be remembered.
struct HubScale: Hashable, CustomStringConvertible {
    /// The making of a ticket and its routing by the hub's rules.
    static let entriesPerTicket = 2

    var ticketsCount: Int
    /// Busy stores; beside them there is a quiet one, number 0.
    var storesCount: Int

    var description: String { "\(ticketsCount) tickets, \(storesCount) stores" }

    /// What the quiet store holds, the same at every size that is large enough.
    var quietTicketsCount: Int { max(1, min(1_000, ticketsCount / 10)) }

    /// Bytes that a prepared hub and its floor take on the disk, rather too many.
    var byteCountEstimate: Int { ticketsCount * 15_000 + storesCount * 1_000 + 256 << 20 }

    static func store(numbered number: Int) -> StoreID { StoreID(unchecked: "S\(number)") }

    /// The number of the store that a ticket belongs to.
    func store(of ticket: Int) -> Int {
        if ticket % (ticketsCount / quietTicketsCount) == 0 { return 0 }
        return 1 + Int(Workload.mixed(UInt64(ticket)) % UInt64(storesCount))
    }

    /// When an operation is made: one after the other, as ids in the order of time are.
    static func time(of operation: Int) -> Timestamp {
        Workload.start.adding(milliseconds: Int64(operation))
    }

    static func operation(_ index: Int) -> OperationID {
        let random = UInt128(Workload.mixed(UInt64(index))) << 64 | UInt128(index)
        return OperationID(time: time(of: index), random: random)
    }

    /// Busy stores that hold at least `count` tickets, each with the position in the log after
    /// which the entries of its last `count` stand.
    func lastPositions(count: Int, storesCountMax: Int) -> [(store: Int, cursor: UInt64)] {
        var counts: [Int: Int] = [:]
        var found: [(store: Int, cursor: UInt64)] = []
        for ticket in (0..<ticketsCount).reversed() where found.count < storesCountMax {
            let store = store(of: ticket)
            guard store != 0 else { continue }
            counts[store, default: 0] += 1
            if counts[store] == count {
                found.append((store, UInt64(ticket * Self.entriesPerTicket)))
            }
        }
        return found
    }
}
