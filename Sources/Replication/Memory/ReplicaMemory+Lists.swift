import TicketModel

extension ReplicaMemory: ReplicaTransaction {
    /// A ticket as lists see it.
    private struct Row {
        var ticket: Ticket
        var position: Int
        var leftAt: UInt64?

        var dueAt: Timestamp { ticket.nextDue?.dueAt ?? Timestamp(milliseconds: .max) }
    }

    func list(_ query: TicketQuery) -> [TicketSummary] {
        let found = rows(query).sorted { left, right in
            switch query.order {
            case .due:
                (left.dueAt, left.ticket.capturedAt, left.position)
                    < (right.dueAt, right.ticket.capturedAt, right.position)
            case .updated:
                (left.ticket.updatedAt, left.position) > (right.ticket.updatedAt, right.position)
            case .created:
                (left.ticket.capturedAt, left.position)
                    > (right.ticket.capturedAt, right.position)
            }
        }
        return found.dropFirst(max(0, query.offset)).prefix(max(0, query.countMax)).map(summary)
    }

    func count(_ query: TicketQuery) -> Int { rows(query).count }

    private func rows(_ query: TicketQuery) -> [Row] {
        let words = query.text.map(SearchText.words)
        let isBlank = query.text?.allSatisfy(\.isWhitespace) ?? true
        return contents.tickets.values.compactMap { held in
            guard let ticket = held.shown else { return nil }
            let row = Row(ticket: ticket, position: held.position, leftAt: held.leftAt)
            guard matches(row, query), isBlank || contains(ticket, words ?? []) else { return nil }
            return row
        }
    }

    private func matches(_ row: Row, _ query: TicketQuery) -> Bool {
        let ticket = row.ticket
        let conditions = [
            query.assignee == nil || ticket.assignee == query.assignee,
            query.assignees.map { ticket.assignee.map($0.contains) ?? false } ?? true,
            !query.isUnassigned || ticket.assignee == nil,
            query.department == nil || ticket.department == query.department,
            query.store == nil || ticket.store == query.store,
            query.statuses.isEmpty || query.statuses.contains(ticket.status),
            (query.priorityMin ?? .min) <= (ticket.integer(.priority) ?? 0),
            query.tag == nil || hasTag(ticket, query.tag ?? ""),
            query.dueBefore.map { row.dueAt < $0 } ?? true,
            query.capturedIn?.contains(ticket.capturedAt) ?? true,
            query.receivedIn.map { range in
                ticket.receivedAt.map { range.contains($0) } ?? false
            } ?? true,
            !query.isUnsent || !pending(on: ticket.id).isEmpty,
            query.includesLeft || row.leftAt == nil,
        ]
        return conditions.allSatisfy { $0 }
    }

    private func hasTag(_ ticket: Ticket, _ tag: String) -> Bool {
        ticket.tags.contains { SearchText.folded($0) == SearchText.folded(tag) }
    }

    /// Whether every word occurs in some text of the ticket; nothing is found by no words.
    private func contains(_ ticket: Ticket, _ words: [String]) -> Bool {
        let text = SearchText.folded(ticket.searchableText)
        return !words.isEmpty && words.allSatisfy { text.contains($0) }
    }

    private func summary(_ row: Row) -> TicketSummary {
        let ticket = row.ticket
        let due = ticket.nextDue
        return TicketSummary(
            id: ticket.id, number: ticket.displayNumber,
            provisionalNumber: ticket.provisionalNumber, status: ticket.status,
            priority: ticket.integer(.priority) ?? 0, escalationLevel: ticket.escalationLevel,
            assignee: ticket.assignee, department: ticket.department, store: ticket.store,
            subject: ticket.text(.subject), dueAt: due?.dueAt, dueClock: due?.name ?? "",
            dueStartedAt: due?.startedAt, pauseReason: ticket.pauseReason,
            capturedAt: ticket.capturedAt, updatedAt: ticket.updatedAt,
            unsentCount: pending(on: ticket.id).count, hasLeft: row.leftAt != nil)
    }

    // MARK: Numbers

    func tickets(numbered text: String, countMax: Int) -> [TicketID] {
        let number = SearchText.folded(text.filter { !$0.isWhitespace })
        guard !number.isEmpty else { return [] }
        let tests: [(TicketID, ReplicaContents.Held) -> Bool] = [
            { _, row in row.numbers.contains(number) },
            { _, row in
                let shown = row.shown?.displayNumber ?? ""
                return row.numbers.contains {
                    $0.hasSuffix(number)
                        && (!ProvisionalNumber.isProvisional($0)
                            || ProvisionalNumber.isProvisional(shown))
                }
            },
            { _, row in row.numbers.contains { $0.hasSuffix(number) } },
            { id, _ in id.description.hasPrefix(number) },
        ]
        for test in tests {
            let found = contents.tickets.filter { test($0.key, $0.value) }.keys
            if !found.isEmpty { return Array(found.sorted(by: >).prefix(max(0, countMax))) }
        }
        return []
    }

    // MARK: Sizes

    func counts() -> ReplicaCounts {
        let present = contents.tickets.values.filter { $0.leftAt == nil }.compactMap(\.shown)
        let oldest = contents.changes.filter { $0.state == .queued }
            .min { $0.intent.dot.counter < $1.intent.dot.counter }
        return ReplicaCounts(
            tickets: present.count, openTickets: present.count { $0.status != .closed },
            queued: queuedCount(),
            acknowledged: contents.changes.count { $0.state == .acknowledged },
            drafts: contents.drafts.count, oldestQueuedAt: oldest?.body.captured.wall)
    }
}
