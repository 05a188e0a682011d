import Testing
import TicketModel
import TicketPolicy

/// When little of a limit is left, by the hours that count.
@Suite struct DueSoonTests {
    private func rule(_ name: String) throws -> ClockRule {
        try #require(try Profile.builtIn("unified").clock(named: name))
    }

    @Test(arguments: [
        ("2026-11-06 12:00", "2026-11-06 16:00", "2026-11-06 15:00", false),
        ("2026-11-06 12:00", "2026-11-06 16:00", "2026-11-06 15:01", true),
        ("2026-11-06 12:00", "2026-11-06 16:00", "2026-11-06 16:00", true),
        ("2026-11-06 12:00", "2026-11-06 16:00", "2026-11-06 16:01", false),
        ("2026-11-06 12:00", "2026-11-06 12:00", "2026-11-06 12:00", false),
        ("2026-11-06 12:00", "2026-11-06 16:00", "2026-11-06 11:00", false),
    ])
    func `a clock that runs around the clock is due soon in its last quarter`(
        start: String, due: String, now: String, isSoon: Bool
    ) throws {
        let rule = try rule("response")
        #expect(
            rule.isDueSoon(startedAt: wall(start), dueAt: wall(due), at: wall(now)) == isSoon)
    }

    @Test func `of office hours those that are left count, not the night between`() throws {
        let rule = try rule("progress")
        let (start, due) = (wall("2026-11-05 16:00"), wall("2026-11-06 11:00"))
        // Two hours on Thursday and two on Friday: the last one is the last quarter.
        #expect(!rule.isDueSoon(startedAt: start, dueAt: due, at: wall("2026-11-06 02:00")))
        #expect(!rule.isDueSoon(startedAt: start, dueAt: due, at: wall("2026-11-06 10:00")))
        #expect(rule.isDueSoon(startedAt: start, dueAt: due, at: wall("2026-11-06 10:01")))
    }
}
