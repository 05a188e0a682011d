import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy
import Wire

/// One case that was logged twice, through both loops: merging, what comes late, and undoing
/// (domain.md G19, T24, T25).
@Suite struct MergedTicketTests {
    /// A store and an agent who hold two tickets of one case, and a supervisor who merges.
    struct Scene {
        let world: SyncWorld
        let store: SyncClient
        let agent: SyncClient
        let office: SyncClient
        /// The duplicate, and the ticket that goes on.
        let one: TicketID
        let two: TicketID
        let three: TicketID

        init() throws {
            world = try SyncWorld()
            (store, agent, office) = (
                try world.clerk(), try world.agent(), try world.supervisor()
            )
            (one, two, three) = (
                try store.logComplaint(), try store.logComplaint(), try store.logComplaint()
            )
            try world.settle()
        }

        func merge(_ duplicate: TicketID? = nil, into survivor: TicketID? = nil) throws {
            _ = try office.desk.merge(
                duplicate ?? one, into: survivor ?? two, reason: "同一投诉", by: office.staff)
        }

        func unmerge(_ duplicate: TicketID? = nil) throws {
            _ = try office.desk.unmerge(duplicate ?? one, reason: "", by: office.staff)
        }

        func ticket(_ id: TicketID) throws -> Ticket { try #require(try world.ticket(id)) }

        func number(_ id: TicketID) throws -> String { try ticket(id).displayNumber }

        func note(_ text: String, on id: TicketID, by client: SyncClient) throws {
            _ = try client.desk.note(text, isForCustomer: false, on: id, by: client.staff)
        }

        /// What people wrote on a ticket.
        func texts(_ id: TicketID) throws -> [String] {
            try ticket(id).comments.filter { $0.kind != .system }.map(\.text)
        }

        func checkAgreement() throws {
            try world.checkAgreement()
        }

        /// Where a number leads on a device.
        func lookUp(_ number: String, at client: SyncClient) throws -> TicketID {
            try client.desk.find(number).ticket.id
        }
    }

    // MARK: Merging

    @Test func `a merge is one act on both tickets, on every replica`() throws {
        let scene = try Scene()
        let numbers = try scene.ticket(scene.one).allNumbers
        try scene.merge()
        #expect(try scene.office.visible(scene.one)?.isMerged == true, "at once, before any sync")
        #expect(try scene.lookUp(numbers[0], at: scene.office) == scene.two)
        try scene.world.settle()
        let (ended, goes) = (try scene.ticket(scene.one), try scene.ticket(scene.two))
        #expect(ended.mergedInto == scene.two && ended.status == .closed)
        #expect(Set(goes.formerNumbers) == Set(numbers))
        #expect(ended.clocks["response"]?.phase == .cancelled)
        #expect(ended.clocks["response"]?.reason == ClockState.mergedReason)
        #expect(try scene.world.hubStore.read { try $0.timers(of: scene.one) } == [])
        try scene.checkAgreement()
        for client in scene.world.clients {
            for number in numbers {
                let found = try client.desk.find(number)
                #expect(found.ticket.id == scene.two && found.redirectedFrom == numbers[0])
                let itself = try client.desk.find(number, followingMerges: false)
                #expect(itself.ticket.id == scene.one && itself.redirectedFrom == nil)
            }
            let identity = String(scene.one.description)
            #expect(try client.desk.find(identity).ticket.id == scene.one)
            #expect(try client.desk.find(ended.provisionalNumber).ticket.id == scene.two)
        }
    }

    @Test func `the survivor keeps the earlier promise, and escalates by it once`() throws {
        let scene = try Scene()
        let urgent = try scene.store.logComplaint(priority: 3)
        try scene.world.settle()
        let due = try #require(try scene.ticket(urgent).clocks["response"]?.dueAt)
        try scene.merge(urgent)
        try scene.world.settle()
        #expect(try scene.ticket(scene.two).clocks["response"]?.dueAt == due)
        scene.world.now = due.adding(milliseconds: 1)
        while try scene.world.hub.fireTimers(at: scene.world.now).hasMore {}
        #expect(try scene.ticket(scene.two).escalationLevel == 1)
        #expect(try scene.ticket(urgent).escalationLevel == 0, "a merged ticket rests")
        try scene.world.settle()
        let told = try scene.office.store.read {
            try $0.feed(.escalations, after: 0, countMax: 99).map(\.ticket)
        }
        #expect(told.filter { $0 == scene.two }.count == 1 && !told.contains(urgent))
        try scene.checkAgreement()
    }

