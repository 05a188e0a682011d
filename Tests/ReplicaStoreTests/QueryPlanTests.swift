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

    @Test("the default list reads open tickets in the order of their promises")
    func defaultList() throws {
        let plan = try plan { _ in }
        #expect(plan == ["SEARCH ticket USING INDEX ticket_by_due (is_open=?)"])
    }

    @Test("a person's own list, a queue and a store's list read no other tickets")
    func mine() throws {
        let changes: [(String, (inout TicketQuery) -> Void)] = [
            ("ticket_by_assignee (assignee=?", { $0.assignee = StaffID(unchecked: "A17") }),
            ("ticket_by_assignee (assignee=?", { $0.isUnassigned = true }),
            ("ticket_by_department (department=?", { $0.department = DepartmentID("售后部") }),
            ("ticket_by_store (store=?", { $0.store = StoreID(unchecked: "S001") }),
        ]
        for (index, change) in changes {
            for order in TicketQuery.Order.allCases {
                let plan = try plan {
                    change(&$0)
                    $0.order = order
                }
                #expect(plan.first?.contains(index) == true, "\(plan)")
                #expect(order != .due || plan.count == 1, "nothing is sorted: \(plan)")
            }
        }
    }

    @Test("a list of several people reads no other tickets") func several() throws {
        for count in [1, 3] {
            for order in TicketQuery.Order.allCases {
                let plan = try plan {
                    $0.assignees = Set((0..<count).map { StaffID(unchecked: "A\($0)") })
                    $0.statuses = Set(TicketStatus.allCases).subtracting([.closed])
                    $0.order = order
                }
                #expect(
                    plan.first?.contains("ticket_by_assignee (assignee=?") == true, "\(plan)")
            }
        }
    }

    @Test("a search reads what the index of words or of tags finds")
    func textSearch() throws {
        let open = Set(TicketStatus.allCases).subtracting([.closed])
        for statuses: Set<TicketStatus> in [open, []] {
            for order in TicketQuery.Order.allCases {
                let text = try plan {
                    $0.text = "投诉"
                    $0.statuses = statuses
                    $0.order = order
                }
                #expect(
                    text.first == "SEARCH ticket USING INTEGER PRIMARY KEY (rowid=?)", "\(text)")
                #expect(text.contains { $0.contains("ticket_text VIRTUAL TABLE INDEX") })
                let tag = try plan {
                    $0.tag = "急"
                    $0.statuses = statuses
                    $0.order = order
                }
                #expect(
                    tag.first == "SEARCH ticket USING INTEGER PRIMARY KEY (rowid=?)", "\(tag)")
                #expect(tag.contains { $0.contains("USING PRIMARY KEY (tag=?)") }, "\(tag)")
            }
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
        for order in TicketQuery.Order.allCases {
            let plan = try plan {
                $0.isUnsent = true
                $0.order = order
            }
            #expect(plan.first?.contains("USING INDEX ticket_unsent") == true, "\(plan)")
        }
    }
}
