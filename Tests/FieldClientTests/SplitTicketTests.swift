import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy

/// A part of a case becomes a ticket of its own (domain.md G19).
@Suite struct SplitTicketTests {
    private typealias Scene = MergedTicketTests.Scene

    private func part(_ text: String = "包装也破了", note: String = "") -> NewTicket {
        NewTicket(
            fields: [.subject: .text(text), .description: .text(text)], tags: ["包装"], note: note)
    }

    @Test func `both tickets name each other, and the customer is the same`() throws {
        let scene = try Scene()
        let split = try scene.store.desk.split(
            scene.one, into: part(note: "另一个问题"), by: scene.store.staff)
        let id = split.part.ticket.id
        #expect(split.part.ticket.text(.contact) == "王先生 139", "at once, before any sync")
        try scene.world.settle()
        let (made, original) = (try scene.ticket(id), try scene.ticket(scene.one))
        #expect(made.splitFrom == scene.one && made.number != nil)
        #expect(made.text(.description) == "包装也破了" && made.text(.product) == "X1")
        #expect(made.text(.store) == original.text(.store))
        #expect(made.department == original.department)
        #expect(made.assignee == nil && made.status == .new && made.tags == ["包装"])
        #expect(
            try made.systemNotes == [
                SystemNote(.splitFrom, scene.number(scene.one), reason: "另一个问题")
            ])
        let note = try #require(original.systemNotes.last)
        #expect(note == SystemNote(.splitInto, made.provisionalNumber, reason: "另一个问题"))
        #expect(original.status != .closed && original.text(.description) == "屏幕不亮")
        for client in scene.world.clients {
            #expect(try scene.lookUp(note.number, at: client) == id)
        }
        #expect(made.clocks["response"]?.phase == .running && made.clocks["response"]?.cycle == 1)
        try scene.checkAgreement()
    }

    @Test func `merging the part into the original undoes a split`() throws {
        let scene = try Scene()
        let split = try scene.store.desk.split(scene.one, into: part(), by: scene.store.staff)
        try scene.world.settle()
        try scene.merge(split.part.ticket.id, into: scene.one)
        try scene.world.settle()
        let number = split.part.ticket.provisionalNumber
        #expect(try scene.lookUp(number, at: scene.agent) == scene.one)
        #expect(try scene.ticket(split.part.ticket.id).mergedInto == scene.one)
        try scene.checkAgreement()
    }

    @Test func `another category is routed anew, a handler's part is theirs`() throws {
        let scene = try Scene()
        var other = part()
        other.fields[.category] = .text("attitude")
        let routed = try scene.store.desk.split(scene.one, into: other, by: scene.store.staff)
        let own = try scene.agent.desk.split(scene.two, into: part(), by: scene.agent.staff)
        try scene.world.settle()
        #expect(
            try scene.ticket(routed.part.ticket.id).department != scene.ticket(scene.one).department
        )
        #expect(try scene.ticket(own.part.ticket.id).assignee == scene.agent.staff)
        #expect(try scene.ticket(own.part.ticket.id).status == .assigned)
        try scene.checkAgreement()
    }

    @Test func `a part must be described, and a merged ticket is split where its case goes on`()
        throws
    {
        let scene = try Scene()
        let empty = NewTicket(fields: [.subject: .text("x")])
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.store.desk.split(scene.one, into: empty, by: scene.store.staff)
        }
        #expect(refusal?.rejection.code == .missingField)
        #expect(refusal?.fields == [.description])
        try scene.merge()
        let merged = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.office.desk.split(scene.one, into: part(), by: scene.office.staff)
        }
        #expect(
            merged?.rejection == Rejection(code: .mergedTicket, detail: try scene.number(scene.two))
        )
    }

    @Test func `a split that did not know of a merge is kept, and its note follows`() throws {
        let scene = try Scene()
        let split = try scene.store.desk.split(scene.one, into: part(), by: scene.store.staff)
        try scene.merge()
        try scene.office.sync()
        try scene.store.sync()
        try scene.world.settle()
        let made = try scene.ticket(split.part.ticket.id)
        #expect(made.splitFrom == scene.one)
        #expect(try scene.ticket(scene.two).systemNotes.last?.number == made.provisionalNumber)
        try scene.checkAgreement()
    }

    @Test func `a split that is refused is one draft, and tried again it names its new number`()
        throws
    {
        let scene = try Scene()
        let split = try scene.store.desk.split(scene.one, into: part(), by: scene.store.staff)
        // The office takes the channel out of the policy, and puts it back.
        let policy = try Profile.builtInText("basic")
        let without = policy.replacing("  store: {zh: 门店, en: store}\n", with: "")
        try scene.world.perform(
            .loadPolicy(yaml: without.replacing("version: 1", with: "version: 2")))
        try scene.store.sync()
        try scene.world.perform(
            .loadPolicy(yaml: policy.replacing("version: 1", with: "version: 3")))
        try scene.world.settle()
        let story = try #require(try scene.store.desk.draftStories().first)
        #expect(story.drafts.count == 2)
        #expect(try scene.world.ticket(split.part.ticket.id) == nil)
        #expect(try scene.ticket(scene.one).systemNotes == [])
        let written = try scene.store.desk.retry(story.main, by: scene.store.staff)
        try scene.world.settle()
        let made = try scene.ticket(written[0].ticket.id)
        #expect(made.provisionalNumber != split.part.ticket.provisionalNumber)
        #expect(try scene.ticket(scene.one).systemNotes.map(\.number) == [made.provisionalNumber])
        #expect(try scene.store.desk.drafts() == [])
        try scene.checkAgreement()
    }

    @Test func `what the program notes is written and edited by nobody`() throws {
        let scene = try Scene()
        for note in ["x", SystemNote(.mergedFrom, "CS1").text, SystemNote(.splitFrom, "CS1").text] {
            let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
                try scene.office.write(
                    .note, [.comment(.system, .staff, text: note, parent: nil)], on: scene.one)
            }
            #expect(refusal?.rejection == Rejection(code: .invalidValue, detail: "comment"))
        }
        try scene.merge()
        let own = try #require(try scene.office.visible(scene.two)?.comments.last)
        #expect(own.stamp.actor == scene.office.staff && own.kind == .system)
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.office.write(.note, [.editComment(own.id, text: "y")], on: scene.two)
        }
        #expect(refusal?.rejection == Rejection(code: .invalidValue, detail: "comment"))
    }
}
