import Replication
import Sodium
import TicketModel
import Wire

extension ReplicatedWorld {
    /// Sends the intents after the acknowledged ones to the hub.
    ///
    /// - Parameters:
    ///   - countMax: how many at most.
    ///   - losesAnswer: whether the hub's answer is lost, so that all is sent again next time.
    ///   - fromStart: whether everything is sent that was ever written.
    /// - Returns: the verdicts; nil when there was nothing to send.
    /// - Throws: `StoreError`, `LawViolation` when the hub does not take them.
    @discardableResult
    package func push(
        _ site: Int, countMax: Int = Limits.batchIntentsCountMax, losesAnswer: Bool = false,
        fromStart: Bool = false
    ) throws -> [Verdict]? {
        guard let batch = try batch(of: site, countMax: countMax, fromStart: fromStart) else {
            return nil
        }
        let device = sites[site].device
        let result = try hub.transaction { store in
            try HubCommitter(codec: codec, profile: profile, now: now, store: store)
                .receive(batch, from: device)
        }
        guard case .accepted(let watermark, let verdicts) = result else {
            throw LawViolation("replica \(site) was answered \(result)")
        }
        if !losesAnswer { try acknowledge(watermark, at: site) }
        return verdicts
    }

    private func batch(of site: Int, countMax: Int, fromStart: Bool) throws -> IntentBatch? {
        let (intents, previousHash) = try sites[site].store.read { store in
            let after = fromStart ? 0 : try store.state().acknowledged
            let intents = try store.intents(
                after: after, countMax: countMax, byteCountMax: Limits.batchByteCountMax)
            return (intents, try store.hash(after: after))
        }
        guard let last = intents.last else { return nil }
        guard let previousHash else { throw LawViolation("replica \(site) lost its chain") }
        let replica = sites[site].replica
        let signature = sites[site].keys.sign(
            IntentBatch.signedBytes(
                replica: replica, lastCounter: last.dot.counter, lastHash: last.hash,
                contexts: intents.map(\.context)))
        return IntentBatch(
            epoch: last.context.epoch, replica: replica, previousHash: previousHash,
            intents: intents.map {
                ReadIntent(intent: $0, body: codec.decodeBody($0.bodyBytes))
            }, signature: signature)
    }

    private func acknowledge(_ watermark: UInt64, at site: Int) throws {
        try sites[site].store.transaction { store in
            var state = try store.state()
            state.acknowledged = max(state.acknowledged, watermark)
            try store.save(state)
            try store.acknowledge(through: state.acknowledged)
        }
    }

    /// The page that a replica would get now.
    package func page(for site: Int, after cursor: UInt64, byteCountMax: Int) throws -> Page {
        try hub.read {
            try $0.page(
                after: cursor, scopes: sites[site].scopes, byteCountMax: byteCountMax)
        }.read(with: codec)
    }

    /// Applies pages until there is no more, or only the first.
    ///
    /// - Throws: `StoreError`, `PageApplier.Refusal`.
    package func pull(
        _ site: Int, byteCountMax: Int = Limits.pageByteCountMax, pagesCountMax: Int = .max,
        repeatsPages: Bool = false
    ) throws {
        let store = sites[site].store
        for _ in 0..<pagesCountMax {
            let cursor = try store.read { try $0.state().cursor.sequence }
            let page = try page(for: site, after: cursor, byteCountMax: byteCountMax)
            let apply = {
                _ = try store.transaction {
                    try PageApplier.apply(page, profile: self.profile, now: self.now, to: $0)
                }
            }
            try apply()
            if repeatsPages, page.to.sequence > page.from { try expectStale(apply) }
            if !page.hasMore { return }
        }
    }

    /// A page that comes a second time is refused and changes nothing (I5).
    private func expectStale(_ apply: () throws -> Void) throws {
        do { try apply() } catch PageApplier.Refusal.stale { return }
        throw LawViolation("a page was applied twice")
    }

    /// Asks for the answers that no page brings, because the ticket has left.
    package func askForVerdicts(_ site: Int) throws {
        let store = sites[site].store
        let waiting = try store.read { try $0.unansweredOperations(countMax: 1_000) }
        let verdicts = try hub.read { hub in try waiting.compactMap { try hub.verdict(on: $0) } }
        _ = try store.transaction {
            try PageApplier.settle(verdicts, profile: profile, now: now, in: $0)
        }
    }

    /// Everybody sends and fetches everything.
    package func settle() throws {
        for site in sites.indices { while try push(site) != nil {} }
        for site in sites.indices {
            try pull(site)
            try askForVerdicts(site)
        }
    }
}
