import ArgumentParser
import ReplicationLaws

/// The laws of replication and of clocks in their long form, optimised: every small world, and a
/// million random cases of each. It ends with 0 only when nothing broke a law.
@main struct LoopdeskLaws: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loopdesk-laws",
        abstract: "Checks the laws of replication and of clocks in their long form.",
        subcommands: [
            All.self, Worlds.self, Orders.self, Whole.self, Cases.self, Clocks.self,
        ],
        defaultSubcommand: All.self)

    /// Everything, as `make soak` runs it.
    struct All: ParsableCommand {
        @Option(help: "The number of random cases.") var count = 1_000_000
        @Option(help: "The seed of the first case; a new one if not given.") var seed: UInt64?

        func run() throws {
            var worlds = Worlds()
            (worlds.intents, worlds.letters) = (3, .all)
            try worlds.run()
            (worlds.intents, worlds.letters) = (4, .core)
            try worlds.run()
            var orders = Orders()
            orders.intents = 4
            try orders.run()
            var whole = Whole()
            (whole.intents, whole.letters) = (3, .core)
            try whole.run()
            var cases = Cases()
            (cases.count, cases.seed, cases.law) = (count, seed, "")
            try cases.run()
            var clocks = Clocks()
            (clocks.count, clocks.seed) = (count, seed)
            try clocks.run()
        }
    }
}

/// Which letters the worlds are written in.
enum Letters: String, ExpressibleByArgument, CaseIterable {
    case all
    case core

    var alphabet: [Letter] {
        let comment = SmallWorldStart.operation
        return self == .all ? Letter.alphabet(comment: comment) : Letter.core(comment: comment)
    }
}
