import Replication
import TicketModel

extension ReplicatedWorld {
    /// What must hold when everybody has sent and fetched everything.
    ///
    /// - Throws: `LawViolation` with what does not, `StoreError`.
    package func checkAgreement() throws {
        let tickets = Set(written.map(\.ticket))
        for (index, site) in sites.enumerated() {
            for ticket in tickets.sorted() { try checkTicket(ticket, at: index, site) }
            try checkAnswers(at: index, site)
        }
    }

    /// I1: a replica has what the hub has of the tickets in its scopes, and shows just that.
    private func checkTicket(_ id: TicketID, at index: Int, _ site: Site) throws {
        let atHub = try hub.read { try $0.ticket(id) }
        let (base, visible, leftAt) = try site.store.read {
            (try $0.base(id), try $0.visible(id), try $0.leftAt(id))
        }
        let isInScope = atHub?.scopes.contains(where: site.scopes.contains) ?? false
        if isInScope {
            guard base == atHub, visible == atHub, leftAt == nil else {
                throw LawViolation(
                    "replica \(index) has \(base.debugDescription) and shows "
                        + "\(visible.debugDescription), not \(atHub.debugDescription)")
            }
        } else if base != nil, leftAt == nil {
            throw LawViolation("replica \(index) does not know that \(id) has left")
        }
    }

    /// I3, I14: every intent has one answer, the hub's, and every refusal is a draft.
    private func checkAnswers(at index: Int, _ site: Site) throws {
        let (records, drafts, queuedCount) = try site.store.read {
            (
                try $0.changes(on: nil, countMax: 10_000), try $0.drafts().map(\.operation),
                try $0.queuedCount()
            )
        }
        guard queuedCount == 0 else { throw LawViolation("replica \(index) has not sent all") }
        var refused: Set<OperationID> = []
        for record in records {
            let verdict = try hub.read { try $0.verdict(on: record.body.operation) }
            guard case .settled(let disposition, let sequence) = record.state, let verdict,
                verdict.disposition == disposition, verdict.sequence == sequence
            else {
                throw LawViolation(
                    "\(record.body.operation) of replica \(index) is \(record.state), the hub "
                        + "answered \(verdict.debugDescription)")
            }
            if !disposition.isAccepted { refused.insert(record.body.operation) }
        }
        guard refused == Set(drafts), drafts.count == refused.count else {
            throw LawViolation("replica \(index) has drafts \(drafts), refused were \(refused)")
        }
        let own = written.filter { $0.site == index }.map(\.operation)
        guard Set(own) == Set(records.map(\.body.operation)), own.count == records.count else {
            throw LawViolation("the log of replica \(index) is not what was written there")
        }
    }

    /// I5: everything once more changes nothing and is answered the same.
    ///
    /// - Throws: `LawViolation`, `StoreError`.
    package func checkRepetition() throws {
        let head = try hub.read { try $0.head() }
        for site in sites.indices {
            let verdicts = try push(site, fromStart: true) ?? []
            for verdict in verdicts {
                let known = try hub.read { try $0.verdict(on: verdict.operation) }
                guard known == verdict else {
                    throw LawViolation("\(verdict.operation) got another answer when sent again")
                }
            }
        }
        guard try hub.read({ try $0.head() }) == head else {
            throw LawViolation("what was sent again was committed again")
        }
    }
}
