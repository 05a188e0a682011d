import Foundation
import GRDBSQLite
import TicketModel

/// Looks at a hub's store from outside, again and again, and notes when the log had got how far:
/// what is seen is durable, and what is durable is what replicas are told of.
final class RingingWatch {
    /// How exactly it sees: no lateness is told smaller than it was.
    static let periodSeconds = 0.004

    /// The log had this many new entries at this moment, and fewer a period before.
    struct Sight {
        var at: Date
        var count: Int
    }

    private var handle: OpaquePointer?
    private var statement: OpaquePointer?
    private let position: UInt64
    private(set) var sights: [Sight] = []

    /// - Parameter position: the end of the log before anything rang.
    init(_ path: String, after position: UInt64) throws {
        self.position = position
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK,
            sqlite3_busy_timeout(handle, 10_000) == SQLITE_OK,
            sqlite3_prepare_v2(handle, "SELECT head_sequence FROM hub", -1, &statement, nil)
                == SQLITE_OK
        else { throw BenchFailure("the store \(path) cannot be watched") }
    }

    deinit {
        sqlite3_finalize(statement)
        sqlite3_close(handle)
    }

    /// Watches until the log has `count` new entries.
    ///
    /// - Parameters:
    ///   - end: when it gives up.
    ///   - meanwhile: called after each look with what was seen.
    /// - Throws: `BenchFailure` when there are not that many in time.
    func wait(for count: Int, until end: Date, meanwhile: (Int) throws -> Void) throws {
        while true {
            let found = try look()
            if found != sights.last?.count ?? 0 { sights.append(Sight(at: Date(), count: found)) }
            try meanwhile(found)
            if found >= count { return }
            guard Date() < end else {
                throw BenchFailure("\(found) of \(count) clocks rang in time")
            }
            Thread.sleep(forTimeInterval: Self.periodSeconds)
        }
    }

    private func look() throws -> Int {
        defer { sqlite3_reset(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW else {
            throw BenchFailure(
                "the store cannot be read: \(String(cString: sqlite3_errmsg(handle)))")
        }
        return Int(sqlite3_column_int64(statement, 0)) - Int(position)
    }

    /// By how many seconds each clock was late, in the order in which they had to ring.
    func lateness(of clocks: [OpenClocks.Clock]) -> [Double] {
        var index = 0
        return clocks.enumerated().map { number, clock in
            while sights[index].count <= number { index += 1 }
            return sights[index].at.timeIntervalSince1970
                - Double(clock.dueAt.milliseconds) / 1_000
        }
    }
}
