import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

@Suite struct HubLoopEnrolmentTests {
    @Test func `the bearer of an invite becomes a device with the invite's rights`() throws {
        let world = try HubWorld()
        let key = try world.invite(store: "S001", staff: "A17", roles: ["clerk", "handler"])
        let device = TestDevice()
        let answer = world.ask(
            .enroll(device.enrolment), as: .invite(key: key), route: device.route)
        guard case .enrolled(let enrolled) = answer else { throw Unexpected("joining", answer) }
        #expect(enrolled.store?.rawValue == "S001")
        #expect(enrolled.staff?.rawValue == "A17")
        #expect(enrolled.roles == [.clerk, .handler])
        #expect(enrolled.scopes.map(\.rawValue) == ["store:S001", "agent:A17"])
        #expect(enrolled.serverTime == world.now)
        let record = try #require(try world.memory.read { try $0.device(enrolled.device) })
        #expect(record.curveKey == device.curveKey)
        #expect(record.signingKey == device.signingKey.publicKey)
        #expect(record.replicaCode == enrolled.replicaCode)
    }

    @Test func `joining asks for a new key table, a repeat does no harm`() throws {
        let world = try HubWorld()
        let key = try world.invite()
        let device = TestDevice()
        let frame = HubLoop.Inbound(
            route: device.route, peer: Peer.invite(key: key).name,
            bytes: ClientMessage.enroll(device.enrolment).encode(requestID: 1))
        let first = world.loop.process([frame], at: world.now)
        #expect(first.hasNewKeys)
        let names = try world.memory.read { try $0.peerNames() }
        #expect(names[device.curveKey]?.hasPrefix("device:dev-") == true)
        #expect(names[key] == Peer.invite(key: key).name)
        let second = world.loop.process([frame], at: world.now)
        #expect(second.replies == first.replies)
        #expect(try world.memory.read { try $0.devices().count } == 1)
    }

    @Test func `an invite is used up by the first device`() throws {
        let world = try HubWorld()
        let key = try world.invite()
        let (first, second) = (TestDevice(), TestDevice())
        _ = world.ask(.enroll(first.enrolment), as: .invite(key: key), route: first.route)
        let answer = world.ask(
            .enroll(second.enrolment), as: .invite(key: key), route: second.route)
        #expect(answer?.failure?.code == .inviteUsed)
        #expect(try world.memory.read { try $0.devices().count } == 1)
    }

    @Test func `an invite expires to the millisecond, but not for who has used it`() throws {
        let world = try HubWorld()
        let start = world.now
        let (used, unused) = (
            try world.invite(lifetimeSeconds: 10), try world.invite(lifetimeSeconds: 10)
        )
        let (early, late) = (TestDevice(), TestDevice())
        world.now = start.adding(milliseconds: 9_999)
        let first = world.ask(
            .enroll(early.enrolment), as: .invite(key: used), route: early.route)
        guard case .enrolled = first else { throw Unexpected("joining", first) }
        world.now = start.adding(milliseconds: 10_000)
        let second = world.ask(
            .enroll(late.enrolment), as: .invite(key: unused), route: late.route)
        #expect(second?.failure?.code == .inviteExpired)
        let repeated = world.ask(
            .enroll(early.enrolment), as: .invite(key: used), route: early.route)
        guard case .enrolled = repeated else { throw Unexpected("joining again", repeated) }
    }

    @Test func `an invite of another hub is unknown`() throws {
        let world = try HubWorld()
        let device = TestDevice()
        let key = SecureRandom.bytes(count: 32)
        let answer = world.ask(
            .enroll(device.enrolment), as: .invite(key: key), route: device.route)
        #expect(answer?.failure?.code == .inviteUnknown)
    }

    @Test func `a device cannot join again and an invite cannot say hello`() throws {
        let world = try HubWorld()
        let device = try world.device()
        #expect(
            world.ask(.enroll(device.enrolment), from: device)?.failure?.code == .notAllowed)
        let key = try world.invite()
        let answer = world.ask(.hello(device.hello), as: .invite(key: key), route: device.route)
        #expect(answer?.failure?.code == .notAllowed)
    }

    @Test func `a client of another protocol is told so and its invite stays good`() throws {
        let world = try HubWorld()
        let key = try world.invite()
        let device = TestDevice()
        var enrolment = device.enrolment
        (enrolment.protocolMin, enrolment.protocolMax) = (7, 9)
        let answer = world.ask(.enroll(enrolment), as: .invite(key: key), route: device.route)
        #expect(answer?.failure?.code == .unsupportedProtocol)
        let again = world.ask(
            .enroll(device.enrolment), as: .invite(key: key), route: device.route)
        guard case .enrolled = again else { throw Unexpected("joining", again) }
    }

    @Test func `a store that fails leaves the invite unused`() throws {
        let world = try HubWorld()
        let key = try world.invite()
        let device = TestDevice()
        world.store.writeFault = FaultyStorage.diskIsFull
        let busy = world.ask(.enroll(device.enrolment), as: .invite(key: key), route: device.route)
        #expect(busy?.failure?.code == .busy)
        world.store.writeFault = nil
        let answer = world.ask(
            .enroll(device.enrolment), as: .invite(key: key), route: device.route)
        guard case .enrolled = answer else { throw Unexpected("joining", answer) }
    }
}
