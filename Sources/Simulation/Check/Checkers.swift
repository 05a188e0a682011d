import FieldClient
import Replication
import Sodium
import TicketModel
import TicketPolicy

/// Something that happened in a world and that checkers look at.
enum Observation {
    /// A verb returned: the person was told that it is saved.
    case wrote(member: Int, ReplicaWriter.Written)
    /// A transaction of the hub is durable.
    case committedAtHub([CommittedEntry])
    /// A transaction of a replica is durable.
    case committedAtField(member: Int, ReplicaCommit)
    /// A version of a person is in force from this head on.
    case savedStaff(StaffRecord, head: UInt64)
    /// An answer of the hub left for a replica.
    case answered(member: Int, [UInt8])
    /// A follower of a feed was given an event.
    case delivered(member: Int, FeedItem)
}

/// A replica as checkers see it: from outside, its store in full.
struct MemberView {
    var index: Int
    var name: String
    var staff: StaffID
    var device: DeviceID
    var replica: ReplicaID
    /// What the device may hold, without private scopes.
    var scopes: Set<Scope>
    var roles: Set<Role>
    var readsFeeds: Bool
    var store: InMemoryReplicaStorage
}

/// One invariant, or a few that need the same bookkeeping. It knows nothing of the workload.
protocol Checker: AnyObject {
    /// - Throws: `Violation`.
    func observe(_ observation: Observation, _ context: CheckContext) throws
    /// Looks at everything once more, when everybody is in step.
    ///
    /// - Throws: `Violation`.
    func finish(_ context: CheckContext) throws
}

extension Checker {
    func finish(_ context: CheckContext) throws {}
}

/// What all checkers know: who is there, and the hub's log as it became durable.
final class CheckContext {
    let codec: any ReplicationCodec
    fileprivate(set) var members: [MemberView] = []
    let record = HubRecord()
    /// Where each replica stood before the observation that is looked at.
    fileprivate(set) var cursors: [UInt64]
    /// The entries that the replica of the observation has just applied.
    fileprivate(set) var applied: ArraySlice<CommittedEntry> = []
    /// Whether a person acts just now on the replica of the observation.
    fileprivate(set) var isPersonActing = false
    /// The hub's store; only when everything is checked once more.
    fileprivate(set) var hub: InMemoryHubStorage?
    fileprivate(set) var hubNow = Timestamp(milliseconds: 0)
    var profile: Profile?

    init(membersCount: Int, codec: any ReplicationCodec) {
        self.codec = codec
        cursors = Array(repeating: 0, count: membersCount)
    }
}

/// All checkers of a world, and the first violation that one of them found.
final class Checkers {
    let context: CheckContext
    private let checkers: [any Checker]
    private(set) var violation: Violation?
    var hubNow: () -> Timestamp = { Timestamp(milliseconds: 0) }

    init(membersCount: Int, codec: any ReplicationCodec) {
        context = CheckContext(membersCount: membersCount, codec: codec)
        checkers = [
            LogChecker(), LedgerChecker(), ReplicaChecker(membersCount: membersCount),
            ScopeChecker(), FeedChecker(membersCount: membersCount), TimerChecker(),
            ModelChecker(),
        ]
    }

    var profile: Profile? {
        get { context.profile }
        set { context.profile = newValue }
    }

    func add(_ member: MemberView) {
        precondition(member.index == context.members.count, "members join in order")
        context.members.append(member)
    }

    /// A person begins or ends to act on a replica.
    func setPersonActing(_ isActing: Bool) { context.isPersonActing = isActing }

    func observe(_ observation: Observation, at time: Int64) {
        guard violation == nil else { return }
        context.hubNow = hubNow()
        do {
            try prepare(observation)
            for checker in checkers { try checker.observe(observation, context) }
        } catch let found as Violation {
            violation = found
        } catch {
            violation = Violation("world", "a checker failed: \(error)")
        }
        if case .committedAtField(let member, let commit) = observation, let state = commit.state {
            context.cursors[member] = state.cursor.sequence
        }
    }

    private func prepare(_ observation: Observation) throws {
        switch observation {
        case .committedAtHub(let entries): try context.record.append(entries)
        case .committedAtField(let member, let commit):
            let from = context.cursors[member]
            let to = commit.state?.cursor.sequence ?? from
            context.applied = try context.record.entries(after: from, through: to)
        default: break
        }
    }

    func finish(hub: InMemoryHubStorage, at time: Int64) {
        guard violation == nil else { return }
        context.hub = hub
        context.hubNow = hubNow()
        do {
            for checker in checkers { try checker.finish(context) }
        } catch let found as Violation {
            violation = found
        } catch {
            violation = Violation("world", "a checker failed: \(error)")
        }
    }
}
