import Testing
import TicketModel
import TicketPolicy

/// When the classes of the day before are looked at again (domain.md K26).
@Suite struct RecheckTests {
    static func profile(_ section: String) throws -> Profile {
        try Profile(
            yaml: Profile.builtInText("basic") + "\nrecheck: \(section)\n", file: "recheck.yaml")
    }

    @Test func `it is due on every day of the policy's zone, also in the night before it`() throws {
        let profile = try Self.profile("{by: 10:00, roles: [inspector, supervisor]}")
        #expect(profile.recheck?.roles == [.inspector, .supervisor])
        for now in ["2026-11-28 00:00", "2026-11-28 10:00", "2026-11-28 23:59"] {
            #expect(profile.recheckDueAt(on: wall(now)) == wall("2026-11-28 10:00"))
            #expect(profile.day(of: wall(now)) == wall("2026-11-28")..<wall("2026-11-29"))
        }
        #expect(
            try Self.profile("{by: 00:00}").recheckDueAt(on: wall("2026-11-28 12:00"))
                == wall("2026-11-28"))
    }

    @Test func `it is the inspector's unless others are named, and nobody's where none is asked`()
        throws
    {
        #expect(try Self.profile("{by: \"10:00\"}").recheck?.roles == [.inspector])
        #expect(try Profile.builtIn("basic").recheck == nil)
        #expect(try Profile.builtIn("basic").recheckDueAt(on: wall("2026-11-28 12:00")) == nil)
    }

    @Test func `the manual's ten o'clock is in its profile and in the unified one`() throws {
        for name in ["feedback", "unified"] {
            let recheck = try #require(try Profile.builtIn(name).recheck)
            #expect(recheck.written == "10:00" && recheck.roles == [.inspector])
        }
    }

    static let mistakes: [(String, String)] = [
        ("{by: 24:00}", "24:00 is no time of day"), ("{by: 9:00}", "9:00 is no time of day"),
        ("{by: [10:00]}", "a text is expected here"), ("{roles: [inspector]}", "by is missing"),
        ("{by: 10:00, roles: [king]}", "unknown role king"),
        ("{by: 10:00, at: 11:00}", "unknown key at"),
    ]

    @Test(
        "what is no time of a day, or nobody's role, is refused with its place",
        arguments: mistakes)
    func refused(section: String, message: String) throws {
        let error = try #require(throws: ProfileError.self) { try Self.profile(section) }
        #expect(error.problems.contains { $0.message.en.contains(message) }, "\(error)")
    }
}
