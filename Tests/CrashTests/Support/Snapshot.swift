import CCrashVFS
import CSQLite
import Replication
import TicketModel
import Wire

/// What a store holds.
struct Snapshot: Sendable {
    /// The rows of every table, by the table's name.
    var tables: [String: Table]
    /// A hub's own row without its epoch, which is drawn at random; nil in other stores.
    private var withoutChance: Table?
    /// What was acknowledged one by one and may never change, as the store's port tells it: the
    /// hub's answers, a replica's own words.
    var acknowledged: [OperationID: [UInt8]] = [:]
    /// The official numbers that tickets have.
    var numbers: Set<TicketNumber> = []

    struct Table: Equatable, Sendable {
        var rowsCount: Int64
        var hash: UInt64
    }

    private static let tableOfChance = "hub"
    private static let columnOfChance = "hub.epoch"

    /// Reads every table of an open store's file, past the recording.
    init(path: String) throws {
        tables = try Self.tables(path, skipping: nil)
        if tables[Self.tableOfChance] != nil {
            withoutChance = try Self.tables(path, skipping: Self.columnOfChance)[Self.tableOfChance]
        }
    }

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

    /// Whether both hold the same, perhaps but for what is drawn at random when a store is made.
    func isEqual(_ other: Snapshot, exceptChance: Bool) -> Bool {
        guard exceptChance else { return tables == other.tables }
        var (own, others) = (tables, other.tables)
        (own[Self.tableOfChance], others[Self.tableOfChance]) = (nil, nil)
        return own == others && withoutChance == other.withoutChance
    }

    /// The tables whose rows differ, with their numbers of rows, for a message.
    func differences(from other: Snapshot) -> String {
        Set(tables.keys).union(other.tables.keys).sorted().filter { tables[$0] != other.tables[$0] }
            .map { name in
                "\(name) \(tables[name]?.rowsCount ?? -1)/\(other.tables[name]?.rowsCount ?? -1)"
            }.joined(separator: ", ")
    }
}

extension HubReader {
    /// What the hub has said about an intent; nil when it knows nothing of it.
    func answer(to operation: OperationID) throws -> [UInt8]? {
        try verdict(on: operation).map { verdict in
            bigEndianBytes(verdict.sequence) + ProtobufCodec().encode(verdict.disposition)
        }
    }

    /// The intents whose entries are still in the log.
    func operations() throws -> [OperationID] {
        try page(after: logBase(), scopes: [.all], byteCountMax: .max).items.compactMap { item in
            guard case .delta(let entry) = item else { return nil }
            return try ProtobufCodec().decodeEntry(entry.bytes).operation
        }
    }

    func numbers() throws -> Set<TicketNumber> {
        let tickets = try snapshot(after: nil, through: nil, scopes: [.all], byteCountMax: .max)
        return Set(try tickets.tickets.compactMap { try ProtobufCodec().decodeTicket($0).number })
    }

    private func bigEndianBytes(_ value: UInt64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian, Array.init)
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

    var moments: [Moment] = []
    /// Whether the first moment is that of a store which is made when it is opened.
    var beginsEmpty = false

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
        return snapshot.isEqual(found, exceptChance: exceptChance || beginsEmpty && index == 0)
    }
}
