import Foundation
import GRDB
import Glibc
import Testing

/// Homes that are not as they should be: each is refused with its status, and nothing is changed.
@Suite struct BadHomeTests {
    @Test func `a home that never joined says how to join`() async throws {
        let client = try TestClient()
        for verb in [
            ["list"], ["status"], ["sync"], ["new", "--no-prompt"], ["note", "1", "x"],
            ["watch", "escalations", "--once"], ["drafts"], ["log"],
        ] {
            let result = try await client.run(verb)
            #expect(result.status == 3, "\(verb): \(result)")
            #expect(result.errors.contains("loopdesk join INVITE"), "\(verb): \(result)")
            #expect(result.output.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: client.home))
    }

    @Test(arguments: ["", "this is no database\n", String(repeating: "noise ", count: 2_000)])
    func `a replica that was overwritten with text is refused and left alone`(
        text: String
    ) async throws {
        let (hub, process, client) = try await joinedClient()
        try client.replaceReplica(with: Data(text.utf8))
        try await checkRefusal(client, status: 5, says: "replica.db")
        #expect(FileManager.default.contents(atPath: client.replicaPath) == Data(text.utf8))
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `the database of another program is refused and left alone`() async throws {
        let (hub, process, client) = try await joinedClient()
        let other = client.directory.file("other.db")
        let queue = try DatabaseQueue(path: other)
        try await queue.write { try $0.execute(sql: "CREATE TABLE recipe (name TEXT)") }
        try queue.close()
        let bytes = try #require(FileManager.default.contents(atPath: other))
        try client.replaceReplica(with: bytes)
        try await checkRefusal(client, status: 5, says: "is not a Loopdesk")
        #expect(FileManager.default.contents(atPath: client.replicaPath) == bytes)
        // The hub's own store is not a replica either.
        #expect(try await hub.stop(process).status == 0)
        let hubStore = try #require(
            FileManager.default.contents(atPath: hub.home + "/hub.sqlite"))
        try client.replaceReplica(with: hubStore)
        try await checkRefusal(client, status: 5, says: "is not a Loopdesk")
        #expect(FileManager.default.contents(atPath: client.replicaPath) == hubStore)
    }

    @Test func `a replica of a newer version is refused by name and left alone`() async throws {
        let (hub, process, client) = try await joinedClient()
        try execute("PRAGMA user_version = 99", client.replicaPath)
        let before = try dump(client.replicaPath)
        try await checkRefusal(client, status: 5, says: "newer Loopdesk (schema 99")
        #expect(try dump(client.replicaPath) == before)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func `a home that may only be read can be read, and says so when it is to be written`()
        async throws
    {
        let (hub, process, client) = try await joinedClient()
        let files = try FileManager.default.contentsOfDirectory(atPath: client.home)
        for name in files { chmod(client.home + "/" + name, 0o400) }
        chmod(client.home, 0o500)
        defer { chmod(client.home, 0o700) }
        let result = try await client.run(newTicket)
        #expect(result.status == 5, "\(result)")
        #expect(result.errors.contains(client.replicaPath))
        #expect(try await client.list().isEmpty)
        chmod(client.home, 0o700)
        for name in files { chmod(client.home + "/" + name, 0o600) }
        #expect(try await client.list().isEmpty)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `a device file that is garbled or open to others is refused`() async throws {
        let (hub, process, client) = try await joinedClient()
        let device = try client.deviceFile()
        chmod(client.devicePath, 0o644)
        let open = try await client.run(["sync"])
        #expect(open.status == 3 && open.errors.contains("chmod 600"), "\(open)")
        try Data("{".utf8).write(to: URL(fileURLWithPath: client.devicePath))
        chmod(client.devicePath, 0o600)
        let garbled = try await client.run(["sync"])
        #expect(garbled.status == 5 && garbled.errors.contains("damaged"), "\(garbled)")
        for key in ["curveSecretKey", "serverKey", "signingSecretKey", "replica"] {
            var broken = device
            broken[key] = "short"
            try client.write(broken)
            let result = try await client.run(["sync"])
            #expect(result.status == 5, "\(key): \(result)")
            #expect(!result.errors.isEmpty, "\(key)")
        }
        try client.write(device)
        try await client.runChecked(["sync"])
        #expect(try await hub.stop(process).status == 0)
    }

    /// Reading and writing verbs end with this status and this text.
    private func checkRefusal(_ client: TestClient, status: Int32, says text: String) async throws {
        for verb in [["list"], newTicket, ["sync"], ["status"]] {
            let result = try await client.run(verb)
            #expect(result.status == status, "\(verb): \(result)")
            #expect(result.errors.contains(text), "\(verb): \(result)")
            #expect(result.output.isEmpty, "\(verb): \(result)")
        }
    }

    private func execute(_ statement: String, _ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: statement) }
        try queue.close()
    }

    /// The counts of all tables, and the version.
    private func dump(_ path: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        let lines = try queue.read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return try tables.map { table in
                let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(table)\"")
                return "\(table) \(count ?? -1)"
            } + [try Int.fetchOne(database, sql: "PRAGMA user_version").map(String.init) ?? ""]
        }
        try queue.close()
        return lines
    }
}

extension TestClient {
    /// Puts other bytes in the place of the replica and takes away what belonged to it.
    fileprivate func replaceReplica(with bytes: Data) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: home)
        where name.hasPrefix("replica.db") {
            try FileManager.default.removeItem(atPath: home + "/" + name)
        }
        try bytes.write(to: URL(fileURLWithPath: replicaPath))
        chmod(replicaPath, 0o600)
    }
}

/// A running hub and a clerk's device that has joined it.
func joinedClient() async throws -> (hub: TestHub, process: RunningProgram, client: TestClient) {
    let hub = try await TestHub()
    let (process, _) = try await hub.start()
    return (hub, process, try await hub.join("lina", role: "clerk", store: "S001"))
}

/// A verb that logs a ticket.
let newTicket = [
    "new", "--no-prompt", "--kind", "consultation", "--channel", "store", "--category", "inquiry",
    "--priority", "normal", "--contact", "路人", "--demand", "答复", "--description", "一个问题",
]
