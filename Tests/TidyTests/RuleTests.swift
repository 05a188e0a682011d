import Testing

/// Each rule flags a sample that breaks it and lets pass one that does not, so that it can fail.
@Suite struct RuleTests {
    private func file(_ text: String, _ path: String = "Sources/Wire/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test func `comments and strings are blanked, lines stay`() {
        let source = #"""
            let a = "x" // one
            /* two /* nested */ still */ let b = #"raw "quoted" \(no) "# + "\(f("in", g(1))) out"
            let c = """
                text "inside" \(d("e"))
                """
            let 名 = 1
            """#
        let code = blankedSwift(source)
        let names = code.split { !($0.isLetter || $0 == "_" || $0.isNumber) }.map(String.init)
        #expect(names == ["let", "a", "let", "b", "let", "c", "let", "___", "1"])
        #expect(code.utf8.count == source.utf8.count)
        #expect(code.filter { $0 == "\n" }.count == source.filter { $0 == "\n" }.count)
    }

    @Test func `a row without its test and an id without a row are found`() {
        let all = RequirementRules.ids.joined(separator: ", ")
        let whole = file("| \(all) | it works |\n", "Tests/REQUIREMENTS.md")
        #expect(RequirementRules.check(whole, tests: ["it works"]).isEmpty)
        #expect(RequirementRules.check(whole, tests: ["it does"]).count == 1)
        let later = file("| \(all) | later: there is no such thing |", "Tests/REQUIREMENTS.md")
        #expect(RequirementRules.check(later, tests: []).isEmpty)
        let few = file("| K1-K29 | it works |", "Tests/REQUIREMENTS.md")
        let missing = RequirementRules.check(few, tests: ["it works"]).map(\.message)
        #expect(missing.count == RequirementRules.ids.count - 29)
        #expect(missing.contains("K30 has no row") && !missing.contains("K29 has no row"))
    }

    @Test func `an unfinished comment or string ends with the file`() {
        #expect(blankedSwift("a /* b").hasPrefix("a  "))
        #expect(blankedSwift("a \"b\nc") == "a   \nc")
        #expect(blankedSwift("\"\"\"\nx").allSatisfy { $0.isWhitespace })
        #expect(blankedSwift("\"\\(").allSatisfy { $0.isWhitespace })
    }

    @Test(arguments: [
        ("Wire", "import GRDB"), ("Replication", "package import SwiftProtobuf"),
        ("HubService", "import HubStore"), ("TicketModel", "import Dispatch"),
        ("Transport", "@preconcurrency import Sodium"), ("Replication", "import struct Glibc.tm"),
        ("Sodium", "import CZeroMQ"), ("TicketPolicy", "import Synchronization"),
        ("Unheard", "let a = 1"),
    ])
    func `an import against the layers is flagged`(target: String, line: String) {
        let sample = file("// first\n" + line, "Sources/\(target)/Sample.swift")
        let findings = LayerRules.check(sample)
        #expect(findings.count == 1)
        #expect(findings.allSatisfy { $0.line == (target == "Unheard" ? 1 : 2) })
    }

    @Test(arguments: [
        ("Wire", "import SwiftProtobuf"), ("HubStore", "import GRDB"), ("Sodium", "import CSodium"),
        ("TicketPolicy", "import Yams"), ("Wire", "// import GRDB"), ("Wire", "let important = 1"),
    ])
    func `an import along the layers passes`(target: String, line: String) {
        #expect(LayerRules.check(file(line, "Sources/\(target)/Sample.swift")).isEmpty)
    }

    @Test(arguments: [
        "let a = Date()", "let a = Date.now", "f(at: .now)", "let a = ContinuousClock()",
        "let a = UUID()", "let a = Int.random(in: 0...1)", "list.shuffled()",
        "var g = SystemRandomNumberGenerator()", "FileManager.default", "Data(contentsOf: url)",
        "Task { f() }", "Task.detached { f() }", "await f()", "Thread.sleep()",
        "DispatchQueue.main", "let m = Mutex(0)", "NSLock()", "print(1)",
        "actor Desk {",
    ])
    func `an impure call in a pure target is flagged`(line: String) {
        #expect(!PurityRules.check(file(line)).isEmpty)
        #expect(PurityRules.check(file(line, "Sources/Transport/Sample.swift")).isEmpty)
    }

    @Test(arguments: [
        "let a = context.now", "self.now", "blueprint(1)", "// await", #""Date()""#,
        "let randomBits = 1", "func taskCount() {}", "struct TaskList {}", "let update = Update()",
        "let actor: StaffID = a",
    ])
    func `a pure call passes`(line: String) {
        #expect(PurityRules.check(file(line)).isEmpty)
    }

    private func function(lineCount: Int) -> String {
        "func long(a: () -> Void = {}) {\n"
            + String(repeating: "    a()\n", count: lineCount - 2) + "}\n"
    }

    @Test func `a function over the limit is flagged`() {
        #expect(SizeRules.check(file(function(lineCount: 70))).isEmpty)
        let findings = SizeRules.check(file("\n" + function(lineCount: 71)))
        #expect(findings.map(\.line) == [2])
    }

    @Test func `functions are measured without their neighbours`() {
        let sample = file(
            """
            protocol P {
                func required(a: Int) -> Int
                init(b: Int)
            }
            struct S {
                init?(a: Int)
                    where A: B
                {
                    self.init(b: { 1 })
                }
                func `a sentence`() throws {
                    if true { f() }
                }
            }
            """)
        #expect(SizeRules.functions(in: sample).map(\.line) == [6, 11])
        #expect(SizeRules.functions(in: sample).map(\.lineCount) == [5, 3])
    }

    @Test func `a file over the limit is flagged, tests may be longer`() {
        let text = String(repeating: "\n", count: 601)
        #expect(SizeRules.check(file(text)).count == 1)
        #expect(SizeRules.check(file(String(text.dropLast()))).isEmpty)
        #expect(SizeRules.check(file(text, "Tests/WireTests/Sample.swift")).isEmpty)
        #expect(SizeRules.check(file(text, "Sources/Wire/Sample.pb.swift")).isEmpty)
    }

    @Test func `an exception may only shrink`() {
        let name = "Sources/Wire/Sample.swift func long"
        let sample = file(function(lineCount: 80))
        #expect(SizeRules.check(sample, exceptions: [name: 80]).isEmpty)
        #expect(SizeRules.check(sample, exceptions: [name: 79]).count == 1)
        #expect(SizeRules.check(sample, exceptions: [name: 81]).count == 1)
    }

    @Test func `a long line is flagged unless an address makes it long`() {
        #expect(SizeRules.check(file(String(repeating: "x", count: 101))).count == 1)
        #expect(SizeRules.check(file(String(repeating: "退", count: 100))).isEmpty)
        #expect(SizeRules.check(file("// https://" + String(repeating: "x", count: 100))).isEmpty)
    }

    @Test(arguments: [
        "// FIX" + "ME: later", "// TO" + "DO", "// XX" + "X", "try! f()", "a as! B",
        "let b = a!", "a!.b", "f(a!, b)", "a[0]!.b", "f()!\n", "fatalError(\"x\")",
    ])
    func `notes to self and crashes are flagged`(line: String) {
        #expect(CodeRules.check(file(line)).count == 1)
    }

    @Test(arguments: [
        "a != b", "if !a { f() }", "try? f()", "// a! b", #""try! x""#, "a as? B",
        "methodTO" + "DOne()",
        "f(!a)", "a\n    != b",
    ])
    func `ordinary code passes`(line: String) {
        #expect(CodeRules.check(file(line)).isEmpty)
    }

    @Test(arguments: [
        "package func f() {}", "/// Summary.\n\npackage struct S {}", "    package let a = 1",
        "// no doc comment\npackage var a: Int { 1 }", "@frozen\npackage enum E {}",
        "package init(a: Int) {\n    self.a = f(a)\n}",
    ])
    func `an undocumented declaration is flagged`(text: String) {
        #expect(DocumentationRules.undocumented(in: file(text)).count == 1)
    }

    @Test(arguments: [
        "/// Summary.\npackage func f() {}", "/// Summary.\n@frozen\npackage enum E {}",
        "func f() {}", "package import Foundation", "package var description: String { a }",
        "package init(rawValue: Int) {}", "package static func < (a: A, b: A) -> Bool { true }",
        "package init(a: Int) {\n    self.a = a\n    b = 0\n}",
    ])
    func `a documented declaration passes`(text: String) {
        #expect(DocumentationRules.undocumented(in: file(text)).isEmpty)
    }

    @Test(arguments: [
        "/// Summary.\npackage func f() throws {}", "/// S.\npackage func f() throws(E) -> Int {",
        "/// S.\npackage init(a: Int) throws {", "/// S.\npackage func f(\n    a: Int\n) throws {",
    ])
    func `a throwing declaration that does not say so is flagged`(text: String) {
        #expect(DocumentationRules.undocumentedThrows(in: file(text)).count == 1)
    }

    @Test(arguments: [
        "/// S.\n///\n/// - Throws: X.\npackage func f() throws {}", "/// S.\npackage func f() {}",
        "/// S.\npackage func f(a: () throws -> Void) {}", "package func f() throws {}",
        "/// S.\npackage func f() { g { throws() } }", "/// S.\npackage let a = 1",
        "/// S.\npackage func f()\n\n    private func g() throws {}",
    ])
    func `a declaration that says what it throws, or throws nothing, passes`(text: String) {
        #expect(DocumentationRules.undocumentedThrows(in: file(text)).isEmpty)
    }

    private func markdown(_ text: String, _ path: String = "docs/page.md") -> [Finding] {
        MarkdownRules.check(
            SourceFile(path: path, text: text), paths: ["docs", "docs/page.md", "docs/b c.md"])
    }

    @Test(arguments: [
        "no title", "# T\n[a](missing.md)", "# T\n[a](../../outside)", "# T\n![p](p.png \"p\")",
        "## Second level",
    ])
    func `a page without title or with a broken link is flagged`(text: String) {
        #expect(markdown(text).count == 1)
    }

    @Test(arguments: [
        "# T\n[a](page.md#part) [b](../docs/) [c](b%20c.md)", "\n# T\n[a](https://x.org/y.md)",
        "# T\n```\n[a](missing.md)\n```", "# T\n[a](#part)",
    ])
    func `a page with working links passes`(text: String) {
        #expect(markdown(text).isEmpty)
    }

    @Test func `a front page that is too long is flagged`() {
        let text = "# T\n" + String(repeating: "x\n", count: 150)
        #expect(markdown(text, "README.md").count == 1)
        #expect(markdown(text).isEmpty)
        #expect(markdown(String(text.dropLast(2)), "README.md").isEmpty)
    }
}
