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

    @Test func `only sets have elements, and nothing is none`() {
        var world = MergeWorld.withTicket()
        #expect(
            world.commit(.add(.subject, .text("x")), by: "a") == .rejected(.invalidValue, "field_7")
        )
        #expect(
            world.commit(.remove(.subject, .text("x")), by: "a")
                == .rejected(.invalidValue, "field_7"))
        #expect(
            world.commit(.add(.tags, .text("")), by: "a") == .rejected(.invalidValue, "field_20"))
        #expect(
            world.commit(.write(.tags, .text("x")), by: "a") == .rejected(.invalidValue, "field_20")
        )
    }

    @Test func `a field that became a set keeps no value of its own`() {
        let field = FieldID(rawValue: 1_001)
        var world = MergeWorld()
        world.policy = { $0 == field ? .last : MergePolicy.builtIn($0) }
        _ = world.commit(
            [.create(provisionalNumber: "N"), .write(field, .text("x"))], by: "c", act: .create)
        world.policy = { $0 == field ? .set : MergePolicy.builtIn($0) }
        #expect(
            world.commit(.write(field, .text("y")), by: "a")
                == .rejected(.invalidValue, "field_1001"))
    }

    @Test func `elements may be numbers, and custom sets have their limit`() {
        let field = FieldID(rawValue: 1_001)
        var world = MergeWorld()
        world.policy = { $0 == field ? .set : MergePolicy.builtIn($0) }
        _ = world.commit([.create(provisionalNumber: "N")], by: "c", act: .create)
        let base = world.sequence
        #expect(world.commit(.remove(field, .integer(1)), by: "a").notes.map(\.detail) == [""])
        _ = world.commit(.add(field, .integer(1)), by: "a")
        #expect(world.commit(.add(field, .integer(1)), by: "b").notes.map(\.detail) == [""])
        let removal = world.commit(.remove(field, .integer(1)), by: "c", seen: base)
        #expect(removal.notes.map(\.detail) == [""])
        for index in 2...Limits.setElementsCountMax {
            _ = world.commit(.add(field, .integer(Int64(index))), by: "a")
        }
        #expect(world.commit(.add(field, .integer(0)), by: "a").rejection?.code == .tooLarge)
        for index in 0..<Limits.attachmentsCountMax {
            _ = world.commit(.add(.attachments, .text("\(index)")), by: "a")
        }
        #expect(
            world.commit(.add(.attachments, .text("x")), by: "a").rejection?.code == .tooLarge)
    }

    // MARK: comments

    @Test func `a ticket takes so many comments and answers, and no comment twice`() throws {
        var world = MergeWorld.withTicket()
        let comment = Change.comment(.note, .staff, text: "x", parent: nil)
        #expect(world.commit([comment, comment], by: "a").rejection?.code == .tooLarge)
        let answer = Change.rate(token: "t", .satisfied, score: nil, remark: "")
        for _ in 0..<Limits.ratingsCountMax { _ = world.commit(answer, by: "a") }
        #expect(world.commit(answer, by: "a") == .rejected(.tooLarge, "ratings"))
        _ = world.commit(comment, by: "a")
        let first = try #require(world.ticket?.comments.first)
        world.ticket?.comments = Array(repeating: first, count: Limits.commentsCountMax)
        #expect(world.commit(comment, by: "a") == .rejected(.tooLarge, "comments"))
    }

    @Test func `a comment has so many versions`() throws {
        var world = MergeWorld.withTicket()
        _ = world.commit(.comment(.note, .staff, text: "x", parent: nil), by: "a")
        let id = try #require(world.ticket?.comments.first?.id)
        for _ in 0..<Limits.commentVersionsCountMax {
            #expect(world.commit(.editComment(id, text: "y"), by: "a").outcome == .applied)
        }
        #expect(
            world.commit(.editComment(id, text: "z"), by: "a") == .rejected(.tooLarge, "comment"))
    }

    @Test func `what is not there cannot be edited or redacted`() {
        var world = MergeWorld.withTicket()
        let id = OperationID(rawValue: 99)
        #expect(
            world.commit(.editComment(id, text: "x"), by: "a")
                == .rejected(.invalidValue, "comment"))
        #expect(
            world.commit(.redactComment(id), by: "a") == .rejected(.invalidValue, "comment"))
    }

    @Test func `a redaction of what is redacted is a merged no-op, and authors may redact`() throws
    {
        var world = MergeWorld.withTicket()
        _ = world.commit(.comment(.note, .staff, text: "x", parent: nil), by: "a")
        let id = try #require(world.ticket?.comments.first?.id)
        #expect(world.commit(.redactComment(id), by: "a").outcome == .applied)
        #expect(
            world.commit(.redactComment(id), by: "m", authority: .manager).outcome == .merged)
    }

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

    @Test func `closing what never had a status is refused`() {
        var world = MergeWorld()
        _ = world.commit([.create(provisionalNumber: "N")], by: "a", act: .create)
        #expect(world.commit(.close, by: "a") == .rejected(.staleClose, "status"))
    }

    @Test func `closing with an unseen edit of a comment is refused`() throws {
        var world = MergeWorld.withTicket()
        _ = world.commit(.comment(.note, .staff, text: "x", parent: nil), by: "a")
        _ = world.commit(.status(.resolved), by: "a")
        let (seen, id) = (world.sequence, try #require(world.ticket?.comments.first?.id))
        _ = world.commit(.editComment(id, text: "y"), by: "a")
        #expect(world.commit(.close, by: "b", seen: seen) == .rejected(.staleClose, "comments"))
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

    @Test func `where the hub's rules put a case is no decision that a closer must have seen`() {
        for (field, isRefused) in [(FieldID.department, false), (.assignee, true)] {
            var world = MergeWorld.withTicket()
            _ = world.commit(.status(.resolved), by: "a")
            let seen = world.sequence
            let hub = StaffID.hub.rawValue
            _ = world.commit(.write(field, .text("D")), by: hub, authority: .hub)
            let answer = world.commit(.close, by: "a", seen: seen)
            #expect(answer.isAccepted != isRefused, "\(field)")
        }
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
