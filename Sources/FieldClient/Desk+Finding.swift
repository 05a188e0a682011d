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

/// One of several tickets that a reference may mean.
package struct TicketCandidate: Hashable, Sendable {
    /// The number that fits the reference; the ticket's own when its identity does.
    package var matched: String
    /// The number that the ticket, or the one in which its case goes on, shows.
    package var number: String

    package init(matched: String, number: String) {
        self.matched = matched
        self.number = number
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
    /// A whole number wins over the ends of others, and the end of an official number over that of
    /// a provisional one that hardly shows because there is an official one. What was just logged
    /// and has no other number counts as much as they: where both fit, nobody can tell which is
    /// meant.
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
                guard let number = ticket.number(matching: wanted) else { return false }
                let isWhole = SearchText.folded(number) == wanted
                return ticket.ownNumbers.contains(number) && (isWhole || !followingMerges)
            }
            var found: [FoundTicket] = []
            var candidates: [TicketCandidate] = []
            for ticket in owners.isEmpty ? named : owners {
                let next = try followed(ticket, wanted, followingMerges, in: store)
                guard !found.contains(where: { $0.ticket.id == next.ticket.id }) else { continue }
                found.append(next)
                let number = next.ticket.displayNumber
                candidates.append(
                    TicketCandidate(
                        matched: ticket.number(matching: wanted) ?? number, number: number))
            }
            guard let first = found.first else { throw Failure.noSuchTicket(reference) }
            guard found.count == 1 else {
                throw Failure.ambiguousTicket(
                    reference, Array(candidates.prefix(Self.ambiguousCountMax)))
            }
            return first
        }
    }

    private func followed(
        _ ticket: Ticket, _ wanted: String, _ followingMerges: Bool,
        in store: any ReplicaReader
    ) throws -> FoundTicket {
        // By nothing but its identity: then this very ticket is meant.
        guard let matched = ticket.number(matching: wanted) else {
            return FoundTicket(ticket: ticket)
        }
        let name = ticket.ownNumbers.contains(matched) ? nil : matched
        guard followingMerges, ticket.isMerged, let end = try store.end(of: ticket) else {
            return FoundTicket(ticket: ticket, redirectedFrom: name)
        }
        return FoundTicket(ticket: end, redirectedFrom: name ?? ticket.displayNumber)
    }
}

extension Ticket {
    /// The number that is or ends with `wanted`: a whole one before an ending, an official one
    /// before a provisional one, its own before former ones. Nil if there is none.
    fileprivate func number(matching wanted: String) -> String? {
        let numbers = allNumbers.map { (text: $0, folded: SearchText.folded($0)) }
        let endings = numbers.filter { $0.folded.hasSuffix(wanted) }
        let found =
            endings.first { $0.folded == wanted }
            ?? endings.first { !ProvisionalNumber.isProvisional($0.text) } ?? endings.first
        return found?.text
    }
}
