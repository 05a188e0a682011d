import Replication
import Sodium
import TicketModel
import Wire

extension HubLoop {
    /// Makes the bearer of an invite a device; the same bearer may ask again and gets the same
    /// answer, since the first may have been lost.
    mutating func enroll(
        _ enroll: Enroll, _ request: Request, at now: Timestamp, _ output: inout Output
    ) throws {
        guard case .invite(let key)? = Peer(name: request.peer) else {
            return fail(.notAllowed, "Joining needs an invite.", request, &output)
        }
        guard ProtocolVersion.common(enroll.protocolMin, enroll.protocolMax) != nil else {
            return fail(
                .unsupportedProtocol,
                "This hub speaks protocol \(ProtocolVersion.oldest) to "
                    + "\(ProtocolVersion.current).", request, &output)
        }
        let answer = try store.transaction { store -> HubMessage in
            guard let invite = try store.invite(curveKey: key) else {
                return refusal(.inviteUnknown, "This hub did not write this invite.")
            }
            if let used = invite.usedBy {
                guard let device = try store.device(used), device.curveKey == enroll.curveKey
                else { return refusal(.inviteUsed, "This invite was used by another device.") }
                return .enrolled(
                    try enrolled(device, invite: invite, epoch: store.epoch(), at: now))
            }
            guard now < invite.expiresAt else {
                return refusal(.inviteExpired, "This invite has expired.")
            }
            let device = try add(enroll, by: invite, at: now, to: store)
            return .enrolled(
                try enrolled(device, invite: invite, epoch: store.epoch(), at: now))
        }
        if case .enrolled(let enrolled) = answer {
            output.hasNewKeys = true
            output.remarks.append("device \(enrolled.device) joined")
        }
        reply(answer, to: request, &output)
    }

    private func refusal(_ code: FailureCode, _ message: String) -> HubMessage {
        .failure(Failure(code: code, message: message))
    }

    private func add(
        _ enroll: Enroll, by invite: InviteRecord, at now: Timestamp,
        to store: any HubTransaction
    ) throws -> DeviceRecord {
        let name = Digest.sha256(enroll.curveKey).description.prefix(deviceNameDigitsCount)
        let device = DeviceRecord(
            device: DeviceID(unchecked: "dev-\(name)"), label: enroll.label,
            curveKey: enroll.curveKey, signingKey: enroll.signingKey, store: invite.store,
            region: invite.region, replicaCode: try store.allocateReplicaCode(),
            roles: invite.roles, scopes: invite.scopes, enrolledAt: now)
        try store.save(device)
        var used = invite
        used.usedBy = device.device
        try store.save(used)
        return device
    }

    private func enrolled(
        _ device: DeviceRecord, invite: InviteRecord, epoch: EpochID, at now: Timestamp
    ) throws -> Enrolled {
        Enrolled(
            device: device.device, store: device.store, region: device.region,
            department: invite.department, staff: invite.staff, roles: device.roles,
            scopes: device.scopes, replicaCode: device.replicaCode, epoch: epoch,
            serverTime: now)
    }

    private var deviceNameDigitsCount: Int { 12 }
}

extension InviteRecord {
    /// What the bearer may hold: their store's tickets, what is theirs, their department's queue;
    /// those who watch over a region or everything get that instead.
    package var scopes: [Scope] {
        var scopes: [Scope] = []
        if let store {
            scopes.append(.store(store))
        } else if roles.contains(where: { $0.authority == .manager || $0 == .inspector }) {
            scopes.append(region.map(Scope.region) ?? .all)
        }
        if let staff { scopes.append(.agent(staff)) }
        if let department { scopes.append(.department(department)) }
        return scopes
    }
}
