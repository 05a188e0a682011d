import Replication
import Testing
import TicketModel

/// The table of replication.md 3.3, row by row: sets, comments, answers and closing.
@Suite struct `merge: sets, comments and closing` {
    // MARK: sets

    @Test(arguments: [FieldID.tags, .attachments])
    func `an addition survives a removal that did not see it`(field: FieldID) {
        var world = MergeWorld.withTicket()
        _ = world.commit(.add(field, .text("x")), by: "a")
        let seen = world.sequence
        _ = world.commit(.add(field, .text("x")), by: "b", seen: 1)
        let disposition = world.commit(.remove(field, .text("x")), by: "c", seen: seen)
        #expect(disposition.outcome == .merged)
        #expect(world.ticket?.sets[field]?.first?.value == .text("x"))
    }

    @Test func `a removal that saw every addition removes the element`() {
        var world = MergeWorld.withTicket()
        _ = world.commit(.add(.tags, .text("x")), by: "a")
        #expect(world.commit(.remove(.tags, .text("x")), by: "b").outcome == .applied)
        #expect(world.ticket?.tags == [])
    }

    @Test func `a removal that covers nothing is a merged no-op`() {
        var world = MergeWorld.withTicket()
        #expect(world.commit(.remove(.tags, .text("x")), by: "a").outcome == .merged)
        _ = world.commit(.add(.tags, .text("x")), by: "b")
        #expect(world.commit(.remove(.tags, .text("x")), by: "c", seen: 1).outcome == .merged)
        #expect(world.ticket?.tags == ["x"])
    }

    @Test func `adding again in sight of it does not pile up stamps`() {
        var world = MergeWorld.withTicket()
        for _ in 0..<5 { _ = world.commit(.add(.tags, .text("x")), by: "a") }
        #expect(world.ticket?.sets[.tags]?.first?.stamps.count == 1)
    }

    @Test func `a tag past the limit is refused`() {
        var world = MergeWorld.withTicket()
        for index in 0..<Limits.tagsCountMax {
            _ = world.commit(.add(.tags, .text("t\(index)")), by: "a")
        }
        #expect(
            world.commit(.add(.tags, .text("one too many")), by: "a").rejection?.code == .tooLarge)
    }

    // MARK: comments

    @Test func `concurrent comments are all kept`() {
        var world = MergeWorld.withTicket()
        for writer in ["a", "b", "c"] {
            let disposition = world.commit(
                .comment(.note, .staff, text: writer, parent: nil), by: writer, seen: 1)
            #expect(disposition.outcome == .applied)
        }
        #expect(world.ticket?.comments.map(\.text) == ["a", "b", "c"])
    }

    @Test func `an edit keeps the older text and only its author may edit`() throws {
        var world = MergeWorld.withTicket()
        _ = world.commit(.comment(.note, .staff, text: "one", parent: nil), by: "a")
        let id = try #require(world.ticket?.comments.first?.id)
        #expect(
            world.commit(.editComment(id, text: "x"), by: "b").rejection?.code == .unauthorised)
        _ = world.commit(.editComment(id, text: "two"), by: "a")
        #expect(world.ticket?.comments.first?.text == "two")
        #expect(world.ticket?.comments.first?.earlierTexts == ["one"])
    }

    @Test func `of two edits that did not see each other the later is shown and both are kept`()
        throws
    {
        for times in [(2_000, 3_000), (3_000, 2_000)] as [(Int64, Int64)] {
            var world = MergeWorld.withTicket()
            _ = world.commit(.comment(.note, .staff, text: "one", parent: nil), by: "a")
            let seen = world.sequence
            let id = try #require(world.ticket?.comments.first?.id)
            _ = world.commit(.editComment(id, text: "x"), by: "a", seen: seen, time: times.0)
            world.useOtherDevice(of: "a")
            let disposition = world.commit(
                .editComment(id, text: "y"), by: "a", seen: seen, time: times.1)
            let isLater = times.1 > times.0
            #expect(disposition.outcome == (isLater ? .merged : .superseded))
            #expect(world.ticket?.comments.first?.text == (isLater ? "y" : "x"))
            #expect(
                world.ticket?.comments.first?.earlierTexts.sorted()
                    == ["one", isLater ? "x" : "y"])
        }
    }

    @Test func `redaction blanks every version and keeps the skeleton`() throws {
        var world = MergeWorld.withTicket()
        _ = world.commit(.comment(.note, .staff, text: "secret", parent: nil), by: "a")
        let id = try #require(world.ticket?.comments.first?.id)
        _ = world.commit(.editComment(id, text: "secret 2"), by: "a")
        #expect(
            world.commit(.redactComment(id), by: "b", authority: .store).rejection?.code
                == .unauthorised)
        _ = world.commit(.redactComment(id), by: "m", authority: .manager)
        let comment = try #require(world.ticket?.comments.first)
        #expect(comment.text == "" && comment.earlierTexts == [] && comment.isRedacted)
        #expect(
            world.commit(.editComment(id, text: "back"), by: "a").rejection?.code
                == .invalidValue)
    }

    // MARK: answers of the customer

    @Test func `every answer is kept and a second one for a survey is flagged`() {
        var world = MergeWorld.withTicket()
        let answer = Change.rate(token: "t1", .satisfied, score: 9, remark: "")
        #expect(world.commit(answer, by: "a", seen: 1).outcome == .applied)
        #expect(world.commit(answer, by: "b", seen: 1).outcome == .merged)
        #expect(world.ticket?.ratings.count == 2)
    }

    // MARK: closing

    @Test func `closing in full sight of a resolved ticket closes it`() {
        var world = MergeWorld.withTicket()
        _ = world.commit(.status(.resolved), by: "a")
        #expect(world.commit(.close, by: "a").outcome == .applied)
        #expect(world.ticket?.status == .closed)
    }

    @Test func `closing what is not resolved is refused`() {
        var world = MergeWorld.withTicket()
        #expect(world.commit(.close, by: "a") == .rejected(.illegalTransition, "new"))
    }

    @Test(arguments: [
        (Change.comment(.note, .staff, text: "wait", parent: nil), "comments"),
        (.write(.escalation, .integer(1)), "escalation"),
        (.write(.assignee, .text("B")), "assignee"),
        (.write(.department, .text("D")), "department"),
    ])
    func `closing without sight of what happened meanwhile is refused`(
        meanwhile: Change, what: String
    ) {
        var world = MergeWorld.withTicket()
        _ = world.commit(.status(.resolved), by: "a")
        let seen = world.sequence
        _ = world.commit(meanwhile, by: "office", authority: .manager)
        #expect(world.commit(.close, by: "a", seen: seen) == .rejected(.staleClose, what))
        #expect(world.ticket?.status == .resolved)
    }

    @Test func `two people who close in sight of everything agree`() {
        var world = MergeWorld.withTicket()
        _ = world.commit(.status(.resolved), by: "a")
        let seen = world.sequence
        _ = world.commit(.close, by: "a", seen: seen)
        #expect(world.commit(.close, by: "b", seen: seen).outcome == .merged)
    }

    @Test func `resolving and closing in one chain needs no answer in between`() {
        var world = MergeWorld.withTicket()
        let seen = world.sequence
        _ = world.commit(.status(.resolved), by: "a", seen: seen)
        #expect(world.commit(.close, by: "a", seen: seen).outcome == .applied)
    }
}
