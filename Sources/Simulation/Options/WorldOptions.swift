import FieldClient
import HubService
import TicketModel

/// What a world is like before anything goes wrong: who is there, how long, how patient.
package struct WorldOptions: Hashable, Sendable {
    /// One replica and the person who works on it.
    package struct Member: Hashable, Sendable {
        /// What the trace calls the host: `clerk-1`.
        package var name: String
        /// The member that this one is a copy of: it exists only from the moment of copying on.
        package var copyOf: Int?
        /// Who works there.
        package var staff: StaffID
        /// What that person may do.
        package var role: Role
        /// The store that the device belongs to, if it belongs to one.
        package var store: StoreID?
        /// The region that the device belongs to, if it belongs to one.
        package var region: RegionID?
        /// The department whose queue it follows.
        package var department: DepartmentID?
        /// Whether its program stays on the line; the others sync now and then.
        package var isLive: Bool
        /// How patient its program is.
        package var tuning: SyncLoop.Tuning
        /// The longest that a frame travels one way on its link.
        package var delayMillisecondsMax: Int64
    }

    /// How time passes.
    package var tempo: Tempo
    /// By which policy people work.
    package var policy = WorldPolicy.basic
    /// How long people work before everything is healed.
    package var lengthMilliseconds: Int64
    /// How many things people do.
    package var worksCount: Int
    /// The replicas, by index.
    package var members: [Member]
    /// How often the hub shows on its feed that it lives.
    package var heartbeatMilliseconds: Int64
    /// How long the hub gathers frames before a turn, at most.
    package var turnDelayMillisecondsMax: Int64
    /// How much the hub takes and gives at a time.
    package var hubTuning: HubLoop.Tuning
    /// Whether people merge tickets of one case, undo that, and split them.
    package var hasMerges = false

    /// Index of the hub among the hosts.
    var hub: Int { members.count }
    /// Index of the network among the names of a trace.
    var network: Int { members.count + 1 }
    /// What the trace calls the hosts.
    var names: [String] { members.map(\.name) + ["hub", "network"] }
}

extension WorldOptions {
    /// The world of a seed.
    ///
    /// - Parameters:
    ///   - replicasCount: nil draws it: mostly three to six, now and then two dozen.
    ///   - tempo: nil draws it.
    ///   - policy: nil draws it.
    static func drawn(
        seed: UInt64, replicasCount: Int? = nil, tempo: Tempo? = nil, policy: WorldPolicy? = nil
    ) -> WorldOptions {
        var random = SimulatedRandom(seed, .world)
        let drawnTempo = random.pick(weighted: [(Tempo.minutes, 5), (.hours, 2), (.weeks, 3)])
        let isLarge = random.chance(perMille: 15)
        let drawnCount = isLarge ? 24 : random.number(in: 3...6)
        let tempo = tempo ?? drawnTempo
        let count = replicasCount ?? drawnCount
        let members = (0..<count).map { index in
            member(index, of: count, tempo: tempo, &random)
        }
        var merging = SimulatedRandom(seed, .merging)
        var choosing = SimulatedRandom(seed, .policy)
        let drawnPolicy = choosing.pick(weighted: [(WorldPolicy.basic, 6), (.unified, 4)])
        let policy = policy ?? drawnPolicy
        // A case of the manuals needs more hands until it is closed.
        let worksFactor = policy == .unified ? 2 : 1
        return WorldOptions(
            tempo: tempo, policy: policy,
            lengthMilliseconds: random.milliseconds(in: tempo.lengthMilliseconds),
            worksCount: worksFactor * (random.number(in: 30...90) + 4 * count), members: members,
            heartbeatMilliseconds: random.milliseconds(in: tempo.heartbeatMilliseconds),
            turnDelayMillisecondsMax: Int64(random.pick([1, 5, 50, 400])),
            hubTuning: hubTuning(&random), hasMerges: merging.chance(perMille: 500))
    }

