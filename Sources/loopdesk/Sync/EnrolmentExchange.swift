import FieldClient
import Replication
import Sodium
import TicketModel
import Transport
import Wire

/// Shows an invite to its hub and comes back with who this device is.
///
/// Safe to repeat with the same keys: the hub gives the same answer, so a lost answer costs
/// nothing.
struct EnrolmentExchange {
    /// Why a hub did not take a device.
    enum Refusal: Error, Equatable {
        case used
        case expired
        /// The hub has no such invite, or does not accept its key.
        case unknown
        case other(String)
    }

    let context: ZeroMQContext
    let invite: Invite
    /// The device's own keys, made before and stored by the caller.
    let keys: CurveKeyPair
    let signingKey: SigningPublicKey
    let replica: ReplicaID
    let label: String

    /// How long the whole exchange may take.
    static let timeout = Duration.seconds(15)

    /// After how many attempts in a row a handshake that breaks is put down to the key: it breaks
    /// as well when the hub dies in the middle of it.
    private static let brokenHandshakesCountMax = 3

    /// - Throws: `Refusal`, `SyncDriver.LinkFailure`, `TransportError`.
    func run() async throws -> Enrolled {
        let transport = try FieldTransport(context: context) { Double.random(in: 0..<1) }
        let inviteKeys = try CurveKeyPair(secretKey: CurveSecretKey(rawBytes: invite.secretKey))
        try await transport.connect(
            FieldTransportConfiguration(
                syncEndpoint: invite.endpoint,
                serverKey: try CurvePublicKey(rawBytes: invite.serverKey), keys: inviteKeys))
        let result: Result<Enrolled, any Error>
        do { result = .success(try await exchange(transport)) } catch { result = .failure(error) }
        await transport.close()
        return try result.get()
    }

    private func exchange(_ transport: FieldTransport) async throws -> Enrolled {
        let deadline = ContinuousClock.now + Self.timeout
        let request = ClientMessage.enroll(
            Enroll(
                curveKey: keys.publicKey.rawBytes, signingKey: signingKey, replica: replica,
                label: label, protocolMin: ProtocolVersion.oldest,
                protocolMax: ProtocolVersion.current))
        var brokenHandshakesCount = 0
        while let events = await transport.nextEvents(until: deadline) {
            if events.isEmpty { throw SyncDriver.LinkFailure.unreachable(invite.endpoint) }
            for event in events {
                switch event {
                case .connected: _ = try await transport.send([request.encode(requestID: 1)])
                case .frame(let bytes): if let enrolled = try read(bytes) { return enrolled }
                case .refused(let status):
                    if status == 400 { throw Refusal.unknown }
                    throw SyncDriver.LinkFailure.hubBusy("")
                case .wrongServerKey:
                    brokenHandshakesCount += 1
                    guard brokenHandshakesCount < Self.brokenHandshakesCountMax else {
                        throw SyncDriver.LinkFailure.wrongServerKey
                    }
                case .unreachable: throw SyncDriver.LinkFailure.unreachable(invite.endpoint)
                default: continue
                }
            }
        }
        throw SyncDriver.LinkFailure.unreachable(invite.endpoint)
    }

    private func read(_ bytes: [UInt8]) throws -> Enrolled? {
        switch try HubMessage.decode(bytes).message {
        case .enrolled(let enrolled): return enrolled
        case .failure(let failure):
            switch failure.code {
            case .inviteUsed: throw Refusal.used
            case .inviteExpired: throw Refusal.expired
            case .inviteUnknown: throw Refusal.unknown
            case .busy: throw SyncDriver.LinkFailure.hubBusy(failure.message)
            default: throw Refusal.other(failure.message)
            }
        default: return nil
        }
    }
}
