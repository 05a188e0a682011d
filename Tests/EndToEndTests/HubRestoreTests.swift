import Foundation
import Glibc
import Testing

/// A hub that was put back to an earlier state, with the real programs: everything that replicas
/// hold comes back, and nothing happens twice.
@Suite struct HubRestoreTests {
    @Test(arguments: [false, true])
    func `work after the backup comes back, once, also when the hub dies in its recovery`(
        hubDies: Bool
    ) async throws {
        var day = try await RestoreDay()
        try await day.workBeforeTheBackup()
        let backup = try await day.backup()
        try await day.workAfterTheBackup()
        let before = try await day.everything()

        try await day.restore(backup)
        try await day.comeBack(hubDies: hubDies)
        #expect(try await day.everything() == before, "every change is there, as it was")
        try await day.checkEscalationsFireOnce()
        try await day.checkNoNumberIsGivenAgain(before.tickets.map(\.number))
        try await day.end()
    }

    @Test func `a restore is refused while the hub runs, without consent, or without a backup`()
        async throws
    {
        let hub = try await TestHub()
        let backup = hub.directory.file("backup.sqlite")
        try await hub.runChecked(["backup", backup])
        let silent = try await hub.run(["restore", backup])
        #expect(silent.status == 3 && silent.errors.contains("--yes"), "\(silent)")
        let missing = try await hub.run(["restore", backup + ".none", "--yes"])
        #expect(missing.status == 3 && missing.errors.contains(".none"), "\(missing)")
        let usage = try await hub.run(["restore", backup, "--yes", "--wait", "-1"])
        #expect(usage.status == 2, "\(usage)")
        let (process, _) = try await hub.start()
        let running = try await hub.run(["restore", backup, "--yes"])
        #expect(running.status == 3 && running.errors.contains("running"), "\(running)")
        #expect(try await hub.stop(process).status == 0)
        #expect(try hub.storeFiles() == ["hub.sqlite"], "nothing was moved or left behind")
    }

