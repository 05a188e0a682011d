import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// Groups as hostile or broken clients send them (replication.md 3.4).
@Suite struct HubLoopGroupTests {
    /// A hub with one ticket, and the device that logged it.
    private struct Scene {
        let world: HubWorld
        var device: TestDevice
        let ticket: TicketID

        init() throws {
            world = try HubWorld()
            device = try world.greetedDevice()
            let complaint = TestDevice.complaint(at: world.now)
            ticket = complaint.ticket
            _ = world.ask(.push(device.push([complaint])), from: device)
        }

        /// Notes that claim to be of one group.
        func notes(_ count: Int) -> [IntentBody] {
            var bodies = (0..<count).map { index in
                var body = world.note(on: ticket, by: "A17", text: "\(index)")
                body.operation = OperationID(time: world.now, random: SecureRandom.uint128())
                return body
            }
            for index in 0..<count {
                bodies[index].group = IntentGroup(
                    id: bodies[0].operation, index: index, count: count)
            }
            return bodies
        }

        mutating func push(_ bodies: [IntentBody]) throws -> Ack {
            try #require(world.ask(.push(device.push(bodies)), from: device)?.ack)
        }

        func texts() throws -> [String] {
            try world.memory.read { try $0.ticket(ticket)?.comments.map(\.text) ?? [] }
        }
    }

    private let refused = Disposition.rejected(.dependencyRejected, "group")

    @Test func `a group that ends with its batch before it ends is refused whole`() throws {
        var scene = try Scene()
        let bodies = scene.notes(3)
        let first = try scene.push(Array(bodies.prefix(2)))
        #expect(first.verdicts.map(\.disposition) == [refused, refused])
        #expect(first.watermark == 3)
        let second = try scene.push([bodies[2], scene.notes(2)[0]])
        #expect(second.verdicts.map(\.disposition) == [refused, refused], "the rest of it too")
        let alone = scene.world.note(on: scene.ticket, by: "A17", text: "allein")
        #expect(try scene.push([alone]).verdicts.map(\.disposition) == [.applied])
        #expect(try scene.texts() == ["allein"], "the queue goes on")
    }

    /// Ways in which the places of a group's members do not fit.
    private static let distortions: [@Sendable (inout [IntentBody]) -> Void] = [
        { $0.swapAt(0, 1) },
        { $0[1].group?.index = 2 },
        { $0[2].group?.count = 4 },
        { $0[0].group?.count = 2 },
        { $0.remove(at: 1) },
        { $0.append($0[2]) },
        { bodies in
            for index in bodies.indices { bodies[index].group?.id = OperationID(rawValue: 7) }
        },
    ]

    @Test(arguments: distortions.indices)
    func `a group whose places do not fit is refused whole`(index: Int) throws {
        var scene = try Scene()
        var bodies = scene.notes(3)
        Self.distortions[index](&bodies)
        let ack = try scene.push(bodies)
        #expect(ack.verdicts.count == bodies.count)
        #expect(ack.verdicts.allSatisfy { $0.disposition == refused })
        #expect(ack.watermark == UInt64(1 + bodies.count))
        #expect(try scene.texts() == [])
    }

    @Test func `a member that cannot be read refuses the others`() throws {
        var scene = try Scene()
        let bodies = scene.notes(3)
        let codec = ProtobufCodec()
        let batch = scene.device.push(
            encoded: [codec.encode(bodies[0]), [0xFF], codec.encode(bodies[2])])
        let ack = try #require(scene.world.ask(.push(batch), from: scene.device)?.ack)
        #expect(
            ack.verdicts.map(\.disposition) == [refused, .rejected(.unsupportedKind), refused])
        #expect(try scene.texts() == [])
    }

    @Test func `a group that comes twice, whole or in parts, keeps its answers`() throws {
        var scene = try Scene()
        let bodies = scene.notes(3)
        let batch = scene.device.push(bodies)
        let first = try #require(scene.world.ask(.push(batch), from: scene.device)?.ack)
        #expect(first.verdicts.map(\.disposition) == [.applied, .applied, .applied])
        let again = try #require(scene.world.ask(.push(batch), from: scene.device)?.ack)
        #expect(again.verdicts == first.verdicts && again.head == first.head)
        // Under other dots: a copy of the database sends it, then a part of it.
        var copy = try scene.world.greetedDevice()
        let twins = try #require(
            scene.world.ask(.push(copy.push(bodies)), from: copy)?.ack)
        #expect(twins.verdicts == first.verdicts && twins.head == first.head)
        let part = try #require(
            scene.world.ask(.push(copy.push(Array(bodies.suffix(2)))), from: copy)?.ack)
        #expect(part.verdicts == Array(first.verdicts.suffix(2)))
        #expect(part.watermark == 5)
        #expect(try scene.texts() == ["0", "1", "2"])
    }

    @Test func `members that are known and accepted take the others with them`() throws {
        var scene = try Scene()
        var bodies = scene.notes(3)
        var alone = bodies[1]
        alone.group = nil
        _ = try scene.push([alone])
        // The same operation, now in its group.
        bodies[1] = alone
        bodies[1].group = IntentGroup(id: bodies[0].operation, index: 1, count: 3)
        let ack = try scene.push(bodies)
        #expect(ack.verdicts.map(\.disposition) == [.applied, .applied, .applied])
        #expect(try scene.texts() == ["1", "0", "2"])
        let end = try scene.world.memory.read { hub in
            try hub.entry(at: ack.head).map { try ProtobufCodec().decodeEntry($0.bytes) }
        }
        #expect(end?.isTransactionEnd == true)
    }

    @Test func `a group with a member that was refused before is refused`() throws {
        var scene = try Scene()
        var bodies = scene.notes(2)
        var alone = bodies[1]
        alone.group = nil
        alone.actor = StaffID(unchecked: "nobody")
        let first = try scene.push([alone])
        #expect(first.verdicts[0].disposition.rejection?.code == .unauthorised)
        bodies[1].operation = alone.operation
        let ack = try scene.push(bodies)
        #expect(ack.verdicts.map(\.disposition) == [refused, first.verdicts[0].disposition])
        #expect(try scene.texts() == [])
    }

    @Test func `what a refused group had begun leaves no hint and no number`() throws {
        var scene = try Scene()
        var bodies = scene.notes(2)
        bodies[0] = TestDevice.complaint(at: scene.world.now)
        bodies[1].actor = StaffID(unchecked: "nobody")
        for index in 0..<2 {
            bodies[index].group = IntentGroup(id: bodies[0].operation, index: index, count: 2)
        }
        let (answers, output) = scene.world.turn([
            (.push(scene.device.push(bodies)), scene.device)
        ])
        let verdicts = try #require(answers[0]?.ack?.verdicts)
        #expect(verdicts.map(\.disposition) == [refused, .rejected(.unauthorised, "nobody")])
        #expect(try scene.world.memory.read { try $0.ticket(bodies[0].ticket) } == nil)
        #expect(try scene.world.memory.read { try $0.counts().tickets } == 1)
        let topics = Set(output.hints.map(\.topic))
        #expect(topics == [Topic.of(.replica(scene.device.replica))], "only its author is told")
    }
}
