import Replication
import Testing
import TicketModel
import Wire

/// Making one ticket of two and undoing it: every rule and every refusal (domain.md G19, T25).
@Suite struct `merge: tickets of one case` {
    private let one = PairWorld.one
    private let two = PairWorld.two
    private let three = PairWorld.three

    private func number(_ id: TicketID) -> String { "CS20231115000\(id.rawValue)" }

    // MARK: merging

    @Test func `the duplicate is closed and points on, the survivor takes its numbers`() {
        var world = PairWorld()
        #expect(world.merge(one, into: two, reason: "同一投诉") == [.applied, .applied])
        let (ended, goes) = (world[one], world[two])
        #expect(ended.mergedInto == two && ended.status == .closed)
        #expect(ended.integer(.statusBeforeMerge) == TicketStatus.new.rawValue)
        #expect(ended.systemNotes == [SystemNote(.mergedInto, number(two), reason: "同一投诉")])
        #expect(goes.formerNumbers == [number(one), "S1-AA-0001"])
        #expect(goes.systemNotes == [SystemNote(.mergedFrom, number(one))])
        #expect(goes.status == .new && !goes.isMerged)
        #expect(ended.allNumbers == [number(one), "S1-AA-0001"], "it keeps its own too")
    }

    @Test func `numbers that the duplicate had taken over go on with it`() {
        var world = PairWorld()
        world.merge(one, into: two)
        world.merge(two, into: three)
        #expect(Set(world[three].allNumbers).isSuperset(of: world[one].allNumbers))
        #expect(Set(world[three].allNumbers).isSuperset(of: world[two].allNumbers))
    }

