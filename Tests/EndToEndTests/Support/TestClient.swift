import Foundation
import Glibc

/// A device of the test's own: a home, and the verbs of `loopdesk` on it.
final class TestClient: Sendable {
    let directory: TemporaryDirectory
    let home: String

    init() throws {
        directory = try TemporaryDirectory()
        home = directory.file("home")
    }

    var replicaPath: String { home + "/replica.db" }
    var devicePath: String { home + "/device.json" }

    /// Runs a verb on this home.
    func run(_ arguments: [String], input: String = "") async throws -> ProgramResult {
        try await Program.client.run(arguments + ["--home", home], input: input)
    }

    /// Runs a verb that must succeed and gives its output.
    ///
    /// - Throws: `TestFailure` with everything it printed when it does not.
    @discardableResult
    func runChecked(_ arguments: [String], input: String = "") async throws -> String {
        let result = try await run(arguments, input: input)
        guard result.status == 0 else {
            throw TestFailure("loopdesk \(arguments.joined(separator: " ")): \(result)")
        }
        return result.output
    }

    /// Starts a verb and does not wait for its end.
    func start(_ arguments: [String]) throws -> RunningProgram {
        try Program.client.start(arguments + ["--home", home])
    }

    /// Runs a verb with `--json` that must succeed and reads what it prints.
    func read<Value: Decodable>(
        _ type: Value.Type, _ arguments: [String], input: String = ""
    ) async throws -> Value {
        let output = try await runChecked(arguments + ["--json"], input: input)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(output.utf8))
    }

    /// Logs these tickets with one command.
    func log(_ tickets: [TicketInput]) async throws -> [TicketOutput] {
        let input = String(decoding: try JSONEncoder().encode(tickets), as: UTF8.self)
        return try await read([TicketOutput].self, ["new", "--from", "-"], input: input)
    }

    /// Every ticket that is here, closed ones too.
    func list() async throws -> [TicketSummaryOutput] {
        try await read(ListOutput.self, ["list", "--all", "--limit", "10000"]).tickets
    }

    func status() async throws -> StatusOutput { try await read(StatusOutput.self, ["status"]) }

    /// The keys and addresses of this device.
    func deviceFile() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: devicePath))
        let members = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        guard let members else { throw TestFailure("\(devicePath) is no object") }
        return members
    }

    /// Writes the device's file, for its owner alone.
    func write(_ members: [String: Any]) throws {
        try JSONSerialization.data(withJSONObject: members)
            .write(to: URL(fileURLWithPath: devicePath))
        chmod(devicePath, 0o600)
    }
}

extension TestHub {
    /// Adds a person and joins a device of theirs; the hub must be running.
    func join(
        _ staff: String, role: String, store: String? = nil, syncs: Bool = true
    ) async throws -> TestClient {
        let place = store.map { ["--store", $0] } ?? []
        try await runChecked(["staff", "add", staff, "--role", role] + place)
        let invite = try await invite(["--staff", staff, "--role", role] + place)
        let client = try TestClient()
        let label = ["--label", "\(staff)'s device"] + (syncs ? [] : ["--no-sync"])
        try await client.runChecked(["join", invite] + label)
        return client
    }
}

/// A ticket as `new --from` reads it; a consultation, which needs the fewest fields.
struct TicketInput: Encodable {
    var kind = "consultation"
    var channel = "store"
    var category = "inquiry"
    var priority = "normal"
    var contact = "路人 138-0000-0000"
    var demand = "答复"
    var description: String
    var note: String?
}

/// What tests need of a ticket's JSON.
struct TicketOutput: Decodable {
    struct Comment: Decodable {
        let text: String
    }

    let number: String
    let provisionalNumber: String
    let status: String
    let official: Bool
    let escalationLevel: Int
    let comments: [Comment]
}

struct TicketSummaryOutput: Decodable {
    let number: String
    let provisionalNumber: String
    let unsent: Int
    let escalationLevel: Int
}

struct ListOutput: Decodable {
    let count: Int
    let tickets: [TicketSummaryOutput]
}

struct StatusOutput: Decodable {
    let device: String
    let counter: Int
    let queued: Int
    let unanswered: Int
    let drafts: Int
    let tickets: Int
}
