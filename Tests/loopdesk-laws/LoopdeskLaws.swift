import ArgumentParser
import Dispatch
import ReplicationLaws

@main struct LoopdeskLaws: ParsableCommand {
    @Option var intents = 3
    @Option var whole = 2
    @Option var violations = 10

    @Option var cases = 1000
    @Option var seed: UInt64 = 1

    func run() throws {
        for law in Law.all(.temporary) {
            let start = DispatchTime.now().uptimeNanoseconds
            do {
                let count = try law.run(casesCount: cases * law.share / 1000, seed: seed)
                let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
                print(count, seconds, law.sentence)
            } catch { print("\(error)".prefix(3000)) }
        }
        let alphabet = Letter.alphabet(comment: SmallWorldStart.operation)
        for alphabet in CommitOrders.alphabets(comment: SmallWorldStart.operation) {
            let start = DispatchTime.now().uptimeNanoseconds
            let orders = CommitOrders(
                alphabet: alphabet, intentsCountMax: intents)
            let tally = orders.walk(violationsCountMax: violations)
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            print("orders", tally.worldsCount, "seconds", seconds)
            for violation in tally.violations { print(violation) }
        }
        for clock in SmallWorlds.Clock.allCases {
            let start = DispatchTime.now().uptimeNanoseconds
            let worlds = WholeWorlds(
                SmallWorlds(
                    alphabet: alphabet, intentsCountMax: whole, clock: clock))
            let tally = worlds.walk(violationsCountMax: violations)
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            print("whole", clock, "worlds", tally.worldsCount, "seconds", seconds)
            for violation in tally.violations { print(violation.prefix(3000)) }
        }
        for clock in SmallWorlds.Clock.allCases {
            let start = DispatchTime.now().uptimeNanoseconds
            let worlds = SmallWorlds(alphabet: alphabet, intentsCountMax: intents, clock: clock)
            let tally = worlds.walk(violationsCountMax: violations)
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            print(clock, "letters", alphabet.count, "worlds", tally.worldsCount, "seconds", seconds)
            for violation in tally.violations { print(violation) }
        }
    }
}
