import Testing
import TicketModel
import TicketPolicy

@Suite struct ProfileErrorTests {
    /// A small complete profile.
    static let small = """
        profile: demo
        version: 2
        label: {zh: 演示, en: demo}
        kinds: {complaint: {zh: 投诉, en: complaint}}
        channels: {store: {zh: 门店, en: store}}
        categories: {product: {zh: 产品, en: product}}
        priorities:
          high: {rank: 2, zh: 高, en: high, criteria: {zh: 高, en: high}}
          low: {rank: 1, zh: 低, en: low, criteria: {zh: 低, en: low}}
        departments: {客服部: {zh: 客服部, en: service}}
        fields:
          colour: {id: 1001, zh: 颜色, en: colour, type: choice, options: {red: {zh: 红, en: red}}}
          weight: {id: 1002, zh: 重量, en: weight, type: integer, merge: max}
          labels: {id: 1003, zh: 标记, en: labels, type: words}
        required: {all: [contact, colour]}
        routing: [{rule: all, department: 客服部}]
        clocks:
          response:
            zh: 响应
            en: response
            limits: {high: 30s, low: 60s}
            met_by: [accept]
            ladder: [{at: 50%, warn: [clerk]}, {at: 90%, warn: [clerk]}, {at: 100%, escalate: 1}]
        escalation: {1: {zh: 主管, en: supervisor, roles: [supervisor]}}
        permissions: {create: [clerk], edit: [clerk], note: [clerk], tag: [clerk], accept: [clerk],
          refuse: [clerk], assign: [clerk], progress: [clerk], escalate: [clerk], resolve: [clerk],
          close: [clerk], reopen: [clerk], attach: [clerk], rate: [clerk]}
        """

