import FieldClient
import HubService
import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// One world on one thread: the shipped loops, and around them a network, disks, clocks and people
/// that a plan decides.
///
/// Nothing in it asks the real world for anything: the same plan gives the same run, byte for
/// byte. It has four phases: everybody joins in peace; people work while things go wrong;
/// everything heals and must get in step; everything is checked once more.
package final class SimulatedWorld {
    /// What is going on.
    enum Phase: Int {
        case joining
        case working
        case healing
        case checking
    }

    /// Something that will happen.
    enum Event {
        case step(Int)
        case opens(host: Int, generation: Int)
        case connect(host: Int, generation: Int)
        case breaks(Connection)
        case atHub(Connection, [UInt8])
        case atField(Connection, [UInt8])
        case hint(host: Int, generation: Int, [UInt8])
        case follows(host: Int, generation: Int)
        case hubTurn
        case hubWake(Int)
        case fieldWake(host: Int, generation: Int, token: Int)
        case localChange(host: Int, generation: Int)
        case powerOn(host: Int)
        case startProgram(host: Int)
        case consume(host: Int, dies: Bool)
        case ends(Fault)
        case blocks(host: Int, Fault.Way, isBlocked: Bool)
    }

    /// When people begin to work, so that everybody has joined by then.
    static let joiningMilliseconds: Int64 = 60_000

    let plan: Plan
    let codec = ProtobufCodec()
    let policies: PolicyReader
    let hub: SimulatedHub
    private(set) var fields: [SimulatedField] = []
    let checkers: Checkers
    var trace: Trace
    var metrics = RunMetrics()
    var queue = EventQueue<Event>()
    /// Virtual milliseconds since the world began.
    private(set) var time: Int64 = 0
    var phase = Phase.joining
    /// The first thing that must not be.
    private(set) var violation: Violation?
    var blocks: Blocks
    var connectionsCount = 0
    var openConnections: [[UInt8]: Connection] = [:]
    /// Frames that took each lane of each host.
    var laneCounts: [Int]
    /// Faults of single frames that happened, for a replay.
    var frameFaults: [FrameFault] = []
    /// The faults that happen instead of tossed ones.
    let listedFrameFaults: Set<FrameFault>?
    /// The newest protocol that each host speaks; the hub comes last.
    private(set) var versions: [Int]
    /// Counts the texts that people typed: each has a number that can be found again anywhere.
    var textsCount = 0

    /// - Parameters:
    ///   - plan: everything that decides the run.
    ///   - keepsLines: whether the trace is kept in words.
    ///   - policies: may be shared by the worlds of one thread.
    package init(plan: Plan, keepsLines: Bool = false, policies: PolicyReader = PolicyReader()) {
        self.plan = plan
        self.policies = policies
        trace = Trace(names: plan.world.names, keepsLines: keepsLines)
        let count = plan.world.members.count
        blocks = Blocks(hostsCount: count)
        laneCounts = Array(repeating: 0, count: 3 * count)
        versions = Array(repeating: ProtocolVersion.current, count: count + 1)
        for case .fault(.upgrade(let host, let former, _, _)) in plan.steps.map(\.action) {
            versions[host] = former
        }
        if case .listed(let faults) = plan.frameFaults {
            listedFrameFaults = Set(faults)
        } else {
            listedFrameFaults = nil
        }
        hub = SimulatedHub(
            clock: HostClock(skewMilliseconds: Self.skew(of: count, in: plan)), codec: codec,
            sabotage: plan.sabotage)
        checkers = Checkers(codec: codec, policy: plan.world.policy)
    }

    static func skew(of host: Int, in plan: Plan) -> Int64 {
        let bound = plan.faults.skewMillisecondsMax
        guard bound > 0 else { return 0 }
        var random = SimulatedRandom(plan.seed, .identity, UInt64(host), 1)
        return random.milliseconds(in: -Int64(bound)...Int64(bound))
    }

    /// Runs the plan.
    package func run() -> RunResult {
        do {
            try join()
            try work()
            try heal()
            try check()
        } catch let found as Violation {
            violation = found
        } catch {
            violation = Violation("world", "the world itself failed: \(error)")
        }
        return result()
    }

    private func result() -> RunResult {
        metrics.virtualMilliseconds = time
        metrics.replicasCount = fields.count
        metrics.eventsCount = trace.eventsCount
        metrics.diskErrorsCount =
            hub.disk.errorsCount + fields.reduce(0) { $0 + $1.disk.errorsCount }
        if let violation {
            trace.add(.ending, at: time, host: plan.world.network, 0, 0, "\(violation)")
        }
        var result = RunResult(
            violation: violation, traceHash: trace.hash(), metrics: metrics,
            frameFaults: frameFaults, lines: trace.lines)
        if let tickets = violation?.tickets, !trace.lines.isEmpty {
            result.story = tickets.flatMap(checkers.context.record.story)
        }
        return result
    }

    // MARK: Events

    /// More than any world has whose parts do not drive each other for ever.
    private static let eventsCountMax = 1_000_000

    /// Handles everything up to `end`, then stands at `end`.
    func advance(to end: Int64) throws {
        while let next = queue.nextAt, next <= end, let (at, event) = queue.removeFirst() {
            time = max(time, at)
            try handle(event)
            if let found = checkers.violation { throw found }
            guard trace.eventsCount <= Self.eventsCountMax else {
                throw Violation(
                    "I12 liveness", "after \(Self.eventsCountMax) events nothing comes to rest")
            }
        }
        time = max(time, end)
    }

    func schedule(_ event: Event, after delay: Int64) {
        queue.add(event, at: time + max(0, delay))
    }

    private func handle(_ event: Event) throws {
        switch event {
        case .step(let index): try perform(plan.steps[index])
        case .opens, .connect, .breaks, .atHub, .atField, .hint, .follows, .blocks:
            try handleNetwork(event)
        case .hubTurn: try takeTurn()
        case .hubWake(let token):
            if token == hub.wakeToken { try takeTurn() }
        case .fieldWake(let host, let generation, let token):
            try wake(host, generation, token)
        case .localChange(let host, let generation):
            guard isCurrent(host, generation), field(host).program?.connection != nil else {
                return
            }
            try feed(.localChange, to: host)
        case .powerOn(let host): try powerOn(host)
        case .startProgram(let host): try startProgram(host, isLive: true)
        case .consume(let host, let dies): try consume(host, dies: dies)
        case .ends(let fault): end(fault)
        }
    }

    func field(_ host: Int) -> SimulatedField { fields[host] }

    /// All machines that exist by now.
    var activeFields: [SimulatedField] { fields.filter(\.isActive) }

    func isCurrent(_ host: Int, _ generation: Int) -> Bool {
        fields[host].generation == generation && fields[host].program != nil
    }

    func add(_ field: SimulatedField) { fields.append(field) }

    func setVersion(_ version: Int, of host: Int) { versions[host] = version }

    /// Whether a replica and the hub speak of recovery with each other.
    func speaksOfRecovery(_ host: Int) -> Bool {
        // What a hub said before it was replaced may arrive after.
        let hubs = [versions[plan.world.hub], field(host).program?.connection?.hubVersion]
        return (hubs.compactMap { $0 } + [versions[host]]).allSatisfy {
            $0 >= ProtocolVersion.recovery
        }
    }

    /// Draws for one host and purpose, independent of everything else.
    func random(
        _ purpose: SimulatedRandom.Purpose, _ host: Int, _ number: UInt64
    ) -> SimulatedRandom {
        SimulatedRandom(plan.seed, purpose, UInt64(host), number)
    }

    /// What happened, for the trace and for the report.
    func note(
        _ kind: Trace.Kind, _ host: Int, _ first: Int64 = 0, _ second: UInt64 = 0,
        _ words: @autoclosure () -> String = ""
    ) {
        trace.add(kind, at: time, host: host, first, second, words())
    }
}
