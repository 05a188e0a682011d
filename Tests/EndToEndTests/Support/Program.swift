import Foundation
import Glibc

/// How a program ended and what it printed.
struct ProgramResult: Sendable, CustomStringConvertible {
    /// The exit status; 128 + number after a signal, as a shell has it.
    let status: Int32
    let output: String
    let errors: String

    var description: String { "status \(status)\noutput: \(output)\nerrors: \(errors)" }

    /// The output as JSON.
    func json() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
    }
}

/// One of our programs, as it was built beside the tests.
struct Program: Sendable {
    static let hub = Program(name: "loopdesk-hub")
    static let client = Program(name: "loopdesk")
    static let bench = Program(name: "loopdesk-bench")
    /// The zone of the machines on which the programs run, whatever the tester's is.
    static let zoneName = "Asia/Shanghai"

    /// The longest that a command may take before the test fails.
    ///
    /// It finds a program that hangs; it judges no speed. A test shares two cores with the others.
    static let timeLimit = Duration.seconds(180)

    let name: String

    /// `LOOPDESK_BIN`, else the build directory that holds the test bundle, else `.build/debug`.
    private var path: String {
        if let directory = ProcessInfo.processInfo.environment["LOOPDESK_BIN"] {
            return directory + "/" + name
        }
        let beside = Bundle.main.bundleURL.appendingPathComponent(name).path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent(".build/debug/" + name).path
    }

    /// Starts the program; it is killed when the returned value goes away.
    ///
    /// It sees nothing of the tester's environment but `PATH`, and English messages unless told
    /// otherwise.
    func start(
        _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) throws -> RunningProgram {
        let directory = try TemporaryDirectory()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = [
            "PATH": inherited, "HOME": directory.path, "LANG": "C.UTF-8", "TZ": Self.zoneName,
        ].merging(environment) { $1 }
        try directory.write(input, to: "input")
        try directory.write("", to: "output")
        try directory.write("", to: "errors")
        let streams = [
            FileHandle(forReadingAtPath: directory.file("input")),
            FileHandle(forWritingAtPath: directory.file("output")),
            FileHandle(forWritingAtPath: directory.file("errors")),
        ]
        (process.standardInput, process.standardOutput) = (streams[0], streams[1])
        process.standardError = streams[2]
        // The program has its own by then; a process object keeps its handles for good, and
        // Foundation cannot start a process from one that has more than about 1,300 files open.
        defer { for stream in streams { try? stream?.close() } }
        return try RunningProgram(process, directory)
    }

    /// Runs the program to its end.
    ///
    /// - Throws: `TestFailure` when it does not end in time; it is killed then.
    func run(
        _ arguments: [String], environment: [String: String] = [:], input: String = "",
        within limit: Duration = Program.timeLimit
    ) async throws -> ProgramResult {
        try await start(arguments, environment: environment, input: input).ended(within: limit)
    }
}

/// A program under way.
///
/// `@unchecked Sendable`: after the start only thread-safe questions are put to the process object.
final class RunningProgram: @unchecked Sendable {
    let processID: pid_t
    private let process: Process
    private let directory: TemporaryDirectory

    fileprivate init(_ process: Process, _ directory: TemporaryDirectory) throws {
        self.process = process
        self.directory = directory
        try process.run()
        processID = process.processIdentifier
    }

    deinit { if process.isRunning { kill(processID, SIGKILL) } }

    var isRunning: Bool { process.isRunning }

    /// What it has printed so far.
    var output: String { text("output") }
    var errors: String { text("errors") }

    func send(signal: Int32) {
        if process.isRunning { kill(processID, signal) }
    }

    /// Waits for its end.
    ///
    /// - Throws: `TestFailure` when it does not end in time; it is killed then.
    func ended(within limit: Duration = Program.timeLimit) async throws -> ProgramResult {
        do {
            return try await eventually("the end of process \(processID)", within: limit) {
                process.isRunning ? nil : result
            }
        } catch {
            send(signal: SIGKILL)
            throw TestFailure("\(error); it printed: \(output) \(errors)")
        }
    }

    private var result: ProgramResult {
        let bySignal = process.terminationReason == .uncaughtSignal
        return ProgramResult(
            status: process.terminationStatus + (bySignal ? 128 : 0), output: output,
            errors: errors)
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: directory.file(name), encoding: .utf8)) ?? ""
    }
}
