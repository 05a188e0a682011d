import Foundation
import Testing

/// The scenario files say what the protocol does, rule by rule: a command, a line of dashes, what
/// it leads to (`Tests/ReplicationTests/Scenarios`). `LOOPDESK_RECORD_SCENARIOS=1` writes the
/// traces anew; their diff is read before it is committed.
@Suite struct ScenarioTests {
    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("ReplicationTests/Scenarios")

    static var names: [String] {
        let files = try? FileManager.default.contentsOfDirectory(atPath: directory.path)
        return (files ?? []).filter { $0.hasSuffix(".txt") }.sorted()
    }

    @Test func `every rule of the protocol has its scenario`() {
        let rules = Set(Self.names.map { String($0.prefix(4)) })
        let expected = (1...14).filter { $0 != 9 }.map { $0 < 10 ? "3.0\($0)" : "3.\($0)" }
        #expect(rules == Set(expected), "3.9, regional hubs, is not built yet")
    }

    @Test(arguments: names)
    func `it goes as the file says`(name: String) throws {
        let file = Self.directory.appendingPathComponent(name)
        let text = try String(contentsOf: file, encoding: .utf8)
        let played = try Scenario(text).played()
        if ProcessInfo.processInfo.environment["LOOPDESK_RECORD_SCENARIOS"] != nil {
            try played.write(to: file, atomically: true, encoding: .utf8)
        }
        for (expected, found) in zip(text.split(separator: "\n"), played.split(separator: "\n"))
        where expected != found {
            Issue.record("\(name)\nexpected: \(expected)\nfound:    \(found)")
            return
        }
        #expect(text == played, "\(name) is longer or shorter than what happened")
    }
}

/// A scenario file: remarks, and blocks of a command, dashes and a trace.
struct Scenario {
    private enum Part {
        case remark(String)
        case command(String)
    }

    private var parts: [Part] = []

    init(_ text: String) {
        var isTrace = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "----" {
                isTrace = true
            } else if isTrace {
                isTrace = !line.isEmpty
            } else if line.hasPrefix("#") || line.isEmpty {
                parts.append(.remark(String(line)))
            } else {
                parts.append(.command(String(line)))
            }
        }
    }

    /// The file with what happens now.
    func played() throws -> String {
        let stage = try ScenarioStage()
        var lines: [String] = []
        for part in parts {
            switch part {
            case .remark(let line): lines.append(line)
            case .command(let command):
                lines += [command, "----"] + (try stage.perform(command)) + [""]
            }
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        var text = lines.joined(separator: "\n") + "\n"
        while let gap = text.range(of: "\n\n\n") { text.replaceSubrange(gap, with: "\n\n") }
        return text
    }
}
