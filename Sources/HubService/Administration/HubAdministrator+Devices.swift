import Replication
import TicketModel

extension HubAdministrator {
    /// Changes what a device is and may hold. Its replica learns it with its next greeting and
    /// takes the tickets of its new scopes; what was done before under the former ones counts as
    /// done in good faith (replication.md 3.7).
    func setDevice(_ request: DeviceRequest) throws -> AdminReply {
        try store.transaction { store in
            var device = try device(named: request.device, in: store)
            guard !device.isRevoked else {
                throw Refusal(
                    zh: "\(device.device) 已停用，无法更改。",
                    en: "\(device.device) is revoked and cannot be changed.")
            }
            let place = try place(of: device, request, in: store)
            if let label = request.label { device.label = label }
            (device.store, device.region, device.roles) = (place.store, place.region, place.roles)
            let former = device.scopes
            device.change(place.scopes, head: try store.head().sequence)
            try store.save(device)
            let names = device.scopes.map(\.rawValue).joined(separator: ", ")
            let doubts =
                try request.department == nil ? [] : doubts(about: place.department, in: store)
            return .done(
                device.scopes == former
                    ? AdminText(
                        zh: "\(device.device) 已更改；可见范围不变：\(names)。",
                        en: "\(device.device) is changed; it holds what it held: \(names).", doubts)
                    : AdminText(
                        zh: "\(device.device) 已更改；下次同步起可见范围为 \(names)。",
                        en: "\(device.device) is changed; from its next sync it holds \(names).",
                        doubts))
        }
    }

    /// Where the device will belong: what the request names, else what it was.
    private func place(
        of device: DeviceRecord, _ request: DeviceRequest, in store: any HubReader
    ) throws -> InviteRecord {
        func chosen<Name: ChosenName>(
            _ text: String?, _ option: String, _ present: Name?
        ) throws -> Name? {
            text == nil ? present : try name(text, option)
        }
        let staff: StaffID? = try chosen(
            request.staff, "--staff", device.name(inScopesOf: "agent").flatMap(StaffID.init))
        if let staff, request.staff != nil,
            try !store.staff().contains(where: { $0.staff == staff && $0.isActive })
        {
            throw Refusal(
                zh: "没有名为 \(staff) 的在职人员。请运行：loopdesk-hub staff add \(staff) …",
                en: "Nobody on the staff is called \(staff). Add them with: "
                    + "loopdesk-hub staff add \(staff) …")
        }
        let shape = InviteRecord(
            curveKey: [], store: try chosen(request.store, "--store", device.store),
            region: try chosen(request.region, "--region", device.region),
            department: try request.department == nil
                ? device.name(inScopesOf: "department").flatMap(DepartmentID.init)
                : department(request.department, in: store),
            staff: staff, roles: try request.roles.isEmpty ? device.roles : roles(request.roles),
            createdAt: device.enrolledAt, expiresAt: device.enrolledAt)
        guard !shape.scopes.isEmpty else {
            throw Refusal(
                zh: "此设备将看不到任何工单：请指定 --store、--department、--staff 或管理类角色。",
                en: "This device would see no ticket: give --store, --department, --staff, or a "
                    + "role that watches over everything.")
        }
        return shape
    }
}

extension DeviceRecord {
    /// The name in the scope of this kind that the device holds; nil when it holds none.
    func name(inScopesOf kind: String) -> String? {
        let names = scopes.lazy.map(\.rawValue).filter { $0.hasPrefix(kind + ":") }
        return names.first.map { String($0.dropFirst(kind.count + 1)) }
    }
}
