import Replication
import Testing
import TicketModel

/// The table of replication.md 3.3, row by row: registers.
@Suite struct `merge: registers` {
    // MARK: status

    @Test(arguments: [TicketStatus.assigned, .inProgress, .pending, .resolved, .escalated])
    func `a legal transition that saw the status applies`(target: TicketStatus) {
        var world = MergeWorld.withTicket()
        #expect(world.commit(.status(target), by: "a").outcome == .applied)
        #expect(world.ticket?.status == target)
    }

    @Test func `a change that was seen before the hub had committed it counts as seen`() throws {
        var world = MergeWorld.withTicket()
        let base = world.sequence
        _ = world.commit(.write(.demand, .text("退款")), by: "a", seen: base)
        let seen = try #require(world.ticket?.registers[.demand]?.stamp.operation)
        let disposition = world.commit(
            [.write(.demand, .text("换货"))], by: "b", seen: base, dependencies: [seen])
        #expect(disposition == .applied)
        #expect(world.ticket?.registers[.demand]?.alternates == [])
    }

    @Test func `a change that waits has no position to be seen at, and the future is not seen`() {
        let replica = ReplicaID(rawValue: 1)
        let view = CausalView(
            sequence: .max, dependencies: [], dot: Dot(replica: replica, counter: 5))
        let own = [(UInt64(4), true), (5, true), (6, false)]
        let others = [(Stamp.pendingSequence, false), (UInt64.max - 1, true)]
        for (counter, isSeen) in own {
            let dot = Dot(replica: replica, counter: counter)
            #expect(view.covers(stamp(Stamp.pendingSequence, dot)) == isSeen)
        }
        for (sequence, isSeen) in others {
            let dot = Dot(replica: ReplicaID(rawValue: 2), counter: 4)
            #expect(view.covers(stamp(sequence, dot)) == isSeen)
        }
    }

    private func stamp(_ sequence: UInt64, _ dot: Dot) -> Stamp {
        Stamp(
            sequence: sequence, dot: dot, operation: OperationID(rawValue: 9),
            time: HybridTimestamp(rawValue: 1), authority: .store, actor: StaffID(unchecked: "a"))
    }

    @Test func `a ticket is made once`() {
        var world = MergeWorld.withTicket([.demand: .text("退款")])
        let again = world.commit(.create(provisionalNumber: "S1-AA-0002"), by: "b")
        #expect(again == .rejected(.duplicateTicket))
        #expect(world.ticket?.text(.demand) == "退款")
    }

    @Test func `an illegal transition that saw the status is refused`() {
        var world = MergeWorld.withTicket()
        _ = world.commit(.status(.resolved), by: "a")
        let disposition = world.commit(.status(.assigned), by: "b")
        #expect(disposition == .rejected(.illegalTransition, "resolved"))
        #expect(world.ticket?.status == .resolved)
    }

    @Test func `of two concurrent statuses the one that asks for more attention stays`() {
        for first in TicketStatus.allCases where first != .closed {
            for second in TicketStatus.allCases where second != .closed && second != first {
                guard TicketStatus.new.allows(first), TicketStatus.new.allows(second) else {
                    continue
                }
                var world = MergeWorld.withTicket()
                let base = world.sequence
                _ = world.commit(.status(first), by: "a", seen: base)
                let disposition = world.commit(.status(second), by: "b", seen: base)
                let wins = second.attentionRank > first.attentionRank
                #expect(disposition.outcome == (wins ? .merged : .superseded))
                #expect(world.ticket?.status == (wins ? second : first), "\(first) \(second)")
            }
        }
    }

    @Test func `the same status twice is a merged no-op that names the status`() {
        var world = MergeWorld.withTicket()
        let base = world.sequence
        _ = world.commit(.status(.resolved), by: "a", seen: base)
        let disposition = world.commit(.status(.resolved), by: "b", seen: base)
        #expect(disposition.outcome == .merged)
        #expect(disposition.notes.first?.detail == "resolved")
    }

    @Test func `a late progress does not open a closed ticket, an escalation does`() {
        for (late, expected) in [
            (TicketStatus.inProgress, TicketStatus.closed), (.escalated, .escalated),
            (.reopened, .reopened),
        ] {
            var world = MergeWorld.withTicket()
            let base = world.sequence
            _ = world.commit(.status(.resolved), by: "a")
            _ = world.commit(.close, by: "a")
            _ = world.commit(.status(late), by: "b", seen: base)
            #expect(world.ticket?.status == expected)
        }
    }

