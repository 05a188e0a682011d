import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// What one intent, one group and one device may come to in the log of everybody.
@Suite struct HubLimitTests {
    // MARK: Sizes

    private let long = String(repeating: "x", count: 32_000)

    @Test func `no entry is larger than readers can be shown`() throws {
        let scene = try HostileIntentTests.Scene()
        var codes: [RejectionCode?] = []
        for _ in 0..<12 {
            var device = try scene.world.greetedDevice()
            let body = scene.body(.edit, [.write(.description, .text(long))])
            let ack = try #require(scene.world.ask(.push(device.push([body])), from: device)?.ack)
            codes.append(ack.verdicts.first?.disposition.rejection?.code)
        }
        #expect(codes.first == .some(nil) && codes.last == .tooLarge)
        let sizes = try scene.world.entries(after: 0).map { ProtobufCodec().encode($0).count }
        let largest = try #require(sizes.max())
        #expect(largest > Limits.entryByteCountMax / 2 && largest <= Limits.entryByteCountMax)
        let ticket = ProtobufCodec().encode(try scene.ticket())
        #expect(try ProtobufCodec().decodeTicket(ticket) == scene.ticket())
    }

    @Test func `a group that no page could hold is refused whole`() throws {
        let world = try HubWorld()
        var devices = try (0..<9).map { _ in try world.greetedDevice() }
        let complaints = (0..<4).map { _ in TestDevice.complaint(at: world.now) }
        _ = try #require(world.ask(.push(devices[0].push(complaints)), from: devices[0])?.ack)
        func edits() -> [IntentBody] {
            complaints.map { complaint in
                IntentBody(
                    operation: OperationID(time: world.now, random: SecureRandom.uint128()),
                    ticket: complaint.ticket, act: .edit, actor: complaint.actor,
                    time: HybridTimestamp(world.now),
                    captured: CapturedTime(wall: world.now, offsetMilliseconds: 0),
                    changes: [.write(.description, .text(long))])
            }
        }
        for index in devices.indices.dropFirst() {
            let ack = try #require(
                world.ask(.push(devices[index].push(edits())), from: devices[index])?.ack)
            #expect(ack.verdicts.allSatisfy { $0.disposition.isAccepted })
        }
        var group = edits()
        for index in group.indices {
            group[index].changes = [.write(.description, .text("short"))]
            group[index].group = IntentGroup(id: group[0].operation, index: index, count: 4)
        }
        var device = try world.greetedDevice()
        let ack = try #require(world.ask(.push(device.push(group)), from: device)?.ack)
        #expect(
            Set(ack.verdicts.map(\.disposition)) == [.rejected(.tooLarge, Rejection.groupDetail)])
        for complaint in complaints {
            let ticket = try world.memory.read { try $0.ticket(complaint.ticket) }
            #expect(ticket?.registers[.description]?.alternates.count == 8)
        }
    }

    // MARK: Numbers

    @Test func `an official number leads to the ticket that the hub gave it to`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let next = "CS202311150001"
        var forged = TestDevice.complaint(at: world.now)
        forged.changes[0] = .create(provisionalNumber: next)
        let honest = TestDevice.complaint(at: world.now)
        let ack = try #require(
            world.ask(.push(device.push([forged, honest])), from: device)?.ack)
        #expect(
            ack.verdicts.map(\.disposition) == [.rejected(.invalidValue, "create"), .applied])
        #expect(try world.memory.read { try $0.ticket(numbered: next) } == honest.ticket)
    }

    // MARK: What only the hub writes

    @Test func `no device takes the name of what a rule will write`() throws {
        let scene = try HostileIntentTests.Scene()
        var device = scene.device
        let keys = (0..<4).map {
            TimerKey(ticket: scene.complaint.ticket, clock: "response", cycle: 1, rung: $0)
        }
        let notes = keys.flatMap { $0.entryOperations(nil) }.map { operation in
            var note = scene.body(.note, [.comment(.note, .staff, text: "n", parent: nil)])
            note.operation = operation
            return note
        }
        let ack = try #require(
            scene.world.ask(.push(device.push(notes)), from: device)?.ack)
        #expect(ack.verdicts.allSatisfy { $0.disposition.isAccepted })
        try scene.fireAll()
        #expect(try scene.ticket().escalationLevel == 1)
        #expect(try scene.world.events().contains { $0.feed == .escalations && $0.level == 1 })
    }

    @Test func `nobody is refused beforehand what they have not sent in another life`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let body = TestDevice.complaint(at: world.now)
        let refused = Verdict(
            operation: body.operation, disposition: .rejected(.staleClose), sequence: 0)
        for origin in [device.epoch, EpochID(rawValue: 99)] {
            let refill = Refill(
                epoch: device.epoch, origin: origin, entries: [], refused: [refused],
                isLast: false)
            guard case .refilled = world.ask(.refill(refill), from: device) else {
                return #expect(Bool(false), "a refill is answered")
            }
        }
        let ack = try #require(world.ask(.push(device.push([body])), from: device)?.ack)
        #expect(ack.verdicts.map(\.disposition) == [.applied])
    }
}
