import Testing
import TicketModel
import TicketPolicy

@Suite struct TimerTests {
    @Test func `a limit that passes warns first, then escalates to the supervisor`() throws {
        var ticket = try Case(priority: 2)
        ticket.commit(.create, at: at(0))
        ticket.advance(to: at(3 * hour))
        guard case .warn(let clock, let warning, let warned, _) = ticket.told.last else {
            return #expect(Bool(false), "\(ticket.told)")
        }
        #expect(clock == "response")
        #expect(warned == [.handler, .departmentHead])
        #expect(warning[.zh] == "响应时限将至:重要,限4小时")
        ticket.advance(to: at(4 * hour))
        #expect(ticket.clock?.phase == .breached)
        #expect(ticket.clock?.stoppedAt == nil)
        #expect(ticket.ticket.escalationLevel == 1)
        #expect(ticket.timers.isEmpty)
    }

    @Test func `T8: a timer that fires again asks for nothing`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        #expect(!ticket.fire(ticket.key(rung: 1), at: at(hour)).isEmpty)
        #expect(ticket.fire(ticket.key(rung: 1), at: at(hour)).isEmpty)
        #expect(ticket.fire(ticket.key(rung: 0), at: at(2 * hour)).isEmpty)
        #expect(ticket.escalations.count == 1)
    }

    @Test func `T9: the next cycle escalates again`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.advance(to: at(hour))
        ticket.commit(.resolve, at: at(2 * hour)) { $0.set(.status, .integer(5)) }
        ticket.commit(.reopen, at: at(3 * hour)) { $0.set(.status, .integer(6)) }
        #expect(ticket.fire(ticket.key(rung: 1, cycle: 1), at: at(9 * hour)).isEmpty)
        #expect(!ticket.fire(ticket.key(rung: 1, cycle: 2), at: at(9 * hour)).isEmpty)
    }

    @Test func `T4: a promise that was kept or cancelled does not break afterwards`() throws {
        for act in [Act.accept, .close] {
            var ticket = try Case(priority: 3)
            ticket.commit(.create, at: at(0))
            ticket.commit(act, at: at(minute))
            #expect(ticket.fire(ticket.key(rung: 1), at: at(2 * hour)).isEmpty)
        }
    }

    @Test func `a timer that fires early is scheduled again`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        let reactions = ticket.fire(ticket.key(rung: 1), at: at(hour - 1))
        #expect(reactions == [.schedule(ticket.key(rung: 1), at: at(hour))])
    }

    @Test func `B6-3: after an outage only the highest open rung speaks`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.advance(to: at(5 * hour))
        #expect(ticket.told.count == 1)
        #expect(ticket.escalations.count == 1)
        #expect(ticket.clock?.dueAt == at(hour))
    }

    @Test func `keys of others ask for nothing`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        let good = ticket.key(rung: 1)
        var bad = [good, good, good, good]
        bad[0].ticket = TicketID(rawValue: 2)
        bad[1].clock = "resolution"
        bad[2].cycle = 0
        bad[3].rung = -1
        for key in bad { #expect(ticket.fire(key, at: at(2 * hour)).isEmpty) }
    }

    @Test func `T11: an escalation causes none, and never lowers a level`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        let byHand = ticket.commit(.escalate, at: at(minute)) { $0.set(.escalation, .integer(2)) }
        #expect(byHand.isEmpty)
        ticket.advance(to: at(hour))
        guard case .escalate(let level, _, _, let recipients, _) = ticket.told.last else {
            return #expect(Bool(false), "\(ticket.told)")
        }
        #expect(level == 2)
        #expect(recipients == [.departmentHead, .dutyManager])
        for act in [Act.escalate, .route, .clock] {
            #expect(ticket.commit(act, at: at(hour + minute)).isEmpty)
        }
    }

    @Test func `whether the hub handles the deadline or a late answer first makes no difference`()
        throws
    {
        var timerFirst = try Case(priority: 3)
        timerFirst.commit(.create, at: at(0))
        timerFirst.advance(to: at(45 * minute))
        var answerFirst = timerFirst
        timerFirst.advance(to: at(61 * minute))
        timerFirst.commit(.accept, at: at(61 * minute))
        answerFirst.commit(.accept, at: at(61 * minute))
        answerFirst.advance(to: at(61 * minute))
        #expect(timerFirst.clock == answerFirst.clock)
        #expect(timerFirst.told == answerFirst.told)
        #expect(answerFirst.timers.isEmpty)
    }

    @Test func `reactions come facts first, messages last`() throws {
        var ticket = try Case(priority: 3)
        let reactions = ticket.commit(.create, at: at(50 * minute))
        let names = reactions.map { "\($0)".prefix { $0 != "(" } }
        #expect(names == ["route", "clock", "schedule", "warn"])
    }
}

