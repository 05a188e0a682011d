import Testing
import TicketModel
import TicketPolicy

@Suite struct ClockTests {
    @Test(arguments: [(3, 1), (2, 4), (1, 24)] as [(Int64, Int64)])
    func `K7 K16 K17: a complaint must be answered within its class's limit`(
        rank: Int64, hours: Int64
    ) throws {
        var ticket = try Case(priority: rank)
        ticket.commit(.create, at: at(0))
        #expect(ticket.clock?.phase == .running)
        #expect(ticket.clock?.startedAt == at(0))
        #expect(ticket.clock?.dueAt == at(hours * hour))
        let expected = [
            ticket.key(rung: 0): at(hours * hour * 3 / 4), ticket.key(rung: 1): at(hours * hour),
        ]
        #expect(ticket.timers == expected)
    }

    @Test func `a ticket without a class has the least urgent promise`() throws {
        var ticket = try Case()
        ticket.commit(.create, at: at(0))
        #expect(ticket.clock?.dueAt == at(24 * hour))
    }

    @Test(arguments: [Int64.min, -1, 0, 4, 99, .max])
    func `a rank of another version still has a promise`(rank: Int64) throws {
        var ticket = try Case(priority: rank)
        ticket.commit(.create, at: at(0))
        #expect(ticket.clock?.dueAt == at(rank > 3 ? hour : 24 * hour))
    }

    @Test func `B6-1: the promise runs from the capture, not from the arrival`() throws {
        var ticket = try Case(priority: 2)
        ticket.commit(.create, at: at(30 * minute))
        #expect(ticket.clock?.dueAt == at(4 * hour))
    }

    @Test func `B6-2: a device clock that runs ahead gives no extra time`() throws {
        var ticket = try Case(priority: 2)
        ticket.commit(.create, at: at(-10 * hour))
        #expect(ticket.clock?.startedAt == at(-10 * hour))
        #expect(ticket.clock?.dueAt == at(-6 * hour))
    }

    @Test(arguments: [Act.accept, .progress, .resolve])
    func `T22: the first act of an answer meets the promise`(act: Act) throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.commit(act, at: at(59 * minute))
        #expect(ticket.clock?.phase == .met)
        #expect(ticket.clock?.stoppedAt == at(59 * minute))
        #expect(ticket.timers.isEmpty)
        let second = ticket.commit(.progress, at: at(70 * minute))
        #expect(second.isEmpty)
    }

    @Test func `a note for the customer is an answer, one for staff is not`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.commit(.note, at: at(1 * minute)) { $0.say(.note) }
        #expect(ticket.clock?.phase == .running)
        ticket.commit(.note, at: at(2 * minute)) { $0.say(.note, .customer) }
        #expect(ticket.clock?.phase == .met)
    }

    @Test func `T22: an automatic message is no answer`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.commit(.note, at: at(minute)) { $0.say(.system, .customer, by: "hub") }
        ticket.commit(.note, at: at(minute)) { $0.say(.note, .customer, by: "hub") }
        #expect(ticket.clock?.phase == .running)
    }

    @Test(arguments: [Act.edit, .tag, .assign, .refuse, .attach, .rate, .escalate, .route, .clock])
    func `T22: nothing else is an answer, whatever the status becomes`(act: Act) throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        let reactions = ticket.commit(act, at: at(minute)) {
            $0.set(.status, .integer(TicketStatus.inProgress.rawValue))
        }
        #expect(reactions.isEmpty)
        #expect(ticket.clock?.phase == .running)
    }

    @Test func `an answer at the limit is in time, one later is not`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        var late = ticket
        ticket.commit(.accept, at: at(hour))
        #expect(ticket.clock?.phase == .met)
        #expect(ticket.told.isEmpty)
        late.commit(.accept, at: at(hour + 1))
        #expect(late.clock?.phase == .breached)
        #expect(late.clock?.stoppedAt == at(hour + 1))
        #expect(late.escalations.count == 1)
    }

    @Test func `B6-3: an answer given offline in time keeps the promise when it arrives late`()
        throws
    {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.commit(.progress, at: at(3 * hour), actedAt: at(20 * minute))
        #expect(ticket.clock?.phase == .met)
        #expect(ticket.clock?.stoppedAt == at(20 * minute))
        #expect(ticket.told.isEmpty)
    }

    @Test func `T7: an answer given in time does not undo a stated breach`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.advance(to: at(hour))
        ticket.commit(.progress, at: at(3 * hour), actedAt: at(20 * minute))
        #expect(ticket.clock?.phase == .breached)
        #expect(ticket.clock?.stoppedAt == at(20 * minute))
        #expect(ticket.clock?.isRunning == false)
    }

    @Test func `a device clock outside the promise's life is brought into it`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        var future = ticket
        ticket.commit(.accept, at: at(minute), actedAt: Timestamp(milliseconds: .min))
        #expect(ticket.clock?.stoppedAt == at(0))
        future.commit(.accept, at: at(minute), actedAt: Timestamp(milliseconds: .max))
        #expect(future.clock?.stoppedAt == at(minute))
    }

    @Test func `closing cancels what runs`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.commit(.close, at: at(minute))
        #expect(ticket.clock?.phase == .cancelled)
        #expect(ticket.clock?.isRunning == false)
        #expect(ticket.timers.isEmpty)
    }

    @Test func `T7: closing stops a broken promise but does not forget it`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        var overdue = ticket
        ticket.advance(to: at(hour))
        ticket.commit(.close, at: at(2 * hour))
        #expect(ticket.clock?.phase == .breached)
        #expect(ticket.clock?.stoppedAt == at(2 * hour))
        // The same if the hub had not come to handle the deadline.
        overdue.commit(.close, at: at(2 * hour))
        #expect(overdue.clock == ticket.clock)
    }

    @Test func `T26: reopening is a new cycle with its own promise`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.advance(to: at(hour))
        ticket.commit(.resolve, at: at(2 * hour)) { $0.set(.status, .integer(5)) }
        ticket.commit(.reopen, at: at(50 * hour)) { $0.set(.status, .integer(6)) }
        #expect(ticket.clock?.cycle == 2)
        #expect(ticket.clock?.phase == .running)
        #expect(ticket.clock?.dueAt == at(51 * hour))
        #expect(
            Set(ticket.timers.keys) == [
                ticket.key(rung: 0, cycle: 2), ticket.key(rung: 1, cycle: 2),
            ])
        #expect(ticket.escalations.count == 1)
        ticket.advance(to: at(51 * hour))
        #expect(ticket.escalations.count == 2)
    }

    @Test func `a reopening that was merged into an earlier one starts nothing`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.commit(.resolve, at: at(minute)) { $0.set(.status, .integer(5)) }
        ticket.commit(.reopen, at: at(hour)) { $0.set(.status, .integer(6)) }
        let again = ticket.commit(.reopen, at: at(hour + minute))
        #expect(again.isEmpty)
        #expect(ticket.clock?.cycle == 2)
    }

    @Test func `a person who escalates a finished ticket brings it back to work`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(0))
        ticket.commit(.resolve, at: at(minute)) { $0.set(.status, .integer(5)) }
        ticket.commit(.escalate, at: at(hour)) { $0.set(.status, .integer(7)) }
        #expect(ticket.clock?.cycle == 2)
        #expect(ticket.told.isEmpty)
    }
}

