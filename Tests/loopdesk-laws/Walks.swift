import ArgumentParser
import ReplicationLaws

/// Every small world: the merge beside the model.
struct Worlds: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Merges the intents of every small world beside the reference model.")

    @Option(help: "The most intents of a world.") var intents = 3
    @Option(help: "The letters of the alphabet: all or core.") var letters: Letters = .all

    func run() throws {
        for clock in SmallWorlds.Clock.allCases {
            let worlds = SmallWorlds(
                alphabet: letters.alphabet, intentsCountMax: intents, clock: clock)
            try report("small worlds, clocks \(clock)", letters.alphabet.count, intents) {
                worlds.walk(first: $0)
            }
        }
    }
}

/// Every pair of neighbours, in both orders.
struct Orders: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Commits neighbours that do not know each other in both orders.")

    @Option(help: "The most intents of a world.") var intents = 4

    func run() throws {
        for alphabet in CommitOrders.alphabets(comment: SmallWorldStart.operation) {
            let orders = CommitOrders(alphabet: alphabet, intentsCountMax: intents)
            try report("swapped worlds", alphabet.count, intents) { orders.walk(first: $0) }
        }
    }
}

/// Small worlds with the shipped hub and replicas.
struct Whole: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lives through small worlds with the shipped hub and replicas.")

    @Option(help: "The most intents of a world.") var intents = 2
    @Option(help: "The letters of the alphabet: all or core.") var letters: Letters = .all

    func run() throws {
        for clock in SmallWorlds.Clock.allCases {
            let worlds = WholeWorlds(
                SmallWorlds(alphabet: letters.alphabet, intentsCountMax: intents, clock: clock))
            try report("whole worlds, clocks \(clock)", letters.alphabet.count, intents) {
                worlds.walk(first: $0)
            }
        }
    }
}

/// Walks the worlds of each first letter on whatever core is free, and prints what it came to.
private func report(
    _ what: String, _ lettersCount: Int, _ intentsCountMax: Int,
    _ walk: @escaping @Sendable (Range<Int>) -> WorldTally
) throws {
    let stopwatch = Stopwatch()
    let tallies = inParallel(0..<lettersCount) { walk($0..<$0 + 1) }
    let tally = tallies.reduce(into: WorldTally()) { $0.add($1) }
    print(
        "\(tally.worldsCount) \(what): up to \(intentsCountMax) intents of \(lettersCount) "
            + "letters, 3 replicas; \(tally.violations.count) violations; \(stopwatch.text)")
    if tally.answers.text != "" { print("  answers: \(tally.answers.text)") }
    for violation in tally.violations.prefix(10) { print("  \(violation)") }
    if !tally.violations.isEmpty { throw ExitCode.failure }
}
