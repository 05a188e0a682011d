import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// What the hub decides about single intents (replication.md 3.4, 3.7, 3.8, 3.13).
@Suite struct HubLoopRuleTests {
    @Test func `an intent with other content under a known dot is a fork`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        var copy = device
        _ = world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        let answer = world.ask(
            .push(copy.push([TestDevice.complaint(at: world.now.adding(milliseconds: 1))])),
            from: copy)
        #expect(answer?.failure?.code == .fork)
        #expect(answer?.failure?.counter == 1)
        #expect(try world.memory.read { try $0.counts().tickets } == 1)
    }

    @Test func `the same operation under another dot is answered as before and done once`() throws {
        let world = try HubWorld()
        var (first, second) = (try world.greetedDevice(), try world.greetedDevice())
        let body = TestDevice.complaint(at: world.now)
        let original = try #require(world.ask(.push(first.push([body])), from: first)?.ack)
        let twin = try #require(world.ask(.push(second.push([body])), from: second)?.ack)
        #expect(twin.verdicts == original.verdicts)
        #expect(twin.head == original.head)
        #expect(twin.watermark == 1)
    }

    @Test func `a twin that is sent again is answered again`() throws {
        let world = try HubWorld()
        var (first, second) = (try world.greetedDevice(), try world.greetedDevice())
        let body = TestDevice.complaint(at: world.now)
        _ = world.ask(.push(first.push([body])), from: first)
        let batch = second.push([body])
        let once = try #require(world.ask(.push(batch), from: second)?.ack)
        let again = try #require(world.ask(.push(batch), from: second)?.ack)
        #expect(again.watermark == 1 && again.verdicts == once.verdicts && again.head == once.head)
    }

    @Test func `the next counter on another chain is a fork`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        var copy = device
        _ = world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        _ = copy.push([TestDevice.complaint(at: world.now.adding(milliseconds: 1))])
        let answer = world.ask(.push(copy.push([TestDevice.complaint(at: world.now)])), from: copy)
        #expect(answer?.failure?.code == .fork)
        #expect(try world.memory.read { try $0.counts().tickets } == 1)
    }

    @Test func `work on a refused ticket is refused with it`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        var incomplete = TestDevice.complaint(at: world.now)
        incomplete.changes.removeAll { $0.field == .contact }
        let note = world.note(on: incomplete.ticket, by: "A17", text: "客户在等")
        let ack = try #require(
            world.ask(.push(device.push([incomplete, note])), from: device)?.ack)
        #expect(ack.watermark == 2, "a refusal is an answer, the queue goes on")
        #expect(
            ack.verdicts.map(\.disposition) == [
                .rejected(.missingField, "contact"), .rejected(.dependencyRejected),
            ])
    }

    @Test func `a clock far ahead does not win, and the entry says so`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let complaint = TestDevice.complaint(at: world.now)
        var note = world.note(on: complaint.ticket, by: "A17", text: "未来")
        note.time = HybridTimestamp(world.now.adding(milliseconds: 86_400_000))
        _ = world.ask(.push(device.push([complaint, note])), from: device)
        let ticket = try #require(try world.memory.read { try $0.ticket(complaint.ticket) })
        let comment = try #require(ticket.comments.first)
        #expect(comment.stamp.time == HybridTimestamp(world.now))
        let page = try #require(
            world.ask(
                .pull(Pull(epoch: device.epoch, cursor: 0, bytesMax: 100_000)), from: device)?.page)
        let entries = try page.read(with: ProtobufCodec()).items.compactMap { item in
            if case .delta(let witnessed) = item { return witnessed.entry }
            return nil
        }
        #expect(entries.filter(\.isClockSkewed).map(\.operation) == [note.operation])
    }

    @Test func `somebody who is not on the staff is refused, the queue goes on`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        var stranger = TestDevice.complaint(at: world.now)
        stranger.actor = StaffID(unchecked: "Z99")
        let good = TestDevice.complaint(at: world.now.adding(milliseconds: 1))
        let ack = try #require(
            world.ask(.push(device.push([stranger, good])), from: device)?.ack)
        #expect(
            ack.verdicts.map(\.disposition) == [.rejected(.unauthorised, "Z99"), .applied])
    }

    @Test func `who left the staff is refused, what they did before stays allowed`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let body = TestDevice.complaint(at: world.now)
        _ = world.ask(.push(device.push([body])), from: device)
        _ = try world.administrator.perform(
            .addStaff(
                StaffRequest(
                    staff: "A17", name: "A17", roles: ["clerk"], store: nil, department: nil,
                    phone: "", isActive: false)), at: world.now)
        let head = try world.memory.read { try $0.head().sequence }
        let before = world.note(on: body.ticket, by: "A17", text: "离职前")
        let early = try #require(world.ask(.push(device.push([before])), from: device)?.ack)
        #expect(early.verdicts.map(\.disposition) == [.applied], "it was written before that")
        device.context = CausalContext(epoch: device.epoch, sequence: head, dependencies: [])
        let after = world.note(on: body.ticket, by: "A17", text: "离职后")
        let late = try #require(world.ask(.push(device.push([after])), from: device)?.ack)
        #expect(late.verdicts.map(\.disposition) == [.rejected(.unauthorised, "A17")])
    }

    @Test func `a device's clock alone puts nothing beyond the offline horizon`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let body = TestDevice.complaint(at: world.now)
        let head = try #require(world.ask(.push(device.push([body])), from: device)?.ack).head
        device.context = CausalContext(epoch: device.epoch, sequence: head, dependencies: [])
        var note = world.note(on: body.ticket, by: "A17", text: "钟停了")
        note.captured.wall = Timestamp(milliseconds: 0)
        let ack = try #require(world.ask(.push(device.push([note])), from: device)?.ack)
        #expect(ack.verdicts.map(\.disposition) == [.applied], "its author had seen today's log")
    }

    @Test func `a ticket was not logged later than it arrived`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        var body = TestDevice.complaint(at: world.now)
        body.captured.wall = world.now.adding(milliseconds: 3_600_000)
        _ = world.ask(.push(device.push([body])), from: device)
        #expect(try world.memory.read { try $0.ticket(body.ticket)?.capturedAt } == world.now)
    }

    @Test func `a context of a life of the log that nobody knows has seen nothing`() throws {
        let world = try HubWorld()
        var (first, second) = (try world.greetedDevice(), try world.greetedDevice())
        let body = TestDevice.complaint(at: world.now)
        let head = try #require(world.ask(.push(first.push([body])), from: first)?.ack).head
        second.context = CausalContext(
            epoch: EpochID(rawValue: 9), sequence: head, dependencies: [])
        var edit = world.note(on: body.ticket, by: "A17", text: "")
        (edit.act, edit.changes) = (.edit, [.write(.demand, .text("退款"))])
        let ack = try #require(world.ask(.push(second.push([edit])), from: second)?.ack)
        #expect(ack.verdicts.map(\.disposition.outcome) != [.applied], "both texts are kept")
        let register = try world.memory.read { try $0.ticket(body.ticket)?.registers[.demand] }
        #expect(register?.alternates.count == 1)
    }

    @Test func `an act and what the rules do about it end as one transaction`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        _ = world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        let page = try #require(
            world.ask(
                .pull(Pull(epoch: device.epoch, cursor: 0, bytesMax: 100_000)), from: device)?.page)
        let ends = try page.read(with: ProtobufCodec()).items.compactMap { item -> Bool? in
            if case .delta(let witnessed) = item { return witnessed.entry.isTransactionEnd }
            return nil
        }
        #expect(ends == [false, true], "the complaint, then its route")
    }

    @Test func `a device writes only where its scopes reach`() throws {
        let world = try HubWorld()
        var (here, there) = (
            try world.greetedDevice(store: "S001"), try world.greetedDevice(store: "S002")
        )
        let body = TestDevice.complaint(at: world.now, store: "S001")
        _ = world.ask(.push(here.push([body])), from: here)
        let note = world.note(on: body.ticket, by: "A17", text: "越界")
        let ack = try #require(world.ask(.push(there.push([note])), from: there)?.ack)
        #expect(ack.verdicts.map(\.disposition) == [.rejected(.unauthorised, "scope")])
    }

    @Test func `an intent that cannot be read is refused by name and the queue goes on`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let good = TestDevice.complaint(at: world.now)
        let batch = device.push(encoded: [[0xFF, 0xFF, 0xFF], ProtobufCodec().encode(good)])
        let ack = try #require(world.ask(.push(batch), from: device)?.ack)
        #expect(ack.watermark == 2)
        #expect(ack.verdicts.map(\.disposition) == [.rejected(.unsupportedKind), .applied])
    }
}

extension HubWorld {
    /// The body of a note by somebody.
    func note(on ticket: TicketID, by staff: String, text: String) -> IntentBody {
        IntentBody(
            operation: OperationID(time: now, random: SecureRandom.uint128()), ticket: ticket,
            act: .note, actor: StaffID(unchecked: staff), time: HybridTimestamp(now),
            captured: CapturedTime(wall: now, offsetMilliseconds: 0),
            changes: [.comment(.note, .staff, text: text, parent: nil)])
    }
}
