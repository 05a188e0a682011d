import TicketModel
import Wire

extension Plan {
    /// What a user of the simulator decides; everything else comes from the seed.
    package struct Request: Sendable {
        /// Which faults the worlds draw from.
        package var preset = FaultPreset.mixed
        /// Nil lets every seed draw its own.
        package var replicasCount: Int?
        /// Nil lets every seed draw its own.
        package var tempo: Tempo?
        /// Nil lets every seed draw its own.
        package var policy: WorldPolicy?
        /// Fields of the faults that have one value in all worlds.
        package var fixed: [(name: String, value: Int)] = []
        /// A defect that the checkers must find.
        package var sabotage: Sabotage?

        /// Mixed faults, worlds of all sizes.
        package init() {}
    }

    /// The plan of a seed.
    package static func drawn(seed: UInt64, _ request: Request) -> Plan {
        var world = WorldOptions.drawn(
            seed: seed, replicasCount: request.replicasCount, tempo: request.tempo,
            policy: request.policy)
        var random = SimulatedRandom(seed, .options)
        var faults = request.preset.drawn(&random, for: world.tempo)
        var apart = SimulatedRandom(seed, .options, 1)
        request.preset.drawApart(&apart, into: &faults)
        for (name, value) in request.fixed {
            guard let field = FaultOptions.fields.first(where: { $0.name == name }) else {
                preconditionFailure("the command line checks names of faults, got \(name)")
            }
            faults[keyPath: field.path] = value
        }
        world.addCopies(faults.clonesCount, &random)
        var drawing = PlanDrawing(world: world, faults: faults, seed: seed)
        drawing.drawWork()
        drawing.drawSyncs()
        drawing.drawFeedReaders()
        drawing.drawAdministration()
        drawing.drawFaults()
        return Plan(
            seed: seed, world: world, faults: faults, steps: drawing.inOrder(),
            frameFaults: .drawn, sabotage: request.sabotage)
    }
}

/// Draws the steps of one world.
struct PlanDrawing {
    let world: WorldOptions
    let faults: FaultOptions
    private var steps: [Step] = []
    private var work: SimulatedRandom
    private var random: SimulatedRandom

    init(world: WorldOptions, faults: FaultOptions, seed: UInt64) {
        self.world = world
        self.faults = faults
        work = SimulatedRandom(seed, .work)
        random = SimulatedRandom(seed, .faults)
    }

    /// The steps by time, with names in that order.
    func inOrder() -> [Step] {
        let sorted = steps.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        return sorted.enumerated().map { index, step in
            Step(id: index + 1, at: step.at, action: step.action)
        }
    }

    private mutating func add(_ action: Step.Action, at time: Int64) {
        steps.append(Step(id: steps.count, at: time, action: action))
    }

    // MARK: Work

    /// People work in bursts: what two of them do at the same time is what must merge.
    mutating func drawWork() {
        let length = world.lengthMilliseconds
        var time: Int64 = 0
        for index in 0..<world.worksCount {
            let isBurst = work.chance(perMille: 600)
            let gap = isBurst ? length / 2_000 : 2 * length / Int64(world.worksCount)
            time = min(length, time + work.milliseconds(in: 1...max(2, gap)))
            if time >= length { time = work.milliseconds(in: 0...length) }
            let isEarly = index < 2 + world.members.count / 4
            let host = isEarly ? clerk() : work.below(world.members.count)
            add(.work(host: host, isEarly ? .log : verb(for: world.members[host].role)), at: time)
        }
    }

    private mutating func clerk() -> Int {
        work.pick(world.members.indices.filter { world.members[$0].role == .clerk })
    }

    private mutating func verb(for role: Role) -> Verb {
        if work.chance(perMille: 60) { return work.pick(Self.draftVerbs) }
        if work.chance(perMille: 100) { return work.pick(Self.rareVerbs) }
        if world.hasMerges, work.chance(perMille: 150) {
            return work.pick(weighted: Self.mergeVerbs)
        }
        if world.policy == .unified, work.chance(perMille: 500) {
            return work.pick(weighted: processVerbs(of: role))
        }
        switch role {
        case .clerk: return work.pick(weighted: Self.clerkVerbs)
        case .handler: return work.pick(weighted: Self.handlerVerbs)
        default: return work.pick(weighted: Self.leaderVerbs)
        }
    }

    private func processVerbs(of role: Role) -> [(Verb, weight: Int)] {
        switch role {
        case .clerk: Self.clerkProcessVerbs
        case .handler: Self.handlerProcessVerbs
        default: Self.leaderProcessVerbs
        }
    }

