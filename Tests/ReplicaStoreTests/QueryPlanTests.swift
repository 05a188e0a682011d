import Replication
import StoreSupport
import Testing
import TicketModel

@testable import ReplicaStore
@testable import StoreConformance

/// Lists must stay quick with a hundred thousand tickets: none may look at every one of them.
@Suite struct QueryPlanTests {
    /// What SQLite would do for `query`, a line per step.
    private func plan(_ change: (inout TicketQuery) -> Void) throws -> [String] {
        let directory = try TemporaryDirectory()
        let store = try SQLiteReplicaStore(
            path: directory.file("replica.sqlite"), mode: .oneShot, createsFile: true)
        var query = TicketQuery()
        query.statuses = Set(TicketStatus.allCases).subtracting([.closed])
        change(&query)
        return try store.read { replica throws in
            let session = try #require(replica as? ReplicaSession)
            let statement = session.listStatement(query)
            return try session.sql.rowsOnce(
                "EXPLAIN QUERY PLAN " + statement.text, statement.values
            ) { $0.text(3) }
        }
    }

    private func scansTickets(_ plan: [String]) -> Bool {
        plan.contains { $0 == "SCAN ticket" || $0.hasPrefix("SCAN ticket USING") }
    }

    @Test("the default list reads open tickets in the order of their promises")
    func defaultList() throws {
        let plan = try plan { _ in }
        #expect(plan == ["SEARCH ticket USING INDEX ticket_by_due (is_open=?)"])
    }

    @Test("a person's own list reads that person's tickets only")
    func mine() throws {
        let plan = try plan { $0.assignee = StaffID(unchecked: "A17") }
        #expect(!scansTickets(plan))
        #expect(plan.first?.contains("ticket_by_assignee (assignee=?") == true, "\(plan)")
    }

    @Test("a search reads what the index of words finds")
    func textSearch() throws {
        for statuses in [Set(TicketStatus.allCases).subtracting([.closed]), []] {
            let plan = try plan {
                $0.text = "投诉"
                $0.statuses = statuses
            }
            #expect(!scansTickets(plan), "\(plan)")
            #expect(
                plan.first?.hasPrefix("SEARCH ticket USING INTEGER PRIMARY KEY") == true,
                "\(plan)")
            #expect(plan.contains { $0.contains("ticket_text VIRTUAL TABLE INDEX") }, "\(plan)")
        }
    }

    @Test("newest first and unsent lists follow an index", arguments: ["updated", "created"])
    func orders(order: String) throws {
        let plan = try plan {
            $0.order = TicketQuery.Order(rawValue: order) ?? .due
            $0.statuses = []
        }
        #expect(plan.count == 1 && plan.first?.contains("USING INDEX") == true, "\(plan)")
    }

    @Test("unsent tickets are found without looking at the others")
    func unsent() throws {
        let plan = try plan {
            $0.isUnsent = true
            $0.statuses = []
        }
        #expect(plan.first?.contains("USING INDEX ticket_unsent") == true, "\(plan)")
    }
}