    @Test func `a damaged backup is found and changes nothing`() async throws {
        let hub = try await TestHub()
        try await hub.runChecked(["staff", "add", "A17", "--role", "clerk"])
        let backup = hub.directory.file("backup.sqlite")
        try await hub.runChecked(["backup", backup])
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: backup))
        let size = try file.seekToEnd()
        // Everything but the first pages, which say what kind of file it is.
        try file.seek(toOffset: 3 * 4_096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 3 * 4_096))
        try file.close()
        let damaged = try await hub.run(["restore", backup, "--yes"])
        #expect(damaged.status == 5, "\(damaged)")
        let text = hub.directory.file("text")
        try Data("no database".utf8).write(to: URL(fileURLWithPath: text))
        let foreign = try await hub.run(["restore", text, "--yes"])
        #expect(foreign.status == 5, "\(foreign)")
        let empty = hub.directory.file("empty")
        try Data().write(to: URL(fileURLWithPath: empty))
        let nothing = try await hub.run(["restore", empty, "--yes"])
        #expect(nothing.status == 5, "\(nothing)")
        #expect(try hub.storeFiles() == ["hub.sqlite"])
        #expect(try await hub.runChecked(["staff", "list"]).contains("A17"))
    }

    @Test func `a file that is no backup is called by its own name`() async throws {
        let hub = try await TestHub()
        let file = hub.directory.file
        try Data("no database".utf8).write(to: URL(fileURLWithPath: file("text")))
        try Data().write(to: URL(fileURLWithPath: file("empty")))
        try await hub.runChecked(["backup", file("cut.sqlite")])
        let cut = try FileHandle(forUpdating: URL(fileURLWithPath: file("cut.sqlite")))
        try cut.seek(toOffset: 100)
        try cut.write(contentsOf: Data(repeating: 0xA5, count: 8 * 4_096))
        try cut.close()
        try await hub.runChecked(["backup", file("worn.sqlite")])
        let worn = try FileHandle(forUpdating: URL(fileURLWithPath: file("worn.sqlite")))
        let size = try worn.seekToEnd()
        try worn.seek(toOffset: 3 * 4_096)
        try worn.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 3 * 4_096))
        try worn.close()
        let cases = [
            ("/etc/passwd", "is not a backup"), (file("text"), "is not a backup"),
            (file("empty"), "is not a backup"), (file("cut.sqlite"), "is damaged"),
            (file("worn.sqlite"), "is damaged"), (hub.directory.path, "is a folder"),
            (hub.home + "/hub.sqlite", "is the hub's present store"),
            (hub.home + "/../hub/hub.sqlite", "is the hub's present store"),
        ]
        for (path, reason) in cases {
            let result = try await hub.run(["restore", path, "--yes"])
            let name = URL(fileURLWithPath: path).standardizedFileURL.path
            #expect([3, 5].contains(result.status) && result.output.isEmpty, "\(result)")
            #expect(result.errors.contains(name) && result.errors.contains(reason), "\(result)")
            #expect(result.errors.lowercased().contains("choose a"), "\(result)")
            for word in ["restoring", "init", "folder. ", "join again"] {
                #expect(!result.errors.contains(word), "\(word): \(result)")
            }
            let chinese = try await hub.run(["restore", path, "--yes", "--lang", "zh"])
            #expect(chinese.errors.contains("请另选备份"), "\(chinese)")
        }
        #expect(try hub.storeFiles() == ["hub.sqlite"])
    }

    @Test func `the former store is kept, and a home that has lost its store gets one`()
        async throws
    {
        let hub = try await TestHub()
        let backup = hub.directory.file("backup.sqlite")
        try await hub.runChecked(["staff", "add", "A17", "--role", "clerk"])
        try await hub.runChecked(["backup", backup])
        try await hub.runChecked(["staff", "add", "B07", "--role", "clerk"])
        let result = try await hub.run(["restore", backup, "--yes", "--wait", "3", "--json"])
        let told = try #require(try result.json() as? [String: Any], "\(result)")
        let kept = try #require(told["kept_as"] as? String)
        #expect(kept.contains("/hub.sqlite.before-restore-2"))
        #expect(told["lost_entries"] as? Int == 0)
        let warnings = try #require(told["warnings"] as? [String])
        #expect(warnings.contains { $0.contains("hub.sqlite.numbers") }, "\(warnings)")
        let recovery = try #require(
            try await hub.run(["recovery", "--json"]).json() as? [String: Any])
        #expect(recovery["recovering"] as? Bool == true)
        #expect(recovery["epoch"] as? String == told["epoch"] as? String)
        #expect(try await hub.runChecked(["staff", "list"]).contains("B07"), "decided since then")
        try await hub.runChecked(["verify"])

        // The store that was moved aside is a store, and a home without one takes it.
        for name in try hub.storeFiles() where name == "hub.sqlite" {
            try FileManager.default.removeItem(atPath: hub.home + "/" + name)
        }
        try await hub.runChecked(["restore", kept, "--yes"])
        #expect(try await hub.runChecked(["staff", "list"]).contains("B07"))
        try await hub.runChecked(["recovery", "end"])
        let again = try await hub.run(["recovery", "end"])
        #expect(again.status == 3 && again.errors.contains("not recovering"))
        #expect(try await hub.runChecked(["recovery"]).contains("not recovering"))
    }

    @Test func `who has joined since the backup stays known, who was revoked stays shut out`()
        async throws
    {
        let hub = try await TestHub()
        var (process, ready) = try await hub.start()
        let early = try await hub.join("lina", role: "clerk", store: "S001")
        let backup = hub.directory.file("backup.sqlite")
        try await hub.runChecked(["backup", backup])
        let late = try await hub.join("wang", role: "clerk", store: "S001")
        let first = try await late.log([TicketInput(description: "备份之后加入")])[0]
        let devices = try #require(
            try await hub.run(["device", "list", "--json"]).json() as? [[String: Any]])
        let id = try #require(devices.first?["device"] as? String)
        try await hub.runChecked(["device", "revoke", id])
        #expect(try await hub.stop(process).status == 0)

        let restored = try await hub.run(["restore", backup, "--yes"])
        #expect(restored.status == 0, "\(restored)")
        #expect(restored.output.contains("devices joined 1, revoked 1"), "\(restored)")
        (process, ready) = try await hub.start(listen: ready.sync, feed: ready.feed)
        try await late.runChecked(["sync"])
        #expect(try await late.list().count == 1)
        let refused = try await early.run(["sync"])
        #expect(refused.status == 3 && refused.errors.contains("revoked"), "\(refused)")
        let next = try await hub.join("zhao", role: "clerk", store: "S001")
        let second = try await next.log([TicketInput(description: "恢复之后加入")])[0]
        #expect(first.provisionalNumber != second.provisionalNumber, "no code is given twice")
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `on a new machine no number is given twice`()
        async throws
    {
        let hub = try await TestHub()
        var (process, ready) = try await hub.start()
        let early = try await hub.join("lina", role: "clerk", store: "S001")
        let other = try await hub.join("wang", role: "clerk", store: "S001")
        let backup = hub.directory.file("backup.sqlite")
        try await hub.runChecked(["backup", backup])
        let first = try await early.log([TicketInput(description: "备份之后的第一件")])
        try await early.runChecked(["sync"])
        let numbers = Set(try await early.list().map(\.number))
        #expect(try await hub.stop(process).status == 0)

        let new = try await TestHub()
        for name in ["hub.key", "recovery.key"] {
            let path = new.home + "/" + name
            // A hub that has not served yet has no key for recovery.
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: hub.home + "/" + name, toPath: path)
        }
        let restored = try await new.runChecked(["restore", backup, "--yes"])
        #expect(restored.contains("revoke again what was revoked since"), "\(restored)")
        (process, ready) = try await new.start(listen: ready.sync, feed: ready.feed)
        _ = try await other.log([TicketInput(description: "另一位客户")])
        for client in [other, early, other] { try await client.runChecked(["sync"]) }
        let tickets = try await other.list()
        #expect(tickets.count == 2 && Set(tickets.map(\.number)).count == 2, "\(tickets)")
        let back = try #require(
            tickets.first { $0.provisionalNumber == first[0].provisionalNumber })
        #expect(numbers == [back.number], "it has the number that its customer was told")
        #expect(tickets.contains { $0.number.hasSuffix("5001") }, "\(tickets)")
        #expect(try await new.stop(process).status == 0)
    }

    @Test func `the backup of another hub is taken only when that is meant`() async throws {
        let fresh = try await TestHub()
        let empty = fresh.directory.file("empty.sqlite")
        try await fresh.runChecked(["backup", empty])
        let (hub, other) = (try await TestHub(), try await TestHub())
        for each in [hub, other] {
            let (process, _) = try await each.start()
            _ = try await each.join("lina", role: "clerk", store: "S001")
            #expect(try await each.stop(process).status == 0)
        }
        let backup = other.directory.file("backup.sqlite")
        try await other.runChecked(["backup", backup])
        let refused = try await hub.run(["restore", backup, "--yes"])
        #expect(refused.status == 3 && refused.errors.contains("--another-hub"), "\(refused)")
        let refusedToo = try await hub.run(["restore", empty, "--yes"])
        #expect(refusedToo.status == 3 && refusedToo.errors.contains("--another-hub"))
        #expect(try hub.storeFiles() == ["hub.sqlite"], "nothing was moved or left behind")
        try await hub.runChecked(["restore", backup, "--yes", "--another-hub"])
        // Both may fall into one second.
        try await hub.runChecked(["restore", backup, "--yes"])
        let aside = try hub.storeFiles().filter { $0.contains("before-restore") }
        #expect(aside.count == 2, "\(aside)")
    }

    @Test func `a restore that is killed leaves the old store or the new one`() async throws {
        let seed = TestSeed.make()
        var random = SplitMix(state: seed)
        let hub = try await TestHub()
        let backup = hub.directory.file("backup.sqlite")
        try await hub.runChecked(["backup", backup])
        let start = ContinuousClock.now
        try await hub.runChecked(["restore", backup, "--yes"])
        var span = ContinuousClock.now - start
        var killsCount = 0
        for round in 0..<100 where round < 20 || killsCount == 0 {
            try await hub.runChecked(["staff", "add", "A\(round)", "--role", "clerk"])
            let process = try Program.hub.start(["restore", backup, "--yes", "--home", hub.home])
            try await Task.sleep(for: span * Double.random(in: 0...1.1, using: &random))
            process.send(signal: SIGKILL)
            let result = try await process.ended()
            // The first one may have been slow; whoever came too late comes earlier next time.
            if result.status == 128 + SIGKILL { killsCount += 1 } else { span = span * 0.9 }
            let staff = try await hub.run(["staff", "list"])
            #expect(staff.status == 0, "round \(round), seed \(seed): \(staff)")
            let verified = try await hub.run(["verify"])
            #expect(verified.status == 0, "round \(round), seed \(seed): \(verified)")
            // Names carry the second; a restore that was cut short has taken this one.
            for name in try hub.storeFiles() where name.contains("before-restore") {
                try FileManager.default.removeItem(atPath: hub.home + "/" + name)
            }
        }
        #expect(killsCount > 0, "nothing was interrupted, seed \(seed)")
    }

    @Test func `a store that was put back by hand is found out at the start`() async throws {
        let hub = try await TestHub()
        let (process, ready) = try await hub.start()
        let store = try await hub.join("lina", role: "clerk", store: "S001")
        let backup = hub.directory.file("backup.sqlite")
        try await hub.runChecked(["backup", backup])
        let logged = try await store.log([TicketInput(description: "later")])
        try await store.runChecked(["sync"])
        #expect(try await hub.stop(process).status == 0)
        for name in try hub.storeFiles() where name.hasPrefix("hub.sqlite") {
            try FileManager.default.removeItem(atPath: hub.home + "/" + name)
        }
        try FileManager.default.copyItem(atPath: backup, toPath: hub.home + "/hub.sqlite")
        let (again, _) = try await hub.start(listen: ready.sync, feed: ready.feed)
        _ = try await eventually("the remark") { again.errors.contains("put back") ? true : nil }
        try await store.runChecked(["sync"])
        #expect(try await store.list().map(\.provisionalNumber) == logged.map(\.provisionalNumber))
        let boss = try await hub.join("zhao", role: "supervisor")
        #expect(try await boss.list().count == 1)
        #expect(try await hub.stop(again).status == 0)
    }
}