    private func problems(_ yaml: String) -> [ProfileProblem] {
        do {
            _ = try Profile(yaml: yaml, file: "demo.yaml")
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `a profile for demonstrations may have limits of seconds`() throws {
        let profile = try Profile(yaml: Self.small, file: "demo.yaml")
        #expect(profile.zone == Profile.zoneDefault)
        var ticket = try Case(priority: 2, profile: profile)
        ticket.commit(.create, at: at(0))
        #expect(ticket.timers[ticket.key(rung: 1)] == at(27_000))
        ticket.advance(to: at(30_000))
        #expect(ticket.clock?.phase == .breached)
    }

    @Test func `fields of a profile are checked by their type`() throws {
        let profile = try Profile(yaml: Self.small, file: "demo.yaml")
        let colour = try #require(profile.field(named: "colour"))
        #expect(profile.problem(of: colour, value: .text("red")) == nil)
        #expect(profile.problem(of: colour, value: .text("blue"))?.allowed == ["red"])
        #expect(profile.display(.text("red"), of: colour, .zh) == "红")
        #expect(profile.missingFields(for: [.contact: .text("A")]) == [colour])
        let weight = try #require(profile.field(named: "weight"))
        #expect(profile.mergePolicy(of: weight) == .max)
        #expect(profile.problem(of: weight, value: .text("5")) != nil)
        let labels = try #require(profile.field(named: "labels"))
        #expect(profile.mergePolicy(of: labels) == .set)
    }

    /// What is replaced in the small profile, by what, and what the refusal must say.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var message: String
        var line: Int
        var testDescription: String { "\(old) → \(new)" }

        init(_ old: String, _ new: String, _ message: String, line: Int) {
            (self.old, self.new, self.message, self.line) = (old, new, message, line)
        }
    }

    static let mistakes: [Mistake] = [
        Mistake("version: 2", "version: 0", "whole number", line: 2),
        Mistake("version: 2", "version: two", "whole number", line: 2),
        Mistake("version: 2", "versoin: 2", "unknown key versoin", line: 2),
        Mistake("version: 2", "zone: GMT+8\nversion: 2", "time zone", line: 2),
        Mistake("version: 2", "zone: Asia/Nowhere\nversion: 2", "time zone", line: 2),
        Mistake("profile: demo", "profile: 'a b'", "cannot be a key", line: 1),
        Mistake("label: {zh: 演示, en: demo}", "label: {zh: 演示}", "en is missing", line: 3),
        Mistake("kinds: {complaint: {zh: 投诉, en: complaint}}", "kinds: {}", "mapping", line: 4),
        Mistake("store: {zh: 门店, en: store}", "Store: {zh: 门店, en: x}", "key", line: 5),
        Mistake("rank: 1", "rank: 2", "rank 2 is given twice", line: 9),
        Mistake("rank: 1", "rank: 0", "whole number", line: 9),
        Mistake("id: 1001", "id: 999", "whole number", line: 12),
        Mistake("id: 1002", "id: 1001", "id 1001 is given twice", line: 13),
        Mistake("colour: {id", "contact: {id", "built-in field", line: 12),
        Mistake("type: integer", "type: float", "unknown type float", line: 13),
        Mistake("merge: max", "merge: authority", "unknown merge policy", line: 13),
        Mistake("type: words", "type: words, merge: last", "unknown merge policy", line: 14),
        Mistake(", options: {red: {zh: 红, en: red}}", "", "options is missing", line: 12),
        Mistake("type: integer", "type: integer, options: {a: {zh: a, en: a}}", "only", line: 13),
        Mistake("[contact, colour]", "[contact, color]", "unknown field color", line: 15),
        Mistake("[contact, colour]", "[contact, status]", "unknown field status", line: 15),
        Mistake("[contact, colour]", "[contact, contact]", "given twice", line: 15),
        Mistake("[contact, colour]", "[]", "list is empty", line: 15),
        Mistake("[contact, colour]", "[contact], by_kind: {praise: [product]}", "kind", line: 15),
        Mistake("department: 客服部}", "department: 法务部}", "unknown department", line: 16),
        Mistake("[{rule: all, department: 客服部}]", "[]", "no rule", line: 16),
        Mistake("rule: all,", "rule: all, when: {kind: complaint},", "last rule", line: 16),
        Mistake("[{rule: all,", "[{rule: one, department: 客服部}, {rule: all,", "hides", line: 16),
        Mistake(
            "[{rule: all,", "[{rule: all, when: {category: x}, department: 客服部}, {rule: b,",
            "unknown category x", line: 16),
        Mistake("high: 30s", "high: 0s", "0s is not a limit", line: 21),
        Mistake("high: 30s", "high: 30", "30 is not a limit", line: 21),
        Mistake("high: 30s, ", "", "high is missing", line: 21),
        Mistake("high: 30s", "huge: 30s", "unknown key huge", line: 21),
        Mistake("high: 30s", "high: 2h", "more time than a less urgent", line: 21),
        Mistake("[accept]", "[assign]", "unknown milestone", line: 22),
        Mistake("[accept]", "[]", "list is empty", line: 22),
        Mistake("{at: 100%, escalate: 1}", "{at: 99%, escalate: 1}", "rung", line: 23),
        Mistake("{at: 100%, escalate: 1}", "{at: 100%, escalate: 2}", "whole number", line: 23),
        Mistake("{at: 100%, escalate: 1}", "{at: 100%, warn: [clerk]}", "unknown key", line: 23),
        Mistake("at: 90%", "at: 50%", "50% is not possible", line: 23),
        Mistake("at: 90%", "at: 100%", "100% is not possible", line: 23),
        Mistake("at: 50%", "at: 0%", "0% is not possible", line: 23),
        Mistake("at: 50%", "at: half", "half is not possible", line: 23),
        Mistake("{at: 50%, warn: [clerk]}", "{at: 50%, warn: [boss]}", "role boss", line: 23),
        Mistake("{1: {zh", "{2: {zh", "whole number", line: 24),
        Mistake("roles: [supervisor]", "roles: []", "list is empty", line: 24),
        Mistake("{create: [clerk],", "{", "create is missing", line: 25),
        Mistake("{create: [clerk]", "{create: [king]", "unknown role king", line: 25),
        Mistake("{create:", "{route: [clerk], create:", "unknown key route", line: 25),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named with its line and a remedy`(mistake: Mistake) {
        #expect(Self.small.contains(mistake.old))
        let yaml = Self.small.replacing(mistake.old, with: mistake.new, maxReplacements: 1)
        let problems = problems(yaml)
        let match = problems.first { $0.message.en.contains(mistake.message) }
        #expect(match?.line == mistake.line, "\(problems)")
        #expect(problems.allSatisfy { $0.file == "demo.yaml" && $0.column >= 1 })
        #expect(problems.allSatisfy { !$0.remedy.en.isEmpty })
    }

    /// What is written, where `version` or another word was meant, and the remedy's beginning.
    static let slips: [(String, String, String)] = [
        ("version: 2", "versoin: 2", "did you mean version? use one of: profile, version, zone"),
        ("version: 2", "Version: 2", "did you mean version?"),
        ("escalation:", "escalations:", "did you mean escalation?"),
        ("met_by:", "met-by:", "did you mean met_by?"),
        ("met_by:", "meet_by:", "did you mean met_by?"),
        ("[accept]", "[acept]", "did you mean accept?"),
        ("[accept]", "[assign]", "did you mean assigned?"),
        ("[contact, colour]", "[contact, color]", "did you mean colour?"),
        ("[supervisor]", "[superviser]", "did you mean supervisor?"),
        ("department: 客服部}", "department: 客服}", "did you mean 客服部?"),
        ("department: 客服部}", "department: 物流部}", "use one of: 客服部"),
        ("{at: 50%, warn", "{ta: 50%, warn", "use one of: at, warn"),
        ("high: 30s", "hihg: 30s", "did you mean high?"),
        ("high: 30s", "top: 30s", "use one of: high, low"),
        ("version: 2", "\(String(repeating: "v", count: 500)): 2", "use one of:"),
    ]

    @Test(arguments: slips)
    func `a slip of the pen is told with the word that was meant`(
        old: String, new: String, remedy: String
    ) {
        #expect(Self.small.contains(old))
        let problems = problems(Self.small.replacing(old, with: new, maxReplacements: 1))
        let match = problems.first { $0.message.en.hasPrefix("unknown ") }
        #expect(match?.remedy.en.hasPrefix(remedy) == true, "\(problems)")
        #expect(match.map { $0.line > 1 && $0.column >= 1 } == true)
    }

    @Test func `a file of mistakes is answered in proportion`() {
        let names = (0..<300).map { "dep\($0): {zh: a, en: a}" }.joined(separator: ", ")
        let list = (0..<1_000).map { "depp\($0)" }.joined(separator: ", ")
        let yaml = Self.small.replacing("{客服部: {zh: 客服部, en: service}}", with: "{\(names)}")
            .replacing("department: 客服部}", with: "department: dep1, cooperating: [\(list)]}")
        let problems = problems(yaml)
        #expect(problems.count == 1_000)
        let first = problems.first?.remedy.en
        #expect(first?.hasPrefix("did you mean dep0? use one of: dep0, ") == true)
        #expect(
            problems.allSatisfy {
                $0.remedy.en.utf8.count < 1_000 && $0.remedy.zh.utf8.count < 1_000
            })
        #expect(problems.last?.remedy.en.hasSuffix(" and 236 more") == true)
        #expect(problems.last?.remedy.zh.hasSuffix(" 等 300 个") == true)
    }

    @Test func `YAML's words for nothing are no texts unless they are quoted`() throws {
        for word in ["~", "null", "Null", "NULL"] {
            let bare = Self.small.replacing("zh: 演示", with: "zh: \(word)")
            #expect(problems(bare).map(\.message.en) == ["a text is expected here"])
            let quoted = Self.small.replacing("zh: 演示", with: "zh: '\(word)'")
            #expect(try Profile(yaml: quoted, file: "demo.yaml").label.zh == word)
        }
    }

    @Test func `every mistake of a file is listed, in the order of the file`() {
        let yaml = Self.small.replacing("high: 30s", with: "high: 0s")
            .replacing("version: 2", with: "version: x").replacing("[accept]", with: "[jump]")
        #expect(problems(yaml).map(\.line) == [2, 21, 22])
    }

    @Test func `a problem reads as a place that editors can jump to`() {
        let yaml = Self.small.replacing("high: 30s", with: "high: 0s")
        let error = #expect(throws: ProfileError.self) {
            try Profile(yaml: yaml, file: "demo.yaml")
        }
        let start = "demo.yaml:21:20: 0s is not a limit; write a number"
        #expect(error?.description.hasPrefix(start) == true, "\(String(describing: error))")
    }

