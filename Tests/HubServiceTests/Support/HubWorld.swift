import HubService
import Replication
import Sodium
import Testing
import TicketModel
import TicketPolicy
import Wire

/// A hub on a store in memory, whose clock and network are the test's.
final class HubWorld {
    let memory: InMemoryHubStorage
    let store: FaultyStorage
    let recoveryKey: MessageAuthenticationKey
    var loop: HubLoop
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    private var lastRequestID: UInt64 = 0

    /// A hub with the basic policy and a clerk called A17 and a handler called B07.
    ///
    /// - Parameter recoveryKey: given to prove in one world what another world wrote.
    init(recoveryKey: MessageAuthenticationKey = .generate()) throws {
        memory = InMemoryHubStorage(codec: ProtobufCodec())
        store = FaultyStorage(memory)
        self.recoveryKey = recoveryKey
        loop = Self.makeLoop(store, recoveryKey)
        let administrator = HubAdministrator(store: memory) { recoveryKey }
        _ = try administrator.perform(
            .loadPolicy(yaml: try Profile.builtInText("basic")), at: now)
        for (staff, role) in [("A17", "clerk"), ("B07", "handler")] {
            _ = try administrator.perform(
                .addStaff(
                    StaffRequest(
                        staff: staff, name: staff, roles: [role], store: nil, department: nil,
                        phone: "", isActive: true)), at: now)
        }
    }

    private static func makeLoop(
        _ store: FaultyStorage, _ recoveryKey: MessageAuthenticationKey
    ) -> HubLoop {
        HubLoop(
            store: store, codec: ProtobufCodec(),
            configuration: .init(
                feedEndpoint: "tcp://*:7402", software: "test", recoveryKey: recoveryKey, seed: 1))
    }

    /// Forgets everything that was not stored.
    func restart() { loop = Self.makeLoop(store, recoveryKey) }

    var administrator: HubAdministrator {
        HubAdministrator(store: memory) { [recoveryKey] in recoveryKey }
    }

    /// Registers an invite and gives the key that its bearer shows.
    func invite(
        store: String? = "S001", staff: String? = nil, roles: [String] = ["clerk"],
        lifetimeSeconds: Int = 3_600
    ) throws -> [UInt8] {
        let key = SecureRandom.bytes(count: 32)
        _ = try administrator.perform(
            .createInvite(
                InviteRequest(
                    curveKey: KeyText.text(key), store: store, region: nil, department: nil,
                    staff: staff, roles: roles, lifetimeSeconds: lifetimeSeconds)), at: now)
        return key
    }

    /// A device that has joined and not said hello.
    func device(
        store: String? = "S001", roles: [String] = ["clerk", "handler"]
    ) throws
        -> TestDevice
    {
        var device = TestDevice()
        let answer = ask(
            .enroll(device.enrolment), as: .invite(key: try invite(store: store, roles: roles)),
            route: device.route)
        guard case .enrolled(let enrolled) = answer else {
            throw Unexpected("joining", answer)
        }
        device.id = enrolled.device
        device.epoch = enrolled.epoch
        return device
    }

    /// A device that has joined and said hello.
    func greetedDevice(store: String? = "S001") throws -> TestDevice {
        let device = try device(store: store)
        let answer = ask(.hello(device.hello), from: device)
        guard case .welcome = answer else { throw Unexpected("greeting", answer) }
        return device
    }

    /// Frames from several peers that arrive together, in one turn.
    func turn(
        _ requests: [(message: ClientMessage, device: TestDevice)]
    ) -> (
        answers: [HubMessage?], output: HubLoop.Output
    ) {
        let frames = requests.map { request in
            lastRequestID += 1
            return HubLoop.Inbound(
                route: request.device.route, peer: Peer.device(request.device.id).name,
                bytes: request.message.encode(requestID: lastRequestID))
        }
        let output = loop.process(frames, at: now)
        let answers = requests.map { request in
            output.replies.last { $0.route == request.device.route }.flatMap {
                try? HubMessage.decode($0.bytes).message
            }
        }
        return (answers, output)
    }

    func ask(_ message: ClientMessage, from device: TestDevice) -> HubMessage? {
        ask(message, as: .device(device.id), route: device.route)
    }

    /// Asks as a peer of any name over any route.
    func ask(_ message: ClientMessage, as peer: Peer, route: [UInt8]) -> HubMessage? {
        lastRequestID += 1
        let replies = loop.process(
            [
                .init(
                    route: route, peer: peer.name,
                    bytes: message.encode(requestID: lastRequestID))
            ], at: now
        ).replies
        #expect(replies.count == 1, "every frame has one answer")
        #expect(replies.first?.route == route)
        guard let bytes = replies.first?.bytes, let answer = try? HubMessage.decode(bytes) else {
            return nil
        }
        #expect(answer.requestID == lastRequestID)
        return answer.message
    }
}

/// An answer that a helper did not count on.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ what: String, _ answer: HubMessage?) {
        description = "\(what) was answered with \(answer.map { "\($0)" } ?? "nothing")"
    }
}

extension HubMessage {
    /// The code, if this is a failure.
    var failure: Failure? {
        if case .failure(let failure) = self { return failure }
        return nil
    }

    var ack: Ack? {
        if case .ack(let ack) = self { return ack }
        return nil
    }

    var page: EncodedPage? {
        if case .page(let page) = self { return page }
        return nil
    }
}

extension HubWorld {
    /// Everything that the hub has told, in order.
    func events() throws -> [FeedEvent] { try entries(after: 0).flatMap(\.events) }

    /// The log behind a position.
    func entries(after sequence: UInt64) throws -> [LogEntry] {
        try memory.read {
            try $0.page(after: sequence, scopes: [.all], byteCountMax: .max)
        }.read(with: ProtobufCodec()).items.compactMap { item in
            if case .delta(let witnessed) = item { witnessed.entry } else { nil }
        }
    }
}