/// A hub, three replicas and an hour that the hub forgets.
private struct RestoreDay {
    /// All that the supervisor can see.
    struct Everything: Equatable {
        struct Shown: Equatable {
            let number: String
            let status: String
            let escalationLevel: Int
            let comments: [String]
        }
        var tickets: [Shown] = []
    }

    private let hub: TestHub
    private var process: RunningProgram
    private let ready: TestHub.Ready
    private let stores: [TestClient]
    private let boss: TestClient
    /// The escalations that the supervisor's watch has delivered.
    private var delivered: [EventOutput] = []

    init() async throws {
        hub = try await TestHub()
        (process, ready) = try await hub.start()
        try await hub.loadHastyPolicy()
        stores = [
            try await hub.join("lina", role: "clerk", store: "S001"),
            try await hub.join("wang", role: "clerk", store: "S002"),
        ]
        boss = try await hub.join("zhao", role: "supervisor")
    }

    mutating func workBeforeTheBackup() async throws {
        for (index, store) in stores.enumerated() {
            _ = try await store.log([
                TicketInput(priority: "urgent", description: "early \(index)"),
                TicketInput(description: "early and calm \(index)", note: "note \(index)"),
            ])
            try await store.runChecked(["sync"])
        }
        try await follow(until: 2)
    }

