import Replication
import Sodium
import TicketModel
import Wire

extension HubLoop {
    mutating func hello(
        _ hello: Hello, _ request: Request, at now: Timestamp, _ output: inout Output
    ) throws {
        if refuseIfRevoked(request, &output) { return }
        guard case .device(let id)? = Peer(name: request.peer) else {
            return fail(.notAllowed, "An invite can only be used to join.", request, &output)
        }
        let refusal = try store.read { reader -> (FailureCode, String)? in
            guard let device = try reader.device(id) else {
                return (.unknownDevice, "This hub does not know device \(id).")
            }
            if device.isRevoked { return (.revoked, "Device \(id) was revoked.") }
            if let record = try reader.replica(hello.replica), record.device != id {
                return (.notAllowed, "This replica belongs to another device.")
            }
            return nil
        }
        if let (code, message) = refusal { return fail(code, message, request, &output) }
        let protocolMax = configuration.tuning.protocolMax
        guard
            let version = ProtocolVersion.common(
                hello.protocolMin, hello.protocolMax, own: protocolMax)
        else {
            return fail(
                .unsupportedProtocol,
                "This hub speaks protocol \(ProtocolVersion.oldest) to "
                    + "\(protocolMax); the client speaks "
                    + "\(hello.protocolMin) to \(hello.protocolMax).", request, &output)
        }
        if try store.read({ try showsForgottenLog(hello, $0) }) {
            try beginLife(because: hello, at: now, &output)
        }
        try learnShared(hello)
        if let former = hello.formerReplica {
            output.remarks.append(
                "device \(id): its database is a copy, or was put back to an earlier state; it "
                    + "goes on as replica \(hello.replica) instead of \(former)")
        }
        let (welcome, shared) = try store.read { reader in
            let shared = try sharedPosition(hello, reader)
            return (try makeWelcome(hello, id, version, shared, at: now, reader), shared)
        }
        sessions.insert(
            Session(
                peer: request.peer, device: id, replica: hello.replica, protocolVersion: version,
                scopes: welcome.scopes, life: hello.epoch, shared: shared.sequence,
                isAhead: shared.sequence < hello.cursor.sequence, lastHeardAt: now),
            route: request.route)
        reply(.welcome(welcome), to: request, &output)
        let isInStep = hello.epoch == nil || hello.epoch == welcome.epoch
        if isInStep, shared.sequence == hello.cursor.sequence {
            try report(id, at: now, &output)
        }
    }

    private func makeWelcome(
        _ hello: Hello, _ id: DeviceID, _ version: Int, _ shared: LogPosition, at now: Timestamp,
        _ reader: any HubReader
    ) throws -> Welcome {
        let replica = try reader.replica(hello.replica)
        let head = try reader.head()
        var welcome = Welcome(
            protocolVersion: version, epoch: try reader.epoch(), head: head.sequence,
            logBase: try reader.logBase(), durableSequence: try reader.durableSequence(),
            watermark: replica?.watermark ?? 0, watermarkHash: replica?.hash ?? .zero,
            serverTime: now, windowBatches: configuration.tuning.windowBatchesCountMax,
            batchIntentsMax: configuration.tuning.batchIntentsCountMax,
            batchBytesMax: Limits.batchByteCountMax, frameBytesMax: Limits.frameByteCountMax,
            staffVersion: try reader.staffVersion(),
            policyVersion: try reader.policyVersion(),
            scopes: (try reader.device(id)?.scopes ?? []) + [.replica(hello.replica)],
            feedEndpoint: configuration.feedEndpoint, hubSoftware: configuration.software)
        if version >= ProtocolVersion.recovery { welcome.shared = shared }
        welcome.isRecovering = try reader.recovery() != nil
        welcome.assignment = try reader.device(id).map {
            Assignment(store: $0.store, region: $0.region, roles: $0.roles)
        }
        welcome.run = configuration.run
        return welcome
    }

    /// Answers a peer that the transport knows as revoked, whatever it asked.
    func refuseIfRevoked(_ request: Request, _ output: inout Output) -> Bool {
        guard case .revoked(let device)? = Peer(name: request.peer) else { return false }
        fail(.revoked, "Device \(device) was revoked.", request, &output)
        return true
    }

    /// The session of a request and its device as it stands now; answers with a failure and nil
    /// when there is none or it may not be served.
    mutating func session(
        of request: Request, at now: Timestamp, _ output: inout Output
    ) throws -> (
        Session, DeviceRecord
    )? {
        guard let session = sessions[request.route], session.peer == request.peer else {
            fail(.notHello, "Say hello first.", request, &output)
            return nil
        }
        guard let device = try store.read({ try $0.device(session.device) }), !device.isRevoked
        else {
            sessions.remove(request.route)
            fail(.revoked, "Device \(session.device) was revoked.", request, &output)
            return nil
        }
        guard session.scopes == device.scopes + [.replica(session.replica)] else {
            sessions.remove(request.route)
            fail(
                .notHello, "What this device may hold has changed. Say hello again.", request,
                &output)
            return nil
        }
        sessions.heard(request.route, at: now)
        return (session, device)
    }

    mutating func pong(
        _ ping: Ping, _ request: Request, at now: Timestamp, _ output: inout Output
    ) throws {
        sessions.heard(request.route, at: now)
        let (head, directory) = try store.read {
            (try $0.head().sequence, try $0.directoryVersion())
        }
        reply(
            .pong(Pong(nonce: ping.nonce, head: head, serverTime: now, directory: directory)),
            to: request, &output)
    }
}

extension HubReader {
    /// What a directory of now would say of itself.
    ///
    /// - Throws: `StoreError`.
    func directoryVersion() throws -> DirectoryVersion {
        DirectoryVersion(staff: try staffVersion(), policy: try policyVersion())
    }
}
