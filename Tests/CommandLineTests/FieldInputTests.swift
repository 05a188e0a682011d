import FieldClient
import Replication
import Terminal
import Testing
import TicketModel
import TicketPolicy

@testable import loopdesk

@Suite struct FieldInputTests {
    private let input: FieldInput

    init() throws {
        input = FieldInput(
            profile: try Profile.builtIn("basic"),
            now: Timestamp(milliseconds: 1_710_037_800_000))
    }

    @Test(
        "a choice is named by its key or by what people read",
        arguments: [("channel", "store"), ("channel", "门店"), ("channel", "business hall")])
    func choices(field: String, text: String) throws {
        let (id, value) = try input.read(field, text)
        #expect(id == .channel)
        #expect(value == .text(text == "business hall" ? "business_hall" : "store"))
    }

    @Test("a priority is stored by its rank", arguments: ["urgent", "紧急"])
    func priorities(text: String) throws {
        #expect(try input.read(.priority, text) == .integer(3))
    }

    @Test("a name may be written with hyphens") func hyphens() throws {
        #expect(try input.read("order-number", "42") == (.orderNumber, .text("42")))
    }

    @Test("a time that is understood is exact, another is kept as it was told") func times() throws
    {
        let exact = try #require(try input.read(.eventTime, "2024-03-09 10:30").text)
        #expect(exact.hasPrefix("2024-03-09 10:30:00 "))
        #expect(try input.read(.eventTime, "上个月下雨那天") == .text("上个月下雨那天"))
    }

    @Test(
        "a time that cannot be meant is refused, one that may be is not",
        arguments: [
            (FieldID.eventTime, "2024-03-09 10:00", true), (.eventTime, "2024-03-12 10:00", false),
            (.eventTime, "0024-03-10", false), (.reportedTime, "2034-03-10", false),
            (.purchaseDate, "1991-05-01", true), (.purchaseDate, "1891-05-01", false),
            (.expectedTime, "2023-12-01", true), (.expectedTime, "2022-03-10", false),
            (.expectedTime, "2025-03-10", true), (.expectedTime, "2240-03-10", false),
        ])
    func absurdTimes(field: FieldID, text: String, isMeant: Bool) throws {
        guard !isMeant else {
            #expect(try input.read(field, text).text?.hasPrefix(text) == true)
            return
        }
        let failure = try #require(throws: CommandFailure.self) { try input.read(field, text) }
        #expect(failure.status == .refused && failure.text.en.contains("check the year"))
    }

    @Test(
        "what is not allowed is refused with what is",
        arguments: [("channel", "pigeon", "business_hall"), ("priority", "huge", "urgent")])
    func notAllowed(field: String, text: String, allowed: String) throws {
        let failure = try #require(throws: CommandFailure.self) { try input.read(field, text) }
        #expect(failure.status == .refused)
        #expect(failure.text.zh.contains(allowed) && failure.text.en.contains(allowed))
        #expect(failure.details.contains { $0.name == "allowed" })
    }

    @Test(
        "what a verb changes, and what does not exist, is wrong usage",
        arguments: ["status", "escalation", "tags", "colour", ""])
    func wrongUsage(field: String) throws {
        let failure = try #require(throws: CommandFailure.self) { try input.read(field, "1") }
        #expect(failure.status == .usage)
    }

    @Test("the form asks for every field once and leaves out what verbs change") func form() {
        let fields = FieldInput.editableFields(of: input.profile)
        #expect(Set(fields).count == fields.count)
        #expect(
            Set(fields).isDisjoint(with: [.status, .escalation, .assignee, .tags, .attachments]))
        #expect(Set(fields).isSuperset(of: input.profile.requiredFields))
    }
}

@Suite struct TicketFormTests {
    private let form: TicketForm

    init() throws {
        form = TicketForm(
            profile: try Profile.builtIn("basic"),
            now: Timestamp(milliseconds: 1_710_037_800_000),
            owner: { name in
                if name == "客服部" { return .department(DepartmentID(unchecked: name)) }
                guard name == "张伟" else { throw Desk.Failure.unknownOwner(name) }
                return .staff(StaffID(unchecked: "A17"), nil)
            })
    }

    @Test("a new ticket goes to a known person or department, by sign or name") func owners() throws
    {
        var new = NewTicket(fields: [:])
        try form.assign(&new, to: "张伟")
        #expect(new.assignee == StaffID(unchecked: "A17"))
        try form.assign(&new, to: "客服部")
        #expect(new.fields[.department] == .text("客服部"))
        #expect(throws: Desk.Failure.self) { try form.assign(&new, to: "nobody") }
    }

