import Foundation
import Glibc
import Testing

/// The real `loopdesk-hub`: its life, its exit statuses, its home.
@Suite struct HubProcessTests {
    @Test func `init makes a private home and says what to do next`() async throws {
        let directory = try TemporaryDirectory()
        let home = directory.file("new/hub")
        let result = try await Program.hub.run(["init", "--home", home])
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("loopdesk-hub serve"))
        #expect(result.output.contains("loopdesk-hub invite"))
        #expect(try permissions(home) == 0o700)
        #expect(try permissions(home + "/hub.key") == 0o600)
    }

    @Test func `init twice refuses and changes nothing`() async throws {
        let hub = try await TestHub()
        let before = try contents(hub.home, ["hub.key", "hub.json"])
        let result = try await hub.run(["init", "--name", "other"])
        #expect(result.status == 3, "\(result)")
        #expect(result.errors.contains("already"))
        #expect(try contents(hub.home, ["hub.key", "hub.json"]) == before)
    }

    @Test func `SIGTERM and SIGINT end the hub gracefully`() async throws {
        let hub = try await TestHub()
        for signal in [SIGTERM, SIGINT] {
            let (process, ready) = try await hub.start()
            #expect(ready.pid == process.processID)
            #expect(ready.syncPort != 0)
            #expect(process.output.contains("The hub is ready: sync \(ready.sync)"))
            process.send(signal: signal)
            let result = try await process.ended()
            #expect(result.status == 0, "\(result)")
        }
    }

    @Test func `a second hub on the same home is refused while the first goes on`() async throws {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let second = try await hub.run(["serve"])
        #expect(second.status == 3, "\(second)")
        #expect(second.errors.contains("running already"))
        #expect(try await hub.run(["status", "--running"]).status == 0)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `a taken port is refused by name`() async throws {
        let (first, second) = (try await TestHub(), try await TestHub())
        let (process, ready) = try await first.start()
        let result = try await second.run(["serve", "--listen", ready.sync])
        #expect(result.status == 3, "\(result)")
        #expect(result.errors.contains("taken"))
        #expect(try await first.stop(process).status == 0)
    }

    @Test func `after kill -9 the hub starts again with everything it had said`() async throws {
        let hub = try await TestHub()
        for round in 1...5 {
            let (process, _) = try await hub.start()
            try await hub.runChecked(["staff", "add", "A\(round)", "--role", "clerk"])
            process.send(signal: SIGKILL)
            #expect(try await process.ended().status == 128 + SIGKILL)
        }
        let staff = try await hub.runChecked(["staff", "list", "--json"])
        for round in 1...5 { #expect(staff.contains("\"A\(round)\"")) }
    }

    @Test func `status tells a running hub from a stopped one`() async throws {
        let hub = try await TestHub()
        #expect(try await hub.run(["status", "--running"]).status == 4)
        #expect(try await hub.runChecked(["status"]).contains("not running"))
        let (process, ready) = try await hub.start()
        let status = try await hub.run(["status", "--json"]).json() as? [String: Any]
        let live = try #require(status?["live"] as? [String: Any])
        #expect(live["sync"] as? String == ready.sync)
        #expect(live["pid"] as? Int == Int(ready.pid))
        #expect(live["sessions"] as? Int == 0)
        #expect(live["store_fault"] is NSNull)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `wrong usage has its own status`() async throws {
        let hub = try await TestHub()
        for arguments in [
            ["serve", "--listen", "here"], ["invite", "--expires", "soon"], ["staff", "add"],
            ["nonsense"], ["init", "--feed", "7402"],
        ] {
            let result = try await hub.run(arguments)
            #expect(result.status == 2, "\(arguments): \(result)")
            #expect(result.output.isEmpty)
        }
        let help = try await Program.hub.run(["--help"])
        #expect(help.status == 0 && help.output.contains("Exit status"))
    }

    @Test func `messages are in the language that was asked for`() async throws {
        let directory = try TemporaryDirectory()
        let home = directory.file("none")
        let chinese = try await Program.hub.run(["status", "--home", home, "--lang", "zh"])
        #expect(chinese.errors.contains("不是 Hub 目录"))
        let byLocale = try await Program.hub.run(
            ["status", "--home", home], environment: ["LANG": "zh_CN.UTF-8"])
        #expect(byLocale.errors == chinese.errors)
        let byVariable = try await Program.hub.run(
            ["status", "--json"], environment: ["LOOPDESK_HUB_HOME": home])
        #expect(byVariable.errors.contains("\"status\":\"refused\""))
        #expect(byVariable.errors.contains(home))
    }
}

// MARK: - Damaged homes

extension HubProcessTests {
    @Test func `a home that is missing, open or damaged is refused with a remedy`() async throws {
        let missing = try await Program.hub.run(["serve", "--home", "/nonexistent/hub"])
        #expect(missing.status == 3 && missing.errors.contains("loopdesk-hub init"))

        let open = try await TestHub()
        chmod(open.home, 0o755)
        let refused = try await open.run(["serve"])
        #expect(refused.status == 3 && refused.errors.contains("chmod 700"))

        let keyless = try await TestHub()
        try Data("no key\n".utf8).write(to: URL(fileURLWithPath: keyless.home + "/hub.key"))
        chmod(keyless.home + "/hub.key", 0o600)
        let noKey = try await keyless.run(["serve"])
        #expect(noKey.status == 3 && noKey.errors.contains("holds no key"))

        let garbled = try await TestHub()
        try Data("{".utf8).write(to: URL(fileURLWithPath: garbled.home + "/hub.json"))
        #expect(try await garbled.run(["status"]).status == 3)
    }

    @Test func `a store that is missing or none is a storage fault`() async throws {
        let hub = try await TestHub()
        for name in try FileManager.default.contentsOfDirectory(atPath: hub.home)
        where name.hasPrefix("hub.sqlite") {
            try FileManager.default.removeItem(atPath: hub.home + "/" + name)
        }
        for command in ["serve", "status"] {
            let result = try await hub.run([command])
            #expect(result.status == 5, "\(result)")
            #expect(result.errors.contains("hub.sqlite"))
        }
        let noise = Data((0..<8_192).map { _ in UInt8.random(in: 0...255) })
        try noise.write(to: URL(fileURLWithPath: hub.home + "/hub.sqlite"))
        for command in ["serve", "status"] {
            let result = try await hub.run([command])
            #expect(result.status == 5, "\(result)")
        }
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func contents(_ home: String, _ names: [String]) throws -> [Data] {
        try names.map { try Data(contentsOf: URL(fileURLWithPath: home + "/" + $0)) }
    }
}