    @Test func `of two merges into different tickets the first stays`() {
        var world = PairWorld()
        let seen = world.sequence
        world.merge(one, into: two, by: "a", seen: seen)
        let second = world.merge(one, into: three, by: "b", seen: seen)
        #expect(second == [.rejected(.mergedTicket, number(two))])
        #expect(world[one].mergedInto == two && world[three].formerNumbers == [])
        // The duplicate's own half is as strict.
        world.edit(three) { $0.formerNumbers = ["S1-AA-0001"] }
        #expect(
            world.commit([.merge(into: three, reason: "")], on: one, by: "b", seen: seen)
                == .rejected(.mergedTicket, number(two)))
    }

    @Test func `two merges into the same ticket are one`() {
        var world = PairWorld()
        let seen = world.sequence
        world.merge(one, into: two, by: "a", seen: seen)
        let before = (world[one], world[two])
        let second = world.merge(one, into: two, by: "b", seen: seen)
        #expect(second.map(\.outcome) == [.merged, .merged])
        #expect(second.map(\.notes.first?.detail) == [number(one), number(two)])
        #expect(world[one] == before.0 && world[two] == before.1)
    }

    @Test func `a half that came back alone is completed by the other`() {
        var world = PairWorld()
        world.merge(one, into: two)
        world.edit(two) { $0.formerNumbers = [] }
        #expect(world.commit([.absorb(one)], on: two, by: "office") == .applied)
        #expect(world[two].formerNumbers == world[one].allNumbers.sorted())
    }

    @Test func `a ticket cannot be merged into itself, nor in a circle`() {
        var world = PairWorld()
        #expect(
            world.commit([.absorb(one)], on: one, by: "a") == .rejected(.invalidValue, "ticket"))
        #expect(
            world.commit([.merge(into: one, reason: "")], on: one, by: "a")
                == .rejected(.invalidValue, "ticket"))
        let seen = world.sequence
        world.merge(one, into: two, by: "a", seen: seen)
        world.merge(two, into: three, by: "a")
        // Written before anybody knew: three into one, whose case goes on in three by now.
        #expect(
            world.commit([.merge(into: one, reason: "")], on: three, by: "b", seen: seen)
                == .rejected(.mergedTicket, number(three)))
    }

    @Test func `a merge needs both tickets and both halves`() {
        var world = PairWorld()
        let nobody = TicketID(rawValue: 99)
        #expect(world.commit([.absorb(nobody)], on: one, by: "a") == .rejected(.unknownTicket))
        #expect(
            world.commit([.merge(into: nobody, reason: "")], on: one, by: "a")
                == .rejected(.unknownTicket))
        #expect(
            world.commit([.merge(into: two, reason: "")], on: one, by: "a")
                == .rejected(.invalidValue, "group"), "the other one has not taken it over")
    }

    @Test func `open work does not vanish into a closed ticket`() {
        var world = PairWorld()
        world.edit(two) { $0.set(.status, .integer(TicketStatus.closed.rawValue)) }
        #expect(world.merge(one, into: two) == [.rejected(.illegalTransition, "closed")])
        world.edit(one) { $0.set(.status, .integer(TicketStatus.resolved.rawValue)) }
        #expect(world.merge(one, into: two) == [.applied, .applied])
        #expect(world[one].status == .closed)
    }

    @Test func `who merges is told of what they had not read`() {
        var world = PairWorld()
        let seen = world.sequence
        world.commit([.comment(.note, .staff, text: "等等", parent: nil)], on: one, by: "b")
        let answers = world.merge(one, into: two, seen: seen)
        #expect(answers[1].outcome == .merged)
        #expect(answers[1].notes.map(\.detail) == ["comments"])
        #expect(world[one].comments.map(\.text).first == "等等", "it stays where it was said")
    }

    @Test func `a text that was edited since has not been read`() throws {
        var world = PairWorld()
        world.commit([.comment(.note, .staff, text: "等等", parent: nil)], on: one, by: "b")
        let seen = world.sequence
        let id = try #require(world[one].comments.first?.id)
        world.commit([.editComment(id, text: "不用等")], on: one, by: "b")
        #expect(world.merge(one, into: two, seen: seen)[1].notes.map(\.detail) == ["comments"])
        #expect(world.merge(three, into: two)[1] == .applied)
    }

    @Test func `a ticket answers to no more numbers than it can carry`() {
        var world = PairWorld()
        let many = (2...Limits.formerNumbersCountMax).map { "N\($0)" }
        world.edit(two) { $0.formerNumbers = many }
        #expect(world.merge(one, into: two) == [.rejected(.tooLarge, "numbers")])
        world.edit(two) { $0.formerNumbers.removeLast() }
        #expect(world.merge(one, into: two) == [.applied, .applied])
    }

    @Test func `why somebody else did the same is kept too, while there is room`() throws {
        var world = PairWorld()
        let seen = world.sequence
        world.merge(one, into: two, by: "a", seen: seen)
        let answers = world.merge(one, into: two, by: "b", seen: seen, reason: "同一订单")
        #expect(answers.map(\.outcome) == [.merged, .merged])
        #expect(world[one].systemNotes.last == SystemNote(.mergedInto, number(two), reason: "同一订单"))
        try world.fillWithComments(one)
        let late = world.merge(one, into: two, by: "c", seen: seen, reason: "同一人")
        #expect(late.last == .rejected(.tooLarge, "comments"))
    }

    @Test func `a merge that finds no room for its note is refused`() throws {
        var world = PairWorld()
        try world.fillWithComments(one)
        #expect(world.merge(one, into: two) == [.applied, .rejected(.tooLarge, "comments")])
        #expect(!world[one].isMerged)
    }

    @Test func `numbers that are there already are not taken over again`() {
        var world = PairWorld()
        let names = world[one].allNumbers
        world.edit(two) { $0.formerNumbers = names }
        #expect(world.merge(one, into: two) == [.applied, .applied])
        #expect(world[two].formerNumbers == names && world[one].mergedInto == two)
    }

    @Test func `a survivor that is not known here stays the survivor`() {
        var world = PairWorld()
        let nobody = FieldValue.text(TicketID(rawValue: 99).description)
        world.edit(one) { $0.set(.mergedInto, nobody) }
        let before = world[one]
        #expect(world.commit([.absorb(one)], on: two, by: "a") == .rejected(.mergedTicket))
        #expect(
            world.commit([.merge(into: two, reason: "")], on: one, by: "a")
                == .rejected(.mergedTicket))
        #expect(
            world.commit([.unmerge(reason: "")], on: one, by: "a", seen: 0)
                == .rejected(.staleValue))
        #expect(world[one] == before)
    }

    @Test func `tickets that point at each other are followed once round`() {
        var world = PairWorld()
        for (ticket, next) in [(one, two), (two, one)] {
            world.edit(ticket) { $0.set(.mergedInto, .text(next.description)) }
        }
        let names = world[one].allNumbers
        world.edit(three) { $0.formerNumbers = names }
        #expect(
            world.commit([.merge(into: one, reason: "")], on: three, by: "a")
                == .rejected(.unknownTicket), "the case goes on nowhere")
        #expect(world.commit([.release(one)], on: three, by: "a").outcome == .merged)
        #expect(world[three].formerNumbers == names)
    }

    @Test func `a replica follows a case as far as it holds it`() throws {
        var world = PairWorld()
        world.merge(one, into: two)
        let store = InMemoryReplicaStorage(codec: ProtobufCodec())
        func end(_ id: TicketID) throws -> TicketID? {
            try store.read { try $0.end(of: world[id])?.id }
        }
        try store.transaction { try $0.saveBase(world[one]) }
        #expect(try end(one) == nil, "the survivor is not in its scopes")
        try store.transaction { try $0.saveBase(world[two]) }
        #expect(try end(one) == two && end(two) == two)
        world.edit(two) { $0.set(.mergedInto, .text(one.description)) }
        try store.transaction { try $0.saveBase(world[two]) }
        #expect(try end(one) == nil && end(two) == nil, "a circle has no end")
    }

    @Test func `a ticket that nobody has made takes over nothing`() {
        var world = PairWorld()
        let nobody = TicketID(rawValue: 99)
        #expect(world.commit([.absorb(one)], on: nobody, by: "a") == .rejected(.unknownTicket))
    }

    // MARK: both halves

    private func body(_ ticket: TicketID, _ changes: [Change]) -> IntentBody {
        let time = Timestamp(milliseconds: 0)
        return IntentBody(
            operation: OperationID(rawValue: 1), ticket: ticket, act: .merge,
            actor: StaffID(unchecked: "a"), time: HybridTimestamp(time),
            captured: CapturedTime(wall: time, offsetMilliseconds: nil), changes: changes)
    }

    @Test func `a half belongs to the other half behind or before it, and to no other`() {
        let takes = body(two, [.absorb(one)])
        let ends = body(one, [.merge(into: two, reason: "")])
        let gives = body(two, [.release(one)])
        let stands = body(one, [.unmerge(reason: "")])
        let note = body(one, [.comment(.note, .staff, text: "x", parent: nil)])
        let whole: [[IntentBody]] = [
            [], [note], [takes, ends], [gives, stands], [takes, note, ends],
            [takes, ends, gives, stands], [gives, note, stands, note],
            // Wherever the case went on: its numbers go back from all the way.
            [body(three, gives.changes), stands],
        ]
        for bodies in whole { #expect(bodies.haveBothHalves, "\(bodies.map(\.changes))") }
        let others = [body(one, [.merge(into: three, reason: "")]), body(three, ends.changes)]
        let torn: [[IntentBody]] = [
            [takes], [ends], [gives], [stands], [ends, takes], [stands, gives], [takes, note],
            [note, ends], [gives, note], [takes, stands], [gives, ends],
            [body(three, takes.changes), ends],
            [takes, others[0]], [takes, others[1]],
            [body(two, [.absorb(three)]), ends], [body(two, [.release(three)]), stands],
        ]
        for bodies in torn { #expect(!bodies.haveBothHalves, "\(bodies.map(\.changes))") }
    }

    // MARK: after the merge

    /// What is written to a merged ticket and belongs to its case.
    private static let elsewhere: [Change] = [
        .comment(.note, .staff, text: "x", parent: nil), .add(.tags, .text("x")),
        .add(.attachments, .text("x")),
    ]
    private static let decisions: [Change] = [
        .write(.demand, .text("x")), .write(.status, .integer(TicketStatus.inProgress.rawValue)),
        .remove(.tags, .text("x")), .close, .add(FieldID(rawValue: 1_000), .text("x")),
        .rate(token: "t", .satisfied, score: nil, remark: ""),
        .editComment(OperationID(rawValue: 100), text: "x"),
    ]

    @Test(arguments: elsewhere + decisions)
    func `in sight of the merge nothing is written to the duplicate`(change: Change) {
        var world = PairWorld()
        world.merge(one, into: two)
        world.merge(two, into: three)
        let before = world[one]
        #expect(
            world.commit([change], on: one, by: "b") == .rejected(.mergedTicket, number(three)))
        #expect(world[one] == before)
    }

    @Test(arguments: decisions)
    func `decisions of who had not seen the merge are refused too`(change: Change) {
        var world = PairWorld()
        let seen = world.sequence
        world.merge(one, into: two)
        let mixed: [[Change]] = [
            [change], [.comment(.note, .staff, text: "x", parent: nil), change],
        ]
        for changes in mixed {
            #expect(
                world.commit(changes, on: one, by: "b", seen: seen)
                    == .rejected(.mergedTicket, number(two)))
        }
    }

    @Test(arguments: elsewhere)
    func `words of who had not seen the merge are shown on the duplicate until the hub moves them`(
        change: Change
    ) {
        var world = PairWorld()
        let seen = world.sequence
        world.merge(one, into: two)
        #expect(world.commit([change], on: one, by: "b", seen: seen) == .applied)
        #expect(world[one].isMerged)
    }

    @Test func `two tickets that take each other over do it once`() {
        var world = PairWorld()
        let seen = world.sequence
        world.merge(one, into: two, by: "a", seen: seen)
        // Its case goes on in two, which shall not take over itself.
        let before = world[two]
        let answer = world.commit(
            [.absorb(two)], on: one, by: "b", seen: seen, redirectedTo: two)
        #expect(answer == .rejected(.mergedTicket, number(two)))
        #expect(world[two] == before)
    }

    @Test func `a survivor that is not known has no number to name`() {
        var world = PairWorld()
        world.edit(one) { $0.set(.mergedInto, .text(TicketID(rawValue: 99).description)) }
        #expect(world.commit([.close], on: one, by: "b") == .rejected(.mergedTicket))
    }

    @Test func `what must go can be taken out of a merged ticket`() throws {
        var world = PairWorld()
        world.commit([.comment(.note, .staff, text: "秘密", parent: nil)], on: one, by: "b")
        let id = try #require(world[one].comments.first?.id)
        world.merge(one, into: two)
        #expect(world.commit([.redactComment(id)], on: one, by: "b") == .applied)
        #expect(world[one].comments.first?.text == "")
    }

    // MARK: undoing

    @Test(arguments: [TicketStatus.new, .inProgress, .resolved, .escalated, .closed])
    func `undoing gives back the status and the numbers`(status: TicketStatus) {
        var world = PairWorld()
        world.edit(one) { $0.set(.status, .integer(status.rawValue)) }
        world.merge(one, into: two)
        #expect(world.unmerge(one, from: two) == [.applied, .applied])
        #expect(!world[one].isMerged && world[one].status == status)
        #expect(world[two].formerNumbers == [] && world[two].mergedNumbers == [])
        #expect(
            world[one].systemNotes.map(\.key) == [.mergedInto, .unmergedFrom])
        #expect(
            world.commit([.write(.demand, .text("x"))], on: one, by: "b") == .applied,
            "it is worked on again")
        #expect(world.merge(one, into: three) == [.applied, .applied], "and can be merged again")
    }

    @Test func `undoing what is undone changes nothing`() {
        var world = PairWorld()
        world.merge(one, into: two)
        world.unmerge(one, from: two)
        let before = (world[one], world[two])
        #expect(world.unmerge(one, from: two, by: "b").map(\.outcome) == [.merged, .merged])
        #expect(world[one] == before.0 && world[two] == before.1)
    }

    @Test func `undoing what never was merged says nothing`() {
        var world = PairWorld()
        let before = world[one]
        let answer = world.commit([.unmerge(reason: "弄错")], on: one, by: "a")
        #expect(answer.outcome == .merged && answer.notes.map(\.detail) == [""])
        #expect(world[one] == before)
    }

    @Test func `why somebody else undid the same is kept too, while there is room`() throws {
        var world = PairWorld()
        world.merge(one, into: two)
        world.unmerge(one, from: two)
        let undo = Change.unmerge(reason: "两件事")
        #expect(world.commit([undo], on: one, by: "b").outcome == .merged)
        #expect(
            world[one].systemNotes.last == SystemNote(.unmergedFrom, number(two), reason: "两件事"))
        try world.fillWithComments(one)
        #expect(world.commit([undo], on: one, by: "c") == .rejected(.tooLarge, "comments"))
    }

    @Test func `a ticket that was merged in an unknown status is opened again`() {
        var world = PairWorld()
        world.merge(one, into: two)
        world.edit(one) { $0.registers[.statusBeforeMerge] = nil }
        world.unmerge(one, from: two)
        #expect(world[one].status == .reopened)
    }

    @Test func `only a merge that was seen is undone`() {
        var world = PairWorld()
        world.merge(one, into: two)
        let seen = world.sequence
        world.unmerge(one, from: two)
        world.merge(one, into: three)
        #expect(
            world.commit([.unmerge(reason: "")], on: one, by: "b", seen: seen)
                == .rejected(.staleValue, number(three)))
    }

    @Test func `a merge that had not seen another one undone is refused`() {
        var world = PairWorld()
        let seen = world.sequence
        world.merge(one, into: two)
        world.unmerge(one, from: two)
        let answers = world.merge(one, into: three, by: "b", seen: seen)
        #expect(answers == [.applied, .rejected(.staleValue, "unmerged")])
        #expect(!world[one].isMerged)
    }

    @Test func `a merge that the case has moved on from is no half of one`() {
        var world = PairWorld()
        world.merge(one, into: two)
        world.merge(two, into: three)
        #expect(world.commit([.absorb(one)], on: three, by: "b").outcome == .merged)
        #expect(world[three].systemNotes.count == 1)
        // What the survivor tells of last is something else.
        world.unmerge(two, from: three)
        #expect(world.commit([.absorb(one)], on: two, by: "b").outcome == .merged)
        #expect(world[two].systemNotes.count { $0.key == .mergedFrom } == 1)
    }

    @Test func `a note that came back before its change is there once`() {
        var world = PairWorld()
        world.merge(one, into: two)
        guard let note = world[two].comments.last else {
            return #expect(Bool(false), "the survivor tells of the merge")
        }
        // The same operation comes again to a ticket that has its note and nothing else of it.
        var fresh = PairWorld()
        fresh.edit(two) { $0.comments = [note] }
        fresh.merge(one, into: two)
        #expect(fresh[two].comments.map(\.id) == [note.id])
    }

    @Test func `a release takes no more than was taken over`() {
        var world = PairWorld()
        world.edit(two) { $0.formerNumbers = ["OLD"] }
        world.merge(one, into: two)
        world.merge(three, into: two)
        world.unmerge(one, from: two)
        #expect(Set(world[two].formerNumbers) == Set(["OLD"] + world[three].allNumbers))
        let nobody = TicketID(rawValue: 99)
        #expect(world.commit([.release(nobody)], on: two, by: "a") == .rejected(.unknownTicket))
    }

    @Test func `a release of a ticket that stands for itself takes its numbers away`() {
        var world = PairWorld()
        // Its own half of the undoing came back alone.
        let names = world[one].allNumbers
        world.edit(two) { $0.formerNumbers = names }
        #expect(world.commit([.release(one)], on: two, by: "a") == .applied)
        #expect(world[two].formerNumbers == [])
    }

    @Test func `a release of a ticket that was merged into another one changes nothing`() {
        var world = PairWorld()
        world.merge(one, into: three)
        // The numbers came here in another life of the log.
        let names = world[one].allNumbers
        world.edit(two) { $0.formerNumbers = names }
        let before = world[two]
        let answer = world.commit([.release(one)], on: two, by: "a")
        #expect(answer.outcome == .merged && answer.notes.map(\.detail) == [number(one)])
        #expect(world[two] == before)
    }

    @Test func `a ticket that went on into the other one gives it none of its numbers`() {
        var world = PairWorld()
        world.merge(three, into: one)
        world.merge(one, into: two)
        let before = world[one]
        // Somebody offline had merged the second into the first, and undoes it.
        let answer = world.commit([.release(two)], on: one, by: "a")
        #expect(answer.outcome == .merged)
        #expect(world[one] == before && world[one].formerNumbers == world[three].allNumbers)
    }

    @Test func `effects applied twice change nothing`() {
        var world = PairWorld()
        world.merge(one, into: two)
        var ticket = world[two]
        ticket.apply(.named(["N1", "N2"]))
        let named = ticket
        ticket.apply(.named(["N1", "N2"]))
        #expect(ticket == named)
        ticket.apply(.unnamed(["N1", "N9"]))
        let unnamed = ticket
        ticket.apply(.unnamed(["N1", "N9"]))
        #expect(ticket == unnamed && ticket.formerNumbers.contains("N2"))
    }
}

extension Ticket {
    /// Sets a field as if it had been so from the start.
    fileprivate mutating func set(_ field: FieldID, _ value: FieldValue) {
        registers[field] = Register(
            value: value,
            stamp: registers[field]?.stamp
                ?? Stamp(
                    sequence: 1, dot: Dot(replica: ReplicaID(rawValue: 1), counter: 1),
                    operation: OperationID(rawValue: 1), time: HybridTimestamp(rawValue: 1),
                    authority: .store, actor: StaffID(unchecked: "clerk")))
    }
}

extension PairWorld {
    /// Lets a ticket have as many comments as it may.
    fileprivate mutating func fillWithComments(_ id: TicketID) throws {
        commit([.comment(.note, .staff, text: "x", parent: nil)], on: id, by: "clerk")
        let comment = try #require(self[id].comments.last)
        edit(id) { ticket in
            let missing = Limits.commentsCountMax - ticket.comments.count
            ticket.comments.insert(contentsOf: Array(repeating: comment, count: missing), at: 0)
        }
    }
}
