import Replication
import Sodium
import TicketModel
import Wire

extension SyncLoop {
    /// Sends whatever the window allows: batches up, one page request down, and once both are at
    /// rest the question for verdicts that never came.
    mutating func pump(at now: Timestamp, _ actions: inout [Action]) throws {
        guard conversation?.isGreeted == true, conversation?.handOver == nil, profile != nil else {
            return
        }
        if let retryAt = conversation?.retryAt, retryAt > now { return }
        if let crossing = conversation?.crossing {
            return try refill(crossing, at: now, &actions)
        }
        try pushBatches(at: now, &actions)
        let state = try store.read { try $0.state() }
        if let snapshot = state.snapshot {
            return try requestSnapshot(snapshot, at: now, &actions)
        }
        try pullPage(from: state, at: now, &actions)
        try askForVerdicts(at: now, &actions)
        try verify(state, at: now, &actions)
        reportIfInStep(state, &actions)
    }

    /// The batches that may be under way: as many as both sides allow.
    private var windowBatches: Int {
        min(conversation?.windowBatches ?? 1, tuning.windowBatchesCountMax)
    }

    private mutating func pushBatches(at now: Timestamp, _ actions: inout [Action]) throws {
        while let conversation, conversation.pushesCount < windowBatches {
            let after = conversation.pushedThrough
            let (candidates, previousHash, epoch) = try store.read { store in
                (
                    try store.intents(
                        after: after,
                        countMax: min(conversation.batchIntentsMax, tuning.batchIntentsCountMax),
                        byteCountMax: conversation.batchBytesMax),
                    try store.hash(after: after), try store.state().epoch
                )
            }
            let intents = candidates.prefix(ClientMessage.pushCount(of: candidates))
            guard let last = intents.last, let epoch else { return }
            guard let previousHash else { throw Halt.databaseCopied(counter: after) }
            let batch = signed(intents, ending: last, after: previousHash, epoch)
            let id = send(.push(batch), &actions)
            self.conversation?.asked(.push(through: last.dot.counter), id, at: now)
            self.conversation?.pushedThrough = last.dot.counter
            self.conversation?.hasReportedCaughtUp = false
        }
    }

    /// A run of own intents under the signature of this device.
    func signed(
        _ intents: some Collection<Intent>, ending last: Intent, after previousHash: Digest,
        _ epoch: EpochID
    ) -> IntentBatch {
        let signature = identity.signingKey.sign(
            IntentBatch.signedBytes(
                replica: replica, lastCounter: last.dot.counter, lastHash: last.hash,
                contexts: intents.map(\.context)))
        return IntentBatch(
            epoch: epoch, replica: replica, previousHash: previousHash,
            intents: intents.map { ReadIntent(intent: $0, body: nil) }, signature: signature)
    }

    private mutating func pullPage(
        from state: ReplicaState, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let conversation, let epoch = state.epoch, !conversation.isPulling else { return }
        guard state.cursor.sequence < conversation.head || !conversation.hasPulled else { return }
        let pull = Pull(
            epoch: epoch, cursor: state.cursor.sequence, bytesMax: tuning.pageByteCountMax)
        let id = send(.pull(pull), &actions)
        self.conversation?.asked(.pull(from: state.cursor.sequence), id, at: now)
        self.conversation?.hasPulled = true
        self.conversation?.hasReportedCaughtUp = false
    }

    /// A ticket may have left the scope before the verdict on it was fetched (replication.md 3.5).
    private mutating func askForVerdicts(at now: Timestamp, _ actions: inout [Action]) throws {
        guard let conversation, conversation.open.isEmpty,
            conversation.verdictsAskedAt != conversation.head
        else { return }
        let waiting = try store.read {
            try $0.unansweredOperations(countMax: tuning.verdictsCountMax)
        }
        self.conversation?.verdictsAskedAt = conversation.head
        guard !waiting.isEmpty else { return }
        let id = send(.verdictsGet(waiting), &actions)
        self.conversation?.asked(.verdicts, id, at: now)
    }

    private mutating func reportIfInStep(_ state: ReplicaState, _ actions: inout [Action]) {
        guard let conversation, conversation.open.isEmpty, !conversation.hasReportedCaughtUp,
            state.cursor.sequence >= conversation.head
        else { return }
        self.conversation?.hasReportedCaughtUp = true
        progress.head = conversation.head
        actions.append(.caughtUp(progress))
    }
}
