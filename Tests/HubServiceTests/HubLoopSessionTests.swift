import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

@Suite struct HubLoopSessionTests {
    @Test func `hello is answered with where the replica stands`() throws {
        let world = try HubWorld()
        let device = try world.device()
        let answer = world.ask(.hello(device.hello), from: device)
        guard case .welcome(let welcome) = answer else { throw Unexpected("greeting", answer) }
        #expect(welcome.watermark == 0)
        #expect(welcome.head == 0)
        #expect(welcome.epoch == device.epoch)
        #expect(welcome.serverTime == world.now)
        #expect(welcome.feedEndpoint == "tcp://*:7402")
        #expect(welcome.policyVersion == 1)
        #expect(welcome.scopes == [Scope(rawValue: "store:S001"), .replica(device.replica)])
        #expect(world.loop.sessionsCount == 1)
    }

    @Test func `nothing but ping is answered before hello`() throws {
        let world = try HubWorld()
        var device = try world.device()
        let requests: [ClientMessage] = [
            .push(device.push([TestDevice.complaint(at: world.now)])),
            .pull(Pull(epoch: device.epoch, cursor: 0, bytesMax: 1_000)), .directoryGet,
            .verdictsGet([]),
        ]
        for request in requests {
            #expect(world.ask(request, from: device)?.failure?.code == .notHello)
        }
        guard case .pong(let pong) = world.ask(.ping(Ping(nonce: 7)), from: device) else {
            return #expect(Bool(false), "ping is answered")
        }
        #expect(pong.nonce == 7)
        #expect(try world.memory.read { try $0.head().sequence } == 0)
    }

    @Test func `a session belongs to the device that said hello`() throws {
        let world = try HubWorld()
        let device = try world.greetedDevice()
        let other = try world.device()
        let answer = world.ask(.directoryGet, as: .device(other.id), route: device.route)
        #expect(answer?.failure?.code == .notHello)
    }

    @Test func `a replica belongs to one device for ever`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        _ = world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        let thief = try world.device()
        let answer = world.ask(.hello(device.hello), as: .device(thief.id), route: thief.route)
        #expect(answer?.failure?.code == .notAllowed)
    }

    @Test func `a session pushes only for its own replica`() throws {
        let world = try HubWorld()
        let device = try world.greetedDevice()
        var other = try world.greetedDevice()
        let batch = other.push([TestDevice.complaint(at: world.now)])
        #expect(world.ask(.push(batch), from: device)?.failure?.code == .notAllowed)
        #expect(try world.memory.read { try $0.head().sequence } == 0)
    }

    @Test func `a revoked device is told so in the middle of its session`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        _ = try world.administrator.perform(.revoke(device: device.id.rawValue), at: world.now)
        let name = try world.memory.read { try $0.peerNames() }[device.curveKey]
        #expect(name == Peer.revoked(device.id).name)
        let batch = device.push([TestDevice.complaint(at: world.now)])
        #expect(world.ask(.push(batch), from: device)?.failure?.code == .revoked)
        #expect(world.loop.sessionsCount == 0)
        #expect(world.ask(.hello(device.hello), from: device)?.failure?.code == .revoked)
        #expect(try world.memory.read { try $0.head().sequence } == 0)
    }

    @Test func `an unknown device and another protocol are refused`() throws {
        let world = try HubWorld()
        let device = try world.device()
        let stranger = DeviceID(unchecked: "dev-unknown")
        let unknown = world.ask(.hello(device.hello), as: .device(stranger), route: [9])
        #expect(unknown?.failure?.code == .unknownDevice)
        var hello = device.hello
        (hello.protocolMin, hello.protocolMax) = (9, 3)
        #expect(world.ask(.hello(hello), from: device)?.failure?.code == .unsupportedProtocol)
    }

    @Test func `a device keeps its newest eight connections`() throws {
        let world = try HubWorld()
        var device = try world.device()
        var routes: [[UInt8]] = []
        for index in 0..<9 {
            device.route = [0, 0, 0, 0, UInt8(index)]
            routes.append(device.route)
            world.now = world.now.adding(milliseconds: 1)
            _ = world.ask(.hello(device.hello), from: device)
        }
        #expect(world.loop.sessionsCount == 8)
        let oldest = world.ask(.directoryGet, as: .device(device.id), route: routes[0])
        #expect(oldest?.failure?.code == .notHello)
        #expect(world.loop.liveSessionsCount(at: world.now.adding(milliseconds: 29_992)) == 8)
        #expect(
            world.loop.liveSessionsCount(at: world.now.adding(milliseconds: 30_000)) == 1,
            "the others have been silent for longer")
        let newest = world.ask(.directoryGet, as: .device(device.id), route: routes[8])
        guard case .directory(let directory) = newest else { throw Unexpected("asking", newest) }
        #expect(directory.staff.map(\.staff.rawValue) == ["A17", "B07"])
    }

    @Test func `garbage is answered malformed and honest peers do not notice`() throws {
        let world = try HubWorld()
        let device = try world.greetedDevice()
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let good = ClientMessage.hello(device.hello).encode(requestID: 1)
        for round in 0..<2_000 {
            var bytes = good
            switch round % 4 {
            case 0: bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in random.byte() }
            case 1: bytes = Array(good.prefix(Int.random(in: 0..<good.count, using: &random)))
            case 2: bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.byte()
            default: bytes += [random.byte()]
            }
            let output = world.loop.process(
                [
                    .init(route: [1], peer: "device:nobody", bytes: bytes),
                    .init(
                        route: device.route, peer: Peer.device(device.id).name,
                        bytes: ClientMessage.ping(Ping(nonce: 1)).encode(requestID: 2)),
                ], at: world.now)
            #expect(output.replies.count == 2, "round \(round), seed \(seed)")
            #expect(output.replies.allSatisfy { (try? HubMessage.decode($0.bytes)) != nil })
            let honest = try #require(output.replies.first { $0.route == device.route })
            guard case .pong = try HubMessage.decode(honest.bytes).message else {
                Issue.record("round \(round), seed \(seed)")
                continue
            }
        }
        #expect(world.loop.sessionsCount == 1, "seed \(seed)")
    }

    @Test func `goodbye reaches every session with its own time to come back`() throws {
        let world = try HubWorld()
        let devices = [try world.greetedDevice(), try world.greetedDevice()]
        var times = [1_500, 2_500]
        let byes = world.loop.farewell { times.removeFirst() }
        #expect(Set(byes.map(\.route)) == Set(devices.map(\.route)))
        let waits = try byes.map { frame -> Int in
            guard case .bye(let failure) = try HubMessage.decode(frame.bytes).message else {
                return 0
            }
            return failure.retryAfterMilliseconds
        }
        #expect(waits.sorted() == [1_500, 2_500])
        #expect(world.loop.sessionsCount == 0)
    }
}

/// A small reproducible source.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }

    mutating func byte() -> UInt8 { UInt8.random(in: 0...255, using: &self) }
}
