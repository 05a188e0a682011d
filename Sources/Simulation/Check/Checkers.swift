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
    case committedAtHub(HubCommit)
    /// A transaction of a replica is durable.
    case committedAtField(member: Int, ReplicaCommit)
    /// An answer of the hub left for a replica.
    case answered(member: Int, [UInt8])
    /// A follower of a feed was given an event.
    case delivered(member: Int, FeedItem)
    /// The hub's store was copied, or a copy took its place.
    case backedUp(Int)
    case restored(Int)
    /// A replica's store was replaced by an older or another replica's.
    case replaced(member: Int)
}

/// A replica as checkers see it: from outside, its store in full.
struct MemberView {
    var index: Int
    var name: String
    var staff: StaffID
    var device: DeviceID
    /// Its present identity.
    var replica: ReplicaID
    /// What the device may hold, without private scopes.
    var scopes: Set<Scope>
    var roles: Set<Role>
    var readsFeeds: Bool
    var store: InMemoryReplicaStorage
    /// Where it stands in the log, and on which life of it.
    var cursor = LogPosition.start
    var life = 0
    var epoch: EpochID?
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
    /// By index; copies join when they are made.
    fileprivate(set) var members: [Int: MemberView] = [:]
    let record = HubRecord()
    /// The hub's key, by which the checkers know what its rules write.
    var ruleKey: MessageAuthenticationKey?
    /// Which member a replica belongs to, former identities included.
    fileprivate(set) var owners: [ReplicaID: Int] = [:]
    /// The entries that the replica of the observation has just applied.
    fileprivate(set) var applied: ArraySlice<CommittedEntry> = []
    /// Whether the replica of the observation has gone over to another life of the log.
    fileprivate(set) var isCrossing = false
    /// Whether some replica's store was replaced by another's or an older one.
    fileprivate(set) var hasCopies = false
    /// Whether a person acts just now on the replica of the observation.
    fileprivate(set) var isPersonActing = false
    /// Devices that were revoked at some time; a restore may have forgotten it.
    fileprivate(set) var revoked: Set<DeviceID> = []
    /// The hub's store; only when everything is checked once more.
    fileprivate(set) var hub: InMemoryHubStorage?
    fileprivate(set) var hubNow = Timestamp(milliseconds: 0)
    var profile: Profile?
    let policy: WorldPolicy

    init(codec: any ReplicationCodec, policy: WorldPolicy) {
        self.codec = codec
        self.policy = policy
    }

    /// Whether the hub knows a member's device as revoked, when everything is checked once more.
    func isRevoked(_ member: MemberView) throws -> Bool {
        try hub?.read { try $0.device(member.device)?.isRevoked } ?? false
    }

    func member(_ index: Int) -> MemberView {
        guard let member = members[index] else {
            preconditionFailure("host \(index) has not joined")
        }
        return member
    }

    var allMembers: [MemberView] { members.values.sorted { $0.index < $1.index } }

    /// The member that wrote under a replica's identity.
    func author(_ replica: ReplicaID) -> MemberView? { owners[replica].flatMap { members[$0] } }

    /// The life of the log that a member follows.
    func life(of member: MemberView) -> LifeRecord { record.lives[member.life] }
}

/// All checkers of a world, and the first violation that one of them found.
final class Checkers {
    let context: CheckContext
    private let checkers: [any Checker]
    private(set) var violation: Violation?
    var hubNow: () -> Timestamp = { Timestamp(milliseconds: 0) }

    init(codec: any ReplicationCodec, policy: WorldPolicy) {
        context = CheckContext(codec: codec, policy: policy)
        checkers = [
            LogChecker(), LedgerChecker(), ReplicaChecker(), ScopeChecker(), FeedChecker(),
            TimerChecker(), ModelChecker(),
        ]
    }

    var profile: Profile? {
        get { context.profile }
        set { context.profile = newValue }
    }

    func add(_ member: MemberView) {
        context.members[member.index] = member
        context.owners[member.replica] = context.owners[member.replica] ?? member.index
    }

    func note(revoked device: DeviceID) { context.revoked.insert(device) }

    /// A person begins or ends to act on a replica.
    func setPersonActing(_ isActing: Bool) { context.isPersonActing = isActing }

    /// Remembers what was found outside of the checkers.
    func report(_ found: Violation) { if violation == nil { violation = found } }

    func observe(_ observation: Observation) {
        guard violation == nil else { return }
        context.hubNow = hubNow()
        do {
            try context.prepare(observation)
            for checker in checkers { try checker.observe(observation, context) }
        } catch let found as Violation {
            violation = found
        } catch {
            violation = Violation("world", "a checker failed: \(error)")
        }
    }

    func finish(hub: InMemoryHubStorage) {
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

extension CheckContext {
    fileprivate func prepare(_ observation: Observation) throws {
        switch observation {
        case .committedAtHub(let commit):
            try record.append(commit.entries)
            for twin in commit.twins { record.note(twin: twin.dot) }
            for begun in commit.epochs {
                try record.begin(begun.new, after: begun.former, sharing: begun.shared)
            }
            for (epoch, sequence) in commit.shared {
                try record.learn(epoch, shares: sequence)
            }
        case .committedAtField(let member, let commit): try follow(commit, of: member)
        case .backedUp(let number): record.backUp(as: number)
        case .restored(let number):
            record.restore(number)
            // Who stands on the shared part stands on both.
            for (index, member) in members {
                members[index]?.life = record.life(containing: member.cursor) ?? member.life
            }
        case .replaced(let member):
            hasCopies = true
            try stand(member)
        default: break
        }
    }

    /// Works out what the log gave a replica with this transaction.
    private func follow(_ commit: ReplicaCommit, of index: Int) throws {
        applied = []
        isCrossing = false
        if commit.hasIdentity { try takeIdentity(of: index) }
        guard let state = commit.state, var member = members[index] else { return }
        defer { members[index] = member }
        let before = member.cursor
        let isOtherEpoch = member.epoch != nil && member.epoch != state.epoch
        member.epoch = state.epoch
        guard state.cursor != before || isOtherEpoch else { return }
        guard let life = record.life(containing: state.cursor) else {
            throw Violation(
                "I8 log", "\(member.name) stands at \(state.cursor.sequence) of no known log")
        }
        member.cursor = state.cursor
        member.life = life
        let isForward =
            state.cursor.sequence >= before.sequence && record.lives[life].contains(before)
        if isForward, !isOtherEpoch {
            applied =
                record.lives[life]
                .entries[Int(before.sequence)..<Int(state.cursor.sequence)]
        } else {
            isCrossing = true
            guard isOtherEpoch else {
                throw Violation(
                    "I6 monotonic reads",
                    "the cursor of \(member.name) went from \(before.sequence) to "
                        + "\(state.cursor.sequence) within one epoch")
            }
        }
    }

    private func takeIdentity(of index: Int) throws {
        guard let identity = try members[index]?.store.read({ try $0.identity() }) else { return }
        members[index]?.replica = identity.replica
        owners[identity.replica] = owners[identity.replica] ?? index
    }

    /// A replica's store was replaced: where does it stand now?
    private func stand(_ index: Int) throws {
        guard var member = members[index] else { return }
        let (state, identity) = try member.store.read { (try $0.state(), try $0.identity()) }
        member.cursor = state.cursor
        member.epoch = state.epoch
        member.life = record.life(containing: state.cursor) ?? record.present
        if let identity { member.replica = identity.replica }
        members[index] = member
    }
}
