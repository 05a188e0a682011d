import Replication
import TicketModel

extension HubAdministrator {
    /// The longest life of an invite.
    static var inviteLifetimeSecondsMax: Int { 90 * 24 * 3_600 }

    func createInvite(_ request: InviteRequest, at now: Timestamp) throws -> AdminReply {
        try store.transaction { store in
            let invite = try record(request, at: now, in: store)
            if let staff = invite.staff,
                try store.staff().first(where: { $0.staff == staff && $0.isActive }) == nil
            {
                throw Refusal(
                    zh: "没有名为 \(staff) 的在职人员。请运行：loopdesk-hub staff add \(staff) …",
                    en: "Nobody on the staff is called \(staff). Add them with: "
                        + "loopdesk-hub staff add \(staff) …")
            }
            guard try store.invite(curveKey: invite.curveKey) == nil else {
                throw Refusal(zh: "此邀请已存在。", en: "This invite exists already.")
            }
            try store.save(invite)
            var view = InviteView(invite)
            view.doubts = try doubts(about: invite.department, in: store)
            return .invited(view)
        }
    }

    private func record(
        _ request: InviteRequest, at now: Timestamp, in store: any HubReader
    ) throws -> InviteRecord {
        guard let key = KeyText.bytes(request.curveKey) else {
            throw Refusal(
                zh: "邀请的密钥不是 64 位十六进制数。",
                en: "The invite's key is not 64 hexadecimal digits.")
        }
        guard (1...Self.inviteLifetimeSecondsMax).contains(request.lifetimeSeconds) else {
            throw Refusal(
                zh: "邀请的有效期应在 1 秒到 90 天之间。",
                en: "An invite lives from 1 second to 90 days.")
        }
        let invite = InviteRecord(
            curveKey: key, store: try name(request.store, "--store"),
            region: try name(request.region, "--region"),
            department: try department(request.department, in: store),
            staff: try name(request.staff, "--staff"), roles: try roles(request.roles),
            createdAt: now,
            expiresAt: now.adding(milliseconds: Int64(request.lifetimeSeconds) * 1_000))
        guard !invite.scopes.isEmpty else {
            throw Refusal(
                zh: "此邀请看不到任何工单：请指定 --store、--department、--staff 或管理类角色。",
                en: "This invite would see no ticket: give --store, --department, --staff, or a "
                    + "role that watches over everything.")
        }
        return invite
    }
}

extension InviteView {
    init(_ invite: InviteRecord) {
        self.init(
            key: KeyText.text(invite.curveKey), store: invite.store?.rawValue,
            region: invite.region?.rawValue, department: invite.department?.rawValue,
            staff: invite.staff?.rawValue, roles: invite.roles.map(\.rawValue).sorted(),
            expiresAtMilliseconds: invite.expiresAt.milliseconds,
            usedBy: invite.usedBy?.rawValue)
    }
}

extension DeviceView {
    init(_ device: DeviceRecord) {
        self.init(
            device: device.device.rawValue, label: device.label, store: device.store?.rawValue,
            region: device.region?.rawValue,
            department: device.name(inScopesOf: "department"),
            staff: device.name(inScopesOf: "agent"), roles: device.roles.map(\.rawValue).sorted(),
            scopes: device.scopes.map(\.rawValue), replicaCode: device.replicaCode,
            enrolledAtMilliseconds: device.enrolledAt.milliseconds,
            revokedAtMilliseconds: device.revokedAt?.milliseconds)
    }
}
