import TicketModel
import TicketPolicy

// A ticket may arrive with what was done about it while no hub could be reached, as several intents
// of one batch. Whether a promise is broken is known when all of them are committed: nobody is told
// of what was overtaken meanwhile (domain.md B6.3, T28).
extension HubCommitter {
    /// Gathers rungs that an intent found behind it, while more intents on its ticket follow.
    final class Postponed {
        /// Where in the batch the intents begin that follow.
        var position = 0
        private var lastPositions: [TicketID: Int] = [:]
        fileprivate var keys: [TimerKey] = []

        /// Learns which tickets the intents of a batch are about, in their order; nil for what
        /// cannot be read.
        func expect(_ tickets: [TicketID?]) {
            lastPositions = [:]
            for (position, ticket) in tickets.enumerated() {
                if let ticket { lastPositions[ticket] = position }
            }
        }

        /// Drops what was gathered for work that is undone.
        func forget() {
            lastPositions = [:]
            keys = []
        }

        /// Whether more is to come about a ticket.
        fileprivate func expectsMore(about ticket: TicketID) -> Bool {
            lastPositions[ticket].map { $0 >= position } ?? false
        }
    }

    /// `reactions` without what may be overtaken by intents that follow: those promises run on, and
    /// their rungs are reached at the end of the batch.
    ///
    /// - Throws: `StoreError`.
    func postponing(_ reactions: [Reaction], on ticket: TicketID) throws -> [Reaction] {
        guard postponed.expectsMore(about: ticket) else { return reactions }
        var open = Set(reactions.compactMap(\.openBreach))
        // What was told before, perhaps in a former life of the log, nothing overtakes any more.
        for case .escalate(_, _, _, _, let key) in reactions where try store.hasFired(key) {
            open.remove(Promise(key))
        }
        return reactions.compactMap { reaction in
            switch reaction {
            case .clock(var state) where open.contains(Promise(state)):
                state.phase = .running
                return .clock(state)
            case .escalate(_, _, _, _, let key) where open.contains(Promise(key)):
                postponed.keys.append(key)
                return nil
            case .warn(_, _, _, let key):
                postponed.keys.append(key)
                return nil
            default: return reaction
            }
        }
    }

    /// Reaches the rungs that nothing has overtaken.
    ///
    /// - Throws: `StoreError`.
    func settlePostponed() throws {
        let keys = postponed.keys
        postponed.keys = []
        for key in keys where try !store.hasFired(key) {
            guard let ticket = try store.ticket(key.ticket) else { continue }
            let reactions = profile.reactions(toTimer: key, on: ticket, at: now)
            try settleTimers(reactions)
            try follow(
                HubFollowUp.all(afterTimer: reactions, isLate: true), on: ticket,
                cause: OperationID(derivedFrom: key))
        }
    }
}

/// One promise of a ticket: a late answer breaks one and begins the next of the same clock at once.
private struct Promise: Hashable {
    var clock: String
    var cycle: Int

    init(_ key: TimerKey) { (clock, cycle) = (key.clock, key.cycle) }
    init(_ state: ClockState) { (clock, cycle) = (state.name, state.cycle) }
}

extension Reaction {
    /// The promise that is stated broken and that nobody has answered.
    fileprivate var openBreach: Promise? {
        guard case .clock(let state) = self, state.phase == .breached, state.stoppedAt == nil
        else { return nil }
        return Promise(state)
    }
}
