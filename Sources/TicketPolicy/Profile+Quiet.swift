import TicketModel

extension Profile {
    /// Which of `roles` are not to be told yet of what a clock has stated, and when they are: what
    /// is true is stated at once, people are told when their quiet hours end (domain.md T13).
    /// Nobody waits where the clock touches safety.
    ///
    /// - Parameter priority: the class that the ticket has.
    package func quietUntil(
        _ roles: [Role], clock name: String, priority: Priority, at now: Timestamp
    ) -> [Role: Timestamp] {
        if clock(named: name)?.safetyClasses.contains(priority.key) == true { return [:] }
        var result: [Role: Timestamp] = [:]
        for role in roles {
            guard let calendar = reachableHours[role] else { continue }
            var hours = OpenHours(calendar)
            if let open = try? hours.nextOpen(from: now), open > now { result[role] = open }
        }
        return result
    }
}
