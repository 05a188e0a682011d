import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// The hub's loop: frames in, one durable transaction, frames out (architecture.md 4).
///
/// It owns the sessions and asks the store; it knows neither sockets nor files. Its owner hands it
/// whatever has arrived, sends what it answers only after it returns, and calls `fireTimers` when
/// the time it names has come. The simulator drives the same loop.
package struct HubLoop {
    /// What the owner decides.
    package struct Configuration: Sendable {
        /// Where clients reach the feed: `tcp://*:7402` means "this port on the host you know".
        package var feedEndpoint: String
        /// Name and version, for people.
        package var software: String
        /// Proves what this hub wrote, and names what its rules write; kept outside of its store.
        package var recoveryKey: MessageAuthenticationKey
        /// Random bits of this run: names of epochs follow from them.
        package var seed: UInt128
        /// How much is taken and given at a time.
        package var tuning: Tuning
        /// What this run is called towards clients; never 0.
        var run: UInt64 { max(1, UInt64(truncatingIfNeeded: seed ^ seed >> 64)) }

        package init(
            feedEndpoint: String, software: String, recoveryKey: MessageAuthenticationKey,
            seed: UInt128, tuning: Tuning = Tuning()
        ) {
            self.feedEndpoint = feedEndpoint
            self.software = software
            self.recoveryKey = recoveryKey
            self.seed = seed
            self.tuning = tuning
        }
    }

    /// A frame from a peer that the transport has authenticated.
    package struct Inbound: Sendable {
        /// Where answers go; opaque.
        package var route: [UInt8]
        /// The name that the transport's key table gave the peer: see `Peer`.
        package var peer: String
        package var bytes: [UInt8]

        package init(route: [UInt8], peer: String, bytes: [UInt8]) {
            self.route = route
            self.peer = peer
            self.bytes = bytes
        }
    }

    /// A frame to a peer.
    package struct Outbound: Hashable, Sendable {
        package var route: [UInt8]
        package var bytes: [UInt8]
    }

    /// What the owner must do after a turn.
    package struct Output: Sendable {
        /// Frames to send, in order.
        package var replies: [Outbound] = []
        /// Feed frames to publish.
        package var hints: [(topic: [UInt8], body: [UInt8])] = []
        /// Devices or invites changed: the transport's key table must be made anew.
        package var hasNewKeys = false
        /// What an operator should read.
        package var remarks: [String] = []
        /// Why somebody was answered "busy" or a timer waits; nil when the store did all it was
        /// asked.
        package var storeFault: String?
        /// Whether something was written: only that proves a store well that had failed.
        package var hasCommitted = false
    }

    let store: any HubStorage
    let codec: any ReplicationCodec
    let configuration: Configuration
    let prover: LogProver
    var sessions = SessionTable()
    /// Devices that have brought back what they held, while the hub recovers.
    var reported: Set<DeviceID> = []
    let policies: PolicyReader
    var policy: (version: Int, profile: Profile)?

    package init(
        store: any HubStorage, codec: any ReplicationCodec, configuration: Configuration,
        policies: PolicyReader = PolicyReader()
    ) {
        self.store = store
        self.codec = codec
        self.configuration = configuration
        prover = LogProver(key: configuration.recoveryKey)
        self.policies = policies
    }

    /// Answers everything that has arrived: greetings first, then all pushes in one durable
    /// transaction (group commit), then questions.
    ///
    /// Every frame gets exactly one answer. When the store fails it is "busy", which asks the peer
    /// to try again; a remark says why.
    package mutating func process(_ frames: [Inbound], at now: Timestamp) -> Output {
        var output = Output()
        var pushes: [Request] = []
        var questions: [Request] = []
        for frame in frames {
            switch read(frame, &output) {
            case .greeting(let request): greet(request, at: now, &output)
            case .push(let request): pushes.append(request)
            case .question(let request): questions.append(request)
            case .nothing: continue
            }
        }
        if !pushes.isEmpty { commit(pushes, at: now, &output) }
        var allowance = Allowance(configuration.tuning)
        for question in questions {
            let count = output.replies.count
            if allowance.admits(question) {
                answer(question, at: now, &output)
                allowance.count(output.replies[count...])
            } else {
                postpone(question, after: allowance.refusedCount, &output)
            }
        }
        return output
    }

    /// The last frame to everybody who has said hello; the sessions end with it.
    ///
    /// - Parameter retryAfterMilliseconds: asked once for each session, so that they do not all
    ///   come back in the same moment (transport.md 1.5).
    package mutating func farewell(retryAfterMilliseconds: () -> Int) -> [Outbound] {
        defer { sessions.removeAll() }
        return sessions.allRoutes.map { route in
            let bye = Failure(
                code: .busy, message: "The hub is shutting down.",
                retryAfterMilliseconds: retryAfterMilliseconds())
            return Outbound(route: route, bytes: HubMessage.bye(bye).encode(requestID: 0))
        }
    }

    /// The number of connections that have said hello.
    package var sessionsCount: Int { sessions.count }

    /// Three times the silence after which a connection asks whether the hub is there.
    static let liveMilliseconds: Int64 = 30_000

    /// How many connections gave a sign of life lately; who is there does so every ten seconds.
    package func liveSessionsCount(at now: Timestamp) -> Int {
        sessions.count { session in
            now.millisecondsSince(session.lastHeardAt) <= Self.liveMilliseconds
        }
    }

    /// Forgets connections that the transport could not reach any more.
    package mutating func forget(_ routes: some Sequence<[UInt8]>) {
        for route in routes { sessions.remove(route) }
    }

    /// One decoded message and where it came from.
    struct Request {
        var route: [UInt8]
        var peer: String
        var id: UInt64
        var message: ClientMessage
    }

    /// Which turn of `process` a frame belongs to.
    private enum Reading {
        case greeting(Request)
        case push(Request)
        case question(Request)
        case nothing
    }

    private func read(_ frame: Inbound, _ output: inout Output) -> Reading {
        do {
            let (id, message) = try ClientMessage.decode(frame.bytes)
            let request = Request(
                route: frame.route, peer: frame.peer, id: id, message: message)
            switch message {
            case .hello, .enroll: return .greeting(request)
            case .push: return .push(request)
            default: return .question(request)
            }
        } catch {
            let failure = Failure(code: error.failureCode, message: error.description)
            output.replies.append(
                Outbound(
                    route: frame.route,
                    bytes: HubMessage.failure(failure).encode(requestID: error.requestID ?? 0)))
            return .nothing
        }
    }

    private mutating func greet(_ request: Request, at now: Timestamp, _ output: inout Output) {
        do {
            switch request.message {
            case .hello(let hello): try self.hello(hello, request, at: now, &output)
            case .enroll(let enroll): try self.enroll(enroll, request, at: now, &output)
            default: preconditionFailure("only greetings are sorted here: \(request.message)")
            }
        } catch {
            answerBusy([request], because: error, &output)
        }
    }

    private mutating func answer(_ request: Request, at now: Timestamp, _ output: inout Output) {
        if refuseIfRevoked(request, &output) { return }
        do {
            if case .ping(let ping) = request.message {
                return try pong(ping, request, at: now, &output)
            }
            guard let (session, device) = try session(of: request, at: now, &output) else {
                return
            }
            switch request.message {
            case .pull(let pull): try page(pull, session, device, request, &output)
            case .directoryGet: try directory(request, &output)
            case .verdictsGet(let operations): try verdicts(operations, request, &output)
            case .snapshotGet(let get): try snapshot(get, session, device, request, &output)
            case .digestGet(let get): try digests(get, device, request, &output)
            case .refill(let refill):
                try self.refill(refill, session, request, at: now, &output)
            case .ping, .hello, .enroll, .push:
                preconditionFailure("sorted before: \(request.message)")
            }
        } catch {
            answerBusy([request], because: error, &output)
        }
    }

    func reply(_ message: HubMessage, to request: Request, _ output: inout Output) {
        output.replies.append(
            Outbound(route: request.route, bytes: message.encode(requestID: request.id)))
    }

    func fail(
        _ code: FailureCode, _ message: String, _ request: Request, _ output: inout Output
    ) {
        reply(.failure(Failure(code: code, message: message)), to: request, &output)
    }

    /// The policy in force, read again when another was loaded.
    ///
    /// - Throws: `StoreError`, also when there is no policy yet.
    mutating func profile() throws -> Profile {
        guard let record = try store.read({ try $0.policy() }) else {
            throw StoreError(
                .failed, "This hub has no policy. Load one with: loopdesk-hub policy load FILE")
        }
        if let policy, policy.version == record.version { return policy.profile }
        do {
            guard let profile = try store.read(policies.profile(in:)) else {
                preconditionFailure("policy \(record.version) was there just now")
            }
            policy = (record.version, profile)
            return profile
        } catch {
            throw StoreError(.failed, "The stored policy cannot be read: \(error)")
        }
    }
}
