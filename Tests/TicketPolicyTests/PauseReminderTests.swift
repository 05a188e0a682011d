import Testing
import TicketModel
import TicketPolicy

/// What waits for somebody outside is not forgotten (domain.md G20).
@Suite struct PauseReminderTests {
    static func profile(
        _ section: String = "{after: 24h, times: 3, warn: [handler, supervisor]}"
    ) throws -> Profile {
        try Profile(
            yaml: Profile.builtInText("basic") + "\npause_reminder: \(section)\n",
            file: "pause.yaml")
    }

    /// A ticket that waits for the supplier since `at(0)`.
    private static func paused(_ profile: Profile? = nil) throws -> Case {
        var ticket = try Case(priority: 2, profile: profile ?? Self.profile())
        ticket.commit(.create, at: at(-hour))
        pause(&ticket, at: at(0))
        return ticket
    }

    private static func pause(_ ticket: inout Case, at time: Timestamp) {
        ticket.commit(.pause, at: time) {
            $0.set(.pauseReason, .text("supplier"), at: time)
            $0.set(.status, .integer(4))
        }
    }

    private static func resume(_ ticket: inout Case, at time: Timestamp) {
        ticket.commit(.resume, at: time) {
            $0.set(.pauseReason, .text(""), at: time)
            $0.set(.status, .integer(3))
        }
    }

    private func reminders(_ ticket: Case) -> [TimerKey] {
        ticket.told.compactMap { reaction in
            if case .warn(PauseReminder.name, _, [.handler, .supervisor], let key) = reaction {
                key
            } else {
                nil
            }
        }
    }

    private func waiting(_ ticket: Case) -> [Timestamp] {
        ticket.timers.filter { $0.key.clock == PauseReminder.name }.map(\.value).sorted()
    }

    @Test func `it is reminded of so often in one pause, and then no more`() throws {
        var ticket = try Self.paused()
        #expect(waiting(ticket) == [at(24 * hour), at(48 * hour), at(72 * hour)])
        for day in 1...9 as ClosedRange<Int64> {
            ticket.advance(to: at(day * 24 * hour))
            #expect(reminders(ticket).count == min(Int(day), 3))
        }
        let reason = ticket.told.compactMap { reaction -> String? in
            if case .warn(PauseReminder.name, let reason, _, _) = reaction {
                reason.en
            } else {
                nil
            }
        }
        #expect(reason.first == "waits for the supplier since 2023-10-27 10:00")
    }

    @Test func `going on overtakes them, and the next pause has its own`() throws {
        var ticket = try Self.paused()
        ticket.advance(to: at(24 * hour))
        Self.resume(&ticket, at: at(25 * hour))
        #expect(waiting(ticket).isEmpty)
        Self.pause(&ticket, at: at(30 * hour))
        #expect(waiting(ticket).first == at(54 * hour))
        ticket.advance(to: at(54 * hour))
        #expect(Set(reminders(ticket).map(\.cycle)).count == 2)
    }

    @Test func `a hub that was down reminds once, and nobody of what is over`() throws {
        var ticket = try Self.paused()
        ticket.advance(to: at(80 * hour))
        #expect(reminders(ticket).map(\.rung) == [2])
        var over = try Self.paused()
        let key = try #require(over.timers.keys.first { $0.clock == PauseReminder.name })
        over.commit(.resolve, at: at(hour)) { $0.set(.status, .integer(5)) }
        #expect(waiting(over).isEmpty)
        over.fire(key, at: at(100 * hour))
        #expect(reminders(over).isEmpty, "a timer that comes late finds nothing that waits")
    }

    @Test func `a restored hub schedules what lies ahead`() throws {
        let ticket = try Self.paused()
        let timers = ticket.profile.pauseTimers(of: ticket.ticket, at: at(30 * hour))
        #expect(timers.count == 2)
        #expect(try Case().profile.pauseTimers(of: ticket.ticket, at: at(0)).isEmpty)
    }

    @Test func `working days remind at closing time`() throws {
        let ticket = try Self.paused(try Profile.builtIn("unified"))
        #expect(
            waiting(ticket).prefix(2) == [wall("2023-10-30 18:00"), wall("2023-10-31 18:00")])
    }

    static let mistakes: [(String, String)] = [
        ("{times: 3}", "after is missing"), ("{after: 1wd}", "has no calendar"),
        ("{after: 24h, times: 0}", "whole number"), ("{after: soon}", "is not a limit"),
        ("{after: 24h, warn: [boss]}", "unknown role"),
    ]

    @Test(arguments: mistakes)
    func `a reminder that cannot come is refused`(section: String, message: String) {
        let error = #expect(throws: ProfileError.self) { try Self.profile(section) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
