import Testing
import TicketModel
import TicketPolicy

/// What an operator reads before loading another policy.
@Suite struct ProfileDifferenceTests {
    private static func changed(
        _ replacements: (String, String)..., from name: String = "unified"
    ) throws -> [String] {
        let text = try Profile.builtInText(name)
        var next = text
        for (old, new) in replacements {
            #expect(next.contains(old), "\(old) is not in the profile")
            next = next.replacing(old, with: new)
        }
        let difference = ProfileDifference(
            from: try Profile(yaml: text, file: "old"), to: try Profile(yaml: next, file: "new"))
        return difference.changes.map { "\($0.section): \($0.text.en)" }
            + difference.silentCalendars.map { "silent: \($0)" }
    }

    @Test func `the same policy in other words says the same`() throws {
        #expect(try Self.changed(("# K2", "# another remark")).isEmpty)
    }

    @Test func `a limit is told from old to new`() throws {
        #expect(
            try Self.changed(
                (
                    "limits: {urgent: 1h, important: 4h, normal: 24h}",
                    "limits: {urgent: 30m, important: 4h, normal: 2d}"
                )) == [
                    "clocks: response, limit of urgent: 1h -> 30m",
                    "clocks: response, limit of normal: 24h -> 2d",
                ])
    }

    @Test func `a changed calendar is told day by day, and called out under its old version`()
        throws
    {
        let holiday = ("      2026-10-01..", "      2026-11-09: all\n      2026-10-01..")
        #expect(
            try Self.changed(holiday) == [
                "calendars: new: office, 2026-11-09: holiday, closed", "silent: office",
            ])
        #expect(
            try Self.changed(holiday, ("office:\n    version: 1", "office:\n    version: 2")) == [
                "calendars: office, version: 1 -> 2",
                "calendars: new: office, 2026-11-09: holiday, closed",
            ])
    }

    @Test func `who may do what, where cases go and who is told are told`() throws {
        let changes = try Self.changed(
            ("  merge: [clerk, department_head,", "  merge: [department_head,"),
            (
                "    department: 客服部\n  - rule: suggestion",
                "    department: 运营部\n  - rule: suggestion"
            ),
            ("pause_reminder: {after: 1wd, times: 5,", "pause_reminder: {after: 2wd, times: 5,"),
            ("{attempts: 3, escalate: 3,", "{attempts: 2, escalate: 3,"),
            ("recheck: {by: \"10:00\", roles: [inspector]}", "recheck: {by: \"09:30\"}"))
        #expect(
            changes == [
                "routing: attitude-to-customer-service, department: 客服部 -> 运营部",
                "verification: verification, attempts: 3 -> 2",
                "verification: pause_reminder, after: 1wd -> 2wd",
                "verification: recheck, by: 10:00 -> 09:30",
                "permissions: merge: clerk, department_head, duty_manager, manager, supervisor -> "
                    + "department_head, duty_manager, manager, supervisor",
            ])
    }

    @Test func `every section of the two built-in profiles can be told`() throws {
        let difference = ProfileDifference(
            from: try Profile.builtIn("complaint"), to: try Profile.builtIn("unified"))
        let sections = Set(difference.changes.map(\.section))
        #expect(sections.isSuperset(of: ["profile", "clocks", "approvals", "verification"]))
        let back = ProfileDifference(
            from: try Profile.builtIn("unified"), to: try Profile.builtIn("complaint"))
        #expect(back.changes.count == difference.changes.count)
        #expect(difference.changes.allSatisfy { !$0.text.zh.isEmpty && $0.old != $0.new })
    }
}
