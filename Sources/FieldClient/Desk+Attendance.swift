import Replication
import TicketModel

// Who is away, and who stands in for whom (domain.md G30), as far as this device knows.
extension Desk {
    /// The staff at `now` of this device.
    ///
    /// - Throws: `StoreError`.
    package func attendance(at now: Timestamp) throws -> Attendance {
        try store.read { try attendance(at: now, in: $0) }
    }

    func attendance(at now: Timestamp, in store: any ReplicaReader) throws -> Attendance {
        let offset = try store.state().offsetMilliseconds ?? 0
        return Attendance(
            try store.directory()?.staff ?? [], at: now.adding(milliseconds: offset))
    }
}
