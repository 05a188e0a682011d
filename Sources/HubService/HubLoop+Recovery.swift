import Replication
import Sodium
import TicketModel
import Wire

extension HubLoop {
    // MARK: Finding out

    /// How much of its log a client shares with this hub: all of it, unless one of the two was put
    /// back to an earlier state.
    ///
    /// The hash of the log proves it, whatever the epochs are called. Where a former life ended is
    /// no proof of what a client shares: the store may have been put back before without a word,
    /// and that epoch then names two logs, of which the client followed the one that is lost. Only
    /// what is behind the log's base is believed, for no restore goes behind it.
    func sharedPosition(_ hello: Hello, _ reader: any HubReader) throws -> LogPosition {
        guard let epoch = hello.epoch else { return .start }
        let limit: UInt64
        if epoch == (try reader.epoch()) {
            limit = try isOnThisLog(hello.cursor, reader) ? hello.cursor.sequence : 0
        } else {
            let fork = try reader.forks()[epoch] ?? 0
            let isProven = try hello.cursor.sequence <= fork && isOnThisLog(hello.cursor, reader)
            limit = isProven ? hello.cursor.sequence : min(fork, try reader.logBase())
        }
        let known = try LogPosition(
            sequence: limit,
            hash: limit == hello.cursor.sequence
                ? hello.cursor.hash : reader.position(at: limit)?.hash ?? .zero)
        let proven = try ([hello.cursor] + hello.locator).first { position in
            try position.sequence > limit && isOnThisLog(position, reader, isKnown: true)
        }
        return proven ?? known
    }

    /// Whether this log has the hash of `position` there. Where the hash is not kept any more it is
    /// believed, unless `isKnown` asks for more.
    private func isOnThisLog(
        _ position: LogPosition, _ reader: any HubReader, isKnown: Bool = false
    ) throws -> Bool {
        if let own = try reader.position(at: position.sequence) { return own.hash == position.hash }
        return try !isKnown && position.sequence <= reader.logBase()
    }

    /// Whether a client proves that this log was longer, or another, under its present epoch, or
    /// that it had an epoch that is forgotten here: then the store was put back, and the present
    /// epoch may name two logs (replication.md 3.11 c).
    func showsForgottenLog(_ hello: Hello, _ reader: any HubReader) throws -> Bool {
        let proven = provenPositions(hello)
        guard let epoch = hello.epoch, !proven.isEmpty else { return false }
        guard epoch == (try reader.epoch()) else { return try reader.lineage()[epoch] == nil }
        return try proven.contains { try !isOnThisLog($0, reader) }
    }

    /// The positions of which a client proves that this hub had them in the log of the client's
    /// epoch: its cursor, and where a snapshot that it has taken over stands ahead of that.
    private func provenPositions(_ hello: Hello) -> [LogPosition] {
        guard let epoch = hello.epoch else { return [] }
        let claims = [
            (hello.cursor, hello.cursorProof), (hello.snapshot ?? .start, hello.snapshotProof),
        ]
        return claims.filter { prover.isProven($0, epoch: epoch, by: $1) }.map { $0.0 }
    }

    /// Remembers how much a former life shares with this log, when a client proves it and nothing
    /// is known: contexts and entries of that life are understood by it.
    ///
    /// What is known is not raised: the epoch may name two logs of which this client followed the
    /// longer part, and of the other less is true.
    func learnShared(_ hello: Hello) throws {
        let proven = try store.read { reader -> (epoch: EpochID, sequence: UInt64)? in
            guard let epoch = hello.epoch, epoch != (try reader.epoch()),
                try reader.lineage()[epoch] == nil, !provenPositions(hello).isEmpty
            else { return nil }
            return (epoch, try sharedPosition(hello, reader).sequence)
        }
        guard let proven else { return }
        try store.transaction { try $0.raiseShared(of: proven.epoch, to: proven.sequence) }
    }

    /// Starts another life of the log because `hello` proves that this one was cut.
    mutating func beginLife(
        because hello: Hello, at now: Timestamp, _ output: inout Output
    ) throws {
        let seed = configuration.seed
        let shared = try store.transaction { store in
            let shared = try sharedPosition(hello, store).sequence
            try LogLife.begin(
                sharing: shared, isOnlyLog: false, seed: seed, at: now,
                recoveryMilliseconds: configuration.tuning.recoveryMilliseconds, in: store)
            return shared
        }
        sessions.removeAll()
        reported = []
        output.remarks.append(
            "the store was put back to an earlier state: a replica has seen the log up to "
                + "\(hello.cursor.sequence), this one shares it up to \(shared). A new epoch "
                + "begins; replicas bring back what is missing.")
        try hintEverybody(&output)
    }

    /// Tells all who follow the feed that the log has changed.
    private func hintEverybody(_ output: inout Output) throws {
        let beat = try heartbeat()
        output.hints.append((topic: beat.topic, body: beat.body))
    }

    // MARK: Taking back

