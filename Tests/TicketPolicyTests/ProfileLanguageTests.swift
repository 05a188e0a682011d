import Testing
import TicketModel
import TicketPolicy

/// Who runs a hub reads Chinese: what is wrong with a policy file is told in both languages.
@Suite struct ProfileLanguageTests {
    /// What else can be wrong with the small profile: what is replaced, by what, and what is said.
    private static let others: [(old: String, new: String, message: String)] = [
        (
            "[{rule: all,",
            "[{rule: all, when: {kind: complaint}, department: 客服部}, {rule: all,",
            "分派规则 all 重复"
        ),
        ("[{rule: all,", "[{rule: x, when: {tag: x}, department: 客服部}, {rule: y,", "x 不是此处可用的标签"),
        (
            "{product: {zh: 产品, en: product}}",
            "{product: {zh: 产品, en: product, children: {product: {zh: 产品, en: product}}}}",
            "product 重复"
        ),
        (
            "{product: {zh: 产品, en: product}}",
            "{a: {zh: 一, en: a, children: {b: {zh: 二, en: b, children: {c: {zh: 三, en: c, "
                + "children: {d: {zh: 四, en: d}}}}}}}}",
            "类别的层次太深"
        ),
        ("kinds:", "texts: {a: {zh: '{', en: x}}\nkinds:", "花括号不成对"),
        ("kinds:", "texts: {a: {zh: '{praise}', en: x}}\nkinds:", "{praise} 不是此处可用的字段"),
        ("kinds:", "survey: [colour]\nkinds:", "colour 不是此处可用的整数字段"),
        ("version: 2", "version: 2\nversion: 3", "键重复：version"),
        ("response:\n", "pause_reminder:\n", "pause_reminder 是暂停提醒的名称"),
        (
            "[{at: 50%, warn: [clerk]}, {at: 90%, warn: [clerk]}, {at: 100%, escalate: 1}]", "[]",
            "超时后没有通知任何人"
        ),
        (
            "clocks:\n",
            "clocks:\n  told: {zh: 承诺, en: told, limits: promised, ladder: [{at: 30m before, "
                + "warn: [clerk]}, {at: 1h before, warn: [clerk]}, {at: 100%, escalate: 1}]}\n",
            "1h before 不在上一档 30m before 之后"
        ),
    ]

    private static func problems<Value>(_ read: () throws -> Value) -> [ProfileProblem] {
        do {
            _ = try read()
            Issue.record("nothing is wrong with it")
            return []
        } catch let error as ProfileError {
            return error.problems
        } catch {
            Issue.record(error)
            return []
        }
    }

    private static func problems(_ yaml: String) -> [ProfileProblem] {
        problems { try Profile(yaml: yaml, file: "demo.yaml") }
    }

    /// Of the small profile with something else in one place.
    private static func problems(_ old: String, _ new: String) -> [ProfileProblem] {
        problems(ProfileErrorTests.small.replacing(old, with: new, maxReplacements: 1))
    }

    /// Of every broken policy that the suites of this target have.
    private static func everything() -> [ProfileProblem] {
        var all: [ProfileProblem] = []
        for mistake in ProfileErrorTests.mistakes { all += problems(mistake.old, mistake.new) }
        for slip in ProfileErrorTests.slips { all += problems(slip.0, slip.1) }
        for other in others { all += problems(other.old, other.new) }
        for yaml in ProfileErrorTests.noProfiles { all += problems(yaml) }
        for mistake in CalendarErrorTests.mistakes {
            all += problems(
                CalendarErrorTests.yaml.replacing(
                    mistake.old, with: mistake.new, maxReplacements: 1))
        }
        for mistake in ApprovalSectionTests.mistakes {
            all += problems(ApprovalSectionTests.changed(mistake.0, to: mistake.1))
        }
        for mistake in MilestoneClockTests.mistakes {
            all += problems {
                let yaml = try Profile.builtInText("unified")
                    .replacing(mistake.0, with: mistake.1, maxReplacements: 1)
                return try Profile(yaml: yaml, file: "demo.yaml")
            }
        }
        for (keys, _) in PromiseClockTests.mistakes {
            all += problems { try PromiseClockTests.profile(keys) }
        }
        for (section, _) in QuietHoursTests.mistakes {
            all += problems { try QuietHoursTests.profile(section) }
        }
        for (section, _) in PauseReminderTests.mistakes {
            all += problems { try PauseReminderTests.profile(section) }
        }
        for (section, _) in RecheckTests.mistakes {
            all += problems { try RecheckTests.profile(section) }
        }
        let calendar = "{version: 1, zone: UTC, week: {mon: [09:00-12:00]}}"
        all += problems {
            try WorkingCalendar(yaml: "a: \(calendar)\nb: \(calendar)\n", file: "two.yaml")
        }
        all += problems { try Profile.builtInText("praise") }
        return all
    }

    /// Whether the Chinese text has a Chinese character that does not come from the file.
    private static func isChinese(_ text: LocalizedText) -> Bool {
        text.zh.unicodeScalars.contains { scalar in
            0x4E00...0x9FFF ~= scalar.value && !text.en.unicodeScalars.contains(scalar)
        }
    }

    /// Whether the message is the YAML parser's own, which speaks English only.
    private static func isParsers(_ problem: ProfileProblem) -> Bool {
        problem.remedy.en == "correct the YAML at this place"
            || problem.remedy.en == "write one YAML document in UTF-8"
    }

    @Test func `every problem of every broken policy is told in Chinese too`() {
        let problems = Self.everything()
        #expect(problems.count > 150)
        for problem in problems {
            #expect(!problem.message.en.isEmpty && !problem.remedy.en.isEmpty)
            #expect(
                Self.isParsers(problem)
                    ? problem.message.zh == problem.message.en : Self.isChinese(problem.message),
                "\(problem): \(problem.message.zh)")
            #expect(Self.isChinese(problem.remedy), "\(problem): \(problem.remedy.zh)")
        }
    }

    @Test func `what no other suite breaks is told in its words`() {
        for other in Self.others {
            #expect(ProfileErrorTests.small.contains(other.old))
            let problems = Self.problems(other.old, other.new)
            #expect(problems.contains { $0.message.zh == other.message }, "\(problems)")
        }
    }

    @Test func `a problem is a place, what is wrong and what to write, in either language`() {
        let yaml = ProfileErrorTests.small.replacing("high: 30s", with: "high: 0s")
            .replacing("department: 客服部}", with: "department: 法务部}")
        let error = #expect(throws: ProfileError.self) {
            try Profile(yaml: yaml, file: "demo.yaml")
        }
        let chinese = [
            "demo.yaml:16:35: 法务部 不是此处可用的部门；可用：客服部",
            "demo.yaml:21:20: 0s 不是时限；请写从 1 起的数字加 s、m、h、d 或 wd，如 30s、4h 或 3wd，最多 366d",
        ]
        #expect(error?.text(.zh) == chinese.joined(separator: "\n"))
        #expect(error?.text(.en).hasPrefix("demo.yaml:16:35: unknown department 法务部; ") == true)
        #expect(error?.text(.en) == error?.description)
        #expect(error?.problems.first?.text(.zh) == chinese[0])
    }
}
