import Foundation
import Glibc
import Testing
import Transport

/// Invites, links and verbs that cannot be: the status says which kind, and nothing is written.
@Suite struct RefusedVerbTests {
    @Test func `an invite works once, in time and as it was written`() async throws {
        let (hub, process, client) = try await joinedClient()
        let options = ["--store", "S001", "--role", "clerk"]
        let invite = try await hub.invite(options)
        let mistyped = String(invite.dropLast()) + (invite.hasSuffix("A") ? "B" : "A")
        try await checkJoin(mistyped, status: 2, says: "damaged")
        try await checkJoin(String(invite.dropLast(5)), status: 2, says: "damaged")
        try await checkJoin("hello", status: 2, says: "LDI1-")

        let first = try TestClient()
        try await first.runChecked(["join", invite, "--label", "first"])
        try await checkJoin(invite, status: 3, says: "has been used")
        let again = try await first.run(["join", invite, "--label", "first"])
        #expect(again.status == 3 && again.errors.contains("has joined"), "\(again)")

        let short = try await hub.invite(options + ["--expires", "1s"])
        let madeAt = Date.now
        _ = try await eventually("the end of the invite") {
            Date.now > madeAt.addingTimeInterval(1) ? true : nil
        }
        try await checkJoin(short, status: 3, says: "expired")
        try await client.runChecked(["sync"])
        let devices = try await hub.run(["device", "list", "--json"]).json() as? [Any]
        #expect(devices?.count == 2)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `a hub with another key is not spoken to`() async throws {
        let (hub, process, client) = try await joinedClient()
        try await client.runChecked(newTicket)
        var device = try client.deviceFile()
        let right = device["serverKey"]
        device["serverKey"] = try CurveKeyPair.generate().publicKey.z85
        try client.write(device)
        let result = try await client.run(["sync", "--json"])
        #expect(result.status == 3 && result.errors.contains("wrong_server_key"), "\(result)")
        #expect(try await client.status().queued == 1)
        device["serverKey"] = right
        try client.write(device)
        try await client.runChecked(["sync"])
        #expect(try await client.status().queued == 0)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `a hub that is away is status 4 and costs nothing`() async throws {
        let (hub, process, client) = try await joinedClient()
        let invite = try await hub.invite(["--store", "S001", "--role", "clerk"])
        try await client.runChecked(newTicket)
        #expect(try await hub.stop(process).status == 0)
        for verb in [["sync"], ["status", "--check"]] {
            let result = try await Program.client.run(
                verb + ["--home", client.home], within: .seconds(15))
            #expect(result.status == 4, "\(verb): \(result)")
            #expect(result.errors.contains("No hub answers"), "\(verb): \(result)")
        }
        try await checkJoin(invite, status: 4, says: "No hub answers")
        #expect(try await client.status().queued == 1)
        #expect(try await client.list().count == 1)
    }

    @Test func `a hub that takes the connection and says nothing is status 4 too`() async throws {
        let (hub, process, client) = try await joinedClient()
        #expect(try await hub.stop(process).status == 0)
        let silence = try SilentListener()
        var device = try client.deviceFile()
        device["endpoint"] = "tcp://127.0.0.1:\(silence.port)"
        try client.write(device)
        let result = try await Program.client.run(
            ["sync", "--home", client.home], within: .seconds(25))
        #expect(result.status == 4, "\(result)")
        #expect(result.errors.contains("No hub answers"), "\(result)")
    }

    @Test func `verbs that cannot be leave no trace`() async throws {
        let (hub, process, client) = try await joinedClient()
        let number = try await client.log([TicketInput(description: "一个问题")])[0].number
        let counter = try await client.status().counter
        let unknown = ["S001-ZZ-9999", "no such ticket"]
        for verb in unknown.map({ ["note", $0, "x"] }) + unknown.map({ ["show", $0] }) {
            try await check(client, verb, status: 3, says: "There is no ticket")
        }
        let complaint = newTicket.map { $0 == "consultation" ? "complaint" : $0 }
        try await check(client, complaint, status: 3, says: "Required fields are missing")
        try await check(client, ["new", "--no-prompt"], status: 3, says: "missing")
        let array = #"[{"kind": "consultation"}]"#
        let json = try await client.run(["new", "--from", "-"], input: array)
        #expect(json.status == 3 && json.errors.contains("missing"), "\(json)")
        let noJSON = try await client.run(["new", "--from", "-"], input: "[")
        #expect(noJSON.status == 3 && noJSON.errors.contains("JSON"), "\(noJSON)")
        try await check(client, ["close", number], status: 3, says: "does not allow this")
        try await check(
            client, ["reopen", number, "--reason", "x"], status: 3, says: "does not allow this")
        try await check(client, ["assign", number, "客服部"], status: 3, says: "may not")
        try await check(client, ["set", number, "priority", "huge"], status: 3, says: "priority")
        try await check(client, ["note", number, " "], status: 2, says: "may not be empty")
        try await check(client, ["note", number], status: 2, says: "Usage")
        #expect(try await client.status().counter == counter)
        #expect(try await client.list().count == 1)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `fresh work of a revoked device is not said to be old`() async throws {
        let (hub, process, client) = try await joinedClient()
        try await client.runChecked(newTicket)
        try await hub.runChecked(["device", "revoke", try await client.status().device])
        #expect(try await client.run(["sync"]).status == 3)
        let drafts = try await client.run(["drafts", "--json"]).json() as? [[String: Any]]
        let draft = try #require(drafts?.first?["short_id"] as? String)
        let english = try await client.runChecked(["drafts", "show", draft, "--lang", "en"])
        #expect(english.contains("a supervisor decides"), "\(english)")
        #expect(english.contains("or on a device that has been revoked"), "\(english)")
        let chinese = try await client.runChecked(["drafts", "show", draft, "--lang", "zh"])
        #expect(chinese.contains("主管确认") && chinese.contains("设备已被停用"), "\(chinese)")
        #expect(try await hub.stop(process).status == 0)
    }

    private func check(
        _ client: TestClient, _ verb: [String], status: Int32, says text: String
    ) async throws {
        let result = try await client.run(verb)
        #expect(result.status == status, "\(verb): \(result)")
        #expect(result.errors.contains(text), "\(verb): \(result)")
        #expect(result.output.isEmpty, "\(verb): \(result)")
    }

    /// A join in a new home that must fail, and must leave no replica.
    private func checkJoin(_ invite: String, status: Int32, says text: String) async throws {
        let client = try TestClient()
        try await check(client, ["join", invite, "--label", "x"], status: status, says: text)
        #expect(!FileManager.default.fileExists(atPath: client.replicaPath))
        try await check(client, ["list"], status: 3, says: "has not joined")
    }
}

/// Takes connections on the loopback interface and never says anything.
private final class SilentListener: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { [descriptor] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard descriptor >= 0, result else { throw TestFailure("no listener: \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
