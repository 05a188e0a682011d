import Sodium
import TicketModel
import TicketPolicy

/// The hub's commit algorithm (replication.md 3.4): every intent, in order, gets exactly one
/// disposition and one place in the log.
///
/// A value for one transaction: the owner makes one, feeds it the batches that wait, and answers
/// the peers only after the transaction is durable.
package struct HubCommitter {
    /// What became of one batch.
    package enum PushResult: Hashable, Sendable {
        /// Everything up to `watermark` is answered; the verdicts of this batch follow.
        case accepted(watermark: UInt64, verdicts: [Verdict])
        /// The batch belongs to another life of the log; nothing was taken (I15).
        case epochChanged(EpochID)
        /// An earlier intent is missing: send from this counter.
        case need(counter: UInt64)
        /// The dot is known with other content: the database was cloned or rolled back
        /// (replication.md 3.12).
        case fork(counter: UInt64)
        /// The signature does not fit the device.
        case badSignature
        /// It could not be committed, and nothing of it was; why, for operators.
        case failed(String)
    }

    let codec: any ReplicationCodec
    /// The rules that decide.
    package let profile: Profile
    /// The hub's time of this transaction.
    let now: Timestamp
    let epoch: EpochID
    /// The day that numbers of this transaction carry.
    let businessDate: Int
    let store: any HubTransaction
    /// From what identities follow that devices must not know before.
    let ruleKey: MessageAuthenticationKey?
    /// The scopes whose replicas have something to fetch after this transaction.
    package let audience = Audience()

    /// How large the group is that is being committed.
    let size = Size()

    /// What is late, and may turn out not to be when the rest of the batch is committed.
    let postponed = Postponed()

    /// What an operator must hear of, though the transaction goes on.
    package let faults = Faults()

    /// Gathers what went wrong with single pieces of work.
    package final class Faults {
        package internal(set) var texts: [String] = []
    }

    /// Gathers the scopes that a transaction concerns.
    package final class Audience {
        package internal(set) var scopes: Set<Scope> = []
    }

    /// - Parameter ruleKey: the hub's secret outside of its store; nil where no device is hostile.
    /// - Throws: `StoreError`.
    package init(
        codec: any ReplicationCodec, profile: Profile, now: Timestamp, store: any HubTransaction,
        ruleKey: MessageAuthenticationKey? = nil
    ) throws {
        self.ruleKey = ruleKey
        self.codec = codec
        self.profile = profile
        self.now = now
        self.store = store
        epoch = try store.epoch()
        businessDate = BusinessDate.number(at: now, zone: profile.zone)
    }

    /// Commits a batch that `device` pushed, under a savepoint of its own: what cannot be read or
    /// written because of it holds up nobody else whose work shares the transaction.
    ///
    /// - Throws: `StoreError` when the store as a whole fails; the transaction must then be
    ///   abandoned.
    package func receiveAlone(
        _ batch: IntentBatch, from device: DeviceRecord
    ) throws -> PushResult {
        do {
            return try attemptAlone { try receive(batch, from: device) }
        } catch  where error.mayConcernOneWorkOnly {
            return .failed("\(error)")
        }
    }

    /// Runs `work`; when it throws nothing of it has happened, here and in the store.
    func attemptAlone<Value>(_ work: () throws -> Value) throws -> Value {
        let (scopes, texts) = (audience.scopes, faults.texts)
        do { return try store.attempt(work) } catch {
            (audience.scopes, faults.texts) = (scopes, texts)
            postponed.forget()
            throw error
        }
    }

    /// Commits a batch that `device` pushed.
    ///
    /// - Throws: `StoreError`; the transaction must then be abandoned.
    package func receive(_ batch: IntentBatch, from device: DeviceRecord) throws -> PushResult {
        guard batch.epoch == epoch else { return .epochChanged(epoch) }
        var replica =
            try store.replica(batch.replica)
            ?? ReplicaRecord(replica: batch.replica, device: device.device)
        let hashes = batch.chainHashes
        guard replica.device == device.device, isSigned(batch, hashes.last, by: device) else {
            return .badSignature
        }
        let result = try take(batch, hashes, &replica, from: device)
        try settlePostponed()
        return result
    }

    /// Answers the intents of a batch that are not answered yet, as far as they follow each other.
    private func take(
        _ batch: IntentBatch, _ hashes: [Digest], _ replica: inout ReplicaRecord,
        from device: DeviceRecord
    ) throws -> PushResult {
        var verdicts: [Verdict] = []
        var index = 0
        postponed.expect(batch.intents.map { $0.body?.ticket })
        while index < batch.intents.count {
            let read = batch.intents[index]
            let counter = read.intent.dot.counter
            if counter <= replica.watermark {
                guard try store.hash(at: read.intent.dot) == hashes[index] else {
                    return .fork(counter: counter)
                }
                if let known = try verdict(on: read) { verdicts.append(known) }
                index += 1
                continue
            }
            // What was committed before the place that does not fit stays committed.
            guard counter == replica.watermark + 1 else {
                try store.save(replica)
                return .need(counter: replica.watermark + 1)
            }
            guard replica.hash.chained(with: read.intent.bodyBytes) == hashes[index] else {
                try store.save(replica)
                return .fork(counter: replica.watermark)
            }
            let unit = batch.unit(from: index)
            postponed.position = unit.upperBound
            verdicts += try commit(batch.intents[unit], from: device)
            index = unit.upperBound
            replica.watermark = batch.intents[index - 1].intent.dot.counter
            replica.hash = hashes[index - 1]
        }
        try store.save(replica)
        return .accepted(watermark: replica.watermark, verdicts: verdicts)
    }

    func isSigned(
        _ batch: IntentBatch, _ lastHash: Digest?, by device: DeviceRecord
    ) -> Bool {
        guard let last = batch.intents.last, let lastHash else { return false }
        let message = IntentBatch.signedBytes(
            replica: batch.replica, lastCounter: last.intent.dot.counter, lastHash: lastHash,
            contexts: batch.intents.map(\.intent.context))
        return device.signingKey.isValid(signature: batch.signature, for: message)
    }

    private func verdict(on read: ReadIntent) throws -> Verdict? {
        guard let body = read.body else { return nil }
        return try store.verdict(on: body.operation)
    }

    /// Answers what is next in its replica's chain: one intent, or the members of one group.
    private func commit(
        _ unit: ArraySlice<ReadIntent>, from device: DeviceRecord
    ) throws -> [Verdict] {
        let verdicts =
            if unit.count == 1, let read = unit.first, read.body?.group == nil {
                [try commit(read, from: device)]
            } else {
                try commit(group: unit.compactMap(GroupMember.init), from: device)
            }
        for body in unit.compactMap(\.body) where body.isCreate {
            if try store.ticket(body.ticket) != nil { try unpark(on: body.ticket) }
        }
        return verdicts
    }

    private func commit(_ read: ReadIntent, from device: DeviceRecord) throws -> Verdict {
        guard let body = read.body else { return try refuseUnreadable(read) }
        if let known = try store.verdict(on: body.operation) {
            try store.recordTwin(read.intent, of: body.operation)
            return known
        }
        let decision =
            [body].haveBothHalves
            ? try decide(read.intent, body, from: device)
            : .refused(.invalidValue, Rejection.groupDetail)
        return try record(decision, read.intent, body, device: device)
    }

    /// An intent of a newer version, or bytes that are no intent: refused by name, so that the
    /// queue behind it goes on.
    ///
    /// The same bytes at the same place of two chains have one name: the second is a twin.
    private func refuseUnreadable(_ read: ReadIntent) throws -> Verdict {
        let operation = OperationID(rawValue: read.intent.hash.prefix128)
        if let known = try store.verdict(on: operation) {
            try store.recordTwin(read.intent, of: operation)
            return known
        }
        let entry = LogEntry(
            sequence: try store.head().sequence + 1, isTransactionEnd: true,
            ticket: TicketID(rawValue: 0), operation: operation, dot: read.intent.dot, act: .edit,
            actor: .hub, hubTime: now, reportedTime: now,
            disposition: .rejected(.unsupportedKind), effects: [])
        try store(
            CommittedEntry(
                entry: entry, intent: read.intent, ticket: nil, scopesBefore: [], scopesAfter: [],
                verdictScope: .replica(read.intent.dot.replica)))
        return Verdict(
            operation: operation, disposition: entry.disposition, sequence: entry.sequence)
    }

    /// The identity of what the hub writes by `rule` because of `cause`.
    func derived(
        from cause: OperationID, rule: String, on ticket: TicketID
    ) -> OperationID {
        OperationID(derivedFrom: cause, rule: rule, on: ticket, key: ruleKey)
    }

    /// Stores an entry and notes whom it concerns.
    func store(_ committed: CommittedEntry) throws {
        audience.scopes.formUnion(committed.audience)
        size.add(committed, codec)
        _ = try store.append(committed)
    }
}
