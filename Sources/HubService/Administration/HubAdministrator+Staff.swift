import Replication
import TicketModel

extension HubAdministrator {
    func addStaff(_ request: StaffRequest) throws -> AdminReply {
        guard let staff = StaffID(request.staff), staff != .hub else {
            throw Refusal(
                zh: "\(request.staff) 不能作人员编号。",
                en: "\(request.staff) cannot be the name of a person.")
        }
        let record = StaffRecord(
            staff: staff, name: request.name.isEmpty ? request.staff : request.name,
            roles: try roles(request.roles), store: try name(request.store, "--store"),
            department: try name(request.department, "--department"), phone: request.phone,
            isActive: request.isActive)
        try store.transaction { try $0.save(record) }
        return .done(AdminText(zh: "\(staff) 已在册。", en: "\(staff) is on the staff."))
    }

    /// A person is never deleted: the tickets still name them.
    func removeStaff(_ name: String) throws -> AdminReply {
        try store.transaction { store in
            guard var record = try store.staff().first(where: { $0.staff.rawValue == name }) else {
                throw Refusal(
                    zh: "没有名为 \(name) 的人员。查看：loopdesk-hub staff list",
                    en: "Nobody is called \(name). See: loopdesk-hub staff list")
            }
            guard record.isActive else {
                return .done(
                    AdminText(
                        zh: "\(name) 此前已停用。", en: "\(name) had left the staff before."))
            }
            record.isActive = false
            try store.save(record)
            return .done(AdminText(zh: "\(name) 已停用。", en: "\(name) has left the staff."))
        }
    }
}

extension StaffRequest {
    init(_ record: StaffRecord) {
        self.init(
            staff: record.staff.rawValue, name: record.name,
            roles: record.roles.map(\.rawValue).sorted(), store: record.store?.rawValue,
            department: record.department?.rawValue, phone: record.phone,
            isActive: record.isActive)
    }
}
