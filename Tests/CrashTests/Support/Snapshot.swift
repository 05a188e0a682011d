import CCrashVFS
import CSQLite
import Replication
import Sodium
import TicketModel
import Wire

/// What a store holds.
struct Snapshot: Equatable, Sendable {
    /// The rows of every table, by the table's name.
    var tables: [String: Table]
    /// What was acknowledged one by one and is never taken back, as the store's port tells it: a
    /// hub's log, a replica's own intents. Grows at its end only.
    var log: [[UInt8]]
    /// The official numbers in it.
    var numbers: Set<TicketNumber> = []

    struct Table: Equatable, Sendable {
        var rowsCount: Int64
        var hash: UInt64
    }

    /// Whether both hold the same, but for columns that are drawn at random when a store is made.
    func isEqual(_ other: Snapshot, exceptChance: Bool) -> Bool {
        guard exceptChance else { return tables == other.tables }
        return tables.filter { $0.key != Self.tableOfChance }
            == other.tables.filter { $0.key != Self.tableOfChance }
            && withoutChance == other.withoutChance
    }

    /// A hub's epoch is random; everything else in its row is not.
    static let tableOfChance = "hub"
    /// That table without that column; nil in a store that has no such table.
    var withoutChance: Table?

    /// The tables whose rows differ, for a message.
    func differences(from other: Snapshot) -> String {
        Set(tables.keys).union(other.tables.keys).sorted().filter { tables[$0] != other.tables[$0] }
            .map { name in
                "\(name) \(tables[name]?.rowsCount ?? -1)/\(other.tables[name]?.rowsCount ?? -1)"
            }.joined(separator: ", ")
    }

    /// Reads every table of the file, past the recording.
    private static func tables(_ path: String, skipping column: String?) throws -> [String: Table] {
        let countMax: Int32 = 64
        var found = [crash_table](repeating: crash_table(), count: Int(countMax))
        let count = crash_dump(path, column, &found, countMax)
        guard count > 0, count < countMax else {
            throw WorldFailure("\(path) cannot be read: \(count)")
        }
        return Dictionary(
            uniqueKeysWithValues: found.prefix(Int(count)).map { table in
                let name = withUnsafeBytes(of: table.name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                return (name, Table(rowsCount: table.rows_count, hash: table.hash))
            })
    }

    private init(path: String, log: [[UInt8]]) throws {
        tables = try Self.tables(path, skipping: nil)
        withoutChance =
            try tables[Self.tableOfChance].map { _ in
                try Self.tables(path, skipping: "hub.epoch")[Self.tableOfChance]
            } ?? nil
        self.log = log
    }

    /// What an open hub's store holds.
    init(_ hub: any HubStorage, path: String) throws {
        let log = try hub.read { hub in
            try (0...hub.head().sequence).map { try hub.position(at: $0)?.hash.bytes ?? [] }
        }
        try self.init(path: path, log: log)
    }

    /// What an open replica's store holds.
    init(_ replica: any ReplicaStorage, path: String) throws {
        let log = try replica.read { replica in
            try replica.intents(after: 0, countMax: 100_000, byteCountMax: .max).map {
                $0.hash.bytes + $0.bodyBytes
            }
        }
        try self.init(path: path, log: log)
    }

    /// Every official number that a hub has given to a ticket.
    static func numbers(
        of hub: any HubStorage, _ codec: ProtobufCodec
    ) throws
        -> Set<TicketNumber>
    {
        try hub.read { hub in
            let page = try hub.page(after: 0, scopes: [.all], byteCountMax: .max)
            let tickets = try page.items.compactMap { item -> TicketID? in
                guard case .delta(let bytes) = item else { return nil }
                return try codec.decodeEntry(bytes).ticket
            }
            return Set(try Set(tickets).compactMap { try hub.ticket($0)?.number })
        }
    }
}

/// What a file held after each acknowledgement.
struct History: Sendable {
    struct Moment: Sendable {
        /// How many events had happened when the acknowledgement was given.
        var eventsCount: Int
        /// Nil when there is no such file.
        var snapshot: Snapshot?
    }

    var moments: [Moment]
    /// Whether the first moment is that of a store which is made when it is opened.
    var beginsFresh = false

    /// What may be found after a crash: what was acknowledged, or that and the one transaction that
    /// was under way.
    func allowed(at eventsCount: Int) -> ClosedRange<Int> {
        let last = moments.lastIndex { $0.eventsCount <= eventsCount } ?? 0
        return last...min(last + 1, moments.count - 1)
    }

    /// Whether a recovered file is as it was at this moment.
    func isEqual(_ found: Snapshot?, at index: Int, exceptChance: Bool = false) -> Bool {
        guard let found, let snapshot = moments[index].snapshot else {
            return found == nil && moments[index].snapshot == nil
        }
        return snapshot.isEqual(found, exceptChance: exceptChance || beginsFresh && index == 0)
    }
}
