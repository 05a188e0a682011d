import Sodium
import TicketModel

/// Groups: consecutive intents of one replica that are accepted together or not at all
/// (replication.md 3.4).
extension HubCommitter {
    /// An intent of a group, with its body.
    struct GroupMember {
        var intent: Intent
        var body: IntentBody

        /// Nil for an intent that cannot be read: it is of no group.
        init?(_ read: ReadIntent) {
            guard let body = read.body else { return nil }
            (intent, self.body) = (read.intent, body)
        }
    }

    /// Ends the attempt to commit a group.
    private struct Refused: Error {
        /// The member that was refused for a reason of its own; nil when the group as a whole was.
        var index: Int?
        var decision: Decision

        static let asWhole = Refused(
            index: nil, decision: .refused(.dependencyRejected, Rejection.groupDetail))
        /// Each member for itself could be shown to readers, all of them in one page could not.
        static let forSize = Refused(
            index: nil, decision: .refused(.tooLarge, Rejection.groupDetail))
    }

    /// Answers all members: if one is refused, all are, and nothing of them has happened.
    ///
    /// Members that were answered before keep their answers: a twin under another dot, or what a
    /// replica has brought back to a restored hub. The others then follow them.
    func commit(group members: [GroupMember], from device: DeviceRecord) throws -> [Verdict] {
        let last = try lastWithEntry(members)
        let scopes = audience.scopes
        size.begin()
        defer { size.end() }
        do {
            let bodies = members.map(\.body)
            guard IntentGroup.isWhole(bodies), bodies.haveBothHalves else {
                throw Refused.asWhole
            }
            return try store.attempt {
                let verdicts = try members.enumerated().map { index, member in
                    if let known = try known(member) {
                        guard known.disposition.isAccepted else { throw Refused.asWhole }
                        return known
                    }
                    let decision = try decide(member.intent, member.body, from: device)
                    guard decision.disposition.isAccepted else {
                        throw Refused(index: index, decision: decision)
                    }
                    return try record(
                        decision, member.intent, member.body, device: device,
                        isLast: index == last)
                }
                guard size.byteCount <= Limits.transactionByteCountMax else {
                    throw Refused.forSize
                }
                return verdicts
            }
        } catch let refused as Refused {
            audience.scopes = scopes
            return try refuse(members, refused, lastWithEntry: last, device)
        }
    }

    /// Refuses every member that was not answered before, the culprit with its own reason. What is
    /// set aside for a supervisor is set aside whole.
    private func refuse(
        _ members: [GroupMember], _ refused: Refused, lastWithEntry last: Int?,
        _ device: DeviceRecord
    ) throws -> [Verdict] {
        let isQuarantined = refused.decision.disposition.rejection?.code == .quarantined
        return try members.enumerated().map { index, member in
            if let known = try known(member) { return known }
            let isCulprit = refused.index.map { $0 == index } ?? true || isQuarantined
            return try record(
                isCulprit ? refused.decision : Refused.asWhole.decision, member.intent,
                member.body, device: device, isLast: index == last)
        }
    }

    /// The answer that a member got before, now under this dot too; nil if it is new.
    private func known(_ member: GroupMember) throws -> Verdict? {
        guard let known = try store.verdict(on: member.body.operation) else { return nil }
        try store.recordTwin(member.intent, of: member.body.operation)
        return known
    }

    /// Counts what a page must hold that shows a group.
    final class Size {
        private(set) var byteCount = 0
        private var isCounting = false
        private var entered: Set<TicketID> = []

        fileprivate func begin() { (byteCount, isCounting, entered) = (0, true, []) }

        fileprivate func end() { isCounting = false }

        /// A ticket comes into the sight of one reader once.
        func add(_ committed: CommittedEntry, _ codec: any ReplicationCodec) {
            guard isCounting else { return }
            byteCount += codec.encode(committed.entry).count
            guard committed.isEntering, let ticket = committed.ticket,
                entered.insert(ticket.id).inserted
            else { return }
            byteCount += codec.encode(ticket).count
        }
    }

    /// The last member that will get an entry in the log: where the group ends for readers.
    private func lastWithEntry(_ members: [GroupMember]) throws -> Int? {
        var seen: Set<OperationID> = []
        return try members.indices.filter { index in
            let operation = members[index].body.operation
            return try seen.insert(operation).inserted && store.verdict(on: operation) == nil
        }.last
    }
}

extension IntentBatch {
    /// The intents from `start` that are answered together: one, or those of one group that follow
    /// each other here.
    func unit(from start: Int) -> Range<Int> {
        var end = start + 1
        guard let group = intents[start].body?.group else { return start..<end }
        while end < intents.count, intents[end].body?.group?.id == group.id,
            intents[end].intent.dot.counter == intents[end - 1].intent.dot.counter + 1
        {
            end += 1
        }
        return start..<end
    }

    /// The chain hash after each intent.
    var chainHashes: [Digest] {
        var hash = previousHash
        return intents.map { read in
            hash = hash.chained(with: read.intent.bodyBytes)
            return hash
        }
    }
}
