import Replication
import TicketModel
import TicketPolicy

/// Somebody who can be called while no hub can be reached (domain.md B6.4).
package struct Callee: Hashable, Sendable {
    package var person: StaffRecord
    /// As what they are called.
    package var role: Role
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
    ///
    /// - Parameter level: the level of escalation that was reached; nil for what an urgent case
    ///   asks for.
    /// - Throws: `Failure.noPolicy`, `ProfileError`, `StoreError`.
    package func callees(for ticket: Ticket, level: Int64? = nil) throws -> [Callee] {
        let profile = try profile()
        let people = try store.read { try $0.directory() }?.staff ?? []
        let reachable = people.filter { $0.isActive && !$0.phone.isEmpty }
        let roles = level.map(profile.recipients(ofLevel:)) ?? profile.urgentRecipients
        var callees: [Callee] = []
        for role in roles {
            // Who is called already need not be called again in another role.
            let others = reachable.filter { person in
                person.roles.contains(role) && !callees.contains { $0.person == person }
            }
            callees += others.sorted { first, second in
                let (near, far) = (first.isNear(ticket), second.isNear(ticket))
                return near == far ? first.staff < second.staff : near
            }
            .prefix(Self.calleesPerRoleCountMax).map { Callee(person: $0, role: role) }
        }
        return callees
    }
}

extension StaffRecord {
    fileprivate func isNear(_ ticket: Ticket) -> Bool {
        (store != nil && store == ticket.store)
            || (department != nil && department == ticket.department)
    }
}
