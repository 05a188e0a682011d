import Foundation
import TicketModel

/// One run of `loopdesk-bench timers`.
struct TimersMeasurement {
    /// What is measured.
    struct Plan: CustomStringConvertible {
        var clocksCount: Int
        var perSecond: Int
        var secondsCount: Int
        var runsCount: Int
        var killsCount: Int
        var seed: UInt64

        var singlesCount: Int { perSecond * secondsCount }
        var burstCount: Int { clocksCount - singlesCount }

        var description: String {
            let deaths = killsCount == 0 ? "" : ", \(killsCount) times kill -9, seed \(seed)"
            return "\(clocksCount) open clocks: \(perSecond) a second for \(secondsCount) s, then "
                + "\(burstCount) in one instant\(deaths)"
        }
    }

    /// Clocks of which the fill's rate is foretold.
    private static let probeCount = 4_096
    /// How many times longer than foretold the preparation may take, and how often it is tried.
    private static let patience = 2.0
    private static let attemptsCountMax = 3
    /// From the last single clock to the instant of all others.
    private static let pauseSeconds = 3
    /// So many a second ring in a burst at least, or the run fails.
    private static let burstRateMin = 200.0
    /// What timers in one transaction of the hub are, for the floor.
    private static let perCommit = 256

    private static let floorInstantsCountMax = 200

    private let plan: Plan
    private let directory: URL

    init(_ plan: Plan, in directory: URL) {
        self.plan = plan
        self.directory = directory
    }

    /// Measures everything, our side and the floors in turn.
    ///
    /// - Throws: `BenchFailure` when a clock rang twice, never or out of order.
    func run() throws -> Result {
        let prepared = try prepare()
        let watch = try RingingWatch(prepared.hub.storePath, after: prepared.position)
        try follow(prepared.hub, watch, from: prepared.begin)
        prepared.hub.kill()
        try prepared.clocks.check(prepared.hub.storePath, after: prepared.position)
        let lateness = watch.lateness(of: prepared.clocks.clocks)
        return Result(
            plan: plan, restarts: prepared.restarts,
            singles: Array(lateness.prefix(plan.singlesCount)),
            burst: Array(lateness.dropFirst(plan.singlesCount)),
            floorSingles: try TimerFloor.lateness(
                instantsCount: min(plan.singlesCount, Self.floorInstantsCountMax),
                everySeconds: 1 / Double(plan.perSecond), path: file("single.db")),
            floorBurstSeconds: try TimerFloor(
                clocksCount: plan.burstCount, path: file("burst.db")
            ).ring(perCommit: Self.perCommit))
    }

    /// A running hub whose clocks are about to ring.
    private struct Prepared {
        var hub: HubProcess
        var clocks: OpenClocks
        var begin: Timestamp
        /// The end of the log before they ring.
        var position: UInt64
        var restarts: [(ours: Double, floor: Double)]
    }

    /// Fills a hub and restarts it, with the instants far enough ahead; where this took longer than
    /// a smaller hub had foretold, again with more time.
    private func prepare() throws -> Prepared {
        let empty = try HubProcess(in: try folder("empty"))
        var seconds = try foretoldSeconds(empty)
        for attempt in 1...Self.attemptsCountMax {
            seconds *= Self.patience
            let hub = try HubProcess(in: try folder("full-\(attempt)"))
            let begin = Timestamp.now.adding(milliseconds: Int64(seconds * 1_000))
            let clocks = OpenClocks(ringing: instants(from: begin))
            let position = try clocks.fill(hub.storePath)
            var restarts: [(ours: Double, floor: Double)] = []
            for run in 0...plan.runsCount {
                let pair = (ours: try hub.start(), floor: try empty.start())
                hub.kill()
                empty.kill()
                if run > 0 { restarts.append(pair) }
            }
            try hub.start()
            if Timestamp.now < begin {
                return Prepared(
                    hub: hub, clocks: clocks, begin: begin, position: position,
                    restarts: restarts)
            }
        }
        throw BenchFailure("this machine takes longer to prepare than it foretells")
    }

    /// How long the fill and the restarts should take, by a smaller hub.
    private func foretoldSeconds(_ empty: HubProcess) throws -> Double {
        let probe = try HubProcess(in: try folder("probe"))
        let count = min(Self.probeCount, plan.clocksCount)
        let far = Timestamp.now.adding(milliseconds: 3_600_000)
        let fillSeconds = try timed {
            try OpenClocks(ringing: [Timestamp](repeating: far, count: count))
                .fill(probe.storePath)
        }.seconds
        let restartSeconds = try probe.start() + empty.start()
        probe.kill()
        empty.kill()
        return fillSeconds * Double(plan.clocksCount) / Double(count)
            + restartSeconds * Double(plan.runsCount + 2)
    }

    private func file(_ name: String) -> String { directory.appendingPathComponent(name).path }

    private func folder(_ name: String) throws -> URL {
        let folder = directory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        return folder
    }

    private func instants(from begin: Timestamp) -> [Timestamp] {
        let singles = (0..<plan.singlesCount).map {
            begin.adding(milliseconds: Int64($0 * 1_000 / plan.perSecond))
        }
        let burst = begin.adding(
            milliseconds: Int64(plan.secondsCount + Self.pauseSeconds) * 1_000)
        return singles + [Timestamp](repeating: burst, count: plan.burstCount)
    }

    /// Watches until all have rung, and kills the hub as often as the plan says.
    private func follow(
        _ hub: HubProcess, _ watch: RingingWatch, from begin: Timestamp
    ) throws {
        let seconds =
            Double(plan.secondsCount + Self.pauseSeconds)
            + Double(plan.burstCount) / Self.burstRateMin + 60
        let end = Date(timeIntervalSince1970: Double(begin.milliseconds) / 1_000 + seconds)
        // How many have rung when the hub dies, a random moment later.
        var deaths = (0..<plan.killsCount).map { Int(random($0) % UInt64(plan.clocksCount)) }
            .sorted()
        try watch.wait(for: plan.clocksCount, until: end) { count in
            guard let next = deaths.first, count >= next else { return }
            deaths.removeFirst()
            Thread.sleep(forTimeInterval: Double(random(-deaths.count - 1) % 1_000) / 10_000)
            hub.kill()
            try hub.start()
        }
    }

    private func random(_ index: Int) -> UInt64 {
        Workload.mixed(plan.seed &+ UInt64(bitPattern: Int64(index)) &* 0x9E37_79B9_7F4A_7C15)
    }
}
