import Foundation
import Testing

/// The program as people and scripts run it.
@Suite struct SimProgramTests {
    /// How the program ended and what it printed.
    private struct Ended {
        var status: Int32
        var output: String
    }

    /// Beside the test bundle, or in the build directory.
    private static var path: String {
        let beside = Bundle.main.bundleURL.appendingPathComponent("loopdesk-sim").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".build/debug/loopdesk-sim").path
    }

    private func run(_ arguments: String...) throws -> Ended {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Ended(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }

    @Test func `seeds without a violation end with 0 and print their figures`() throws {
        let ended = try run("run", "--seeds", "3", "--jobs", "2")
        #expect(ended.status == 0, "\(ended.output)")
        for figure in ["seeds  ", "violations  ", "store years", "bound", "trace hash"] {
            #expect(ended.output.contains(figure), "\(figure) in \(ended.output)")
        }
    }

    @Test func `the figures for scripts are one object, the same for any number of threads`() throws
    {
        let hashes = try ["1", "2"].map { jobs in
            let ended = try run("run", "--seeds", "4", "--json", "--jobs", jobs)
            let object = try JSONSerialization.jsonObject(with: Data(ended.output.utf8))
            let figures = try #require(object as? [String: Any])
            #expect(figures["seeds"] as? Int == 4)
            #expect((figures["violations"] as? [Any])?.isEmpty == true)
            return try #require(figures["traceHash"] as? String)
        }
        #expect(hashes[0] == hashes[1])
    }

    @Test func `a violation ends with another status and says how to see it again`() throws {
        let ended = try run(
            "run", "--seeds", "1", "--sabotage", "same-number", "--tempo", "minutes")
        #expect(ended.status != 0)
        #expect(ended.output.contains("I10 numbers"))
        #expect(
            ended.output.contains(
                "loopdesk-sim trace --seed 1 --minimise --tempo minutes --sabotage same-number"))
        #expect(ended.output.contains("made smaller"))
    }

    @Test func `a run is shown in words`() throws {
        let ended = try run("trace", "--seed", "2", "--tempo", "minutes", "--faults", "none")
        #expect(ended.status == 0)
        #expect(ended.output.contains("clerk-1  verb: log "))
        #expect(ended.output.contains("nothing was violated"))
    }

    @Test func `faults, presets and defects are listed; wrong names are refused`() throws {
        let list = try run("list-faults").output
        for name in ["frame-loss", "partitions", "mixed", "lost-commit"] {
            #expect(list.contains(name))
        }
        #expect(try run("run", "--faults", "everything").status != 0)
        #expect(try run("run", "--set", "frame-loss").status != 0)
        #expect(try run("run", "--replicas", "2").status != 0)
    }
}
