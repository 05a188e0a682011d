import Testing
import TicketModel
import TicketPolicy

/// Promises of tickets that become one (domain.md T24).
@Suite struct MergeClockTests {
    private static let merge = FieldValue.text(TicketID(rawValue: 2).description)

    private func logged(priority: Int64, at time: Timestamp = at(0)) throws -> Case {
        var ticket = try Case(priority: priority)
        ticket.ticket.capturedAt = time
        ticket.commit(.create, at: time)
        return ticket
    }

    /// Merges `duplicate` into `survivor` as the hub does: first the survivor takes over.
    private func merge(_ duplicate: inout Case, into survivor: inout Case, at now: Timestamp) {
        survivor.absorb(duplicate.ticket, at: now)
        duplicate.commit(.merge, at: now) { $0.set(.mergedInto, Self.merge) }
    }

    @Test func `the survivor keeps the earlier of two promises`() throws {
        for isDuplicateUrgent in [true, false] {
            var (survivor, duplicate) = (
                try logged(priority: isDuplicateUrgent ? 2 : 3),
                try logged(priority: isDuplicateUrgent ? 3 : 2)
            )
            merge(&duplicate, into: &survivor, at: at(10 * minute))
            #expect(survivor.clock?.dueAt == at(hour))
            #expect(survivor.clock?.phase == .running && survivor.clock?.cycle == 1)
            #expect(survivor.timers[survivor.key(rung: 1)] == at(hour))
        }
    }

    @Test func `what stands for itself again takes along what it had brought`() throws {
        let unified = try Profile.builtIn("unified")
        func complaint(_ rank: Int64) throws -> Case {
            var ticket = try Case(priority: rank, profile: unified)
            ticket.set(.kind, .text("complaint"))
            ticket.commit(.create, at: at(0))
            return ticket
        }
        let alone = try complaint(1)
        for isPaused in [false, true] {
            var (survivor, duplicate) = (try complaint(1), try complaint(3))
            if isPaused { survivor.commit(.pause, at: at(minute / 4)) }
            merge(&duplicate, into: &survivor, at: at(minute / 2))
            #expect(survivor.ticket.clocks["engagement"]?.phase == .running, "the urgent one's")
            #expect(survivor.ticket.clocks["response"]?.dueAt == at(hour))
            survivor.release(at: at(minute * 3 / 4))
            for name in ["engagement", "supervisor"] {
                let clock = survivor.ticket.clocks[name]
                #expect(clock?.phase == .cancelled && clock?.reason == ClockState.changedReason)
            }
            let own = try #require(alone.ticket.clocks["response"])
            #expect(survivor.ticket.clocks["response"]?.dueAt == own.dueAt)
            survivor.advance(to: at(2 * hour))
            var other = alone
            other.advance(to: at(2 * hour))
            #expect(survivor.escalations.map(\.clock) == other.escalations.map(\.clock))
            let key = TimerKey(ticket: survivor.ticket.id, clock: "response", cycle: 1, rung: 1)
            #expect(survivor.timers[key] == own.dueAt)
        }
    }

    @Test func `the duplicate promises nothing any more, and says why`() throws {
        var (survivor, duplicate) = (try logged(priority: 1), try logged(priority: 2))
        merge(&duplicate, into: &survivor, at: at(hour))
        #expect(duplicate.clock?.phase == .cancelled)
        #expect(duplicate.clock?.reason == ClockState.mergedReason)
        #expect(duplicate.clock?.stoppedAt == at(hour))
        #expect(duplicate.timers.isEmpty)
        let key = duplicate.key(rung: 1)
        #expect(duplicate.fire(key, at: at(9 * hour)) == [])
    }

    @Test func `a timer of a merged ticket never fires, whatever its clock says`() throws {
        var duplicate = try logged(priority: 3)
        duplicate.set(.mergedInto, Self.merge)
        #expect(duplicate.fire(duplicate.key(rung: 1), at: at(9 * hour)) == [])
        #expect(duplicate.escalations.isEmpty)
    }

    @Test func `a promise that the duplicate had broken is broken for the survivor`() throws {
        var (survivor, duplicate) = (try logged(priority: 1), try logged(priority: 3))
        duplicate.advance(to: at(2 * hour))
        #expect(duplicate.clock?.phase == .breached)
        merge(&duplicate, into: &survivor, at: at(2 * hour))
        #expect(survivor.clock?.phase == .breached)
        #expect(survivor.escalations.count == 1)
        #expect(survivor.timers.isEmpty)
        #expect(duplicate.clock?.phase == .breached, "a breach is a fact for ever")
    }