    @Test func `a status that was not seen is not left with another one that said the same`() {
        var world = MergeWorld.withTicket()
        let base = world.sequence
        _ = world.commit(.status(.escalated), by: "a", seen: base)
        #expect(world.commit(.status(.escalated), by: "b", seen: base).outcome == .merged)
        let disposition = world.commit(.status(.resolved), by: "c", seen: base + 1)
        #expect(disposition.outcome == .superseded)
        #expect(world.ticket?.status == .escalated)
        #expect(world.commit(.status(.resolved), by: "c").outcome == .applied)
    }

    @Test func `a ticket starts as new`() {
        var world = MergeWorld()
        let disposition = world.commit(
            [.create(provisionalNumber: "N"), .status(.pending)], by: "a", act: .create)
        #expect(disposition == .rejected(.illegalTransition, ""))
    }

    @Test(arguments: [FieldValue.text("open"), .integer(99), .integer(8)])
    func `what is no status to write is refused`(value: FieldValue) {
        var world = MergeWorld.withTicket()
        #expect(
            world.commit(.write(.status, value), by: "a") == .rejected(.invalidValue, "status"))
    }

    @Test func `a status of a newer version counts as in progress`() {
        var world = MergeWorld.withTicket()
        world.ticket?.registers[.status]?.value = .integer(99)
        #expect(world.commit(.status(.inProgress), by: "a").outcome == .merged)
        #expect(world.commit(.status(.resolved), by: "a").outcome == .applied)
    }

    // MARK: owner

    @Test(arguments: [FieldID.assignee, .store, .region, .department])
    func `the higher authority keeps the owner whatever the order`(field: FieldID) {
        for managerFirst in [true, false] {
            var world = MergeWorld.withTicket([field: .text("start")])
            let base = world.sequence
            let writers: [(String, Authority)] = [("manager", .manager), ("agent", .agent)]
            for (name, authority) in managerFirst ? writers : writers.reversed() {
                _ = world.commit(
                    .write(field, .text(name)), by: name, authority: authority, seen: base)
            }
            #expect(world.ticket?.text(field) == "manager")
        }
    }

    @Test func `among equals the first claim stays and the loser is told who has it`() {
        var world = MergeWorld.withTicket()
        let base = world.sequence
        _ = world.commit([.write(.assignee, .text("A"))], by: "A", seen: base)
        let first = world.sequence
        _ = world.commit([.write(.assignee, .text("B"))], by: "B", seen: first)
        let disposition = world.commit(.write(.assignee, .text("C")), by: "C", seen: first)
        #expect(disposition.outcome == .superseded)
        #expect(disposition.notes.first?.detail == "B")
        #expect(world.ticket?.text(.assignee) == "B")
    }

    @Test func `a manager who confirms an owner keeps weaker claims away`() {
        for sees in [true, false] {
            var world = MergeWorld.withTicket()
            let base = world.sequence
            _ = world.commit(.write(.assignee, .text("A")), by: "A", authority: .agent, seen: base)
            let confirmed = world.commit(
                .write(.assignee, .text("A")), by: "boss", authority: .manager,
                seen: sees ? world.sequence : base)
            #expect(confirmed.outcome == .merged)
            let claim = world.commit(.write(.assignee, .text("B")), by: "B", seen: base)
            #expect(claim.outcome == .superseded)
            #expect(world.ticket?.text(.assignee) == "A")
        }
    }

    @Test func `who accepts what a manager gave them takes no weight off it`() {
        var world = MergeWorld.withTicket()
        let base = world.sequence
        _ = world.commit(
            .write(.assignee, .text("A")), by: "boss", authority: .manager, seen: base)
        _ = world.commit(.write(.assignee, .text("A")), by: "A", authority: .agent)
        #expect(
            world.commit(.write(.assignee, .text("B")), by: "B", seen: base).outcome == .superseded)
        let saw = world.commit(.write(.assignee, .text("C")), by: "C")
        #expect(saw.outcome == .applied)
        #expect(world.ticket?.registers[.assignee]?.alternates == [])
    }

    @Test func `who saw the manager's word only outweighs the agent who said the same`() {
        var world = MergeWorld.withTicket()
        let base = world.sequence
        _ = world.commit(
            .write(.assignee, .text("A")), by: "boss", authority: .manager, seen: base)
        let given = world.sequence
        _ = world.commit(.write(.assignee, .text("A")), by: "A", authority: .agent, seen: base)
        #expect(
            world.commit(.write(.assignee, .text("B")), by: "B", seen: given).outcome == .merged)
        #expect(world.ticket?.text(.assignee) == "B")
    }

    // MARK: numbers

    @Test func `concurrent priorities keep the higher one`() {
        for order in [[1, 3], [3, 1]] as [[Int64]] {
            var world = MergeWorld.withTicket([.priority: .integer(2)])
            let base = world.sequence
            _ = world.commit(.write(.priority, .integer(order[0])), by: "a", seen: base)
            _ = world.commit(.write(.priority, .integer(order[1])), by: "b", seen: base)
            #expect(world.ticket?.integer(.priority) == 3)
        }
    }

    @Test func `lowering a priority needs sight of the value it lowers`() {
        var world = MergeWorld.withTicket([.priority: .integer(2)])
        let base = world.sequence
        _ = world.commit(.write(.priority, .integer(3)), by: "a", seen: base)
        #expect(
            world.commit(.write(.priority, .integer(1)), by: "b", seen: base).outcome
                == .superseded)
        #expect(world.commit(.write(.priority, .integer(1)), by: "b").outcome == .applied)
    }

    @Test func `only managers lower an escalation`() {
        var world = MergeWorld.withTicket([.escalation: .integer(2)])
        #expect(
            world.commit(.write(.escalation, .integer(1)), by: "a", authority: .store)
                == .rejected(.unauthorised, "escalation"))
        #expect(
            world.commit(.write(.escalation, .integer(1)), by: "m", authority: .manager).outcome
                == .applied)
    }

    @Test(arguments: [true, false])
    func `an escalation that was not seen is not lowered with another one to the same level`(
        isLoweredByWhoKnewTheFirst: Bool
    ) {
        var world = MergeWorld.withTicket()
        let base = world.sequence
        let raise = Change.write(.escalation, .integer(1))
        _ = world.commit(raise, by: isLoweredByWhoKnewTheFirst ? "m" : "a", seen: base)
        #expect(world.commit(raise, by: "b", seen: base).outcome == .merged)
        let lowering = world.commit(
            .write(.escalation, .integer(0)), by: "m", authority: .manager, seen: base + 1)
        #expect(lowering.outcome == .superseded)
        #expect(world.ticket?.integer(.escalation) == 1)
        #expect(
            world.commit(.write(.escalation, .integer(0)), by: "m", authority: .manager).outcome
                == .applied)
    }

    @Test func `writers of one number are remembered up to the limit of alternates`() {
        var world = MergeWorld.withTicket([.priority: .integer(1)])
        let base = world.sequence
        for index in 0...(Limits.alternatesCountMax + 3) {
            let disposition = world.commit(
                .write(.priority, .integer(2)), by: "w\(index)", seen: base)
            #expect(disposition.outcome == .merged || index == 0)
        }
        #expect(
            world.ticket?.registers[.priority]?.alternates.count == Limits.alternatesCountMax)
    }

    @Test func `numbers are numbers`() {
        var world = MergeWorld.withTicket([.priority: .integer(2)])
        #expect(
            world.commit(.write(.priority, .text("high")), by: "a")
                == .rejected(.invalidValue, "field_6"))
        world.ticket?.registers[.priority]?.value = .opaque([1])
        #expect(
            world.commit(.write(.priority, .integer(1)), by: "a")
                == .rejected(.invalidValue, "field_6"))
    }

    @Test func `a lowering that loses ends the word of those whom its writer saw`() {
        var world = MergeWorld.withTicket([.priority: .integer(1)])
        let base = world.sequence
        _ = world.commit(.write(.priority, .integer(3)), by: "a", seen: base)
        let seen = world.sequence
        _ = world.commit(.write(.priority, .integer(3)), by: "b", seen: base)
        let lowering = world.commit(.write(.priority, .integer(2)), by: "c", seen: seen)
        #expect(lowering.outcome == .superseded)
        let writers = world.ticket?.registers[.priority]?.standing.map(\.stamp.actor.rawValue)
        #expect(writers == ["b"])
    }

    @Test func `who may not lower an escalation ends nobody's word either`() {
        var world = MergeWorld.withTicket()
        let base = world.sequence
        _ = world.commit(.write(.escalation, .integer(2)), by: "a", seen: base)
        let seen = world.sequence
        _ = world.commit(.write(.escalation, .integer(2)), by: "b", seen: base)
        let lowering = world.commit(
            [.write(.escalation, .integer(1))], by: "c", authority: .agent, seen: seen)
        #expect(lowering.outcome == .superseded)
        #expect(world.ticket?.registers[.escalation]?.standing.count == 2)
    }

    // MARK: texts

    @Test func `a value of a newer version meets others without words`() {
        var world = MergeWorld.withTicket([.subject: .opaque([1])])
        let base = world.sequence
        _ = world.commit(.write(.subject, .opaque([2])), by: "a", seen: base)
        let disposition = world.commit(
            .write(.subject, .text("b")), by: "b", seen: base, time: 2_000)
        #expect(disposition.notes.map(\.detail) == [""])
        #expect(world.ticket?.registers[.subject]?.alternates.map(\.value) == [.opaque([2])])
    }

    @Test(arguments: [FieldID.subject, .description, .resolution, .contact, .demand, .product])
    func `two concurrent texts are both kept and one is shown`(field: FieldID) {
        for authorities in [(Authority.agent, Authority.manager), (.manager, .agent)] {
            var world = MergeWorld.withTicket([field: .text("start")])
            let base = world.sequence
            _ = world.commit(
                .write(field, .text("first")), by: "a", authority: authorities.0, seen: base)
            _ = world.commit(
                .write(field, .text("second")), by: "b", authority: authorities.1, seen: base)
            let register = world.ticket?.registers[field]
            let shown = authorities.0 > authorities.1 ? "first" : "second"
            let kept = shown == "first" ? "second" : "first"
            #expect(register?.value == .text(shown))
            #expect(register?.alternates.map(\.value) == [.text(kept)])
        }
    }

    @Test func `equal authority is decided by time, whatever the order of arrival`() {
        for order in [[(1, "early"), (2, "late")], [(2, "late"), (1, "early")]] {
            var world = MergeWorld.withTicket([.subject: .text("start")])
            let base = world.sequence
            for (time, text) in order {
                _ = world.commit(
                    .write(.subject, .text(text)), by: text, seen: base, time: Int64(time) * 1_000)
            }
            #expect(world.ticket?.text(.subject) == "late")
            #expect(world.ticket?.registers[.subject]?.alternates.count == 1)
        }
    }

    @Test func `a text that saw both ends the conflict`() {
        var world = MergeWorld.withTicket([.subject: .text("start")])
        let base = world.sequence
        _ = world.commit(.write(.subject, .text("one")), by: "a", seen: base)
        _ = world.commit(.write(.subject, .text("two")), by: "b", seen: base)
        #expect(world.commit(.write(.subject, .text("both")), by: "a").outcome == .applied)
        #expect(world.ticket?.registers[.subject]?.alternates.isEmpty == true)
        #expect(world.ticket?.text(.subject) == "both")
    }

    @Test func `two people who empty a text both stand behind that until a text is there`() {
        var world = MergeWorld.withTicket([.subject: .text("start")])
        let base = world.sequence
        for writer in ["a", "b"] {
            _ = world.commit(.write(.subject, .text("")), by: writer, seen: base)
        }
        let writers = world.ticket?.registers[.subject]?.standing.map(\.stamp.actor.rawValue)
        #expect(writers.map(Set.init) == ["a", "b"])
        _ = world.commit(.write(.subject, .text("new")), by: "c", seen: base, time: 2_000)
        #expect(world.ticket?.text(.subject) == "new")
        #expect(world.ticket?.registers[.subject]?.alternates == [])
    }

    @Test func `the same text by two people stands until both have been seen`() {
        var world = MergeWorld.withTicket([.subject: .text("start")])
        let base = world.sequence
        _ = world.commit(.write(.subject, .text("same")), by: "a", seen: base)
        let seen = world.sequence
        #expect(
            world.commit(.write(.subject, .text("same")), by: "b", seen: base).outcome == .merged)
        #expect(world.ticket?.text(.subject) == "same")
        let disposition = world.commit(
            .write(.subject, .text("new")), by: "c", seen: seen, time: 2_000)
        #expect(disposition.outcome == .merged)
        #expect(world.ticket?.text(.subject) == "new")
        #expect(world.ticket?.registers[.subject]?.alternates.map(\.value) == [.text("same")])
    }

    @Test func `of all texts that stand the preferred one is shown, whoever was replaced`() {
        var world = MergeWorld.withTicket([.subject: .text("start")])
        let base = world.sequence
        _ = world.commit(
            .write(.subject, .text("first")), by: "m", authority: .manager, seen: base,
            time: 3_000)
        let seen = world.sequence
        _ = world.commit(
            .write(.subject, .text("second")), by: "n", authority: .manager, seen: base,
            time: 2_000)
        let disposition = world.commit(
            .write(.subject, .text("third")), by: "a", authority: .agent, seen: seen, time: 4_000)
        #expect(disposition.outcome == .superseded)
        #expect(disposition.notes.map(\.detail) == ["second"])
        #expect(world.ticket?.text(.subject) == "second")
        #expect(world.ticket?.registers[.subject]?.alternates.map(\.value) == [.text("third")])
    }

    @Test func `an emptied text that loses is not kept`() {
        for order in [["", "said"], ["said", ""]] {
            var world = MergeWorld.withTicket([.subject: .text("start")])
            let base = world.sequence
            for text in order {
                _ = world.commit(
                    .write(.subject, .text(text)), by: "w\(text)", seen: base,
                    time: text.isEmpty ? 1_000 : 2_000)
            }
            #expect(world.ticket?.text(.subject) == "said")
            #expect(world.ticket?.registers[.subject]?.alternates == [])
        }
    }

    @Test func `a text past the limit of kept versions is refused, not dropped`() {
        var world = MergeWorld.withTicket([.subject: .text("start")])
        let base = world.sequence
        for index in 0...Limits.alternatesCountMax {
            _ = world.commit(.write(.subject, .text("\(index)")), by: "w\(index)", seen: base)
        }
        let disposition = world.commit(.write(.subject, .text("x")), by: "last", seen: base)
        #expect(disposition.rejection?.code == .tooLarge)
    }

    // MARK: custom fields

    @Test func `custom fields follow the policy that is declared for them`() {
        let field = FieldID(rawValue: 1_001)
        let expected: [(MergePolicy, Disposition.Outcome, FieldValue)] = [
            (.last, .merged, .integer(4)), (.max, .superseded, .integer(5)),
            (.compareAndSet, .rejected, .integer(5)), (.keepBoth, .merged, .integer(4)),
        ]
        for (policy, outcome, value) in expected {
            var world = MergeWorld()
            world.policy = { $0 == field ? policy : MergePolicy.builtIn($0) }
            _ = world.commit(
                [.create(provisionalNumber: "N"), .write(field, .integer(1))], by: "c",
                act: .create)
            let base = world.sequence
            _ = world.commit(.write(field, .integer(5)), by: "a", seen: base)
            let disposition = world.commit(
                .write(field, .integer(4)), by: "b", seen: base, time: 2_000)
            #expect(disposition.outcome == outcome, "\(policy)")
            #expect(world.ticket?.registers[field]?.value == value, "\(policy)")
        }
    }

    @Test func `an intent falls as a whole when one of its changes is refused`() {
        var world = MergeWorld.withTicket([.subject: .text("start")])
        _ = world.commit(.status(.resolved), by: "a")
        let before = world.ticket
        let disposition = world.commit(
            [.write(.subject, .text("new")), .status(.assigned)], by: "b")
        #expect(disposition.rejection?.code == .illegalTransition)
        #expect(world.ticket == before)
    }

    @Test func `a ticket is made once, under the identity of its making, and then changed`() {
        var world = MergeWorld()
        #expect(
            world.commit(.write(.subject, .text("x")), by: "a") == .rejected(.unknownTicket, ""))
        // The first operation of a world is the ticket's own; this is the second.
        #expect(
            world.commit([.create(provisionalNumber: "N")], by: "a", act: .create)
                == .rejected(.invalidValue, "ticket"))
        world = MergeWorld.withTicket()
        #expect(
            world.commit([.create(provisionalNumber: "N")], by: "a", act: .create)
                == .rejected(.duplicateTicket, ""))
    }

    @Test func `nothing makes no ticket, and what makes one makes it once and first`() {
        let making = Change.create(provisionalNumber: "N")
        let subject = Change.write(.subject, .text("x"))
        for (changes, code) in [
            ([], RejectionCode.unknownTicket), ([subject, making], .unknownTicket),
            ([making, subject, making], .duplicateTicket),
        ] {
            var world = MergeWorld()
            #expect(world.commit(changes, by: "a", act: .create) == .rejected(code, ""))
            #expect(world.ticket == nil)
        }
    }

    @Test func `a change of a newer version is refused by its number`() {
        var world = MergeWorld.withTicket()
        #expect(
            world.commit(.unsupported(kind: 99), by: "a") == .rejected(.unsupportedKind, "99"))
    }
}
