import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// Intents that no client of ours writes: each is answered under its own name, and neither the
/// work of others nor the hub's rules stop because of it.
@Suite struct HostileIntentTests {
    // MARK: Bytes that are no intent

    @Test func `the same unreadable bytes of two replicas are one refusal and its twin`() throws {
        let world = try HubWorld()
        var (first, second, third) = (
            try world.greetedDevice(), try world.greetedDevice(), try world.greetedDevice()
        )
        let (answers, output) = world.turn([
            (.push(first.push(encoded: [[0xFF]])), first),
            (.push(second.push(encoded: [[0xFF]])), second),
            (.push(third.push([TestDevice.complaint(at: world.now)])), third),
        ])
        #expect(output.storeFault == nil)
        let verdicts = answers.compactMap { $0?.ack?.verdicts.first }
        #expect(verdicts.count == 3 && verdicts[0] == verdicts[1])
        #expect(verdicts[0].disposition == .rejected(.unsupportedKind))
        #expect(verdicts[2].disposition.isAccepted)
        let next = TestDevice.complaint(at: world.now)
        #expect(world.ask(.push(second.push([next])), from: second)?.ack?.watermark == 2)
    }

    // MARK: Values that a newer version wrote, or nobody

    @Test func `a value of nested groups is refused, and as bytes it does no harm`() throws {
        let scene = try Scene()
        var device = scene.device
        let nested = [UInt8](repeating: 0x7B, count: 15) + [UInt8](repeating: 0x7C, count: 15)
        // A flat message of an unknown kind is written as it is: the groups take its place.
        let flat = [0x7A, 28] + (1...28).map(UInt8.init)
        let codec = ProtobufCodec()
        var bytes = codec.encode(scene.body(.edit, [.write(.description, .opaque(flat))]))
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: flat) })
        bytes.replaceSubrange(place..<place + flat.count, with: nested)
        let wrapped = scene.body(.edit, [.write(.description, .opaque(nested))])
        let verdicts = try #require(
            scene.world.ask(
                .push(device.push(encoded: [bytes, codec.encode(wrapped)])), from: device)?.ack?
                .verdicts)
        #expect(verdicts.map(\.disposition.isAccepted) == [false, true])
        #expect(verdicts.first?.disposition.rejection?.code == .unsupportedKind)
        let ticket = try scene.ticket()
        #expect(ticket.registers[.description]?.value == .opaque(nested))
        #expect(try codec.decodeTicket(codec.encode(ticket)) == ticket)
        for entry in try scene.world.entries(after: 0) {
            #expect(try codec.decodeEntry(codec.encode(entry)) == entry)
        }
    }

    @Test(arguments: [FieldValue.opaque([0]), .text("")])
    func `the level takes a number and nothing else, and the clock escalates`(
        value: FieldValue
    ) throws {
        let scene = try Scene()
        var device = scene.device
        var body = scene.body(.escalate, [.write(.escalation, value)])
        body.actor = StaffID(unchecked: "B07")
        let verdict = try #require(
            scene.world.ask(.push(device.push([body])), from: device)?.ack?.verdicts.first)
        #expect(verdict.disposition.rejection?.code == .invalidValue)
        try scene.fireAll()
        #expect(try scene.ticket().escalationLevel == 1)
    }

    @Test func `a level that is no number by now is told to the operator and people are told`()
        throws
    {
        let scene = try Scene()
        // As an earlier version may have stored it.
        try scene.store(.wrote(.escalation, Register(value: .opaque([0]), stamp: scene.stamp)))
        let outputs = try scene.fireAll()
        #expect(outputs.compactMap(\.storeFault).contains { $0.contains("escalation") })
        let events = try scene.world.events().filter { $0.feed == .escalations }
        #expect(events.map(\.level) == [1], "who is to help hears of it")
        #expect(try scene.ticket().clocks["response"]?.phase == .breached)
    }

    @Test func `who works with it is a department of the policy`() throws {
        let scene = try Scene()
        var device = scene.device
        var body = scene.body(.classify, [.add(.cooperating, .opaque([1]))])
        body.actor = StaffID(unchecked: "B07")
        let verdict = try #require(
            scene.world.ask(.push(device.push([body])), from: device)?.ack?.verdicts.first)
        #expect(verdict.disposition.rejection?.code == .invalidValue)
    }
}

extension HostileIntentTests {
    /// A hub with one ticket, and the device that logged it.
    struct Scene {
        let world: HubWorld
        let device: TestDevice
        let complaint: IntentBody

        init() throws {
            world = try HubWorld()
            var device = try world.greetedDevice()
            complaint = TestDevice.complaint(at: world.now)
            let answer = world.ask(.push(device.push([complaint])), from: device)
            guard answer?.ack != nil else { throw Unexpected("logging", answer) }
            self.device = device
        }

        func body(_ act: Act, _ changes: [Change]) -> IntentBody {
            IntentBody(
                operation: OperationID(time: world.now, random: SecureRandom.uint128()),
                ticket: complaint.ticket, act: act, actor: complaint.actor,
                time: HybridTimestamp(world.now),
                captured: CapturedTime(wall: world.now, offsetMilliseconds: 0), changes: changes)
        }

        var stamp: Stamp {
            Stamp(
                sequence: 1, dot: Dot(replica: device.replica, counter: 1),
                operation: complaint.operation, time: HybridTimestamp(world.now),
                authority: .agent, actor: complaint.actor)
        }

        func ticket() throws -> Ticket {
            try #require(try world.memory.read { try $0.ticket(complaint.ticket) })
        }

        /// Puts an effect into the log without asking any rule.
        func store(_ effect: Effect) throws {
            var ticket = try ticket()
            ticket.apply(effect)
            try world.memory.transaction { store in
                let sequence = try store.head().sequence + 1
                let operation = OperationID(time: world.now, random: SecureRandom.uint128())
                ticket.lastSequence = sequence
                let dot = Dot(replica: ReplicaID(rawValue: 7), counter: sequence)
                let entry = LogEntry(
                    sequence: sequence, isTransactionEnd: true, ticket: ticket.id,
                    operation: operation, dot: dot, act: .edit, actor: complaint.actor,
                    hubTime: world.now, reportedTime: world.now, disposition: .applied,
                    effects: [effect])
                _ = try store.append(
                    CommittedEntry(
                        entry: entry,
                        intent: Intent(
                            dot: dot,
                            context: CausalContext(
                                epoch: try store.epoch(), sequence: 0, dependencies: []),
                            bodyBytes: [], hash: .zero),
                        ticket: ticket, scopesBefore: ticket.scopes, scopesAfter: ticket.scopes,
                        verdictScope: nil))
            }
        }

        /// Lets every timer of the first day act.
        @discardableResult
        func fireAll() throws -> [HubLoop.Output] {
            var outputs: [HubLoop.Output] = []
            let end = world.now.adding(milliseconds: 5 * 3_600_000)
            while let due = try world.loop.nextTimer(), due <= end {
                outputs.append(try world.loop.fireTimers(at: due).output)
            }
            return outputs
        }
    }
}