    func backup() async throws -> String {
        let path = hub.directory.file("backup.sqlite")
        let told = try await hub.runChecked(["backup", path])
        #expect(told.contains("verified"), "\(told)")
        return path
    }

    mutating func workAfterTheBackup() async throws {
        for (index, store) in stores.enumerated() {
            let old = try await store.list()
            for ticket in old {
                try await store.runChecked(["note", ticket.number, "later, \(index)"])
            }
            _ = try await store.log(
                (0..<5).map {
                    TicketInput(
                        priority: $0 < 2 ? "urgent" : "normal", description: "late \(index) \($0)",
                        note: "noted \($0)")
                })
            try await store.runChecked(["sync"])
        }
        try await follow(until: 6)
        for ticket in try await boss.list().prefix(3) {
            try await boss.runChecked(["note", ticket.number, "the office has seen it"])
        }
        // The supervisor has everything, also what the rules did.
        for client in [boss] + stores + [boss] { try await client.runChecked(["sync"]) }
    }

    /// What the supervisor's replica shows, which is in step.
    func everything() async throws -> Everything {
        try await boss.runChecked(["sync"])
        var everything = Everything()
        for ticket in try await boss.list().sorted(by: { $0.number < $1.number }) {
            let shown = try await boss.read(TicketOutput.self, ["show", ticket.number])
            #expect(shown.official)
            everything.tickets.append(
                .init(
                    number: shown.number, status: shown.status,
                    escalationLevel: shown.escalationLevel,
                    comments: shown.comments.map(\.text).sorted()))
        }
        return everything
    }

    mutating func restore(_ backup: String) async throws {
        // Work that nobody but its author has comes as well.
        #expect(try await hub.stop(process).status == 0)
        let told = try await hub.runChecked(["restore", backup, "--yes"])
        #expect(told.contains("until all 3 devices have reported"), "\(told)")
        try await hub.runChecked(["verify"])
        try await startAgain()
        let status = try await hub.read(["status"])
        #expect(status["recovering_until"] is String)
        #expect((status["head"] as? Int ?? 0) < 60)
    }

