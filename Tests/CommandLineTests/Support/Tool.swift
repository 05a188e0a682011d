import Foundation
import Glibc
import Synchronization

/// What a program printed and how it ended.
struct Ended: Sendable, CustomStringConvertible {
    let status: Int32
    let output: String
    let errors: String

    var description: String { "status \(status)\noutput: \(output)\nerrors: \(errors)" }

    /// The output as JSON.
    func json() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
    }
}

/// One of the two programs as it was built beside the tests.
enum Tool: String, Sendable {
    case client = "loopdesk"
    case hub = "loopdesk-hub"

    private static let timeLimit = DispatchTimeInterval.seconds(60)

    /// `LOOPDESK_BIN`, else the directory of the test bundle, else `.build/debug`.
    var url: URL {
        if let directory = ProcessInfo.processInfo.environment["LOOPDESK_BIN"] {
            return URL(fileURLWithPath: directory).appendingPathComponent(rawValue)
        }
        let beside = Bundle.main.bundleURL.appendingPathComponent(rawValue)
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return testFolder.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".build/debug/" + rawValue)
    }

    /// A process that knows nothing of the tester but `PATH`; `folder` is its home.
    func process(
        _ arguments: [String], in folder: Folder, environment: [String: String] = [:]
    ) -> Process {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "HOME": folder.path, "LANG": "C.UTF-8", "TZ": "Asia/Shanghai",
        ].merging(environment) { $1 }
        return process
    }

    /// Runs the program to its end, in `folder`; a minute later it is killed.
    func run(
        _ arguments: [String], in folder: Folder, environment: [String: String] = [:],
        input: String = ""
    ) async throws -> Ended {
        let process = process(arguments, in: folder, environment: environment)
        let files = try Folder()
        let streams = [
            FileHandle(forReadingAtPath: try files.write(input, to: "in")),
            FileHandle(forWritingAtPath: try files.write("", to: "out")),
            FileHandle(forWritingAtPath: try files.write("", to: "err")),
        ]
        // A process keeps its handles for good, and they are not closed when it goes.
        defer { for stream in streams { try? stream?.close() } }
        process.standardInput = streams[0]
        process.standardOutput = streams[1]
        process.standardError = streams[2]
        try await Self.complete(process)
        let bySignal = process.terminationReason == .uncaughtSignal
        return Ended(
            status: process.terminationStatus + (bySignal ? 128 : 0),
            output: try files.read("out"), errors: try files.read("err"))
    }

    private static func complete(_ process: Process) async throws {
        let guarded = Guarded(process)
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                return continuation.resume(throwing: error)
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit) { guarded.kill() }
        }
    }
}

/// A process that is killed when nobody holds it any more.
///
/// `@unchecked Sendable`: only thread-safe questions are put to the process object.
final class Guarded: @unchecked Sendable {
    private weak var process: Process?

    init(_ process: Process) { self.process = process }

    func kill() {
        guard let process, process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
    }
}

/// The folder of these tests in the source tree.
let testFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

/// A private folder that is gone when nobody holds it any more.
final class Folder: Sendable {
    let path: String

    init() throws {
        let parent = URL(fileURLWithPath: NSTemporaryDirectory()).standardizedFileURL.path
        var template = Array((parent + "/cl-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failed("no temporary folder: errno \(errno)") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: file(name), encoding: .utf8)
    }
}

/// Why a test cannot go on.
struct Failed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
