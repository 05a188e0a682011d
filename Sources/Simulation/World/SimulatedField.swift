import FieldClient
import Replication
import Sodium
import TicketModel
import Wire

/// A replica's machine: a disk and a clock that last, programs that do not.
final class SimulatedField {
    let index: Int
    let member: WorldOptions.Member
    private(set) var signingKey: SigningKeyPair
    private(set) var curveKey: [UInt8]
    let storage: SimulatedReplicaStorage
    let disk = SimulatedDisk()
    var clock: HostClock
    var device = DeviceID(unchecked: "none")
    /// What the device may hold, without its private scopes.
    var scopes: [Scope] = []
    /// Whether the home remembers where the feed is.
    var knowsFeed = false
    /// The sync program that runs, if one does.
    var program: SyncProgram?
    /// Counts programs and connections, so that events for earlier ones are recognised.
    var generation = 0
    /// Tickets that have ever been here, in order of arrival: what a person may pick from.
    private(set) var tickets: [TicketID] = []
    private var known: Set<TicketID> = []
    /// Connections that have ended, the last ones: material of repetitions.
    var formerConnections: [Connection] = []
    /// What the followers of the feeds have been given, in order.
    var delivered: [FeedItem] = []
    /// Moments that the desk has asked for.
    var momentsCount: UInt64 = 0
    /// The last copy of its store.
    var copy: InMemoryReplicaStorage.Snapshot?
    /// Whether it exists; copies come to be later.
    var isActive = true
    /// Why the last program ended, for words.
    var lastEnding = ""

    /// The consumer's name in the feeds.
    static let consumer = "watch"

    init(
        index: Int, member: WorldOptions.Member, signingKey: SigningKeyPair, curveKey: [UInt8],
        clock: HostClock, codec: any ReplicationCodec, sabotage: Sabotage?
    ) {
        self.index = index
        self.member = member
        self.signingKey = signingKey
        self.curveKey = curveKey
        self.clock = clock
        storage = SimulatedReplicaStorage(
            memory: InMemoryReplicaStorage(codec: codec), disk: disk, sabotage: sabotage)
    }

    var isOn: Bool { isActive && !disk.isOff }

    /// Becomes a copy of another machine's home.
    func become(_ source: SimulatedField) {
        signingKey = source.signingKey
        curveKey = source.curveKey
        device = source.device
        scopes = source.scopes
        knowsFeed = source.knowsFeed
        storage.memory.restore(source.storage.memory.snapshot())
        note(tickets: Set(source.tickets))
        isActive = true
    }

    func note(tickets ids: Set<TicketID>) {
        for id in ids.subtracting(known).sorted() {
            known.insert(id)
            tickets.append(id)
        }
    }
}

/// A program that keeps a replica in step: the shipped loop and its place in the world. It is
/// gone with its process.
struct SyncProgram {
    /// Where its connection stands.
    enum Link {
        /// A connection is to be tried later.
        case waiting
        case connecting
        case open(Connection)
    }

    var loop: SyncLoop
    /// Whether it stays; otherwise it ends when everything is in step.
    let isLive: Bool
    var link = Link.waiting
    var wakeAt: Timestamp?
    /// Which of the scheduled wakes counts.
    var wakeToken = 0
    /// Attempts to connect since the last connection that lasted.
    var failuresCount = 0
    /// Connections lost in a program that ends when in step.
    var lossesCount = 0
    /// When a program that ends when in step gives up connecting.
    var giveUpAt: Int64
    var busyCount = 0
    /// The topics that it follows.
    var topics: Set<[UInt8]> = []
    /// From when on the feed reaches it; nil while it does not follow.
    var followsFrom: Int64?
    /// Hints that wait for a stalled subscriber.
    var stalledHints: [[UInt8]] = []
    var newestHintArrival: Int64 = 0
    /// Whether hints are taken.
    var isStalled = false

    init(loop: SyncLoop, isLive: Bool, giveUpAt: Int64) {
        self.loop = loop
        self.isLive = isLive
        self.giveUpAt = giveUpAt
    }

    var connection: Connection? {
        if case .open(let connection) = link { return connection }
        return nil
    }
}