    @Test("a title is made from the first line of what happened, cut to a column of lists")
    func subjects() {
        let long = String(repeating: "漏电", count: 40)
        for (text, expected) in [
            ("漏电\n第二行", "漏电"), ("\n\n漏电", "漏电"), (long, long.truncated(toColumns: 48)),
        ] {
            var new = NewTicket(fields: [.description: .text(text)])
            form.addSubject(&new)
            #expect(new.fields[.subject] == .text(expected))
        }
        var titled = NewTicket(fields: [.description: .text("漏电"), .subject: .text("标题")])
        form.addSubject(&titled)
        #expect(titled.fields[.subject] == .text("标题"))
    }

    @Test("the kind is asked first, for it decides what else is required") func questions() throws {
        var asked: [String] = []
        var answers = ["suggestion", "service", "陈女士", "store", "开门太晚", "早一点", "normal"][...]
        let prompter = Prompter(
            language: .en, readLine: { answers.popFirst() }, write: { asked.append($0) })
        var new = NewTicket(fields: [.reportedTime: .text("2024-03-10 10:30:00 +08:00")])
        try form.askForMissing(&new, prompter, .en)
        #expect(answers.isEmpty)
        #expect(form.profile.missingFields(for: new.fields).isEmpty)
        #expect(new.fields[.eventPlace] == nil)
        #expect(asked.first { $0.hasSuffix(": ") } == "kind: ")
    }

    @Test("an answer that is not allowed is asked for again") func askedAgain() throws {
        var answers = ["pigeon", "suggestion", "service", "c", "store", "d", "e", "normal"][...]
        let prompter = Prompter(language: .zh, readLine: { answers.popFirst() }, write: { _ in })
        var new = NewTicket(fields: [.reportedTime: .text("2024-03-10")])
        try form.askForMissing(&new, prompter, .zh)
        #expect(new.fields[.kind] == .text("suggestion"))
    }

    @Test("--from takes at most as many tickets as it says") func tooMany() throws {
        let folder = try Folder()
        let entry = #"{"description":"x"}"#
        let limit = NewTicketJSON.ticketsCountMax
        for count in [limit, limit + 1] {
            let text = "[" + Array(repeating: entry, count: count).joined(separator: ",") + "]"
            let file = try folder.write(text, to: "tickets.json")
            let read = Result { try NewTicketJSON(form: form).read(file) }
            #expect((try? read.get())?.count == (count > limit ? nil : count))
        }
    }
}

@Suite struct MessageTests {
    @Test("every code has a reason in both languages", arguments: RejectionCode.allCases)
    func reasons(code: RejectionCode) {
        for detail in ["", "contact demand"] {
            let text = RejectionText(Rejection(code: code, detail: detail), label: nil)
            #expect(text.zh.hasSuffix("。") || text.zh.contains("loopdesk "), "\(text.zh)")
            #expect(text.zh.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
            #expect(text.en.hasSuffix(".") || text.en.contains("loopdesk "), "\(text.en)")
            #expect(text.en.unicodeScalars.allSatisfy { $0.value < 0x4E00 })
        }
    }

    @Test("every act has a name of its own in both languages") func acts() {
        for language in [Language.zh, .en] {
            let names = Set(Act.allCases.map { actLabel($0, language) })
            #expect(names.count == Act.allCases.count)
        }
        #expect(actLabel(.close, .en) == "close" && actLabel(.close, .zh) == "结案")
    }

    @Test("one change is singular, several are plural") func plurals() {
        #expect(SyncCommand.refusedCount(1).hasPrefix("1 change was"))
        #expect(SyncCommand.refusedCount(2).hasPrefix("2 changes were"))
    }

    @Test("a part of an answer says its outcome only where it differs") func answers() throws {
        let profile = try Profile.builtIn("basic")
        let answer = Disposition(
            outcome: .merged,
            notes: [
                ChangeNote(changeIndex: 0, outcome: .merged, field: .demand, detail: "换新机"),
                ChangeNote(changeIndex: 1, outcome: .superseded, field: .product, detail: "电视"),
            ])
        #expect(
            DispositionText(profile: profile, language: .en).line(answer)
                == "merged: demand ← 换新机: product ← 电视 (superseded)")
    }

    @Test("~ is HOME, as in a shell") func homePath() {
        let environment = ["HOME": "/home/lina"]
        #expect(
            HomePath.expanded("~/.loopdesk", environment: environment) == "/home/lina/.loopdesk")
        #expect(HomePath.expanded("~", environment: environment) == "/home/lina")
        #expect(HomePath.expanded("a/~b", environment: environment) == "a/~b")
    }
}