@Suite struct PriorityChangeTests {
    private func ticket(_ rank: Int64) throws -> Case {
        var ticket = try Case(priority: rank)
        ticket.commit(.create, at: at(0))
        return ticket
    }

    @Test func `T5: raising gives the new limit from the change`() throws {
        var ticket = try ticket(1)
        ticket.commit(.edit, at: at(10 * hour)) { $0.set(.priority, .integer(3)) }
        #expect(ticket.clock?.startedAt == at(0))
        #expect(ticket.clock?.dueAt == at(11 * hour))
        #expect(ticket.clock?.cycle == 1)
        #expect(ticket.timers[ticket.key(rung: 0)] == at(10 * hour + 45 * minute))
        #expect(ticket.timers[ticket.key(rung: 1)] == at(11 * hour))
    }

    @Test func `T5: raising never gives more time than there was`() throws {
        var ticket = try ticket(2)
        ticket.commit(.edit, at: at(4 * hour - minute)) { $0.set(.priority, .integer(3)) }
        #expect(ticket.clock?.dueAt == at(4 * hour))
    }

    @Test func `lowering gives the new limit from the start`() throws {
        var ticket = try ticket(3)
        ticket.commit(.edit, at: at(10 * minute)) { $0.set(.priority, .integer(2)) }
        #expect(ticket.clock?.dueAt == at(4 * hour))
        ticket.advance(to: at(hour))
        #expect(ticket.told.isEmpty)
    }

    @Test func `T5: lowering after a raise makes nobody late at once`() throws {
        var ticket = try ticket(1)
        ticket.commit(.edit, at: at(10 * hour)) { $0.set(.priority, .integer(3)) }
        ticket.commit(.edit, at: at(10 * hour + minute)) { $0.set(.priority, .integer(2)) }
        #expect(ticket.clock?.dueAt == at(11 * hour))
        #expect(ticket.clock?.phase == .running)
    }

    @Test func `T7: a broken promise stays broken whatever the class becomes`() throws {
        var ticket = try ticket(3)
        ticket.advance(to: at(hour))
        let broken = ticket.clock
        for rank in [1, 2, 3] as [Int64] {
            let reactions = ticket.commit(.edit, at: at(2 * hour)) {
                $0.set(.priority, .integer(rank))
            }
            #expect(reactions.isEmpty)
        }
        #expect(ticket.clock == broken)
    }

    @Test func `T7: lowering after the limit, before its timer, does not save the promise`() throws
    {
        var ticket = try ticket(3)
        ticket.commit(.edit, at: at(2 * hour)) { $0.set(.priority, .integer(1)) }
        #expect(ticket.clock?.phase == .breached)
        #expect(ticket.clock?.dueAt == at(hour))
        #expect(ticket.escalations.count == 1)
        ticket.advance(to: at(30 * hour))
        #expect(ticket.escalations.count == 1)
    }

    @Test func `a warning that was given is not given again`() throws {
        var ticket = try ticket(2)
        ticket.advance(to: at(3 * hour))
        let reactions = ticket.commit(.edit, at: at(3 * hour + minute)) {
            $0.set(.priority, .integer(1))
        }
        #expect(ticket.clock?.dueAt == at(24 * hour))
        #expect(reactions.contains(.schedule(ticket.key(rung: 1), at: at(24 * hour))))
        #expect(ticket.timers.keys.contains(ticket.key(rung: 0)) == false)
        #expect(ticket.told.count == 1)
    }

    @Test func `a raise that leaves no time for the warning warns at once`() throws {
        var ticket = try ticket(2)
        // Raised so late that a quarter of the new limit is more than what is left.
        ticket.commit(.edit, at: at(2 * hour)) { $0.set(.priority, .integer(3)) }
        ticket.commit(.edit, at: at(2 * hour + minute)) { $0.set(.priority, .integer(1)) }
        #expect(ticket.clock?.dueAt == at(24 * hour))
        ticket.commit(.edit, at: at(17 * hour)) { $0.set(.priority, .integer(2)) }
        #expect(ticket.clock?.dueAt == at(21 * hour))
        #expect(ticket.timers[ticket.key(rung: 0)] == at(20 * hour))
        ticket.advance(to: at(20 * hour))
        #expect(ticket.told.count == 1)
    }
}
