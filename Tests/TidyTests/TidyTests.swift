import Testing

/// The repository obeys its own rules (style.md, the guide); each message names file and line.
@Suite struct TidyTests {
    /// How many declarations may still lack a comment. Lower it when the number falls; never raise.
    static let undocumentedCountMax = 330
    /// How many documented throwing declarations may still lack `- Throws:`.
    static let undocumentedThrowsCountMax = 15

    let repository: Repository

    init() throws { repository = try Repository.current.get() }

    private func expectNone(_ findings: [Finding], location: SourceLocation = #_sourceLocation) {
        for finding in findings { Issue.record("\(finding)", sourceLocation: location) }
    }

    @Test func `the repository was found`() {
        #expect(repository.sources.count > 20)
        #expect(repository.swift.contains { $0.path == "Package.swift" })
        #expect(repository.swift.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
    }

    @Test func `targets import only what their layer allows`() {
        expectNone(repository.swift.flatMap(LayerRules.check))
    }

    @Test func `pure targets call no clock, randomness, file, lock or task`() {
        expectNone(repository.swift.flatMap(PurityRules.check))
    }

    @Test func `files, functions and lines keep their sizes`() {
        expectNone(repository.swift.flatMap(SizeRules.check))
    }

    @Test func `nothing is left behind and nothing crashes on bad input`() {
        expectNone(repository.swift.flatMap(CodeRules.check))
    }

    @Test func `Markdown has titles and working links`() {
        expectNone(repository.markdown.flatMap { MarkdownRules.check($0, paths: repository.paths) })
    }

    @Test func `every requirement names a test that there is, or says why not`() throws {
        let table = repository.markdown.first { $0.path == "Tests/REQUIREMENTS.md" }
        let names = RequirementRules.names(in: repository.swift)
        expectNone(RequirementRules.check(try #require(table), tests: names))
    }

    @Test func `what other targets see is documented`() {
        let findings = repository.swift.flatMap(DocumentationRules.undocumented)
        expectRatchet(findings, countMax: Self.undocumentedCountMax, "undocumented declarations")
    }

    @Test func `documented throwing declarations say what they throw`() {
        let findings = repository.swift.flatMap(DocumentationRules.undocumentedThrows)
        expectRatchet(
            findings, countMax: Self.undocumentedThrowsCountMax, "declarations without - Throws:")
    }

    /// A ratchet: the number may fall, never rise.
    private func expectRatchet(
        _ findings: [Finding], countMax: Int, _ what: String,
        location: SourceLocation = #_sourceLocation
    ) {
        guard findings.count > countMax else { return }
        let list = findings.map(\.description).joined(separator: "\n")
        Issue.record(
            "\(findings.count) \(what), at most \(countMax):\n\(list)", sourceLocation: location)
    }
}
