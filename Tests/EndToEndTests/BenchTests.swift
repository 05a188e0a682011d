import Foundation
import Testing

/// The benchmark's rows at their smallest, so that none of them rots. No figure is judged here.
///
/// The rows measure one after the other and for their full length, whatever else the machine does.
@Suite struct BenchTests {
    private let timeLimit = Duration.seconds(600)

    @Test func `every row measures both sides and comes to one result`() async throws {
        let list = try await Program.bench.run(["run", "--list"])
        try #require(list.status == 0, "\(list)")
        let names = list.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
        #expect(names.contains("commit-256"))

        let result = try await Program.bench.run(
            ["run", "--size", "tiny", "--runs", "1", "--json"], within: timeLimit)
        try #require(result.status == 0, "\(result)")
        let rows = try objects(result.output)
        #expect(rows.compactMap { $0["row"] as? String } == names)
        for row in rows {
            #expect((row["ours_per_second"] as? Double ?? 0) > 0, "\(row)")
            #expect((row["floor_per_second"] as? Double ?? 0) > 0, "\(row)")
            #expect(row["hash"] as? String != "DIFFERENT RESULTS", "\(row)")
        }
    }

    @Test(arguments: [
        (["--tickets", "40,80"], "40 tickets, 2 stores", "80 tickets, 2 stores"),
        (["--tickets", "80", "--stores", "2,20"], "80 tickets, 2 stores", "80 tickets, 20 stores"),
    ]) func `growth compares two hubs that work`(
        options: [String], small: String, large: String
    ) async throws {
        let growth = ["growth", "--size", "tiny", "--runs", "1"] + options
        let table = try await Program.bench.run(growth, within: timeLimit)
        try #require(table.status == 0, "\(table)")
        #expect(table.output.hasPrefix("small: \(small); large: \(large)\n"), "\(table)")

        let result = try await Program.bench.run(growth + ["--json"], within: timeLimit)
        try #require(result.status == 0, "\(result)")
        let rows = try objects(result.output)
        #expect(
            rows.compactMap { $0["row"] as? String }
                == ["growth-pull", "growth-noop", "growth-commit"])
        for row in rows {
            #expect((row["slowdown"] as? Double ?? 0) > 0, "\(row)")
            #expect((row["floor_slowdown"] as? Double ?? 0) > 0, "\(row)")
        }
    }

    @Test(arguments: [
        ["--tickets", "40,x"], ["--tickets", "1,2,3"], ["--stores", "0"],
        ["--tickets", "40", "--stores", "20"], ["growth-nothing"],
    ]) func `growth refuses scales and rows that make no sense`(
        arguments: [String]
    ) async throws {
        let result = try await Program.bench.run(["growth", "--size", "tiny"] + arguments)
        #expect(result.status == 64, "\(result)")
    }

    @Test(arguments: [[], ["--kills", "2"]]) func `timers lets every clock of a real hub ring once`(
        options: [String]
    ) async throws {
        let result = try await Program.bench.run(
            ["timers", "--clocks", "300", "--per-second", "20", "--seconds", "1", "--runs", "1"]
                + options + ["--json"], within: .seconds(180))
        try #require(result.status == 0, "\(result)")
        let rows = try objects(result.output)
        #expect(
            rows.compactMap { $0["row"] as? String }
                == ["timers-restart", "timers-late", "timers-burst"])
        for row in rows { #expect(row["is_met"] is Bool, "\(row)") }
    }

    @Test(arguments: [
        ["--clocks", "0"], ["--clocks", "100", "--per-second", "10", "--seconds", "10"],
        ["--kills", "-1"],
    ]) func `timers refuses a plan that makes no sense`(arguments: [String]) async throws {
        let result = try await Program.bench.run(["timers"] + arguments)
        #expect(result.status == 64, "\(result)")
    }

    private func objects(_ lines: String) throws -> [[String: Any]] {
        try lines.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(object as? [String: Any])
        }
    }
}
