import Replication
import TicketModel
import TicketPolicy

/// Somebody who can be called while no hub can be reached (domain.md B6.4).
package struct Callee: Hashable, Sendable {
    package var person: StaffRecord
    /// As what they are called.
    package var role: Role
    /// Who would be called if they were not away (domain.md G30); nil for the person themselves.
    package var absentee: StaffRecord?
}

/// A call that took the place of an escalation through the hub.
package struct PhoneCall: Hashable, Sendable {
    package var time: Timestamp
    /// `time` as people read it, for the record.
    package var timeText: String
    /// Who was called; may be empty.
    package var callee: String
    /// May be empty.
    package var reason: String

    package init(time: Timestamp, timeText: String, callee: String, reason: String) {
        self.time = time
        self.timeText = timeText
        self.callee = callee
        self.reason = reason
    }

    /// What begins the line that says when and who.
    package static let key = "by phone: "

    /// The text of the comment.
    var text: String {
        Self.key + [timeText, callee].filter { !$0.isEmpty }.joined(separator: " ")
            + (reason.isEmpty ? "" : "\n\(reason)")
    }
}

extension Desk {
    /// The most that are named for one role.
    private static let calleesPerRoleCountMax = 2

    /// Whom to call about `ticket`, the first to be told first; at most two of each role, those of
    /// the ticket's own store and department before others. Only people with a number are there.
    /// Instead of somebody who is away their stand-in is called; they themselves only where nobody
    /// else can be (domain.md G30).
    ///
    /// - Parameters:
    ///   - level: the level of escalation that was reached; nil for what an urgent case asks for.
    ///   - now: the time of this device.
    /// - Throws: `Failure.noPolicy`, `ProfileError`, `StoreError`.
    package func callees(
        for ticket: Ticket, level: Int64? = nil, at now: Timestamp
    ) throws -> [Callee] {
        let profile = try profile()
        let people = try store.read { try $0.directory() }?.staff.filter(\.isActive) ?? []
        let attendance = try attendance(at: now)
        let roles = level.map(profile.recipients(ofLevel:)) ?? profile.urgentRecipients
        var callees: [Callee] = []
        for role in roles {
            let all = people.filter { $0.roles.contains(role) }.sorted { first, second in
                let (near, far) = (first.isNear(ticket), second.isNear(ticket))
                return near == far ? first.staff < second.staff : near
            }
            let present = all.compactMap { callee($0, as: role, attendance) }
            let absent = all.filter { attendance.absence(of: $0.staff) != nil }
                .map { Callee(person: $0, role: role) }
            var count = 0
            // Who is called already need not be called again in another role.
            for callee in present.isEmpty ? absent : present
            where count < Self.calleesPerRoleCountMax && !callee.person.phone.isEmpty
                && !callees.contains(where: { $0.person == callee.person })
            {
                callees.append(callee)
                count += 1
            }
        }
        return callees
    }

    /// Who is called when `person` should be; nil for nobody who can be.
    private func callee(
        _ person: StaffRecord, as role: Role, _ attendance: Attendance
    ) -> Callee? {
        guard attendance.absence(of: person.staff) != nil else {
            return person.phone.isEmpty ? nil : Callee(person: person, role: role)
        }
        guard let standIn = attendance.standIn(for: person.staff), !standIn.phone.isEmpty else {
            return nil
        }
        return Callee(person: standIn, role: role, absentee: person)
    }
}

extension StaffRecord {
    fileprivate func isNear(_ ticket: Ticket) -> Bool {
        (store != nil && store == ticket.store)
            || (department != nil && department == ticket.department)
    }
}
