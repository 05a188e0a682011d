import Testing
import TicketModel
import TicketPolicy

/// Which tickets are decided (domain.md K24).
@Suite struct VerdictTests {
    private func kinds(_ change: (String) -> String) throws -> [String]? {
        let yaml = change(try Profile.builtInText("unified"))
        return try Profile(yaml: yaml, file: "changed.yaml").kindsWithVerdict
    }

    @Test func `the clock that a verdict keeps says whom it is about`() throws {
        #expect(try Profile.builtIn("unified").kindsWithVerdict == ["suggestion"])
        let both = try kinds {
            $0.replacing("when: {kind: suggestion}", with: "when: {kind: [suggestion, complaint]}")
        }
        #expect(both == ["suggestion", "complaint"], "in the order of the form")
        let every = try kinds { $0.replacing("    when: {kind: suggestion}\n", with: "") }
        #expect(every == nil)
    }

    @Test func `without such a clock suggestions are decided, if the policy has any`() throws {
        #expect(try Profile.builtIn("basic").kindsWithVerdict == ["suggestion"])
        let none = try Profile(yaml: ProfileErrorTests.small, file: "small.yaml")
        #expect(none.kindsWithVerdict == [])
    }
}
