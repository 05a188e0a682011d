import Foundation
import Glibc

/// The real `loopdesk-hub` beside this program, on a home in some directory.
final class HubProcess {
    let home: String
    private let directory: URL
    private var serving: Process?
    private var startsCount = 0

    /// How long a start may take before it counts as failed.
    private static let startSecondsMax = 60.0
    private static let pollSeconds = 0.001

    var storePath: String { home + "/hub.sqlite" }

    /// Makes a home with `init`.
    init(in directory: URL) throws {
        self.directory = directory
        home = directory.appendingPathComponent("hub").path
        let process = try run([
            "init", "--home", home, "--listen", "tcp://127.0.0.1:*", "--feed",
            "tcp://127.0.0.1:*", "--advertise", "127.0.0.1", "--policy", "basic",
        ])
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchFailure("loopdesk-hub init ended with \(process.terminationStatus)")
        }
    }

    deinit { kill() }

    /// Starts `serve`, and returns when replicas can reach it.
    ///
    /// - Returns: the seconds that it took.
    @discardableResult
    func start() throws -> Double {
        precondition(serving == nil, "one process serves a home")
        startsCount += 1
        let ready = directory.appendingPathComponent("ready-\(startsCount)").path
        return try timed {
            let process = try run(["serve", "--home", home, "--ready-file", ready])
            serving = process
            let deadline = ContinuousClock.now + .seconds(Self.startSecondsMax)
            while !FileManager.default.fileExists(atPath: ready) {
                guard process.isRunning, .now < deadline else {
                    throw BenchFailure("loopdesk-hub does not serve \(home)")
                }
                Thread.sleep(forTimeInterval: Self.pollSeconds)
            }
        }.seconds
    }

    /// Ends it as a power failure would: without warning.
    func kill() {
        guard let process = serving else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        serving = nil
    }

    private func run(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("loopdesk-hub")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
