import Foundation
import Glibc
import Testing

/// How `watch` ends: scripts and service managers read its exit status.
@Suite struct WatchStatusTests {
    @Test func `one consumer has one reader, another consumer reads beside it`() async throws {
        let (hub, process, office) = try await officeWithEscalation()
        let first = try office.start(["watch", "escalations", "--json"])
        _ = try await eventually("the first event") { first.output.contains("急") ? true : nil }
        let second = try await office.run(["watch", "escalations", "--once"])
        #expect(second.status == 3 && second.errors.contains("--consumer"), "\(second)")
        let other = try await office.run(["watch", "escalations", "--once", "--consumer", "b"])
        #expect(other.status == 0 && other.output.contains("急"), "\(other)")
        first.send(signal: SIGTERM)
        #expect(try await first.ended().status == 0)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `a command that fails, and a hub that is away, are told by the status`()
        async throws
    {
        let (hub, process, office) = try await officeWithEscalation()
        let failing = ["watch", "escalations", "--once", "--exec", "false"]
        #expect(try await office.run(failing).status == 3)
        #expect(try await hub.stop(process).status == 0)
        let away = try await office.run(["watch", "escalations", "--once"])
        #expect(away.status == 4, "\(away)")
        #expect(away.output.contains("急"), "what is here is delivered all the same: \(away)")
    }

    @Test func `a signal ends watch after the event under way`() async throws {
        let (hub, process, office) = try await officeWithEscalation()
        for reason in ["再急", "更急"] {
            try await office.runChecked(["escalate", "0001", "--reason", reason])
        }
        try await office.runChecked(["sync"])
        let mark = office.directory.file("mark")
        let watch = try office.start(
            ["watch", "escalations", "--exec", "echo x >> \(mark); sleep 1"])
        _ = try await eventually("the first command") {
            FileManager.default.fileExists(atPath: mark) ? true : nil
        }
        watch.send(signal: SIGTERM)
        #expect(try await watch.ended().status == 0)
        let taken = try String(contentsOfFile: mark, encoding: .utf8).count { $0 == "x" }
        #expect(taken < 3, "\(taken) commands ran after the signal")
        #expect(try await hub.stop(process).status == 0)
    }

    /// A supervisor's device that holds one escalation.
    private func officeWithEscalation() async throws -> (TestHub, RunningProgram, TestClient) {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let office = try await hub.join("zhao", role: "supervisor")
        _ = try await office.log([TicketInput(description: "冒烟")])
        try await office.runChecked(["sync"])
        try await office.runChecked(["escalate", "0001", "--reason", "急"])
        try await office.runChecked(["sync"])
        return (hub, process, office)
    }
}
