import HubService
import Replication
import TicketModel

/// The hub's machine: a disk and a clock that last, a loop that does not.
final class SimulatedHub {
    let storage: SimulatedHubStorage
    let disk = SimulatedDisk()
    var clock: HostClock
    /// Nil while the hub is down.
    var loop: HubLoop?
    /// Frames that arrived since the last turn.
    var inbox: [HubLoop.Inbound] = []
    var isTurnScheduled = false
    var turnsCount: UInt64 = 0
    var startsCount: UInt64 = 0
    /// The earliest timer in the store.
    var nextTimer: Timestamp?
    /// Timers are left alone until then, after a store fault.
    var timersRestUntil: Int64 = 0
    var nextHeartbeat: Int64 = 0
    /// Which of the scheduled wakes counts.
    var wakeToken = 0
    /// Backups that were made, by number; the newest comes last.
    var backups: [(number: Int, contents: InMemoryHubStorage.Snapshot)] = []
    var backupsCount = 0
    /// Whether the hub was restored and must begin another life of its log when it starts.
    var mustBeginLife = false
    /// Faults that silence the feed.
    var feedStopsCount = 0

    init(clock: HostClock, codec: any ReplicationCodec, sabotage: Sabotage?) {
        storage = SimulatedHubStorage(
            memory: InMemoryHubStorage(codec: codec), disk: disk, sabotage: sabotage,
            codec: codec)
        self.clock = clock
    }
}
