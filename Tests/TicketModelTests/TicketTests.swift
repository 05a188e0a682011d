import Testing
import TicketModel

@Suite struct TicketTests {
    private func ticket() -> Ticket {
        Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "S042-K7-0001",
            capturedAt: Timestamp(milliseconds: 100), createdBy: StaffID(unchecked: "A17"))
    }

    private func register(_ value: FieldValue) -> Register {
        let stamp = Stamp(
            sequence: 1, dot: Dot(replica: ReplicaID(rawValue: 1), counter: 1),
            operation: OperationID(rawValue: 1), time: HybridTimestamp(rawValue: 1),
            authority: .agent, actor: StaffID(unchecked: "A17"))
        return Register(value: value, stamp: stamp)
    }

    @Test func `a ticket without fields is new, unowned and not escalated`() {
        let ticket = ticket()
        #expect(ticket.status == .new)
        #expect(ticket.assignee == nil)
        #expect(ticket.department == nil)
        #expect(ticket.escalationLevel == 0)
        #expect(ticket.nextDue == nil)
        #expect(ticket.displayNumber == "S042-K7-0001")
    }

    @Test func `a status of a newer version reads as in progress`() {
        var ticket = ticket()
        ticket.registers[.status] = register(.integer(99))
        #expect(ticket.status == .inProgress)
        ticket.registers[.status] = register(.opaque([1]))
        #expect(ticket.status == .new)
    }

    @Test func `a cleared owner is no owner`() {
        var ticket = ticket()
        ticket.registers[.assignee] = register(.text(""))
        #expect(ticket.assignee == nil)
    }

    @Test func `T23: the next due time is a view over parallel clocks`() {
        var ticket = ticket()
        for (name, due, phase) in [
            ("a", 300, ClockState.Phase.running), ("b", 200, .breached), ("c", 100, .met),
        ] {
            ticket.clocks[name] = ClockState(
                name: name, phase: phase, startedAt: Timestamp(milliseconds: 0),
                dueAt: Timestamp(milliseconds: Int64(due)), cycle: 1)
        }
        #expect(ticket.nextDue?.name == "b")
        ticket.clocks["b"]?.stoppedAt = Timestamp(milliseconds: 250)
        #expect(ticket.nextDue?.name == "a")
    }

    @Test func `a ticket is merged as long as it names another one`() {
        var ticket = ticket()
        #expect(!ticket.isMerged && ticket.mergedInto == nil)
        let other = TicketID(rawValue: 7)
        ticket.registers[.mergedInto] = register(.text(other.description))
        #expect(ticket.isMerged && ticket.mergedInto == other)
        ticket.registers[.mergedInto] = register(.text(""))
        #expect(!ticket.isMerged)
        ticket.registers[.splitFrom] = register(.text(other.description))
        #expect(ticket.splitFrom == other)
    }

    @Test func `the official number is shown once there is one`() {
        var ticket = ticket()
        ticket.number = TicketNumber(businessDate: 20_231_027, ordinal: 1)
        #expect(ticket.displayNumber == "CS202310270001")
    }
}

@Suite struct FieldTests {
    @Test func `3-3: built-in fields merge as designed`() {
        #expect(MergePolicy.builtIn(.status) == .status)
        #expect(MergePolicy.builtIn(.assignee) == .authority)
        #expect(MergePolicy.builtIn(.department) == .authority)
        #expect(MergePolicy.builtIn(.escalation) == .max)
        #expect(MergePolicy.builtIn(.priority) == .max)
        #expect(MergePolicy.builtIn(.tags) == .set)
        #expect(MergePolicy.builtIn(.description) == .keepBoth)
        #expect(MergePolicy.builtIn(FieldID(rawValue: 5_000)) == .keepBoth)
    }

    @Test func `values count their bytes`() {
        #expect(FieldValue.text("退货").byteCount == 6)
        #expect(FieldValue.integer(.max).byteCount == 8)
        #expect(FieldValue.opaque([1, 2, 3]).byteCount == 3)
        #expect(FieldValue.text("").isEmpty)
        #expect(!FieldValue.opaque([]).isEmpty)
    }

    @Test func `custom fields begin at a thousand`() {
        #expect(!FieldID(rawValue: 999).isCustom)
        #expect(FieldID(rawValue: 1_000).isCustom)
    }
}

@Suite struct RoleTests {
    @Test func `3-3: the strongest role of a person counts`() {
        #expect(Set<Role>([]).authority == .agent)
        #expect(Set<Role>([.handler]).authority == .agent)
        #expect(Set<Role>([.handler, .clerk]).authority == .store)
        #expect(Set<Role>([.clerk, .supervisor]).authority == .manager)
        #expect(Authority.hub > Authority.manager)
    }
}

@Suite struct LanguageTests {
    @Test(
        arguments: [
            ("zh_CN.UTF-8", Language.zh), ("zh", .zh), ("zh-Hans", .zh), ("en_GB", .en),
            ("EN", .en),
            ("C.UTF-8", nil), ("", nil), ("de_DE", nil),
        ] as [(String, Language?)])
    func `a locale names a language`(locale: String, language: Language?) {
        #expect(Language(locale: locale) == language)
    }

    @Test func `a text is read in a language`() {
        let text = LocalizedText(zh: "紧急", en: "urgent")
        #expect(text[.zh] == "紧急")
        #expect(text[.en] == "urgent")
    }
}