    private static let clerkProcessVerbs: [(Verb, weight: Int)] = [
        (.classify, 3), (.consent, 4), (.verify, 5), (.survey, 3), (.contact, 2), (.promise, 2),
        (.urge, 1), (.resume, 1), (.phone, 1), (.close, 2),
    ]
    private static let handlerProcessVerbs: [(Verb, weight: Int)] = [
        (.plan, 6), (.step, 3), (.pause, 3), (.resume, 2), (.meeting, 1), (.contact, 2),
        (.promise, 1), (.classify, 1), (.resolve, 4),
    ]
    private static let leaderProcessVerbs: [(Verb, weight: Int)] = [
        (.approve, 8), (.consent, 2), (.verdict, 2), (.audit, 2), (.meeting, 1), (.verify, 2),
        (.pause, 1), (.survey, 1), (.plan, 1), (.close, 2),
    ]
    private static let draftVerbs: [Verb] = [
        .retryDraft, .retryDraft, .noteDraft, .discardDraft,
    ]
    private static let rareVerbs: [Verb] = [
        .editComment, .redactComment, .rate, .attach, .custom, .untag, .lowerEscalation, .route,
    ]
    private static let mergeVerbs: [(Verb, weight: Int)] = [
        (.merge, 5), (.unmerge, 2), (.split, 2),
    ]
    private static let clerkVerbs: [(Verb, weight: Int)] = [
        (.log, 3), (.note, 3), (.customerNote, 2), (.edit, 4), (.priority, 2), (.tag, 2),
        (.escalate, 2), (.close, 2), (.reopen, 2), (.accept, 1), (.resolve, 1), (.custom, 1),
    ]
    private static let handlerVerbs: [(Verb, weight: Int)] = [
        (.accept, 4), (.progress, 4), (.note, 2), (.edit, 3), (.tag, 2), (.refuse, 2),
        (.resolve, 3), (.escalate, 1), (.priority, 1), (.custom, 1),
    ]
    private static let leaderVerbs: [(Verb, weight: Int)] = [
        (.assign, 6), (.note, 2), (.edit, 3), (.priority, 2), (.escalate, 2), (.close, 3),
        (.reopen, 2), (.lowerEscalation, 1), (.accept, 1), (.resolve, 1), (.tag, 1),
    ]

    // MARK: Programs

    mutating func drawSyncs() {
        for (host, member) in world.members.enumerated() where !member.isLive {
            var time: Int64 = 0
            while true {
                time += work.milliseconds(in: world.tempo.syncMilliseconds)
                if time >= world.lengthMilliseconds { break }
                add(.sync(host: host), at: time)
            }
        }
    }

    mutating func drawFeedReaders() {
        for (host, member) in world.members.enumerated() where member.role.readsFeeds {
            for _ in 0..<work.number(in: 2...8) {
                add(
                    .consume(host: host, dies: work.chance(perMille: 300)),
                    at: work.milliseconds(in: 0...world.lengthMilliseconds))
            }
        }
    }

    /// In some worlds people leave, come back, change roles, and the policy changes.
    mutating func drawAdministration() {
        guard work.chance(perMille: 400) else { return }
        for _ in 0..<work.number(in: 1...3) {
            let member = work.below(world.members.count)
            let time = work.milliseconds(in: 0...world.lengthMilliseconds)
            switch work.below(3) {
            case 0:
                add(.administer(.setActive(member: member, false)), at: time)
                let rest = max(1, world.lengthMilliseconds - time)
                add(
                    .administer(.setActive(member: member, true)),
                    at: time + work.milliseconds(in: 0...rest))
            case 1:
                let role = work.pick([world.members[member].role, .handler, .clerk])
                add(.administer(.setRole(member: member, role)), at: time)
            default:
                add(.administer(.loadPolicy(isStrict: work.chance(perMille: 600))), at: time)
            }
        }
    }

    // MARK: Faults

    mutating func drawFaults() {
        drawNetworkFaults()
        repeated(faults.fieldCrashesCount) { $0.crash($0.field()) }
        repeated(faults.hubCrashesCount) { $0.crash($0.world.hub) }
        repeated(faults.hubRestartsCount) {
            .restartHub(downMilliseconds: $0.length($0.faults.downMillisecondsMax) / 8)
        }
        repeated(faults.crashesAtCommitCount) {
            .crashAtCommit(
                host: $0.anyHost(), transactions: $0.random.number(in: 1...6),
                isAfterCommit: $0.random.chance(perMille: 500),
                downMilliseconds: $0.length($0.faults.downMillisecondsMax))
        }
        drawDiskFaults()
        drawClockFaults()
        drawRestores()
        drawCopies()
        drawUpgrades()
        repeated(faults.revocationsCount) { .revoke(host: $0.field()) }
    }

    /// Every restore has a backup before it.
    private mutating func drawRestores() {
        for index in 0..<faults.hubRestoresCount {
            let time = random.milliseconds(in: 0...world.lengthMilliseconds)
            let isSilent = random.chance(perMille: 10 * faults.silentRestoresPercent)
            let down = length(faults.downMillisecondsMax)
            let backup = time * random.milliseconds(in: 300...950) / 1_000
            add(.fault(.backUpHub), at: backup)
            add(.fault(.restoreHub(isSilent: isSilent, downMilliseconds: down)), at: time)
            if index == 0, random.chance(perMille: 500) {
                add(
                    .fault(.backUpHub),
                    at: random.milliseconds(in: 0...world.lengthMilliseconds))
            }
        }
    }

