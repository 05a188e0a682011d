import Testing
import TicketModel
import TicketPolicy

/// How a ticket gets where a rule sends it; what people decided stays (domain.md RO7, RT4, RT10).
@Suite struct RoutingMoveTests {
    /// A policy with two rules that differ in who helps alone.
    private static func policy() throws -> Profile {
        let yaml = try Profile.builtInText("basic").replacing(
            "routing:\n",
            with: """
                routing:
                  - rule: process
                    when: {category: process}
                    department: 售后部
                    cooperating: [技术部, 物流部]
                  - rule: service
                    when: {category: service}
                    department: 售后部
                    cooperating: [物流部, 仓储部]

                """)
        return try Profile(yaml: yaml, file: "routed.yaml")
    }

    private func logged(_ category: String) throws -> Case {
        var ticket = try Case(priority: 2, profile: Self.policy())
        ticket.set(.category, .text(category))
        ticket.commit(.create, at: at(0))
        return ticket
    }

    private func helpers(_ ticket: Case) -> [String] {
        ticket.ticket.cooperatingDepartments.map(\.rawValue).sorted()
    }

    private func move(_ reactions: [Reaction]) -> RoutingMove? {
        for case .route(let move) in reactions { return move }
        return nil
    }

    @Test func `who leads stays, and helpers come and go by the rules`() throws {
        var ticket = try logged("process")
        #expect(helpers(ticket) == ["技术部", "物流部"].sorted())
        let reactions = ticket.commit(.classify, at: at(minute)) {
            $0.set(.category, .text("service"))
        }
        let moved = try #require(move(reactions))
        #expect(moved.department == nil)
        #expect(moved.joining.map(\.rawValue) == ["仓储部"])
        #expect(moved.leaving.map(\.rawValue) == ["技术部"])
        #expect(moved.rule == "service")
        #expect(helpers(ticket) == ["仓储部", "物流部"].sorted())
    }

    @Test func `a helper whom people named stays, one whom they sent away stays away`() throws {
        var ticket = try logged("process")
        ticket.help("技术部", by: "B07")
        ticket.ticket.sets[.cooperating]?.removeAll { $0.value == .text("物流部") }
        ticket.commit(.classify, at: at(minute)) { $0.set(.category, .text("service")) }
        #expect(Set(helpers(ticket)) == ["仓储部", "技术部"])
    }

    @Test func `where nothing changes nothing is done`() throws {
        var ticket = try logged("process")
        #expect(move(ticket.commit(.classify, at: at(minute))) == nil)
        ticket.set(.department, .text("运营部"), by: "B07")
        let other = ticket.commit(.edit, at: at(minute)) { $0.set(.category, .text("service")) }
        #expect(move(other) == nil, "people have decided")
    }
}
