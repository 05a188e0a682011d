import Sodium
import TicketModel

/// The hub's store in memory: for tests and simulations, and as the model that other adapters are
/// compared with.
///
/// A transaction works on a copy, which takes the place of the contents only when the body
/// returns. Nothing is indexed: a page walks the log from its cursor.
///
/// ```swift
/// let store = InMemoryHubStorage(codec: ProtobufCodec())
/// let number = try store.transaction { try $0.allocateNumber(businessDate: 20231027) }
/// ```
package final class InMemoryHubStorage: HubStorage {
    private var contents: HubContents
    /// The largest ordinal that was ever given on a day: as the sidecar file of a real hub, it is
    /// no part of what a backup holds.
    private var reservedOrdinals: [Int: Int] = [:]
    private let codec: any ReplicationCodec

    /// An empty store.
    ///
    /// - Parameters:
    ///   - codec: makes the bytes that are hashed and served.
    ///   - epoch: the life of its log; the same for every store that is not told otherwise.
    package init(codec: any ReplicationCodec, epoch: EpochID = EpochID(rawValue: 1)) {
        self.codec = codec
        contents = HubContents(epoch: epoch)
    }

    /// Runs `body` on a copy and keeps the copy.
    ///
    /// - Throws: what `body` throws; nothing happened then.
    package func transaction<Value>(_ body: (any HubTransaction) throws -> Value) throws -> Value {
        let memory = HubMemory(contents, codec, reservedOrdinals)
        defer { reservedOrdinals = memory.reservedOrdinals }
        let value = try body(memory)
        contents = memory.contents
        return value
    }

    /// Runs `body` on a copy.
    ///
    /// - Throws: what `body` throws.
    package func read<Value>(_ body: (any HubReader) throws -> Value) throws -> Value {
        try body(HubMemory(contents, codec, reservedOrdinals))
    }
}

extension InMemoryHubStorage {
    /// All contents at one moment, to be put back later: a backup.
    package struct Snapshot: Sendable {
        fileprivate let contents: HubContents
    }

    /// The contents as they are now; costs nothing until one of the two changes.
    package func snapshot() -> Snapshot { Snapshot(contents: contents) }

    /// Puts the contents of `snapshot` in the place of the present ones.
    package func restore(_ snapshot: Snapshot) { contents = snapshot.contents }
}

/// All that a hub's store holds, as one value.
struct HubContents: Sendable {
    /// One line of the log with what pages need of it.
    struct Line: Sendable {
        var entry: LogEntry
        /// What is hashed and sent.
        var bytes: [UInt8]
        /// The hash of the log up to and including this line.
        var position: LogPosition
        var scopesBefore: [Scope]
        var scopesAfter: [Scope]
        var verdictScope: Scope?
        /// The ticket as it stood after the entry, when somebody saw it come in.
        var enteringTicket: [UInt8]?
    }

    /// A version of a person and the head at which it was written.
    struct StaffVersion: Sendable {
        var since: UInt64
        var record: StaffRecord
    }

    /// Refused intents that wait for a supervisor, oldest first.
    var quarantine: [QuarantinedIntent] = []
    var epoch: EpochID
    var lineage: [EpochID: UInt64] = [:]
    var forks: [EpochID: UInt64] = [:]
    var logBase: UInt64 = 0
    var durableSequence: UInt64 = 0
    var recovery: RecoveryRecord?
    /// Lines up to the base that carry events, by sequence.
    var keptLog: [Line] = []
    /// The line behind the base comes first.
    var log: [Line] = []
    /// The end of the log when it holds no line.
    var baseHead: LogPosition = .start
    /// The scopes of each ticket from a sequence on, oldest first.
    var scopeHistory: [TicketID: [ScopeVersion]] = [:]
    var origins: [OperationID: Set<LogOrigin>] = [:]
    /// Oldest first.
    var parked: [ParkedEntry] = []
    var tickets: [TicketID: Ticket] = [:]
    var ticketsByNumber: [String: TicketID] = [:]
    var replicas: [ReplicaID: ReplicaRecord] = [:]
    var hashes: [Dot: Digest] = [:]
    var verdicts: [OperationID: Verdict] = [:]
    var devices: [DeviceRecord] = []
    var invites: [InviteRecord] = []
    /// Oldest first.
    var staffVersions: [StaffVersion] = []
    var policies: [Int: PolicyRecord] = [:]
    var lastOrdinals: [Int: Int] = [:]
    var replicaCodesCount = 0
    var timers: [TimerKey: Timestamp] = [:]
    var firedTimers: Set<TimerKey> = []

    /// The scopes that a ticket has from a sequence on.
    struct ScopeVersion {
        var since: UInt64
        var scopes: [Scope]
    }

    init(epoch: EpochID) { self.epoch = epoch }

    var head: LogPosition { log.last?.position ?? baseHead }
}