    static let noProfiles: [String] = [
        "", "# nothing", "just text", "- a\n- b", "a: [", "a: 'b", "\u{0}", "a: b\na: c",
        "a: b\n---\nc: d", "a: *unknown", "\t- a", "%YAML 9.9\n---\na: b", "!!binary x",
        String(repeating: "[", count: 20_000), String(repeating: "{a: ", count: 20_000),
        String(repeating: "- ", count: 20_000), String(repeating: "a", count: 300_000),
        "a: &a [*a]", "? [a, b]\n: c", "profile: \"\\u0007\"", "kinds: ~",
    ]

    @Test(arguments: noProfiles)
    func `bytes that are no profile are refused`(yaml: String) {
        #expect(!problems(yaml).isEmpty)
    }

    @Test func `no section of a profile may be missing but its own fields and kinds`() throws {
        let lines = Self.small.split(separator: "\n", omittingEmptySubsequences: false)
        let sections = lines.indices.filter { lines[$0].first?.isLetter ?? false }
        for (position, start) in sections.enumerated()
        where !["fields:", "kinds:"].contains(where: { lines[start].hasPrefix($0) }) {
            let end = position + 1 < sections.count ? sections[position + 1] : lines.count
            let yaml = (lines[..<start] + lines[end...]).joined(separator: "\n")
            #expect(!problems(yaml).isEmpty, "without \(lines[start])")
        }
    }
}
