import Replication
import TicketModel

/// A ticket that was asked for, and how it was found.
package struct FoundTicket: Sendable {
    /// The ticket to work on.
    package var ticket: Ticket
    /// The number that was asked for, if it is not the ticket's own: that of a ticket that was
    /// merged into this one, or one that this ticket had before.
    package var redirectedFrom: String?

    package init(ticket: Ticket, redirectedFrom: String? = nil) {
        self.ticket = ticket
        self.redirectedFrom = redirectedFrom
    }
}

extension Desk {
    /// The most tickets that are looked at before a reference counts as ambiguous.
    private static let foundCountMax = 20
    /// The most that are listed then.
    private static let ambiguousCountMax = 5

    /// Finds the one ticket that `reference` names: a number, the end of a number, or the start of
    /// its identity.
    ///
    /// The number of a ticket that was merged leads to the one in which its case goes on, for ever
    /// (domain.md T25); its identity leads to itself.
    ///
    /// - Parameter followingMerges: whether a number leads on; otherwise it names the ticket that
    ///   it was given to.
    /// - Throws: `Failure.noSuchTicket`, `Failure.ambiguousTicket`, `StoreError`.
    package func find(
        _ reference: String, followingMerges: Bool = true
    ) throws -> FoundTicket {
        let wanted = SearchText.folded(reference.filter { !$0.isWhitespace })
        return try store.read { store in
            let named = try store.tickets(numbered: reference, countMax: Self.foundCountMax)
                .compactMap { try store.visible($0) }
            let owners = named.filter { ticket in
                ticket.isNamed(wanted, by: ticket.ownNumbers, exactly: followingMerges)
            }
            var found: [FoundTicket] = []
            for ticket in owners.isEmpty ? named : owners {
                let next = try followed(ticket, wanted, followingMerges, in: store)
                if !found.contains(where: { $0.ticket.id == next.ticket.id }) {
                    found.append(next)
                }
            }
            guard let first = found.first else { throw Failure.noSuchTicket(reference) }
            guard found.count == 1 else {
                throw Failure.ambiguousTicket(
                    reference, found.prefix(Self.ambiguousCountMax).map(\.ticket.displayNumber))
            }
            return first
        }
    }

    private func followed(
        _ ticket: Ticket, _ wanted: String, _ followingMerges: Bool,
        in store: any ReplicaReader
    ) throws -> FoundTicket {
        let former = ticket.formerNumbers.first { SearchText.folded($0).hasSuffix(wanted) }
        let isOwn = ticket.isNamed(wanted, by: ticket.ownNumbers, exactly: false)
        // By nothing but its identity: then this very ticket is meant.
        guard isOwn || former != nil else { return FoundTicket(ticket: ticket) }
        let name = isOwn ? nil : former
        guard followingMerges, ticket.isMerged, let end = try store.end(of: ticket) else {
            return FoundTicket(ticket: ticket, redirectedFrom: name)
        }
        return FoundTicket(ticket: end, redirectedFrom: name ?? ticket.displayNumber)
    }
}

extension Ticket {
    fileprivate func isNamed(_ wanted: String, by numbers: [String], exactly: Bool) -> Bool {
        numbers.map(SearchText.folded).contains { number in
            exactly ? number == wanted : number.hasSuffix(wanted)
        }
    }
}