    /// Adds members that come to be as copies of others.
    mutating func addCopies(_ count: Int, _ random: inout SimulatedRandom) {
        let originals = members.count
        for _ in 0..<count {
            let source = random.below(originals)
            var copy = members[source]
            copy.copyOf = source
            copy.name = "\(copy.name)-copy-\(members.count - originals + 1)"
            copy.isLive = random.chance(perMille: tempo.liveChancePerMille)
            members.append(copy)
        }
    }

    private static func member(
        _ index: Int, of count: Int, tempo: Tempo, _ random: inout SimulatedRandom
    ) -> Member {
        let role = role(index, &random)
        let department = DepartmentID(unchecked: random.chance(perMille: 600) ? "售后部" : "客服部")
        let store = StoreID(unchecked: "S00\(1 + random.below(max(1, count / 3)))")
        let ordinal = index + 1
        let isHandler = role == .handler || role == .departmentHead
        // A manager of a region sees its stores, one without sees everything.
        let region = RegionID(unchecked: random.chance(perMille: 500) ? "R1" : "R2")
        let hasRegion = role == .clerk || (role == .manager && random.chance(perMille: 700))
        return Member(
            name: "\(role.rawValue)-\(ordinal)", staff: StaffID(unchecked: "P\(ordinal)"),
            role: role, store: role == .clerk ? store : nil,
            region: hasRegion ? region : nil, department: isHandler ? department : nil,
            isLive: random.chance(perMille: tempo.liveChancePerMille),
            tuning: tuning(tempo, &random),
            delayMillisecondsMax: random.skewedMilliseconds(in: 2...2_000))
    }

    /// A clerk, a handler and a supervisor always; the rest as it comes.
    private static func role(_ index: Int, _ random: inout SimulatedRandom) -> Role {
        let drawn = random.pick(weighted: [
            (Role.clerk, 4), (.handler, 4), (.supervisor, 1), (.departmentHead, 1), (.manager, 1),
        ])
        return index < 3 ? [.clerk, .handler, .supervisor][index] : drawn
    }

    private static func tuning(
        _ tempo: Tempo, _ random: inout SimulatedRandom
    ) -> SyncLoop.Tuning {
        var tuning = SyncLoop.Tuning()
        tuning.silenceMillisecondsMax = random.milliseconds(in: tempo.silenceMilliseconds)
        tuning.answerMillisecondsMax = Int64(random.pick([15_000, 15_000, 6_000, 60_000]))
        if random.chance(perMille: 300) { tuning.batchIntentsCountMax = random.pick([1, 2, 5]) }
        if random.chance(perMille: 300) { tuning.windowBatchesCountMax = random.pick([1, 2]) }
        if random.chance(perMille: 300) { tuning.pageByteCountMax = random.pick([1, 600, 4_000]) }
        if random.chance(perMille: 300) { tuning.verdictsCountMax = random.pick([1, 2]) }
        if random.chance(perMille: 300) {
            tuning.refillEntriesCountMax = random.pick([1, 3])
            tuning.refusalsCountMax = 1
        }
        if random.chance(perMille: 300) { tuning.snapshotByteCountMax = random.pick([1, 2_000]) }
        if random.chance(perMille: 300) { tuning.repairTicketsCountMax = 1 }
        return tuning
    }

    private static func hubTuning(_ random: inout SimulatedRandom) -> HubLoop.Tuning {
        var tuning = HubLoop.Tuning()
        if random.chance(perMille: 300) { tuning.windowBatchesCountMax = random.pick([1, 2]) }
        if random.chance(perMille: 300) { tuning.batchIntentsCountMax = random.pick([1, 3]) }
        if random.chance(perMille: 300) { tuning.pageByteCountMin = 1 }
        if random.chance(perMille: 300) { tuning.pageByteCountMax = random.pick([1, 900, 6_000]) }
        if random.chance(perMille: 300) { tuning.timersCountMax = random.pick([1, 2]) }
        if random.chance(perMille: 500) {
            tuning.recoveryMilliseconds = Int64(random.pick([3_000, 60_000]))
        }
        if random.chance(perMille: 300) { tuning.snapshotByteCountMax = random.pick([1, 2_000]) }
        if random.chance(perMille: 300) {
            tuning.retryAfterMilliseconds = random.pick([400, 60_000])
        }
        return tuning
    }
}
