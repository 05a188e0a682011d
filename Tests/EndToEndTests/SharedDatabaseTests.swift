import Foundation
import Testing

/// Two people at two terminals share one home.
@Suite struct SharedDatabaseTests {
    @Test func `two processes work on one home and every write is there`() async throws {
        try await SharedHome.hammer(for: .seconds(6))
    }
}

/// The same for as long as the tester wants.
@Suite struct SharedDatabaseSoakTests {
    private static let seconds = ProcessInfo.processInfo.environment["LOOPDESK_SOAK_SECONDS"]
        .flatMap { Int($0) }

    @Test(.enabled(if: seconds != nil, "LOOPDESK_SOAK_SECONDS says for how long"))
    func `two processes work on one home for a long time`() async throws {
        try await SharedHome.hammer(for: .seconds(Self.seconds ?? 60))
    }
}

private enum SharedHome {
    static let writersCount = 2
    /// Lists of the command line end here.
    static let ticketsCountMax = 10_000

    static func hammer(for duration: Duration) async throws {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let client = try await hub.join("lina", role: "clerk", store: "S001")
        let end = ContinuousClock.now + duration
        let written = try await withThrowingTaskGroup(of: [Written].self) { group in
            for writer in 1...writersCount {
                group.addTask { try await write(client, by: writer, until: end) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        try await check(client, written)
        try await client.runChecked(["sync"])
        #expect(try await client.status().queued == 0)
        #expect(try await hub.stop(process).status == 0)
        try checkIntegrity(of: client.replicaPath)
        try checkIntegrity(of: hub.home + "/hub.sqlite")
    }

    /// Verbs one after the other; each must succeed.
    private static func write(
        _ client: TestClient, by writer: Int, until end: ContinuousClock.Instant
    ) async throws -> [Written] {
        var written: [Written] = []
        for round in 1... {
            let new = try await client.read(
                Written.self, ["new"] + fields("\(writer).\(round)"))
            let note = try await client.read(
                Written.self, ["note", new.ticket.provisionalNumber, "备注 \(writer).\(round)"])
            #expect(note.ticket.comments.map(\.text) == ["备注 \(writer).\(round)"])
            let list = try await client.read(ListOutput.self, ["list", "--limit", "10"])
            #expect(list.count >= round)
            written += [new, note]
            if ContinuousClock.now >= end || round * writersCount >= ticketsCountMax { break }
        }
        return written
    }

    private static func fields(_ description: String) -> [String] {
        [
            "--no-prompt", "--kind", "consultation", "--channel", "store", "--category", "inquiry",
            "--priority", "normal", "--contact", "路人", "--demand", "答复", "--description",
            description,
        ]
    }

    /// What the verbs said they had written is what the replica's log has, in an unbroken count.
    private static func check(_ client: TestClient, _ written: [Written]) async throws {
        let log = try await client.read([LogOutput].self, ["log", "--limit", "100000"])
        #expect(log.map(\.operation).sorted() == written.map(\.operation).sorted())
        #expect(log.map(\.counter).sorted() == Array(1...written.count))
        let numbers = Set(written.map(\.ticket.provisionalNumber))
        #expect(numbers.count * 2 == written.count)
        #expect(Set(try await client.list().map(\.provisionalNumber)) == numbers)
    }

    private struct Written: Decodable {
        let operation: String
        let ticket: TicketOutput
    }

    private struct LogOutput: Decodable {
        let operation: String
        let counter: Int
    }
}
