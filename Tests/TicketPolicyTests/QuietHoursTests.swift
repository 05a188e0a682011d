import Testing
import TicketModel
import TicketPolicy

/// What is true is stated at once; who is told of it may wait (domain.md T13).
@Suite struct QuietHoursTests {
    static func profile(_ section: String) throws -> Profile {
        try Profile(
            yaml: Profile.builtInText("unified") + "\nquiet_hours:\n" + section, file: "quiet.yaml")
    }

    private func quiet(
        _ profile: Profile, _ roles: [Role], _ time: String, clock: String = "progress",
        rank: Int64 = 2
    ) -> [Role: Timestamp] {
        profile.quietUntil(
            roles, clock: clock, priority: profile.priority(rank: rank), at: wall(time))
    }

    @Test func `a role is told when its quiet hours end, others at once`() throws {
        let profile = try Self.profile("  manager: [22:00-24:00, 00:00-08:00]\n")
        let roles: [Role] = [.supervisor, .manager]
        #expect(quiet(profile, roles, "2026-11-06 21:59").isEmpty)
        #expect(quiet(profile, roles, "2026-11-06 22:00") == [.manager: wall("2026-11-07 08:00")])
        #expect(quiet(profile, roles, "2026-11-07 07:59") == [.manager: wall("2026-11-07 08:00")])
        #expect(quiet(profile, roles, "2026-11-07 08:00").isEmpty)
    }

    @Test func `a role may be reachable in the hours of a calendar only`() throws {
        let profile = try Self.profile("  handler: {calendar: office}\n")
        #expect(
            quiet(profile, [.handler], "2026-11-06 18:00") == [.handler: wall("2026-11-09 09:00")])
    }

    @Test func `what touches safety waits for nobody, in the classes where it does`() throws {
        let profile = try Self.profile("  supervisor: [20:00-24:00]\n")
        let time = "2026-11-06 23:00"
        for clock in ["supervisor", "engagement", "response"] {
            #expect(quiet(profile, [.supervisor], time, clock: clock, rank: 3).isEmpty, "\(clock)")
        }
        #expect(!quiet(profile, [.supervisor], time, clock: "response", rank: 2).isEmpty)
        #expect(!quiet(profile, [.supervisor], time, clock: VerificationCap.name).isEmpty)
    }

    static let mistakes: [(String, String)] = [
        ("  manager: [00:00-24:00]\n", "never be told"), ("  manager: []\n", "change nothing"),
        ("  boss: [22:00-24:00]\n", "unknown role"),
        ("  manager: {calendar: moon}\n", "unknown calendar"),
        ("  manager: 8h\n", "mapping is expected"),
    ]

    @Test(arguments: mistakes)
    func `quiet hours that mean nothing are refused`(section: String, message: String) {
        let error = #expect(throws: ProfileError.self) { try Self.profile(section) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