    /// Everybody syncs; the hub may die after the first has brought back their part, and again
    /// somewhere in the middle of the others.
    mutating func comeBack(hubDies: Bool) async throws {
        let fork = try await hub.read(["status"])["head"] as? Int ?? 0
        let first = stores[0]
        try await first.runChecked(["sync"])
        let status = try await hub.read(["status"])
        #expect(status["head"] as? Int ?? 0 > fork)
        let live = status["live"] as? [String: Any]
        #expect((live?["reported_devices"] as? [String])?.count == 1, "\(status)")
        let devices = try await hub.read(["recovery"])["devices"] as? [[String: Any]]
        #expect(devices?.map { $0["reported"] as? Bool } == [true, false, false])
        if hubDies {
            try await kill()
            let sync = try boss.start(["sync"])
            _ = try await eventually("the next entry that comes back") { [hub] in
                let head = try await hub.read(["status"])["head"] as? Int
                return !sync.isRunning || head ?? 0 > fork ? true : nil
            }
            try await kill()
            #expect([0, 4].contains(try await sync.ended().status))
        }
        for client in stores + [boss] { try await client.runChecked(["sync"]) }
        let recovery = try await hub.read(["recovery"])
        if hubDies { for client in stores + [boss] { try await client.runChecked(["sync"]) } }
        #expect(
            try await hub.read(["recovery"])["recovering"] as? Bool == false,
            "all have reported: \(recovery)")
        let verified = try await hub.run(["verify"])
        #expect(verified.status == 0, "\(verified)")
    }

    /// A new escalation proves that the rules act again; no other came with it.
    mutating func checkEscalationsFireOnce() async throws {
        let known = delivered
        let marker = try await stores[1].log([TicketInput(priority: "urgent", description: "new")])
        try await stores[1].runChecked(["sync"])
        try await follow(until: known.count + 1)
        #expect(Array(delivered.prefix(known.count)) == known)
        try await stores[1].runChecked(["sync"])
        let shown = try await stores[1].read(
            TicketOutput.self, ["show", marker[0].provisionalNumber])
        #expect(delivered.last?.number == shown.number)
        let all = ["watch", "escalations", "--json", "--once", "--consumer", "fresh"]
        let fresh = try EventOutput.lines(await boss.runChecked(all))
        #expect(Set(fresh.map(\.id)).count == fresh.count, "nothing is told twice")
        #expect(Set(fresh.map(\.id)) == Set(delivered.map(\.id)))
        #expect(Set(fresh.map(\.number)).count == 7)
    }

    mutating func checkNoNumberIsGivenAgain(_ numbers: [String]) async throws {
        #expect(Set(numbers).count == numbers.count)
        _ = try await stores[0].log((0..<3).map { TicketInput(description: "after \($0)") })
        try await stores[0].runChecked(["sync"])
        let now = try await stores[0].list().map(\.number) + stores[1].list().map(\.number)
        #expect(Set(now).count == now.count)
        #expect(Set(now).isSuperset(of: numbers))
        #expect(now.count == numbers.count + 4)
    }

    func end() async throws {
        for client in stores + [boss] {
            try await client.runChecked(["sync"])
            let status = try await client.status()
            #expect(status.queued == 0 && status.unanswered == 0 && status.drafts == 0)
        }
        #expect(try await hub.stop(process).status == 0)
        for path in [hub.home + "/hub.sqlite"] + (stores + [boss]).map(\.replicaPath) {
            try checkIntegrity(of: path)
        }
    }

    // MARK: -

    private mutating func kill() async throws {
        process.send(signal: SIGKILL)
        #expect(try await process.ended().status == 128 + SIGKILL)
        try await startAgain()
    }

    private mutating func startAgain() async throws {
        (process, _) = try await hub.start(listen: ready.sync, feed: ready.feed)
    }

    /// Lets the supervisor's watch deliver until so many escalations have come in all.
    private mutating func follow(until count: Int) async throws {
        let once = ["watch", "escalations", "--json", "--once", "--consumer", "desk"]
        let boss = boss
        var events = delivered
        _ = try await eventually("escalation \(count)") {
            events += try EventOutput.lines(await boss.runChecked(once))
            return events.count >= count ? true : nil
        }
        #expect(events.count == count, "\(events)")
        delivered = events
    }
}
