import Replication
import ReplicationLaws
import Testing

/// All worlds of a few intents on one ticket, beside a model that knows the rules from the design
/// only. `loopdesk-laws worlds` walks larger ones.
@Suite struct SmallWorldTests {
    private static let alphabet = Letter.alphabet(comment: SmallWorldStart.operation)
    private static let core = Letter.core(comment: SmallWorldStart.operation)

    @Test(arguments: SmallWorlds.Clock.allCases)
    func `the merge does in every world of two intents what the model says`(
        clock: SmallWorlds.Clock
    ) {
        let tally = SmallWorlds(alphabet: Self.alphabet, intentsCountMax: 2, clock: clock).walk()
        print("\(tally.worldsCount) small worlds: \(tally.answers.text)")
        #expect(tally.violations == [])
        #expect(tally.worldsCount > 4_000)
    }

    @Test func `the merge does in every world of three intents of the core what the model says`() {
        let tally = SmallWorlds(alphabet: Self.core, intentsCountMax: 3).walk()
        print("\(tally.worldsCount) small worlds: \(tally.answers.text)")
        #expect(tally.violations == [])
        #expect(tally.worldsCount > 100_000)
    }

    @Test func `the worlds meet every answer that a merge can give on one ticket`() {
        let tally = SmallWorlds(alphabet: Self.alphabet, intentsCountMax: 2).walk()
        for outcome in [Disposition.Outcome.applied, .merged, .superseded, .rejected] {
            #expect(tally.answers.count(of: outcome) > 0, "\(outcome)")
        }
        for code in [
            RejectionCode.illegalTransition, .staleClose, .staleValue, .unsupportedKind,
            .invalidValue,
        ] {
            #expect(tally.answers.count(of: code) > 0, "\(code)")
        }
    }

    @Test(arguments: CommitOrders.alphabets(comment: SmallWorldStart.operation))
    func `the order of two commits has no say where it must not`(alphabet: [Letter]) {
        let tally = CommitOrders(alphabet: alphabet, intentsCountMax: 2).walk()
        #expect(tally.violations == [])
        #expect(tally.worldsCount > 200)
    }

    @Test func `the shipped hub and replicas live through small worlds as the model says`() {
        var tally = WorldTally()
        for clock in SmallWorlds.Clock.allCases {
            let worlds = SmallWorlds(alphabet: Self.core, intentsCountMax: 2, clock: clock)
            // A letter in four: the long form takes all.
            for first in stride(from: clock == .apart ? 0 : 2, to: Self.core.count, by: 4) {
                tally.add(WholeWorlds(worlds).walk(first: first..<first + 1))
            }
        }
        print("\(tally.worldsCount) whole worlds: \(tally.answers.text)")
        #expect(tally.violations == [])
        #expect(tally.worldsCount > 200)
    }

    @Test(arguments: SmallWorlds.Clock.allCases)
    func `a replica's clock goes on from one field to another`(clock: SmallWorlds.Clock) {
        let contested = Self.core.filter { [.subject, .edit].contains($0.contest) }
        let alphabet = contested.filter { $0.contest == .edit } + contested.prefix(1)
        let worlds = SmallWorlds(alphabet: alphabet, intentsCountMax: 3, clock: clock)
        let tally = WholeWorlds(worlds).walk()
        #expect(tally.violations == [])
        #expect(tally.worldsCount > 100)
    }
}

extension Letter: CustomTestStringConvertible {
    public var testDescription: String { name }
}