    @Test func `what the survivor has kept or broken stays so`() throws {
        var (answered, late, duplicate) = (
            try logged(priority: 1), try logged(priority: 3), try logged(priority: 3)
        )
        answered.commit(.accept, at: at(minute))
        late.advance(to: at(2 * hour))
        let before = (answered.clock, late.clock)
        answered.absorb(duplicate.ticket, at: at(2 * hour))
        late.absorb(duplicate.ticket, at: at(2 * hour))
        #expect(answered.clock == before.0 && late.clock == before.1)
        duplicate.commit(.accept, at: at(minute))
        var open = try logged(priority: 1)
        let promise = open.clock
        open.absorb(duplicate.ticket, at: at(hour))
        #expect(open.clock == promise, "a promise that was kept there changes nothing here")
    }

    @Test func `a promise that the survivor never made goes on there`() throws {
        var (survivor, duplicate) = (try Case(priority: 1), try logged(priority: 3))
        merge(&duplicate, into: &survivor, at: at(10 * minute))
        #expect(survivor.clock?.dueAt == at(hour))
        #expect(survivor.clock?.startedAt == at(0))
        survivor.advance(to: at(2 * hour))
        #expect(survivor.clock?.phase == .breached)
    }

    @Test func `undoing a merge promises anew, but only what the merge had ended`() throws {
        var (survivor, duplicate) = (try logged(priority: 1), try logged(priority: 2))
        merge(&duplicate, into: &survivor, at: at(hour))
        duplicate.commit(.merge, at: at(2 * hour)) { $0.set(.mergedInto, .text("")) }
        #expect(duplicate.clock?.phase == .running && duplicate.clock?.cycle == 2)
        #expect(duplicate.clock?.dueAt == at(6 * hour))
        #expect(duplicate.timers[duplicate.key(rung: 1, cycle: 2)] == at(6 * hour))

        var answered = try logged(priority: 2)
        answered.commit(.accept, at: at(minute))
        let met = answered.clock
        answered.commit(.merge, at: at(hour)) { $0.set(.mergedInto, Self.merge) }
        answered.commit(.merge, at: at(2 * hour)) { $0.set(.mergedInto, .text("")) }
        #expect(answered.clock == met)

        var finished = try logged(priority: 2)
        finished.commit(.merge, at: at(hour)) { $0.set(.mergedInto, Self.merge) }
        finished.commit(.merge, at: at(2 * hour)) {
            $0.set(.mergedInto, .text(""))
            $0.set(.status, .integer(TicketStatus.resolved.rawValue))
        }
        #expect(finished.clock?.phase == .cancelled, "nobody waits for an answer to it")
    }

    // MARK: what stands still

    /// A ticket of the unified profile that somebody has taken: the next report is due in four
    /// working hours.
    private func taken(at time: String) throws -> Case {
        var ticket = try Case(priority: 2, profile: Profile.builtIn("unified"))
        ticket.ticket.capturedAt = wall(time)
        ticket.set(.kind, .text("complaint"))
        ticket.set(.category, .text("attitude"))
        ticket.commit(.create, at: wall(time))
        ticket.commit(.accept, at: wall(time)) {
            $0.set(.assignee, .text("B07"))
            $0.set(.status, .integer(TicketStatus.inProgress.rawValue))
        }
        return ticket
    }

    private func progress(_ ticket: Case) -> ClockState? { ticket.ticket.clocks["progress"] }