    /// Takes back entries that this hub once wrote (replication.md 3.11).
    mutating func refill(
        _ refill: Refill, _ session: Session, _ request: Request, at now: Timestamp,
        _ output: inout Output
    ) throws {
        let profile = try profile()
        var result = Refilled(epoch: refill.epoch)
        let answer = try store.transaction { store -> (Set<Scope>, UInt64, [String])? in
            guard refill.epoch == (try store.epoch()) else { return nil }
            let committer = try HubCommitter(
                codec: codec, profile: profile, now: now, store: store,
                ruleKey: configuration.recoveryKey)
            // Nobody was refused what they tell by this life: that is in the store.
            let tellsOfAnother =
                session.life == refill.origin
                && (refill.origin != refill.epoch || session.isAhead)
            for verdict in refill.refused where tellsOfAnother {
                try committer.refuseAgain(verdict, of: session.replica, from: refill.origin)
            }
            for entry in refill.entries {
                guard prover.isProven(entry) else {
                    result.refused += 1
                    continue
                }
                switch try committer.refill(
                    entry.bytes, from: refill.origin,
                    sharing: session.life == refill.origin ? session.shared : nil)
                {
                case .taken: result.taken += 1
                case .known: result.known += 1
                case .parked: result.parked += 1
                case .refused: result.refused += 1
                }
            }
            return (
                committer.audience.scopes, try store.head().sequence, committer.faults.texts
            )
        }
        guard let (scopes, head, faults) = answer else {
            return fail(.epochChanged, "The hub's log was restored.", request, &output)
        }
        output.hasCommitted = true
        if result.taken + result.refused > 0 {
            output.remarks.append(
                "device \(session.device) brought back \(result.taken) entries"
                    + (result.refused > 0 ? "; \(result.refused) refused" : ""))
        }
        output.remarks += faults
        reply(.refilled(result), to: request, &output)
        hint(scopes, epoch: refill.epoch, head: head, &output)
        if refill.isLast { try report(session.device, at: now, &output) }
    }

    // MARK: The end

    /// Notes that a device holds nothing that is missing here; once all have reported there is
    /// nothing left to wait for.
    mutating func report(
        _ device: DeviceID, at now: Timestamp, _ output: inout Output
    ) throws {
        guard try store.read({ try $0.recovery() }) != nil else { return }
        reported.insert(device)
        let isComplete = try store.read { reader in
            try reader.devices().allSatisfy { $0.isRevoked || reported.contains($0.device) }
        }
        if isComplete { try endRecovery(at: now, &output) }
    }

    /// The devices that have brought back what they held, by name; empty when the hub is not
    /// recovering. A hub that was started again asks them anew.
    package var reportedDevices: [DeviceID] { reported.sorted() }

    /// Lets the hub's rules act again.
    mutating func endRecovery(at now: Timestamp, _ output: inout Output) throws {
        let (isOver, parked) = try store.transaction { store in
            guard try store.recovery() != nil else { return (false, 0) }
            try store.save(nil as RecoveryRecord?)
            return (true, try store.parkedCount())
        }
        guard isOver else { return }
        output.hasCommitted = true
        output.remarks.append(
            "the recovery is over after \(reported.count) devices reported"
                + (parked > 0 ? "; \(parked) entries wait for the making of their ticket" : ""))
        reported = []
    }
}

// MARK: - Snapshots and digests

extension HubLoop {
    /// A piece of a snapshot of what one replica may hold (replication.md 3.6.4).
    func snapshot(
        _ get: SnapshotGet, _ session: Session, _ device: DeviceRecord, _ request: Request,
        _ output: inout Output
    ) throws {
        let byteCountMax = min(max(get.bytesMax, 1), configuration.tuning.snapshotByteCountMax)
        let message: HubMessage = try store.read { reader in
            let epoch = try reader.epoch()
            guard get.epoch == epoch else { return epochChanged(epoch) }
            return .snapshot(
                Snapshot(
                    epoch: epoch,
                    piece: prover.proven(
                        try reader.snapshot(
                            after: get.after, through: get.through, scopes: Set(device.scopes),
                            byteCountMax: byteCountMax), epoch: epoch)))
        }
        reply(message, to: request, &output)
    }

    /// The sums that tell whether a replica holds what it should (replication.md I8).
    func digests(
        _ get: DigestGet, _ device: DeviceRecord, _ request: Request, _ output: inout Output
    ) throws {
        if let scope = get.scope, !device.scopes.contains(scope) {
            return fail(.notAllowed, "This device does not hold that scope.", request, &output)
        }
        let message: HubMessage = try store.read { reader in
            let epoch = try reader.epoch()
            guard get.epoch == epoch else { return epochChanged(epoch) }
            let digests: [RangeDigest]
            if let scope = get.scope {
                digests = try get.range.divided(countMax: Limits.digestRangesCountMax).map {
                    range in
                    RangeDigest(
                        scope: scope, range: range, digest: try reader.digest(of: scope, in: range))
                }
            } else {
                digests = try device.scopes.map { scope in
                    RangeDigest(
                        scope: scope, range: .allTickets, digest: try reader.digest(of: scope))
                }
            }
            return .digests(
                Digests(epoch: epoch, head: try reader.head().sequence, digests: digests))
        }
        reply(message, to: request, &output)
    }

    func epochChanged(_ epoch: EpochID) -> HubMessage {
        .failure(
            Failure(code: .epochChanged, message: "The hub's log was restored.", epoch: epoch))
    }
}
