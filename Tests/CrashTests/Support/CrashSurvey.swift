import Foundation
import StoreSupport

/// Makes and checks the crash states of recordings, and counts them.
struct CrashSurvey {
    /// How many different images were checked, by what the crash did.
    private(set) var checkedCounts: [CrashOutcome: Int] = [:]
    /// How many of them are crashes during the recovery from another.
    private(set) var secondCount = 0
    /// How many states were made, repetitions among them.
    private(set) var madeCount = 0
    private(set) var problems: [(problem: CrashProblem, where: String)] = []
    private let scratch: Scratch

    /// Distinct images that were checked.
    var distinctCount: Int { checkedCounts.values.reduce(0, +) + secondCount }
    func count(_ kind: CrashProblem.Kind) -> Int {
        problems.count { $0.problem.kind == kind }
    }

    init() throws { scratch = try Scratch() }

    /// A state, and what may be found in each file after it.
    private struct Case {
        var state: CrashState
        var allowed: [String: ClosedRange<Int>]
    }

    /// Checks about `statesCount` crashes of a recording, a fifth of them crashes during the
    /// recovery from another.
    mutating func check(_ recording: CrashRecording, statesCount: Int, seed: UInt64) {
        var random = SplitMix(state: seed)
        let secondCount = statesCount / 5
        let cases = cases(of: recording, countMax: statesCount - secondCount, &random)
        for each in cases {
            checkedCounts[each.state.outcome, default: 0] += 1
            check(each, of: recording)
        }
        let parentsCount = max(1, secondCount / 12)
        var left = secondCount
        for (index, each) in cases.shuffled(using: &random).prefix(4 * parentsCount).enumerated()
        where left > 0 {
            let share = max(1, min(left, secondCount / max(1, parentsCount - index)))
            left -= checkSecond(each, of: recording, countMax: share, &random)
        }
    }

    // MARK: Choosing

    /// Distinct images: a quarter each of kills and torn writes, all losses, the rest reordered.
    private mutating func cases(
        of recording: CrashRecording, countMax: Int, _ random: inout SplitMix
    ) -> [Case] {
        let states = CrashStates(events: recording.disk.events)
        let points = Array(0...states.events.count).shuffled(using: &random)
        var found = Cases(recording)
        for count in states.pointsAroundSyncs { found.add(states.lost(count)) }
        let quota = countMax / 4
        for count in points where found.counts[.kill, default: 0] < quota {
            found.add(states.kill(count))
        }
        for count in points where found.counts[.torn, default: 0] < quota {
            for state in states.torn(count).shuffled(using: &random).prefix(max(2, quota / 60)) {
                found.add(state)
            }
        }
        // Where little is unsynced there is little to choose.
        var attemptsLeft = 20 * countMax
        while found.list.count < countMax, attemptsLeft > 0 {
            attemptsLeft -= 1
            let count = points.randomElement(using: &random) ?? 0
            found.add(states.reordered(count, seed: random.next()))
        }
        madeCount += found.madeCount
        return found.list
    }

    /// States whose images differ.
    private struct Cases {
        let recording: CrashRecording
        private(set) var list: [Case] = []
        private(set) var counts: [CrashOutcome: Int] = [:]
        private(set) var madeCount = 0
        private var known: [CrashImage.Identity: Int] = [:]

        init(_ recording: CrashRecording) { self.recording = recording }

        /// Adds a state; one that leaves the files of another must do for both.
        mutating func add(_ state: CrashState) {
            madeCount += 1
            let allowed = recording.histories.mapValues { $0.allowed(at: state.eventsCount) }
            let identity = recording.disk.image(after: state).identity
            guard let index = known[identity] else {
                known[identity] = list.count
                list.append(Case(state: state, allowed: allowed))
                counts[state.outcome, default: 0] += 1
                return
            }
            for (file, range) in allowed {
                guard let other = list[index].allowed[file] else { continue }
                let first = max(range.lowerBound, other.lowerBound)
                // Where both cannot be, what was acknowledged must be.
                list[index].allowed[file] =
                    first...max(first, min(range.upperBound, other.upperBound))
            }
        }
    }

    // MARK: Checking

    private mutating func check(_ each: Case, of recording: CrashRecording) {
        let place = "\(recording.transaction), \(each.state.description)"
        do {
            let directory = try scratch.directory("state")
            try recording.disk.image(after: each.state).write(to: directory)
            var check = CrashCheck(
                transaction: recording.transaction, histories: recording.histories,
                allowed: each.allowed)
            check.mode = each.state.eventsCount.isMultiple(of: 2) ? .oneShot : .daemon
            note(check.run(in: directory).problems, place)
        } catch {
            note([CrashProblem(kind: .broken, description: "\(error)")], place)
        }
    }

    private mutating func note(_ problems: [CrashProblem], _ place: String) {
        self.problems += problems.map { ($0, place) }
    }

    /// Records the recovery from a crash, and lets it crash too.
    ///
    /// - Returns: how many such crashes were checked.
    private mutating func checkSecond(
        _ first: Case, of recording: CrashRecording, countMax: Int, _ random: inout SplitMix
    ) -> Int {
        let place = "\(recording.transaction), \(first.state.description)"
        do {
            let directory = try scratch.directory("recovery")
            try recording.disk.image(after: first.state).write(to: directory)
            // After a kill the machine runs on, and what was unsynced still is.
            let isKill = first.state.outcome == .kill
            // A kill a sync later leaves the same files; of what that one acknowledged, the power
            // may take back what lay unsynced at this one.
            let allowed =
                isKill
                ? recording.histories.mapValues { $0.allowed(at: first.state.eventsCount) }
                : first.allowed
            let disk = try RecordedDisk(
                directory,
                beginning: isKill ? (recording.disk, first.state.eventsCount) : nil)
            var check = CrashCheck(
                transaction: recording.transaction, histories: recording.histories,
                allowed: allowed)
            (check.mode, check.drawsNumbers) = (.daemon, false)
            let finding = check.run(in: directory)
            disk.stop()
            check.drawsNumbers = true
            guard finding.problems.isEmpty else { return 0 }
            // What lay on the disk before the recovery is there after it, whatever happens to it.
            if !isKill { check.allowed = finding.moments.mapValues { $0...$0 } }
            check.noteWriting()
            return checkSecond(
                check, disk, from: isKill ? first.state.eventsCount : 0, countMax, place, &random)
        } catch {
            note([CrashProblem(kind: .broken, description: "\(error)")], place)
            return 0
        }
    }

    private mutating func checkSecond(
        _ check: CrashCheck, _ disk: RecordedDisk, from start: Int, _ countMax: Int,
        _ place: String, _ random: inout SplitMix
    ) -> Int {
        let states = CrashStates(events: disk.events)
        var known: Set<CrashImage.Identity> = []
        for attempt in 0..<(8 * countMax) where known.count < countMax {
            let count = Int.random(in: start...states.events.count, using: &random)
            let state =
                switch attempt % 4 {
                case 0: states.kill(count)
                case 1: states.lost(count)
                case 2: states.torn(count).randomElement(using: &random) ?? states.lost(count)
                default: states.reordered(count, seed: random.next())
                }
            madeCount += 1
            let image = disk.image(after: state)
            guard known.insert(image.identity).inserted else { continue }
            secondCount += 1
            do {
                let directory = try scratch.directory("state")
                try image.write(to: directory)
                note(
                    check.run(in: directory).problems,
                    "\(place), then in its recovery \(state.description)")
            } catch {
                note([CrashProblem(kind: .broken, description: "\(error)")], place)
            }
        }
        return known.count
    }
}
