import Foundation
import Testing
import TicketPolicy

/// `loopdesk-hub policy due` and `policy check`: whole outputs, without a hub.
@Suite struct PolicyDueTests {
    /// A folder with the basic profile whose clock counts office hours, a broken copy of it,
    /// and two calendars.
    private func folder() throws -> Folder {
        let folder = try Folder()
        let shipped = try Profile.builtInText("basic")
        let office = shipped.replacing(
            "limits: {urgent: 1h, important: 4h, normal: 24h}",
            with:
                "calendar: office\n    pauses: true\n"
                + "    limits: {urgent: 1h, important: 4h, normal: 3wd}"
        )
        .replacing("- {at: 100%", with: "- {at: 10m before, warn: [handler]}\n      - {at: 100%")
        try folder.write(office, to: "office.yaml")
        try folder.write(shipped.replacing("normal: 24h", with: "normal: 2d"), to: "days.yaml")
        try folder.write(
            office.replacing("13:30-18:00]}", with: "11:30-18:00]}")
                .replacing("calendar: office", with: "calendar: shop"), to: "broken.yaml")
        try folder.write(
            "shop: {version: 2, zone: Europe/Berlin, week: {mon-sun: [10:00-20:00]}}\n",
            to: "shop.yaml")
        try folder.write(
            "shop: {version: 2, zone: Asia/Shanghai, week: {mon: []}}\n", to: "shut.yaml")
        return folder
    }

    private static let plain = [
        "policy", "due", "--profile", "basic", "--clock", "response", "--priority", "important",
        "--from",
    ]
    private static let office = [
        "policy", "due", "--file", "office.yaml", "--clock", "response", "--priority", "normal",
        "--from",
    ]
    /// Over the national day: a pause, another class, an answer that came too late.
    private static let golden =
        office + [
            "2026-09-30 16:00", "--pause", "2026-10-09 10:00/2026-10-10 11:00/等客户", "--change",
            "2026-10-10 14:00/urgent", "--stop", "2026-10-12 10:00",
        ]
    /// What the customer was told at ten.
    private static let told = [
        "policy", "due", "--profile", "unified", "--clock", "promise", "--from",
        "2026-11-06 10:00",
    ]
    private static let explained = [
        plain + ["2026-10-16 16:00"], golden,
        office + ["2026-10-16 16:00", "--pause", "2026-10-19 10:00/"],
        office + ["2026-10-16T08:00:00Z", "--calendar", "shop.yaml"],
        office + ["2026-12-30 16:00"],
        told + ["--promised", "2026-11-06 18:00", "--stop", "2026-11-06 18:30"],
    ]
    private static let refused: [(Int32, [String])] = [
        (2, ["policy", "due", "--clock", "response", "--priority", "normal", "--from", "09:00"]),
        (2, plain + ["someday"]), (2, plain + ["2026-10-16 16:00", "--pause", "2026-10-16 17:00"]),
        (2, plain + ["2026-10-16 16:00", "--pause", "today/never"]),
        (2, plain + ["2026-10-16 16:00", "--change", "urgent"]),
        (2, ["policy", "due", "--profile", "basic", "--clock", "response"]),
        (
            3,
            [
                "policy", "due", "--profile", "praise", "--clock", "response", "--priority",
                "normal", "--from", "2026-10-16 16:00",
            ]
        ),
        (
            3,
            [
                "policy", "due", "--profile", "basic", "--clock", "verdict", "--priority",
                "normal", "--from", "2026-10-16 16:00",
            ]
        ),
        (2, told), (2, plain + ["2026-10-16 16:00", "--promised", "2026-10-16 18:00"]),
        (3, told + ["--promised", "2026-11-06 09:00"]),
        (3, told + ["--promised", "2026-11-06 18:00", "--pause", "2026-11-06 11:00/"]),
        (3, plain + ["2026-10-16 16:00", "--change", "2026-10-17 09:00/huge"]),
        (3, office + ["2026-10-16 16:00", "--pause", "2026-10-17 09:00/2026-10-16 09:00"]),
        (3, office + ["2026-10-16 16:00", "--pause", "2026-10-15 09:00/2026-10-15 10:00"]),
        (3, plain + ["2026-10-16 16:00", "--pause", "2026-10-16 17:00/2026-10-17 09:00"]),
        (3, plain + ["2026-10-16 16:00", "--change", "2026-10-16 09:00/urgent"]),
        (3, plain + ["2026-10-16 16:00", "--stop", "2026-10-16 09:00"]),
        (3, office + ["0001-01-01", "--stop", "2026-10-16 09:00"]),
        (3, plain + ["2026-10-16 16:00", "--calendar", "shut.yaml"]),
        (3, plain + ["2026-10-16 16:00", "--calendar", "nothing.yaml"]),
        (
            3,
            [
                "policy", "due", "--file", "days.yaml", "--clock", "response", "--priority",
                "normal", "--from", "2026-10-16 16:00", "--calendar", "shop.yaml",
            ]
        ),
        (3, office + ["1990-01-01", "--stop", "2026-10-16 09:00"]),
        (3, ["policy", "check", "broken.yaml"]),
    ]

    @Test("a due time is explained step by step", arguments: ["en", "zh"])
    func dueIsExplained(language: String) async throws {
        let folder = try folder()
        var snapshot = Snapshot("policy.due.\(language)")
        let verbs = Self.explained + [["policy", "check", "office.yaml"]]
        for verb in verbs.map({ $0 + ["--lang", language] }) {
            let ended = try await Tool.hub.run(verb, in: folder)
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(verb): \(ended)")
            snapshot.add(verb, ended, of: .hub)
        }
        try snapshot.check()
    }

    @Test("scripts read every window, pause and rule") func scriptsReadAll() async throws {
        let folder = try folder()
        var snapshot = Snapshot("policy.due.json")
        for verb in [Self.golden, ["policy", "check", "office.yaml"]].map({ $0 + ["--json"] }) {
            let ended = try await Tool.hub.run(verb, in: folder)
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(verb): \(ended)")
            _ = try ended.json()
            snapshot.add(verb, ended, of: .hub)
        }
        try snapshot.check()
    }

    @Test("what is wrong is said with what to do", arguments: ["en", "zh"])
    func wrongIsSaid(language: String) async throws {
        let folder = try folder()
        var snapshot = Snapshot("policy.refusals.\(language)")
        for (status, verb) in Self.refused {
            let arguments = verb + ["--lang", language]
            let ended = try await Tool.hub.run(arguments, in: folder)
            #expect(ended.status == status && ended.output.isEmpty, "\(verb): \(ended)")
            snapshot.add(arguments, ended, of: .hub)
        }
        try snapshot.check()
    }

    @Test("the help reads as agreed") func helpReadsAsAgreed() async throws {
        let folder = try folder()
        var snapshot = Snapshot("policy.help")
        for verb in [
            ["policy", "--help"], ["policy", "due", "--help"], ["policy", "schema", "--help"],
        ] {
            snapshot.add(verb, try await Tool.hub.run(verb, in: folder), of: .hub)
        }
        try snapshot.check()
    }

    @Test("a policy comes from the standard input too") func policyFromInput() async throws {
        let folder = try folder()
        let arguments = Self.office + ["2026-10-16 16:00", "--lang", "en"]
        let named = try await Tool.hub.run(arguments, in: folder)
        let piped = try await Tool.hub.run(
            arguments.map { $0 == "office.yaml" ? "-" : $0 }, in: folder,
            input: try folder.read("office.yaml"))
        #expect(piped.status == 0 && piped.output == named.output, "\(piped)")
    }
}