    @Test func `T24: of a promise that stands still there is left what was left`() throws {
        var duplicate = try taken(at: "2026-11-09 09:00")
        duplicate.commit(.pause, at: wall("2026-11-09 10:00"))
        var survivor = try taken(at: "2026-11-11 10:10")
        #expect(progress(survivor)?.dueAt == wall("2026-11-11 15:40"))
        let before = progress(survivor)
        survivor.absorb(duplicate.ticket, at: wall("2026-11-11 11:00"))
        // Three hours are left of it, from 11:00 on until 15:30.
        #expect(progress(survivor)?.dueAt == wall("2026-11-11 15:30"))
        #expect(progress(survivor)?.pausedAt == nil, "nobody said that the survivor waits")
        #expect(
            survivor.timers.contains {
                $0.key.clock == "progress" && $0.value == wall("2026-11-11 15:30")
            })
        // A minute before, it has more left than the survivor's.
        var other = try taken(at: "2026-11-11 10:10")
        duplicate = try taken(at: "2026-11-09 09:00")
        duplicate.commit(.pause, at: wall("2026-11-09 09:40"))
        other.absorb(duplicate.ticket, at: wall("2026-11-11 11:00"))
        #expect(progress(other) == before)
    }

    @Test func `T24: a survivor that waits goes on waiting, with the less that is left`() throws {
        var survivor = try taken(at: "2026-11-09 09:00")
        survivor.commit(.pause, at: wall("2026-11-09 10:00"))
        let duplicate = try taken(at: "2026-11-11 09:00")
        // Two hours are left there, three here.
        survivor.absorb(duplicate.ticket, at: wall("2026-11-11 11:00"))
        #expect(progress(survivor)?.pausedAt == wall("2026-11-09 10:00"))
        #expect(!survivor.timers.keys.contains { $0.clock == "progress" })
        survivor.commit(.resume, at: wall("2026-11-12 09:00"))
        #expect(progress(survivor)?.dueAt == wall("2026-11-12 11:00"))
        // What was broken there is broken here, whoever waits.
        var waiting = try taken(at: "2026-11-09 09:00")
        waiting.commit(.pause, at: wall("2026-11-09 10:00"))
        waiting.absorb(duplicate.ticket, at: wall("2026-11-11 16:00"))
        #expect(progress(waiting)?.phase == .breached)
    }

    @Test func `T24: a promise that only the duplicate made stands still only with the survivor`()
        throws
    {
        var duplicate = try taken(at: "2026-11-09 09:00")
        duplicate.commit(.pause, at: wall("2026-11-09 10:00"))
        var survivor = try Case(priority: 2, profile: Profile.builtIn("unified"))
        survivor.absorb(duplicate.ticket, at: wall("2026-11-11 09:00"))
        #expect(progress(survivor)?.dueAt == wall("2026-11-11 12:00"))
        #expect(progress(survivor)?.pausedAt == nil)
        var waiting = try Case(priority: 2, profile: Profile.builtIn("unified"))
        waiting.commit(.pause, at: wall("2026-11-11 08:00"))
        waiting.absorb(duplicate.ticket, at: wall("2026-11-11 09:00"))
        #expect(progress(waiting)?.pausedAt == wall("2026-11-11 09:00"))
        #expect(waiting.timers.isEmpty)
        waiting.commit(.resume, at: wall("2026-11-12 10:00"))
        #expect(progress(waiting)?.dueAt == wall("2026-11-12 14:30"))
    }

    @Test func `T4: undoing a merge gives what waits back as waiting`() throws {
        var ticket = try taken(at: "2026-11-09 09:00")
        ticket.commit(.pause, at: wall("2026-11-09 10:00"))
        ticket.commit(.merge, at: wall("2026-11-10 09:00")) {
            $0.set(.mergedInto, Self.merge)
            $0.set(.status, .integer(TicketStatus.closed.rawValue))
        }
        #expect(progress(ticket)?.phase == .cancelled && progress(ticket)?.isRunning == false)
        #expect(progress(ticket)?.pausedAt == wall("2026-11-09 10:00"), "for who takes it over")
        ticket.commit(.merge, at: wall("2026-11-11 09:00")) {
            $0.set(.mergedInto, .text(""))
            $0.set(.status, .integer(TicketStatus.pending.rawValue))
        }
        #expect(progress(ticket)?.cycle == 2)
        #expect(progress(ticket)?.pausedAt == wall("2026-11-11 09:00"))
        #expect(!ticket.timers.keys.contains { $0.clock == "progress" })
        ticket.commit(.resume, at: wall("2026-11-12 09:00"))
        #expect(progress(ticket)?.dueAt == wall("2026-11-12 14:30"))
    }

    @Test func `who may merge is who may close, unless the policy says more`() throws {
        let profile = try basic.get()
        #expect(profile.allows(.merge, roles: [.clerk]))
        #expect(!profile.allows(.merge, roles: [.handler, .inspector]))
        let text = try Profile.builtInText("basic")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let older = lines.filter { !$0.hasPrefix("  merge:") }.joined(separator: "\n")
        #expect(older.utf8.count < text.utf8.count)
        let silent = try Profile(yaml: older, file: "older.yaml")
        for role in Role.allCases {
            #expect(
                silent.allows(.merge, roles: [role]) == silent.allows(.close, roles: [role]))
        }
        let strict = try Profile(
            yaml: older.replacing("  rate:", with: "  merge: [manager]\n  rate:"),
            file: "strict.yaml")
        #expect(strict.allows(.merge, roles: [.manager]))
        #expect(!strict.allows(.merge, roles: [.clerk, .supervisor]))
    }
}