    @Test func `tickets that were logged and merged offline arrive merged`() throws {
        let scene = try Scene()
        let (a, b) = (try scene.store.logComplaint(), try scene.store.logComplaint())
        _ = try scene.store.desk.merge(a, into: b, reason: "", by: scene.store.staff)
        let provisional = try #require(try scene.store.visible(a)?.provisionalNumber)
        #expect(try scene.lookUp(provisional, at: scene.store) == b)
        try scene.world.settle()
        #expect(try scene.ticket(a).mergedInto == b)
        #expect(try Set(scene.ticket(b).formerNumbers) == Set(scene.ticket(a).allNumbers))
        try scene.checkAgreement()
    }

    @Test func `what is refused where it is written`() throws {
        let scene = try Scene()
        let agentRefusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.agent.desk.merge(
                scene.one, into: scene.two, reason: "", by: scene.agent.staff)
        }
        #expect(agentRefusal?.rejection == Rejection(code: .unauthorised, detail: "merge"))
        #expect(throws: Desk.Failure.self) { try scene.merge(scene.one, into: scene.one) }
        #expect(throws: Desk.Failure.self) { try scene.unmerge() }
        try scene.merge()
        let number = try scene.number(scene.two)
        for again in [scene.two, scene.three] {
            let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
                try scene.merge(scene.one, into: again)
            }
            #expect(refusal?.rejection == Rejection(code: .mergedTicket, detail: number))
        }
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.note("x", on: scene.one, by: scene.office)
        }
        #expect(refusal?.rejection == Rejection(code: .mergedTicket, detail: number))
        for field in [FieldID.mergedInto, .statusBeforeMerge, .splitFrom] {
            let text = FieldValue.text(scene.three.description)
            let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
                try scene.office.write(.edit, [.write(field, text)], on: scene.two)
            }
            #expect(refusal?.rejection.code == .invalidValue)
        }
    }

    @Test func `half a merge is refused at the hub`() throws {
        let scene = try Scene()
        try scene.office.write(.merge, [.absorb(scene.one)], on: scene.two)
        try scene.world.settle()
        let drafts = try scene.office.desk.drafts()
        #expect(drafts.map(\.rejection) == [Rejection(code: .invalidValue, detail: "group")])
        #expect(try scene.ticket(scene.two).formerNumbers == [])
        try scene.office.desk.discard(drafts[0])
        // Two halves that do not belong together.
        try scene.office.writeGroup([
            .init(scene.two, .merge, [.absorb(scene.one)]),
            .init(
                scene.one, .note, [.comment(.note, .staff, text: "x", parent: nil)]),
        ])
        try scene.office.writeGroup([
            .init(scene.two, .merge, [.absorb(scene.three)]),
            .init(scene.three, .merge, [.merge(into: scene.two, reason: "")]),
        ])
        try scene.world.settle()
        #expect(try scene.ticket(scene.two).formerNumbers.count == 2, "only the whole one")
        #expect(try scene.ticket(scene.three).isMerged && !scene.ticket(scene.one).isMerged)
        #expect(try scene.office.desk.drafts().count == 2)
        try scene.checkAgreement()
    }

    // MARK: Meeting other work

    @Test(arguments: [true, false])
    func `words, tags and files for the duplicate follow the case`(isMergeFirst: Bool) throws {
        let scene = try Scene()
        try scene.merge()
        try scene.note("客户来电", on: scene.one, by: scene.store)
        _ = try scene.agent.desk.tag(
            adding: ["催办"], removing: [], on: scene.one, by: scene.agent.staff)
        try scene.agent.write(
            .attach, [.add(.attachments, .text("photo.jpg"))], on: scene.one)
        #expect(
            try scene.store.visible(scene.one)?.comments.last?.text == "客户来电",
            "one's own words are visible at once")
        if isMergeFirst { try scene.office.sync() }
        try scene.store.sync()
        try scene.agent.sync()
        try scene.world.settle()
        let target = isMergeFirst ? scene.two : scene.one
        #expect(try scene.texts(target) == ["客户来电"])
        #expect(try scene.ticket(target).tags == ["催办"])
        #expect(try scene.ticket(target).sets[.attachments]?.count == 1)
        #expect(try scene.ticket(scene.one).isMerged)
        let answers = try [scene.store, scene.agent].map { try $0.dispositions().last ?? nil }
        for answer in answers {
            #expect(answer?.outcome == (isMergeFirst ? .merged : .applied))
            if isMergeFirst {
                #expect(try answer?.notes.map(\.detail) == [scene.number(scene.two)])
            }
        }
        if !isMergeFirst {
            let merge = try scene.office.dispositions().last ?? nil
            #expect(merge?.notes.map(\.detail) == ["comments"], "who merges hears of it")
        }
        try scene.checkAgreement()
    }

    @Test func `a word that comes through two merges finds the end`() throws {
        let scene = try Scene()
        try scene.note("迟到的备注", on: scene.one, by: scene.store)
        try scene.merge()
        try scene.merge(scene.two, into: scene.three)
        try scene.office.sync()
        try scene.store.sync()
        try scene.world.settle()
        #expect(try scene.texts(scene.three) == ["迟到的备注"])
        for client in scene.world.clients {
            for id in [scene.one, scene.two] {
                for number in try scene.ticket(id).allNumbers {
                    #expect(try scene.lookUp(number, at: client) == scene.three, "\(number)")
                }
            }
        }
        try scene.checkAgreement()
    }

    @Test func `an answer to the customer on the duplicate keeps the survivor's promise`() throws {
        let scene = try Scene()
        try scene.merge()
        try scene.office.sync()
        _ = try scene.store.desk.note(
            "已致电", isForCustomer: true, on: scene.one, by: scene.store.staff)
        try scene.store.sync()
        #expect(try scene.ticket(scene.two).clocks["response"]?.phase == .met)
    }

    @Test func `who cannot see the survivor learns where their words went`() throws {
        let scene = try Scene()
        try scene.world.perform(
            .addStaff(
                .init(
                    staff: "wang", name: "wang", roles: ["clerk"], store: "S002", department: nil,
                    phone: "", isActive: true)))
        let other = try scene.world.client("wang", .clerk, store: "S002")
        let foreign = try other.logComplaint()
        try scene.world.settle()
        let number = try scene.number(foreign)
        try scene.merge(foreign)
        try scene.note("在本店处理不了", on: foreign, by: other)
        _ = try other.desk.set(.demand, to: .text("退货"), on: foreign, by: other.staff)
        try scene.office.sync()
        try other.sync()
        try scene.world.settle()
        #expect(try scene.texts(scene.two) == ["在本店处理不了"])
        let answers = try other.dispositions().suffix(2)
        #expect(answers.first??.notes.map(\.detail) == [try scene.number(scene.two)])
        let draft = try #require(try other.desk.drafts().first)
        #expect(try draft.rejection.detail == scene.number(scene.two))
        #expect(try other.visible(scene.two) == nil)
        #expect(try scene.lookUp(number, at: other) == foreign, "it leads no further here")
        #expect(try scene.lookUp(number, at: scene.store) == scene.two, "a slip of another store")
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try other.desk.retry(draft, by: other.staff)
        }
        #expect(refusal?.rejection.code == .mergedTicket)
        #expect(try other.desk.drafts().count == 1, "what cannot be done here is not lost")
        try scene.checkAgreement()
    }

    @Test(arguments: [true, false])
    func `a decision about the duplicate becomes a draft that goes to the survivor`(
        isMergeFirst: Bool
    ) throws {
        let scene = try Scene()
        try scene.merge()
        _ = try scene.store.desk.set(.demand, to: .text("退款"), on: scene.one, by: scene.store.staff)
        if isMergeFirst { try scene.office.sync() }
        try scene.store.sync()
        try scene.world.settle()
        guard isMergeFirst else {
            #expect(try scene.ticket(scene.one).text(.demand) == "退款")
            #expect(try scene.ticket(scene.one).isMerged)
            return try scene.checkAgreement()
        }
        let draft = try #require(try scene.store.desk.drafts().first)
        #expect(
            draft.rejection
                == Rejection(code: .mergedTicket, detail: try scene.number(scene.two)))
        let written = try scene.store.desk.retry(draft, by: scene.store.staff)
        #expect(written.map(\.ticket.id) == [scene.two])
        try scene.world.settle()
        #expect(try scene.ticket(scene.two).text(.demand) == "退款")
        #expect(try scene.ticket(scene.one).text(.demand) == "换货")
        #expect(try scene.store.desk.drafts() == [])
        try scene.checkAgreement()
    }

    @Test(arguments: [true, false])
    func `merging meets closing`(isMergeFirst: Bool) throws {
        let scene = try Scene()
        _ = try scene.store.desk.resolve(scene.one, solution: "好", by: scene.store.staff)
        try scene.world.settle()
        try scene.merge()
        _ = try scene.store.desk.close(scene.one, note: "客户满意", by: scene.store.staff)
        for client in isMergeFirst ? [scene.office, scene.store] : [scene.store, scene.office] {
            try client.sync()
        }
        try scene.world.settle()
        #expect(try scene.ticket(scene.one).isMerged)
        #expect(try scene.ticket(scene.one).status == .closed)
        let code = try scene.store.desk.drafts().map(\.rejection.code)
        #expect(code == (isMergeFirst ? [.mergedTicket] : []))
        // A close of the survivor has not seen what came to it.
        #expect(try scene.ticket(scene.two).status != .closed)
        try scene.checkAgreement()
    }

    @Test func `a survivor that was closed meanwhile takes no open case`() throws {
        let scene = try Scene()
        _ = try scene.store.desk.resolve(scene.two, solution: "好", by: scene.store.staff)
        try scene.world.settle()
        try scene.merge()
        _ = try scene.store.desk.close(scene.two, note: "", by: scene.store.staff)
        try scene.store.sync()
        try scene.world.settle()
        #expect(try !scene.ticket(scene.one).isMerged)
        let story = try #require(try scene.office.desk.draftStories().first)
        #expect(story.main.rejection == Rejection(code: .illegalTransition, detail: "closed"))
        #expect(story.drafts.count == 2)
        _ = try scene.office.desk.reopen(scene.two, reason: "并案", by: scene.office.staff)
        _ = try scene.office.desk.retry(story.main, by: scene.office.staff)
        try scene.world.settle()
        #expect(try scene.ticket(scene.one).mergedInto == scene.two)
        try scene.checkAgreement()
    }

    // MARK: Merge against merge

    @Test func `of two merges into different tickets one stays and one is a draft`() throws {
        let scene = try Scene()
        try scene.merge()
        _ = try scene.store.desk.merge(
            scene.one, into: scene.three, reason: "", by: scene.store.staff)
        try scene.office.sync()
        try scene.store.sync()
        try scene.world.settle()
        #expect(try scene.ticket(scene.one).mergedInto == scene.two)
        #expect(try scene.ticket(scene.three).formerNumbers == [])
        let story = try #require(try scene.store.desk.draftStories().first)
        #expect(
            story.main.rejection
                == Rejection(code: .mergedTicket, detail: try scene.number(scene.two)))
        try scene.checkAgreement()
        #expect(try scene.store.desk.choices(of: story).isRetriable)
        // What the person meant by then: all three are one case.
        _ = try scene.store.desk.retry(story.main, by: scene.store.staff)
        try scene.world.settle()
        #expect(try scene.ticket(scene.two).mergedInto == scene.three)
        #expect(
            try scene.lookUp(scene.ticket(scene.one).provisionalNumber, at: scene.agent)
                == scene.three)
        try scene.checkAgreement()
    }

    @Test func `the same merge twice is one merge`() throws {
        let scene = try Scene()
        try scene.merge()
        _ = try scene.store.desk.merge(
            scene.one, into: scene.two, reason: "", by: scene.store.staff)
        try scene.office.sync()
        try scene.store.sync()
        try scene.world.settle()
        #expect(try scene.ticket(scene.two).mergedNumbers.count == 1)
        #expect(try scene.store.dispositions().suffix(2).map(\.?.outcome) == [.merged, .merged])
        try scene.checkAgreement()
    }

    @Test func `two tickets are not merged into each other`() throws {
        let scene = try Scene()
        try scene.merge(scene.one, into: scene.two)
        _ = try scene.store.desk.merge(
            scene.two, into: scene.one, reason: "", by: scene.store.staff)
        try scene.office.sync()
        try scene.store.sync()
        try scene.world.settle()
        #expect(try scene.ticket(scene.one).mergedInto == scene.two)
        #expect(try !scene.ticket(scene.two).isMerged)
        let story = try #require(try scene.store.desk.draftStories().first)
        #expect(
            story.main.rejection
                == Rejection(code: .mergedTicket, detail: try scene.number(scene.two)))
        try scene.checkAgreement()
        // Trying again could do nothing, and there is nothing to note.
        let desk = scene.store.desk
        let number = try scene.number(scene.two)
        #expect(try desk.choices(of: story) == .init(alreadyOne: number, isNotable: false))
        let retried = #expect(throws: Desk.Failure.self) {
            try desk.retry(story.main, by: scene.store.staff)
        }
        guard case .alreadyOne(number) = retried else {
            return #expect(Bool(false), "\(String(describing: retried))")
        }
        let noted = #expect(throws: Desk.Failure.self) {
            try desk.sendAsNote(story.main, by: scene.store.staff)
        }
        guard case .nothingTyped = noted else {
            return #expect(Bool(false), "\(String(describing: noted))")
        }
        try desk.discard(story.main)
        #expect(try desk.drafts() == [])
    }

    @Test func `a merge into a ticket that was merged meanwhile goes to where that went`() throws {
        let scene = try Scene()
        let four = try scene.store.logComplaint()
        try scene.world.settle()
        try scene.merge(scene.two, into: scene.three)
        _ = try scene.store.desk.merge(four, into: scene.two, reason: "", by: scene.store.staff)
        try scene.office.sync()
        try scene.store.sync()
        try scene.world.settle()
        #expect(try scene.ticket(four).mergedInto == scene.three)
        #expect(
            try Set(scene.ticket(scene.three).formerNumbers)
                .isSuperset(of: scene.ticket(four).allNumbers))
        #expect(try scene.ticket(scene.three).mergedNumbers.count == 2)
        try scene.checkAgreement()
    }

    // MARK: Undoing

    @Test func `undoing gives the number back, and late words stay where they are`() throws {
        let scene = try Scene()
        let numbers = try scene.ticket(scene.one).allNumbers
        _ = try scene.store.desk.accept(scene.one, by: scene.store.staff)
        try scene.world.settle()
        try scene.merge()
        try scene.office.sync()
        try scene.note("合并后到达", on: scene.one, by: scene.store)
        try scene.store.sync()
        try scene.office.sync()
        try scene.unmerge()
        #expect(try scene.lookUp(numbers[1], at: scene.office) == scene.one, "at once")
        // The agent has seen neither the merge nor that it was undone.
        try scene.note("撤销后到达", on: scene.one, by: scene.agent)
        try scene.office.sync()
        try scene.agent.sync()
        try scene.world.settle()
        let back = try scene.ticket(scene.one)
        #expect(!back.isMerged && back.status == .inProgress)
        #expect(try scene.ticket(scene.two).formerNumbers == [])
        #expect(try scene.texts(scene.one) == ["撤销后到达"])
        #expect(try scene.texts(scene.two) == ["合并后到达"])
        #expect(back.systemNotes.last?.key == .unmergedFrom)
        #expect(try back.systemNotes.last?.number == scene.number(scene.two))
        for client in scene.world.clients {
            for number in numbers {
                #expect(try scene.lookUp(number, at: client) == scene.one)
            }
        }
        try scene.checkAgreement()
        _ = try scene.store.desk.set(.demand, to: .text("维修"), on: scene.one, by: scene.store.staff)
        try scene.world.settle()
        #expect(try scene.ticket(scene.one).text(.demand) == "维修")
    }

    @Test func `a ticket that waits for an answer is promised one again`() throws {
        let scene = try Scene()
        try scene.merge()
        try scene.world.settle()
        try scene.unmerge()
        try scene.world.settle()
        let clock = try #require(try scene.ticket(scene.one).clocks["response"])
        #expect(clock.phase == .running && clock.cycle == 2)
        #expect(try scene.world.hubStore.read { try $0.timers(of: scene.one).count } == 2)
        try scene.checkAgreement()
    }

    @Test func `T24: a duplicate that waits leaves the other ticket what was left of its time`()
        throws
    {
        let yaml = try Profile.builtInText("basic").replacing(
            "  response:\n", with: "  response:\n    pauses: true\n")
        let world = try SyncWorld(policy: yaml)
        let (store, office) = (try world.clerk(), try world.supervisor())
        let one = try store.logComplaint()
        try world.settle()
        _ = try office.desk.pause(one, for: .customer, note: "", by: office.staff)
        try world.settle()
        world.now = world.now.adding(milliseconds: 48 * 3_600_000)
        let two = try store.logComplaint(priority: 1)
        try world.settle()
        _ = try office.desk.merge(one, into: two, reason: "同一投诉", by: office.staff)
        try world.settle()
        let clock = try #require(try world.ticket(two)?.clocks["response"])
        #expect(clock.phase == .running && clock.pausedAt == nil)
        // Four hours less the moments before the pause, of twenty-four.
        let left = clock.dueAt.millisecondsSince(world.now)
        #expect(left > 3 * 3_600_000 && left <= 4 * 3_600_000)
        _ = try office.desk.unmerge(one, reason: "", by: office.staff)
        try world.settle()
        let again = try #require(try world.ticket(one))
        #expect(again.pauseReason == .customer)
        #expect(again.clocks["response"]?.pausedAt != nil)
        #expect(
            try world.hubStore.read { try $0.timers(of: one) }.allSatisfy {
                $0.key.clock != "response"
            })
        try world.checkAgreement()
    }

    @Test func `the first of a chain is taken out of its middle and of its end`() throws {
        let scene = try Scene()
        let first = try scene.ticket(scene.one).allNumbers
        let second = try scene.ticket(scene.two).allNumbers
        try scene.merge(scene.one, into: scene.two)
        try scene.merge(scene.two, into: scene.three)
        try scene.world.settle()
        try scene.unmerge(scene.one)
        try scene.world.settle()
        #expect(try scene.ticket(scene.two).formerNumbers == [])
        #expect(try Set(scene.ticket(scene.three).formerNumbers) == Set(second))
        for client in scene.world.clients {
            for number in first { #expect(try scene.lookUp(number, at: client) == scene.one) }
            for number in second { #expect(try scene.lookUp(number, at: client) == scene.three) }
        }
        try scene.checkAgreement()
        try scene.unmerge(scene.two)
        try scene.world.settle()
        #expect(try scene.ticket(scene.three).formerNumbers == [])
        #expect(try scene.lookUp(second[0], at: scene.agent) == scene.two)
        try scene.checkAgreement()
    }

    @Test func `an end of a chain that stands for itself takes its own back`() throws {
        let scene = try Scene()
        try scene.merge(scene.one, into: scene.two)
        try scene.merge(scene.two, into: scene.three)
        try scene.world.settle()
        try scene.unmerge(scene.two)
        try scene.world.settle()
        for id in [scene.one, scene.two] {
            for number in try scene.ticket(id).allNumbers {
                #expect(try scene.lookUp(number, at: scene.store) == scene.two)
            }
        }
        #expect(try scene.ticket(scene.three).formerNumbers == [])
        try scene.checkAgreement()
    }

    @Test func `two who undo the same merge undo it once`() throws {
        let scene = try Scene()
        try scene.merge()
        try scene.world.settle()
        try scene.unmerge()
        _ = try scene.store.desk.unmerge(scene.one, reason: "", by: scene.store.staff)
        try scene.office.sync()
        try scene.store.sync()
        try scene.world.settle()
        #expect(try !scene.ticket(scene.one).isMerged)
        #expect(try scene.ticket(scene.one).clocks["response"]?.cycle == 2)
        #expect(try scene.store.desk.drafts() == [])
        try scene.checkAgreement()
    }

    // MARK: Faults

    @Test func `a lost answer and a new hub process in between merge once`() throws {
        let scene = try Scene()
        try scene.merge()
        try scene.note("同时", on: scene.one, by: scene.store)
        try scene.office.sync(.losesAnswers)
        scene.world.restartHub()
        try scene.store.sync(.losesAnswers)
        scene.world.restartHub()
        try scene.office.sync(.doublesAnswers)
        try scene.world.settle()
        #expect(try scene.ticket(scene.one).mergedInto == scene.two)
        #expect(try scene.texts(scene.two) == ["同时"])
        #expect(try scene.ticket(scene.two).mergedNumbers.count == 1)
        try scene.checkAgreement()
    }
}