@Suite struct ArrivalTests {
    @Test func `B6-3: a ticket that arrives too late is breached at its true time, told once`()
        throws
    {
        var ticket = try Case(priority: 3)
        let reactions = ticket.commit(.create, at: at(3 * hour))
        #expect(ticket.clock?.phase == .breached)
        #expect(ticket.clock?.dueAt == at(hour))
        #expect(ticket.clock?.isRunning == true)
        #expect(ticket.timers.isEmpty)
        #expect(ticket.told.count == 1)
        guard case .escalate(let level, _, let reason, let recipients, let key) = reactions.last
        else { return #expect(Bool(false), "\(reactions)") }
        #expect(level == 1)
        #expect(recipients == [.supervisor])
        #expect(key == ticket.key(rung: 1))
        #expect(reason[.en].contains("reached the hub"))
    }

    @Test func `a breach that the hub could see is told apart from one that arrived`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(minute))
        ticket.advance(to: at(hour))
        guard case .escalate(_, _, let reason, _, _) = ticket.told.last else {
            return #expect(Bool(false), "\(ticket.told)")
        }
        #expect(
            reason
                == LocalizedText(
                    zh: "响应超时:紧急,限1小时", en: "response limit missed: urgent, within 1 h"))
    }

    @Test func `a ticket that arrives near its limit is warned about at once`() throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(50 * minute))
        #expect(ticket.clock?.phase == .running)
        #expect(ticket.told.count == 1)
        #expect(Array(ticket.timers.keys) == [ticket.key(rung: 1)])
    }

    @Test(arguments: [TicketStatus.resolved, .closed])
    func `T28: a ticket created as finished has kept its promise`(status: TicketStatus) throws {
        var ticket = try Case(priority: 3)
        ticket.commit(.create, at: at(3 * hour)) { $0.set(.status, .integer(status.rawValue)) }
        #expect(ticket.clock?.phase == .met)
        #expect(ticket.clock?.stoppedAt == at(0))
        #expect(ticket.timers.isEmpty)
        #expect(ticket.told.isEmpty)
    }

    @Test func `T28: a ticket that arrives with its answer is judged by the answer's time`() throws
    {
        var early = try Case(priority: 3)
        early.commit(.create, at: at(3 * hour)) { $0.say(.progress, at: at(20 * minute)) }
        #expect(early.clock?.phase == .met)
        var late = try Case(priority: 3)
        late.commit(.create, at: at(3 * hour)) { $0.say(.note, .customer, at: at(2 * hour)) }
        #expect(late.clock?.phase == .breached)
        #expect(late.clock?.stoppedAt == at(2 * hour))
        #expect(late.told.isEmpty)
    }

    @Test func `a create that is seen again starts no second promise`() throws {
        var ticket = try Case(priority: 3)
        ticket.set(.department, .text("客服部"))
        ticket.commit(.create, at: at(0))
        #expect(ticket.commit(.create, at: at(minute)).isEmpty)
    }
}
