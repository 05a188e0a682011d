import Testing
import TicketModel

@Suite struct TicketStatusTests {
    /// The table of transitions, written out a second time.
    private static let table: [TicketStatus: Set<TicketStatus>] = [
        .new: [.assigned, .inProgress, .pending, .resolved, .escalated],
        .assigned: [.new, .inProgress, .pending, .resolved, .escalated],
        .inProgress: [.new, .assigned, .pending, .resolved, .escalated],
        .pending: [.new, .assigned, .inProgress, .resolved, .escalated],
        .resolved: [.reopened, .escalated],
        .reopened: [.new, .assigned, .inProgress, .pending, .resolved, .escalated],
        .escalated: [.new, .assigned, .inProgress, .pending, .resolved],
        .closed: [.reopened],
    ]

    @Test(arguments: TicketStatus.allCases)
    func `transitions are those of the table`(status: TicketStatus) {
        let allowed = Set(TicketStatus.allCases.filter { status.allows($0) })
        #expect(allowed == Self.table[status])
    }

    @Test func `closing is nobody's transition`() {
        #expect(TicketStatus.allCases.allSatisfy { !$0.allows(.closed) })
    }

    @Test func `3-3: more attention wins`() {
        let order: [TicketStatus] = [
            .new, .assigned, .inProgress, .resolved, .closed, .reopened, .escalated,
        ]
        let ranks = order.map(\.attentionRank)
        #expect(ranks == ranks.sorted())
        #expect(Set(ranks).count == ranks.count)
        #expect(TicketStatus.pending.attentionRank == TicketStatus.inProgress.attentionRank)
    }

    @Test(arguments: TicketStatus.allCases)
    func `names read back`(status: TicketStatus) {
        #expect(TicketStatus(name: status.name) == status)
    }

    @Test(arguments: ["", "New", "inProgress", "open", "关闭"])
    func `other names are refused`(name: String) {
        #expect(TicketStatus(name: name) == nil)
    }

    @Test func `wire values stay what they are`() {
        #expect(TicketStatus.allCases.map(\.rawValue) == Array(1...8))
        #expect(Act.allCases.map(\.rawValue) == Array(1...28))
    }
}

@Suite struct ActTests {
    @Test(arguments: Act.allCases)
    func `names read back`(act: Act) {
        #expect(Act(name: act.name) == act)
    }

    @Test func `T8: a timer key differs by cycle and rung`() {
        let ticket = TicketID(rawValue: 1)
        let keys = [(1, 0), (1, 1), (2, 0), (2, 1)].map {
            TimerKey(ticket: ticket, clock: "response", cycle: $0.0, rung: $0.1)
        }
        #expect(Set(keys).count == 4)
        #expect(keys.reversed().sorted() == keys)
    }
}
