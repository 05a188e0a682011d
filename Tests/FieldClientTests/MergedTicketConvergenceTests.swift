import FieldClient
import Foundation
import HubService
import Replication
import Testing
import TicketModel
import Wire

/// Random merging, undoing, writing and syncing by three people on a few tickets: everybody agrees,
/// no word is lost or doubled, numbers lead to where the cases go on.
@Suite struct MergedTicketConvergenceTests {
    /// What happens besides.
    enum Fault: CaseIterable {
        case none
        /// The hub process dies, databases are copied and both copies go on.
        case copies
        /// The hub's store is put back.
        case restores
    }

    private static let worldsCount: UInt64 = 12
    private static let stepsCount = 60

    /// The seed of the first world; `LOOPDESK_TEST_SEED` repeats a failure.
    private static var firstSeed: UInt64 {
        ProcessInfo.processInfo.environment["LOOPDESK_TEST_SEED"].flatMap { UInt64($0) }
            ?? .random(in: 0...1_000_000_000)
    }

    @Test(arguments: Fault.allCases)
    func `random merging and undoing agrees everywhere`(fault: Fault) throws {
        let first = Self.firstSeed
        for seed in first..<(first + Self.worldsCount) {
            var work = try MergeWork(seed: seed, fault: fault)
            try work.run(stepsCount: Self.stepsCount)
        }
    }
}

/// One world and the people in it.
private struct MergeWork {
    let scene: MergedTicketTests.Scene
    let seed: UInt64
    let fault: MergedTicketConvergenceTests.Fault
    private var random: SplitMix
    private var tickets: [TicketID]
    private var said: Set<String> = []
    private var backup: InMemoryHubStorage.Snapshot

    init(seed: UInt64, fault: MergedTicketConvergenceTests.Fault) throws {
        scene = try MergedTicketTests.Scene()
        (self.seed, self.fault) = (seed, fault)
        random = SplitMix(state: seed)
        tickets = [scene.one, scene.two, scene.three]
        tickets += try [scene.store.logComplaint(), scene.store.logComplaint()]
        try scene.world.settle()
        backup = scene.world.hubStore.snapshot()
    }

    mutating func run(stepsCount: Int) throws {
        for step in 0..<stepsCount { try act(step) }
        for _ in 0..<2 { try scene.world.settle() }
        try check()
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    private mutating func act(_ step: Int) throws {
        let client = pick(scene.world.clients)
        let (one, other) = (pick(tickets), pick(tickets))
        switch Int.random(in: 0..<20, using: &random) {
        case 0...2: _ = try? client.desk.merge(one, into: other, reason: "", by: client.staff)
        case 3...4: _ = try? client.desk.unmerge(one, reason: "", by: client.staff)
        case 5...10:
            let text = "\(step)"
            let note = try? client.desk.note(
                text, isForCustomer: false, on: one, by: client.staff)
            if note != nil { said.insert(text) }
        case 11...12: _ = try? client.desk.accept(one, by: client.staff)
        case 13: _ = try? client.desk.close(one, note: "", by: client.staff)
        case 14: try disturb()
        case 15: try client.sync(.losesAnswers)
        default: try client.sync()
        }
    }

    private mutating func disturb() throws {
        switch fault {
        case .none: scene.world.restartHub()
        case .copies where scene.world.clients.count < 6:
            scene.world.restartHub()
            _ = try pick(scene.world.clients).copy()
        case .copies: return
        case .restores where Bool.random(using: &random):
            backup = scene.world.hubStore.snapshot()
        case .restores: try scene.world.restoreHub(backup)
        }
    }

    private func check() throws {
        try scene.checkAgreement()
        let found = try tickets.flatMap { try scene.texts($0) }
        let refused = fault == .restores ? try typedInDrafts() : []
        #expect(
            said.symmetricDifference(found).isSubset(of: refused),
            "seed \(seed): lost or made up")
        #expect(found.count == Set(found).count, "seed \(seed): doubled")
        for id in tickets {
            let (ticket, end) = (try scene.ticket(id), try self.end(of: id))
            #expect(!end.isMerged, "seed \(seed): a circle at \(id)")
            #expect(!ticket.isMerged || ticket.status == .closed, "seed \(seed)")
            #expect(
                !ticket.isMerged || !ticket.clocks.values.contains(where: \.isRunning),
                "seed \(seed): a merged ticket promises something")
            let own = [ticket.number?.text, ticket.provisionalNumber].compactMap { $0 }
            for client in scene.world.clients {
                for number in own {
                    #expect(
                        try scene.lookUp(number, at: client) == end.id,
                        "seed \(seed): \(number) at \(client.staff)")
                }
            }
            guard fault != .restores else { continue }
            #expect(
                id == end.id || Set(end.formerNumbers).isSuperset(of: own),
                "seed \(seed): \(end.id) lacks numbers of \(id)")
            let elsewhere = Set(try numbersElsewhere(id))
            #expect(
                ticket.isMerged || elsewhere.isDisjoint(with: own),
                "seed \(seed): numbers of \(id) are elsewhere too")
        }
    }

    /// After several restores the hub may not know any more that somebody had seen a merge undone:
    /// what they wrote then is a draft.
    private func typedInDrafts() throws -> Set<String> {
        let drafts = try scene.world.clients.flatMap { try $0.desk.drafts() }
        return Set(drafts.flatMap { $0.body.changes.compactMap(\.typedText) })
    }

    /// Former numbers of all other tickets that stand for themselves.
    private func numbersElsewhere(_ id: TicketID) throws -> [String] {
        try tickets.filter { $0 != id }.map { try scene.ticket($0) }
            .filter { !$0.isMerged }.flatMap(\.formerNumbers)
    }

    private func end(of id: TicketID) throws -> Ticket {
        var end = try scene.ticket(id)
        for _ in tickets {
            guard let next = end.mergedInto else { break }
            end = try scene.ticket(next)
        }
        return end
    }
}
