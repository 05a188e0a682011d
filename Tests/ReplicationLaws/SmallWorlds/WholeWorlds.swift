import Replication
import TicketModel
import Wire

/// Small worlds once more, each lived through by the shipped hub and replicas: writing, sealing,
/// signing, pushing, committing, paging, applying, settling.
///
/// A world of which a replica refuses an intent at once is left out: its author was told. So is
/// one that no clocks could have: a replica's clock never goes back, whatever it writes, while a
/// small world orders only the times that one contest compares.
package struct WholeWorlds {
    /// How messages travel; every world takes the next.
    struct Travel {
        /// Pages of one transaction.
        var hasSmallPages: Bool
        /// The answers to pushes are lost, so that the next push sends more and again.
        var losesAnswers: Bool
        var repeatsPages: Bool

        init(_ index: Int) {
            hasSmallPages = index % 2 == 1
            losesAnswers = index / 2 % 2 == 1
            repeatsPages = index / 4 % 2 == 1
        }
    }

    let worlds: SmallWorlds

    package init(_ worlds: SmallWorlds) { self.worlds = worlds }

    /// Lives through the worlds whose first letter is one of `first`; counts those that were
    /// possible.
    package func walk(first: Range<Int>? = nil, violationsCountMax: Int = 1) -> WorldTally {
        var tally = WorldTally()
        var path = WorldPath(worlds)
        extend(&path, first ?? worlds.alphabet.indices, violationsCountMax, &tally)
        return tally
    }

    private func extend(
        _ path: inout WorldPath, _ letters: Range<Int>, _ violationsCountMax: Int,
        _ tally: inout WorldTally
    ) {
        guard path.steps.count < worlds.intentsCountMax else { return }
        path.forEachStep(letters) { path, step in
            _ = path.take(step)
            defer { path.dropLast() }
            var isPossible = true
            do {
                isPossible = try live(path, Travel(tally.worldsCount))
                if isPossible {
                    tally.worldsCount += 1
                    path.dispositions.suffix(1).forEach { tally.answers.count($0) }
                }
            } catch {
                tally.violations.append("\(path.text): \(error)")
            }
            if isPossible { extend(&path, worlds.alphabet.indices, violationsCountMax, &tally) }
            return tally.violations.count < violationsCountMax
        }
    }

    /// - Returns: whether every replica let its intents be written, at times that are ordered as in
    ///   the small world.
    private func live(_ path: WorldPath, _ travel: Travel) throws -> Bool {
        let world = try start()
        var left = Array(path.steps.enumerated())
        var written: [Int: ReplicatedWorld.Written] = [:]
        for committedCount in 0..<path.steps.count {
            guard
                try writeAll(&left, after: committedCount, path, world, travel, &written),
                Self.isOrdered(written, as: path.steps)
            else { return false }
            try push(path, committedCount, world, travel)
        }
        for site in world.sites.indices { try push(site, world) }
        try world.settle()
        try world.checkAgreement()
        try world.checkRepetition()
        try compare(world, with: path)
        var reference = ReferenceHub()
        try reference.check(world)
        return true
    }

    /// Hub and replicas that hold the ticket of `SmallWorldStart`.
    private func start() throws -> ReplicatedWorld {
        let world = try ReplicatedWorld(
            hub: InMemoryHubStorage(codec: ProtobufCodec()),
            sites: (0..<worlds.replicasCount).map { _ in
                ([.all], InMemoryReplicaStorage(codec: ProtobufCodec()))
            })
        let moment = ReplicaWriter.Moment(
            now: world.now.adding(milliseconds: -600_000),
            random: SmallWorldStart.operation.rawValue)
        let changes = Array(SmallWorldStart.changes.dropFirst())
        try world.create(changes, by: .agent, at: 0, moment: moment)
        try world.settle()
        return world
    }

    /// Every replica whose next intents have seen just this much of the log writes them.
    private func writeAll(
        _ left: inout [(offset: Int, element: Step)], after committedCount: Int, _ path: WorldPath,
        _ world: ReplicatedWorld, _ travel: Travel, _ written: inout [Int: ReplicatedWorld.Written]
    ) throws -> Bool {
        let due = left.filter { $0.element.cursor == committedCount }
        left.removeAll { $0.element.cursor == committedCount }
        for site in Set(due.map(\.element.replica)) {
            try world.pull(
                site, byteCountMax: travel.hasSmallPages ? 1 : .max,
                repeatsPages: travel.repeatsPages)
        }
        let ticket = world.written[0].ticket
        let readings = Self.readings(of: path.steps)
        for (index, step) in due {
            // Clocks as in the small world; where they are all equal, identities decide.
            let isApart = worlds.clock == .apart
            let moment = ReplicaWriter.Moment(
                now: world.now.adding(
                    milliseconds: -500_000 + (isApart ? readings[index] : 0)),
                random: UInt128(isApart ? 0 : step.time) << 8 + UInt128(index + 1))
            let changes = step.letter.changes.map { $0.onFirstComment(of: world) }
            let operation = try world.write(
                step.letter.act, changes, on: ticket, by: step.letter.person, at: step.replica,
                moment: moment)
            if operation == nil { return false }
            written[index] = world.written.last
        }
        return true
    }

    /// The least readings of the clocks, in milliseconds, that go on at every replica and are
    /// ordered as the times of each contest; some orders have none.
    private static func readings(of steps: [Step]) -> [Int64] {
        var readings = [Int64](repeating: 0, count: steps.count)
        for _ in steps {
            for (later, step) in steps.enumerated() {
                for (earlier, other) in steps.enumerated()
                where earlier < later && other.replica == step.replica
                    || isRival(other, of: step) && other.time < step.time
                {
                    readings[later] = max(readings[later], readings[earlier] + 1_000)
                }
            }
        }
        return readings
    }

    /// Whether times, and identities where times are the same, decide each contest as in the small
    /// world.
    private static func isOrdered(
        _ written: [Int: ReplicatedWorld.Written], as steps: [Step]
    ) -> Bool {
        written.allSatisfy { first, one in
            written.allSatisfy { second, other in
                guard first != second, isRival(steps[first], of: steps[second]) else { return true }
                let isEarlier =
                    (one.time.rawValue, one.operation.rawValue)
                    < (other.time.rawValue, other.operation.rawValue)
                return isEarlier == (steps[first].time < steps[second].time)
            }
        }
    }

    private static func isRival(_ one: Step, of other: Step) -> Bool {
        one.letter.contest != nil && one.letter.contest == other.letter.contest
    }

    /// Lets the hub commit one more intent.
    private func push(
        _ path: WorldPath, _ committedCount: Int, _ world: ReplicatedWorld, _ travel: Travel
    ) throws {
        let site = path.steps[committedCount].replica
        // What was sent without an answer comes again, with one more behind it.
        let sentCount = path.steps.prefix(committedCount + 1).count { $0.replica == site }
        let createsCount = site == 0 ? 1 : 0
        let acknowledged = try world.sites[site].store.read { try $0.state().acknowledged }
        try world.push(
            site, countMax: sentCount + createsCount - Int(acknowledged),
            losesAnswer: travel.losesAnswers)
    }

    private func push(_ site: Int, _ world: ReplicatedWorld) throws {
        while try world.push(site) != nil {}
    }

    /// The smallest hub and the whole one give the same answers.
    private func compare(_ world: ReplicatedWorld, with path: WorldPath) throws {
        let order = try world.written.dropFirst().map { written in
            guard let verdict = try world.hub.read({ try $0.verdict(on: written.operation) }) else {
                throw LawViolation("\(written.operation) has no verdict")
            }
            return verdict
        }.sorted { $0.sequence < $1.sequence }
        for (verdict, answer) in zip(order, path.dispositions)
        where verdict.disposition != answer {
            throw LawViolation("the hub answered \(verdict.disposition), the merge \(answer)")
        }
    }
}

extension Change {
    /// The same change on the comment that the world's ticket started with.
    fileprivate func onFirstComment(of world: ReplicatedWorld) -> Change {
        switch self {
        case .editComment(_, let text): .editComment(world.written[0].operation, text: text)
        case .redactComment: .redactComment(world.written[0].operation)
        default: self
        }
    }
}
