import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy
import Wire

@Suite struct HubLoopTimerTests {
    @Test func `a missed response escalates once, to the second, also after a restart`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let start = world.now
        let body = TestDevice.complaint(at: start)
        _ = try #require(world.ask(.push(device.push([body])), from: device)?.ack)
        // Priority 2 has four hours; at three quarters of them a warning.
        let warning = start.adding(milliseconds: 3 * 3_600_000)
        #expect(try world.loop.nextTimer() == warning)
        #expect(try fire(world, at: warning.adding(milliseconds: -1)) == 0)
        #expect(try fire(world, at: warning) > 0)
        let limit = start.adding(milliseconds: 4 * 3_600_000)
        #expect(try world.loop.nextTimer() == limit)
        world.restart()
        #expect(try fire(world, at: limit) > 0)
        #expect(try ticket(body, in: world).escalationLevel == 1)
        world.restart()
        #expect(try fire(world, at: limit.adding(milliseconds: 3_600_000)) == 0)
        #expect(try ticket(body, in: world).escalationLevel == 1)
    }

    @Test func `a promise is warned of once, however often the urgency changes`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        // Logged offline three and a half hours ago with four hours to go: already worth a warning.
        let captured = world.now.adding(milliseconds: -3_500 * 3_600)
        let body = TestDevice.complaint(at: captured)
        // More urgent, which moves the warning ahead, and back again, which moves it behind.
        let changes = [3, 2].map { priority in
            IntentBody(
                operation: OperationID(
                    time: world.now, random: UInt128(UInt64(priority)) << 64), ticket: body.ticket,
                act: .edit, actor: body.actor, time: HybridTimestamp(world.now),
                captured: CapturedTime(wall: world.now, offsetMilliseconds: 0),
                changes: [.write(.priority, .integer(Int64(priority)))])
        }
        let ack = try #require(
            world.ask(.push(device.push([body] + changes)), from: device)?.ack)
        #expect(ack.verdicts.allSatisfy { $0.disposition.isAccepted })
        let warnings = try world.events().filter { $0.feed == .warnings }
        #expect(warnings.count == 1)
    }

    @Test func `a policy that moves a warning back does not lose it`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let start = world.now
        _ = try #require(
            world.ask(.push(device.push([TestDevice.complaint(at: start)])), from: device)?.ack)
        let first = try #require(try world.loop.nextTimer())
        // The promise of this ticket stays, but a warning now comes later before its end.
        let yaml = try Profile.builtInText("basic")
            .replacing("urgent: 1h, important: 4h,", with: "urgent: 30m, important: 1h,")
        _ = try world.administrator.perform(.loadPolicy(yaml: yaml), at: world.now)
        #expect(try fire(world, at: first) == 0)
        let second = try #require(try world.loop.nextTimer())
        #expect(second == start.adding(milliseconds: 4 * 3_600_000 - 15 * 60_000))
        #expect(try fire(world, at: second) == 1)
    }

    /// A hub with a complaint of four hours, and then the basic policy with another ladder or name.
    private func worldWithPolicy(
        replacing part: String, with other: String, at hours: Int64
    ) throws -> (HubWorld, IntentBody) {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let body = TestDevice.complaint(at: world.now)
        _ = try #require(world.ask(.push(device.push([body])), from: device)?.ack)
        _ = try fire(world, at: world.now.adding(milliseconds: hours * 3_600_000))
        let text = try Profile.builtInText("basic")
        let yaml = text.replacing(part, with: other)
        #expect(yaml != text)
        _ = try world.administrator.perform(.loadPolicy(yaml: yaml), at: world.now)
        return (world, body)
    }

    @Test func `T6: a promise that the policy drops ends silently when it would have broken`()
        throws
    {
        let (world, body) = try worldWithPolicy(
            replacing: "\n  response:", with: "\n  answer:", at: 0)
        let limit = world.now.adding(milliseconds: 4 * 3_600_000)
        _ = try fire(world, at: limit.adding(milliseconds: -1))
        #expect(try ticket(body, in: world).clocks["response"]?.phase == .running)
        _ = try fire(world, at: limit)
        let clock = try #require(try ticket(body, in: world).clocks["response"])
        #expect(clock.phase == .cancelled && clock.stoppedAt == limit)
        #expect(try ticket(body, in: world).nextDue == nil, "nothing is shown as overdue")
        #expect(try world.events().allSatisfy { $0.clock.isEmpty })
        #expect(try world.loop.nextTimer() == nil)
    }

    @Test(arguments: [
        ("      - {at: 75%, warn: [handler, department_head]}\n", "", 3),
        ("      - {at: 75%, warn: [handler, department_head]}\n", "", 0),
        ("      - {at: 75%,", "      - {at: 50%, warn: [handler]}\n      - {at: 75%,", 0),
        ("      - {at: 75%,", "      - {at: 50%, warn: [handler]}\n      - {at: 75%,", 3),
    ])
    func `T6: a ladder with fewer or more rungs loses no breach and states it once`(
        rung: String, other: String, hours: Int64
    ) throws {
        let (world, body) = try worldWithPolicy(replacing: rung, with: other, at: hours)
        let limit = world.now.adding(milliseconds: 4 * 3_600_000)
        for instant in [limit.adding(milliseconds: -1), limit] {
            while try world.loop.nextTimer().map({ $0 <= instant }) ?? false {
                _ = try fire(world, at: instant)
            }
        }
        #expect(try ticket(body, in: world).clocks["response"]?.phase == .breached)
        let told = try world.events().filter { $0.feed == .escalations }
        #expect(told.map(\.clock) == ["response"] && told.map(\.level) == [1])
        #expect(try world.loop.nextTimer() == nil)
    }

    @Test func `a timer tells the subscribers of the ticket's scopes`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        _ = world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        let due = try #require(try world.loop.nextTimer())
        let output = try world.loop.fireTimers(at: due).output
        let topics = Set(output.hints.map(\.topic))
        #expect(topics.contains(Topic.of(.store(StoreID(unchecked: "S001")))))
        #expect(topics.contains(Topic.of(.all)))
    }

    @Test func `K25: what the customer was told is due to the minute, and told once`() throws {
        let world = try HubWorld()
        _ = try world.administrator.perform(
            .loadPolicy(yaml: try Profile.builtInText("unified")), at: world.now)
        var device = try world.greetedDevice()
        let complaint = TestDevice.complaint(at: world.now)
        // 2023-11-14T22:13:20Z is the world's time.
        let promise = IntentBody(
            operation: OperationID(time: world.now, random: 1 << 64), ticket: complaint.ticket,
            act: .promise, actor: complaint.actor, time: HybridTimestamp(world.now),
            captured: CapturedTime(wall: world.now, offsetMilliseconds: 0),
            changes: [.write(.promisedTime, .text("2023-11-15T08:00:00.000+08:00"))])
        let ack = try #require(
            world.ask(.push(device.push([complaint, promise])), from: device)?.ack)
        #expect(ack.verdicts.map(\.disposition) == [.applied, .applied])
        let clock = try #require(try ticket(complaint, in: world).clocks["promise"])
        #expect(clock.dueAt == Timestamp(iso8601: "2023-11-15T00:00:00Z"))
        while try world.loop.fireTimers(at: clock.dueAt.adding(milliseconds: 60_000)).hasMore {}
        #expect(try ticket(complaint, in: world).clocks["promise"]?.phase == .breached)
        let told = try world.events().filter { $0.clock == "promise" }
        #expect(told.map(\.feed) == [.escalations], "the warnings were overtaken")
        #expect(told.first?.reason.contains("2023-11-15 08:00") == true)
    }

    @Test func `G20 T13: a pause is reminded of once, and who has quiet hours later`() throws {
        let world = try HubWorld()
        let yaml =
            try Profile.builtInText("basic") + """

                quiet_hours: {handler: [00:00-09:00]}
                pause_reminder: {after: 24h}

                """
        _ = try world.administrator.perform(.loadPolicy(yaml: yaml), at: world.now)
        var device = try world.greetedDevice()
        var complaint = TestDevice.complaint(at: world.now)
        complaint.changes.append(.write(.status, .integer(TicketStatus.new.rawValue)))
        let pause = IntentBody(
            operation: OperationID(time: world.now, random: 1 << 64), ticket: complaint.ticket,
            act: .pause, actor: StaffID(unchecked: "B07"), time: HybridTimestamp(world.now),
            captured: CapturedTime(wall: world.now, offsetMilliseconds: 0),
            changes: [
                .write(.pauseReason, .text("supplier")),
                .write(.status, .integer(TicketStatus.pending.rawValue)),
            ])
        let ack = try #require(
            world.ask(.push(device.push([complaint, pause])), from: device)?.ack)
        #expect(ack.verdicts.map(\.disposition) == [.applied, .applied])
        // 06:13 in Shanghai a day later.
        let due = world.now.adding(milliseconds: 24 * 3_600_000)
        for _ in 1...2 { while try world.loop.fireTimers(at: due).hasMore {} }
        world.restart()
        while try world.loop.fireTimers(at: due.adding(milliseconds: 1)).hasMore {}
        let told = try world.events().filter { $0.clock == PauseReminder.name }
        #expect(told.count == 1 && told.first?.feed == .warnings)
        let morning = try #require(Timestamp(iso8601: "2023-11-16T09:00:00+08:00"))
        #expect(told.first?.quietUntil == [.handler: morning])
    }

    @Test func `a store fault leaves the timer in the queue`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        _ = world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        let due = try #require(try world.loop.nextTimer())
        world.store.writeFault = FaultyStorage.diskIsFull
        #expect(throws: StoreError.self) { try world.loop.fireTimers(at: due) }
        world.store.writeFault = nil
        #expect(try world.loop.nextTimer() == due)
        #expect(try fire(world, at: due) > 0)
    }

    @Test func `a backlog is worked off in bounded transactions`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let countMax = 256
        let bodies = (0..<countMax + 10).map { _ in TestDevice.complaint(at: world.now) }
        for start in stride(from: 0, to: bodies.count, by: 100) {
            let batch = device.push(Array(bodies[start..<min(start + 100, bodies.count)]))
            _ = try #require(world.ask(.push(batch), from: device)?.ack)
        }
        let due = try #require(try world.loop.nextTimer())
        #expect(try world.loop.fireTimers(at: due).hasMore)
        #expect(try !world.loop.fireTimers(at: due).hasMore)
        #expect(try #require(try world.loop.nextTimer()) > due)
    }

    @Test func `after an outage nothing that was due stays in the queue`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let start = world.now
        _ = world.ask(.push(device.push([TestDevice.complaint(at: start)])), from: device)
        let limit = start.adding(milliseconds: 4 * 3_600_000)
        #expect(try fire(world, at: limit) > 0, "the warning and the limit came due together")
        if let next = try world.loop.nextTimer() { #expect(next > limit) }
    }

    @Test func `a timer that asks for nothing any more leaves the queue`() throws {
        let world = try HubWorld()
        let key = TimerKey(ticket: TicketID(rawValue: 5), clock: "response", cycle: 1, rung: 0)
        try world.memory.transaction { try $0.schedule(TimerRecord(key: key, dueAt: world.now)) }
        #expect(try fire(world, at: world.now) == 0, "there is no such ticket")
        #expect(try world.loop.nextTimer() == nil)
    }

    @Test func `the heartbeat carries the head`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let ack = try #require(
            world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)?.ack)
        let (topic, body) = try world.loop.heartbeat()
        let read = try #require(Topic.split(topic + body))
        #expect(read.topic == Topic.heartbeat)
        let directory = DirectoryVersion(
            staff: try world.memory.read { try $0.staffVersion() }, policy: 1)
        #expect(
            read.hint
                == Hint(epoch: device.epoch, head: ack.head, sequence: 0, directory: directory))
    }

    /// Fires what is due and gives how many entries that wrote.
    private func fire(_ world: HubWorld, at now: Timestamp) throws -> UInt64 {
        let before = try world.memory.read { try $0.head().sequence }
        _ = try world.loop.fireTimers(at: now)
        return try world.memory.read { try $0.head().sequence } - before
    }

    private func ticket(_ body: IntentBody, in world: HubWorld) throws -> Ticket {
        try #require(try world.memory.read { try $0.ticket(body.ticket) })
    }
}