    private mutating func drawCopies() {
        for _ in 0..<faults.fieldRestoresCount {
            let host = field()
            let time = random.milliseconds(in: 0...world.lengthMilliseconds)
            let down = length(faults.downMillisecondsMax)
            let copy = time * random.milliseconds(in: 300...950) / 1_000
            add(.fault(.copyField(host: host)), at: copy)
            add(.fault(.restoreField(host: host, downMilliseconds: down)), at: time)
        }
        for (host, member) in world.members.enumerated() where member.copyOf != nil {
            let time = random.milliseconds(in: 0...world.lengthMilliseconds)
            add(.fault(.cloneField(copy: host)), at: time)
        }
    }

    /// Nobody goes back to an older program, and nobody is upgraded twice.
    private mutating func drawUpgrades() {
        var hosts: Set<Int> = []
        for _ in 0..<faults.upgradesCount {
            let (host, present) = (anyHost(), ProtocolVersion.current)
            let (former, next) = random.pick([
                (present - 1, present), (present, present + 1), (present - 1, present + 1),
            ])
            let time = random.milliseconds(in: 0...world.lengthMilliseconds)
            let down = length(faults.downMillisecondsMax) / 8
            guard hosts.insert(host).inserted else { continue }
            add(
                .fault(.upgrade(host: host, from: former, to: next, downMilliseconds: down)),
                at: time)
        }
    }

    private mutating func drawNetworkFaults() {
        repeated(faults.partitionsCount) {
            .partition(
                hosts: $0.someFields(), way: $0.random.pick(Fault.Way.allCases),
                milliseconds: $0.length($0.faults.networkFaultMillisecondsMax))
        }
        repeated(faults.flapsCount) {
            .flap(
                host: $0.field(), times: $0.random.number(in: 2...12),
                milliseconds: $0.length($0.faults.networkFaultMillisecondsMax / 12))
        }
        repeated(faults.swizzlesCount) {
            let hosts = $0.someFields()
            return .swizzle(
                hosts: hosts,
                milliseconds: $0.length(
                    $0.faults.networkFaultMillisecondsMax / max(1, hosts.count)))
        }
        repeated(faults.replaysCount) { .replay(host: $0.field()) }
        repeated(faults.feedStopsCount) {
            .feedStop(milliseconds: $0.length($0.faults.networkFaultMillisecondsMax))
        }
        repeated(faults.subscriberStallsCount) {
            .subscriberStall(
                host: $0.field(),
                milliseconds: $0.length($0.faults.networkFaultMillisecondsMax))
        }
    }

    private mutating func drawDiskFaults() {
        repeated(faults.fullDisksCount) {
            .fullDisk(
                host: $0.anyHost(), milliseconds: $0.length($0.faults.diskFaultMillisecondsMax))
        }
        repeated(faults.writeErrorsCount) {
            .writeErrors(
                host: $0.anyHost(), count: $0.random.number(in: 1...3),
                operation: $0.random.below(6))
        }
        repeated(faults.readErrorsCount) {
            .readErrors(host: $0.anyHost(), count: $0.random.number(in: 1...3))
        }
    }

    private mutating func drawClockFaults() {
        repeated(faults.clockJumpsCount) {
            let size = $0.length($0.faults.clockJumpMillisecondsMax)
            return .clockJump(
                host: $0.anyHost(), milliseconds: $0.random.chance(perMille: 500) ? size : -size)
        }
        repeated(faults.clockFreezesCount) {
            .clockFreeze(
                host: $0.anyHost(), milliseconds: $0.length($0.faults.clockFaultMillisecondsMax))
        }
        repeated(faults.clockDriftsCount) {
            let drift = $0.random.number(in: 1...max(1, $0.faults.clockDriftPerMilleMax))
            return .clockDrift(
                host: $0.anyHost(),
                perMille: $0.random.chance(perMille: 500) ? 1_000 + drift : 1_000 - drift,
                milliseconds: $0.length($0.faults.clockFaultMillisecondsMax))
        }
    }

    private mutating func repeated(_ count: Int, _ draw: (inout PlanDrawing) -> Fault) {
        for _ in 0..<count {
            let time = random.milliseconds(in: 0...world.lengthMilliseconds)
            add(.fault(draw(&self)), at: time)
        }
    }

    private mutating func crash(_ host: Int) -> Fault {
        .crash(host: host, downMilliseconds: length(faults.downMillisecondsMax))
    }

    private mutating func length(_ longest: Int) -> Int64 {
        random.skewedMilliseconds(in: 20...max(21, Int64(longest)))
    }

    private mutating func field() -> Int { random.below(world.members.count) }

    /// The hub as often as all replicas together: it is the one that everybody needs.
    private mutating func anyHost() -> Int {
        random.chance(perMille: 400) ? world.hub : field()
    }

    private mutating func someFields() -> [Int] {
        let share = random.number(in: 1...world.members.count)
        var hosts = Array(world.members.indices)
        while hosts.count > share { hosts.remove(at: random.below(hosts.count)) }
        return hosts
    }
}

extension Role {
    /// Whether a program of this person follows the feeds.
    var readsFeeds: Bool { [.supervisor, .departmentHead, .manager].contains(self) }
}
