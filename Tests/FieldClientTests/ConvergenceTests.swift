import FieldClient
import Foundation
import Replication
import Testing
import TicketModel
import TicketPolicy

/// Whatever people do offline and in whatever order they meet, everybody ends up with the same
/// tickets, and every change has one answer (replication.md 4, I2, I3, I14).
@Suite struct ConvergenceTests {
    private static let worldsCount = 60
    private static let stepsCount = 40

    /// The seed of the first world; `LOOPDESK_TEST_SEED` repeats a failure.
    private static var firstSeed: UInt64 {
        ProcessInfo.processInfo.environment["LOOPDESK_TEST_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0 ... .max / 2)
    }

    @Test func `random work on five replicas converges and every change is answered`() throws {
        let first = Self.firstSeed
        let kinds: Set<Disposition.Outcome> = [.applied, .merged, .superseded, .rejected]
        var outcomes: Set<Disposition.Outcome> = []
        let count = UInt64(Self.worldsCount)
        // A kind of answer that is rare takes some worlds more.
        for seed in first..<(first + 10 * count)
        where seed < first + count || !outcomes.isSuperset(of: kinds) {
            outcomes.formUnion(try RandomWork(seed: seed).run(stepsCount: Self.stepsCount))
        }
        #expect(
            outcomes.isSuperset(of: kinds),
            "worlds without every kind of answer prove little, seed \(first)")
    }
}

/// One world of random verbs and random meetings.
private struct RandomWork {
    let seed: UInt64
    let world: SyncWorld
    let clients: [SyncClient]

    init(seed: UInt64) throws {
        self.seed = seed
        world = try SyncWorld(seed: seed)
        clients = [
            try world.clerk(), try world.clerk(), try world.client("B07", .handler),
            try world.client("C08", .handler), try world.supervisor(),
        ]
    }

    /// - Returns: the kinds of answers that were given.
    func run(stepsCount: Int) throws -> Set<Disposition.Outcome> {
        for _ in 0..<2 { _ = try clients[0].logComplaint() }
        try world.settle()
        for _ in 0..<stepsCount { try step() }
        try world.settle()
        try world.settle()
        try checkAgreement()
        return Set(try clients.flatMap { try $0.dispositions() }.compactMap { $0?.outcome })
    }

    private func step() throws {
        let client = clients[Int.random(in: 0..<clients.count, using: &world.random)]
        switch Int.random(in: 0..<10, using: &world.random) {
        case 0: try client.sync()
        case 1: try client.sync(.losesAnswers)
        case 2: try client.sync(.doublesAnswers)
        case 3:
            world.restartHub()
            try client.sync()
        default: try work(client)
        }
    }

    /// One verb on one ticket; what the replica itself refuses is no fault.
    private func work(_ client: SyncClient) throws {
        var query = TicketQuery()
        query.includesLeft = true
        let tickets = try client.store.read { try $0.list(query) }
        guard let id = tickets.randomElement(using: &world.random)?.id else { return }
        do { try verb(client, id) } catch is ReplicaWriter.Refusal {
        } catch Desk.Failure.nothingToChange {}
    }

    private func verb(_ client: SyncClient, _ id: TicketID) throws {
        let (desk, who) = (client.desk, client.staff)
        let word = ["甲", "乙", "丙", "丁"].randomElement(using: &world.random) ?? ""
        switch Int.random(in: 0..<13, using: &world.random) {
        case 0: _ = try desk.note(word, isForCustomer: false, on: id, by: who)
        case 1: _ = try desk.set(.demand, to: .text(word), on: id, by: who)
        case 2:
            _ = try desk.set(
                .priority, to: .integer(.random(in: 1...3, using: &world.random)), on: id, by: who)
        case 3: _ = try desk.tag(adding: [word], removing: [], on: id, by: who)
        case 4: _ = try desk.tag(adding: [], removing: [word], on: id, by: who)
        case 5: _ = try desk.accept(id, by: who)
        case 6: _ = try desk.refuse(id, reason: word, by: who)
        case 7:
            let owner = ["B07", "C08"].randomElement(using: &world.random) ?? ""
            _ = try desk.assign(
                id, to: .staff(StaffID(unchecked: owner), nil), reason: word, by: who)
        case 8: _ = try desk.escalate(id, to: nil, reason: word, by: who)
        case 9: _ = try desk.resolve(id, solution: word, by: who)
        case 10: _ = try desk.close(id, note: word, by: who)
        case 11: _ = try desk.reopen(id, reason: word, by: who)
        default:
            _ = try desk.progress(
                id, ProgressReport(done: word, next: "", expected: nil, expectedText: ""),
                by: who)
        }
    }

    private func checkAgreement() throws {
        var written = 0
        for client in clients {
            let answers = try client.dispositions()
            written += answers.count
            #expect(answers.allSatisfy { $0 != nil }, "unanswered at \(client.staff), seed \(seed)")
            let rejected = answers.count { $0?.outcome == .rejected }
            #expect(
                try client.desk.drafts().count == rejected,
                "a refusal without a draft, seed \(seed)")
            try checkTickets(of: client)
        }
        let counters = try clients.map { client in
            try client.store.read { try $0.state().counter }
        }
        #expect(counters.reduce(0, +) == UInt64(written), "seed \(seed)")
    }

    private func checkTickets(of client: SyncClient) throws {
        let tickets = try client.store.read { try $0.list(TicketQuery()) }
        for summary in tickets {
            let atHub = try world.ticket(summary.id)
            #expect(try client.visible(summary.id) == atHub, "\(client.staff), seed \(seed)")
            #expect(try client.base(summary.id) == atHub, "\(client.staff), seed \(seed)")
        }
    }
}
