import Foundation
import Glibc

/// A hub of the test's own: a home, and a process when it is started.
final class TestHub: Sendable {
    /// What `serve` writes when it can be reached.
    struct Ready: Decodable, Sendable {
        let pid: pid_t
        let sync: String
        let feed: String

        /// The port of the sync endpoint.
        var syncPort: UInt16 { sync.split(separator: ":").last.flatMap { UInt16($0) } ?? 0 }
    }

    let directory: TemporaryDirectory
    let home: String

    /// Makes a home with `init`; ports are the kernel's choice, on the loopback interface.
    ///
    /// - Parameters:
    ///   - policy: the text of a policy file; nil for a built-in one.
    ///   - profile: the name of that.
    init(policy: String? = nil, profile: String = "basic") async throws {
        directory = try TemporaryDirectory()
        home = directory.file("hub")
        let file = try policy.map { try directory.write($0, to: "policy.yaml") }
        try await runChecked([
            "init", "--listen", "tcp://127.0.0.1:*", "--feed", "tcp://127.0.0.1:*",
            "--advertise", "127.0.0.1", "--policy", file ?? profile,
        ])
    }

    /// Runs a command on this home.
    func run(_ arguments: [String], input: String = "") async throws -> ProgramResult {
        try await Program.hub.run(arguments + ["--home", home], input: input)
    }

    /// Runs a command that must succeed and gives its output.
    ///
    /// - Throws: `TestFailure` with everything it printed when it does not.
    @discardableResult
    func runChecked(_ arguments: [String], input: String = "") async throws -> String {
        let result = try await run(arguments, input: input)
        guard result.status == 0 else {
            throw TestFailure("loopdesk-hub \(arguments.joined(separator: " ")): \(result)")
        }
        return result.output
    }

    /// Starts `serve` and waits until it can be reached.
    ///
    /// `listen` and `feed` keep the addresses of an earlier run.
    func start(
        listen: String? = nil, feed: String? = nil
    ) async throws -> (process: RunningProgram, ready: Ready) {
        let readyFile = directory.file("ready-\(UInt32.random(in: 0 ... .max)).json")
        var arguments = ["serve", "--home", home, "--ready-file", readyFile]
        if let listen { arguments += ["--listen", listen] }
        if let feed { arguments += ["--feed", feed] }
        let process = try Program.hub.start(arguments)
        let ready = try await eventually("the hub's ready file") {
            if let data = FileManager.default.contents(atPath: readyFile) {
                return try JSONDecoder().decode(Ready.self, from: data)
            }
            guard process.isRunning else {
                throw TestFailure("the hub ended early: \(try await process.ended())")
            }
            return nil
        }
        return (process, ready)
    }

    /// Ends a started hub gracefully.
    func stop(_ process: RunningProgram) async throws -> ProgramResult {
        process.send(signal: SIGTERM)
        return try await process.ended()
    }

    /// Makes an invite and gives its text.
    func invite(_ arguments: [String]) async throws -> String {
        try await runChecked(["invite"] + arguments).trimmingCharacters(in: .newlines)
    }

    /// Loads a policy under which the hub escalates whatever is urgent by itself, after a second.
    func loadHastyPolicy() async throws {
        let yaml = try await runChecked(["policy", "show"])
        let hasty = yaml.replacingOccurrences(of: "{urgent: 1h,", with: "{urgent: 1s,")
            .replacingOccurrences(of: "\nversion: 1\n", with: "\nversion: 2\n")
        guard hasty != yaml else { throw TestFailure("the policy has no clock of an hour") }
        try await runChecked(["policy", "load", "-"], input: hasty)
    }

    /// Runs a command with `--json` that must succeed and reads the object that it prints.
    func read(_ arguments: [String]) async throws -> [String: Any] {
        let output = try await runChecked(arguments + ["--json"])
        let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        guard let object else { throw TestFailure("\(arguments): no object: \(output)") }
        return object
    }

    /// The databases in the home, present and former, and what is unfinished, by name.
    func storeFiles() throws -> [String] {
        let beside = ["-wal", "-shm", ".lock", ".head", ".numbers"]
        return try FileManager.default.contentsOfDirectory(atPath: home).filter { name in
            name.hasPrefix("hub.sqlite") && !beside.contains { name.hasSuffix($0) }
        }.sorted()
    }
}
