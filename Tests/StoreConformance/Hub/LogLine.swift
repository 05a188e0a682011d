import Replication
import Sodium
import TicketModel

/// One line for a hub's log with as little ceremony as possible: its operation and dot follow from
/// the sequence that it will get.
struct LogLine {
    var ticket: Ticket
    var before: [Scope] = []
    var after: [Scope] = [.all, .one]
    var verdict: Scope?
    var isEnd = true
    var disposition = Disposition.applied

    /// A refusal, which changes no ticket.
    static func refusal(of ticket: Ticket) -> LogLine {
        LogLine(
            ticket: ticket, after: [], verdict: .author,
            disposition: .rejected(.staleClose, "late"))
    }

    func committed(at sequence: UInt64) -> CommittedEntry {
        let entry = Sample.entry(
            sequence, on: ticket.id, isEnd: isEnd, disposition: disposition)
        return CommittedEntry(
            entry: entry,
            intent: Sample.intent(Sample.body(sequence, on: ticket.id), counter: sequence),
            ticket: disposition.isAccepted ? ticket : nil, scopesBefore: before,
            scopesAfter: after, verdictScope: verdict)
    }
}

extension HubStorage {
    /// Appends these lines in one transaction and gives what was appended.
    @discardableResult
    func append(_ lines: LogLine...) throws -> [CommittedEntry] {
        try transaction { hub in try lines.map { try hub.append($0) } }
    }
}

extension HubTransaction {
    @discardableResult
    func append(_ line: LogLine) throws -> CommittedEntry {
        let committed = line.committed(at: try head().sequence + 1)
        _ = try append(committed)
        return committed
    }
}
