import Foundation
import HubService
import Replication
import Sodium
import Testing
import TicketModel
import TicketPolicy
import Wire

/// What a device did while it could not reach the hub arrives as one batch (domain.md B6.3, T28):
/// promises are judged by all of it.
@Suite struct LateBatchTests {
    private static let hour: Int64 = 3_600_000
    private let world: HubWorld
    private let complaint: IntentBody

    /// The hub hears ten hours later of a complaint that is urgent.
    init() throws {
        world = try HubWorld()
        _ = try world.administrator.perform(
            .loadPolicy(yaml: try Profile.builtInText("unified")), at: world.now)
        var body = TestDevice.complaint(at: world.now.adding(milliseconds: -10 * Self.hour))
        body.changes.removeAll { $0.field == .priority }
        body.changes += [
            .write(.priority, .integer(3)), .write(.status, .integer(TicketStatus.new.rawValue)),
        ]
        complaint = body
    }

    @Test func `a promise that stood still in time is not broken, one that ran on is`() throws {
        var device = try world.greetedDevice()
        try push(
            [
                complaint,
                act(
                    .progress, hours: 0.1,
                    [.comment(.progress, .staff, text: "looked at", parent: nil)]),
                act(
                    .pause, hours: 0.2,
                    [
                        .write(.pauseReason, .text("supplier")),
                        .write(.status, .integer(TicketStatus.pending.rawValue)),
                    ]),
            ], by: &device)
        let paused = try clock()
        #expect(paused.phase == .running && paused.pausedAt == instant(hours: 0.2))
        #expect(try told().isEmpty)
        try push(
            [
                act(
                    .resume, hours: 8,
                    [
                        .write(.pauseReason, .text("")),
                        .write(.status, .integer(TicketStatus.inProgress.rawValue)),
                    ]),
                act(.note, hours: 9.9, [.comment(.note, .staff, text: "a word", parent: nil)]),
            ], by: &device)
        let broken = try clock()
        #expect(broken.phase == .breached && broken.dueAt == instant(hours: 8.9))
        #expect(try told().map(\.isLate) == [true])
    }

    @Test func `K9: a customer's no that was heard in time keeps the promise to ask them`() throws {
        var device = try world.greetedDevice()
        var yaml = try Profile.builtInText("basic")
        yaml.replace("profile: basic", with: "profile: asked")
        yaml.replace("\n  close: [", with: "\n  verify: [handler]\n  close: [")
        yaml.replace(
            "\nclocks:\n",
            with: "\nclocks:\n  customer_check: {zh: 客户验证, en: asked, starts: [resolve], "
                + "limits: {urgent: 1h, important: 1h, normal: 1h}, met_by: [unsolved], "
                + "ladder: [{at: 100%, escalate: 1}]}\n")
        _ = try world.administrator.perform(.loadPolicy(yaml: yaml), at: world.now)
        let reopened = FieldValue.integer(TicketStatus.reopened.rawValue)
        try push(
            [
                complaint,
                act(
                    .resolve, hours: 0.1,
                    [
                        .write(.status, .integer(TicketStatus.resolved.rawValue)),
                        .write(.resolution, .text("done")),
                    ]),
                act(
                    .verify, hours: 0.5,
                    [
                        .comment(.unsolved, .staff, text: "still", parent: nil),
                        .write(.status, reopened),
                    ]),
            ], by: &device)
        let asked = try clock("customer_check")
        #expect(asked.phase == .met && asked.stoppedAt == instant(hours: 0.5))
        #expect(try world.events().filter { $0.clock == "customer_check" } == [])
    }

    @Test func `of two promises that were broken one after the other both are told`() throws {
        var device = try world.greetedDevice()
        try push(
            [
                complaint,
                act(
                    .progress, hours: 0.1,
                    [.comment(.progress, .staff, text: "looked at", parent: nil)]),
                act(
                    .progress, hours: 3,
                    [.comment(.progress, .staff, text: "found it", parent: nil)]),
                act(.note, hours: 9.9, [.comment(.note, .staff, text: "a word", parent: nil)]),
            ], by: &device)
        let last = try clock()
        #expect(last.phase == .breached && last.cycle == 2 && last.dueAt == instant(hours: 4))
        #expect(try told().map(\.isLate) == [true, true])
    }

    @Test func `a hub that was put back tells what nobody brought back to it`() throws {
        var device = try world.greetedDevice()
        try push([complaint], by: &device)
        let backup = world.memory.snapshot()
        let known = try world.memory.read { try $0.head().sequence }
        try push(
            [
                act(
                    .progress, hours: 0.1, [.comment(.progress, .staff, text: "ok", parent: nil)]),
                act(.note, hours: 9.9, [.comment(.note, .staff, text: "a word", parent: nil)]),
            ], by: &device)
        #expect(try told().count == 1)
        let life = try world.memory.read { try $0.epoch() }
        let held = try world.entries(after: known).filter { $0.actor != .hub }
        #expect(held.map(\.act) == [.progress, .note], "what the alarm was is lost")
        world.memory.restore(backup)
        try world.memory.transaction { hub in
            try LogLife.begin(
                sharing: known, seed: SecureRandom.uint128(), at: world.now, in: hub)
            let profile = try PolicyReader().profile(of: try #require(try hub.policy()))
            let committer = try HubCommitter(
                codec: ProtobufCodec(), profile: profile, now: world.now, store: hub,
                ruleKey: world.recoveryKey)
            for entry in held {
                let result = try committer.refill(ProtobufCodec().encode(entry), from: life)
                #expect(result == .taken)
            }
        }
        #expect(try told().isEmpty)
        let later = world.now.adding(milliseconds: 10 * Self.hour)
        while try world.loop.fireTimers(at: later).hasMore {}
        #expect(try clock().phase == .breached)
        #expect(try told().count == 1)
    }

    // MARK: Helpers

    private func instant(hours: Double) -> Timestamp {
        world.now.adding(milliseconds: Int64(((hours - 10) * Double(Self.hour)).rounded()))
    }

    /// What a handler did so many hours after the complaint.
    private func act(_ act: Act, hours: Double, _ changes: [Replication.Change]) -> IntentBody {
        let time = instant(hours: hours)
        return IntentBody(
            operation: OperationID(time: time, random: 1 << 64), ticket: complaint.ticket, act: act,
            actor: StaffID(unchecked: "B07"), time: HybridTimestamp(time),
            captured: CapturedTime(wall: time, offsetMilliseconds: 0), changes: changes)
    }

    private func push(_ bodies: [IntentBody], by device: inout TestDevice) throws {
        let ack = try #require(world.ask(.push(device.push(bodies)), from: device)?.ack)
        let refused = ack.verdicts.filter { !$0.disposition.isAccepted }
        #expect(refused.isEmpty)
    }

    private func clock(_ name: String = "urgent_progress") throws -> ClockState {
        let ticket = try #require(try world.memory.read { try $0.ticket(complaint.ticket) })
        return try #require(ticket.clocks[name])
    }

    private func told() throws -> [FeedEvent] {
        try world.events().filter { $0.clock == "urgent_progress" }
    }
}
