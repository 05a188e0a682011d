import Sodium
import TicketModel

extension ReplicaMemory {
    func pending(on ticket: TicketID) -> [ChangeRecord] {
        contents.changes.filter { $0.body.ticket == ticket && $0.isPending }.sorted(by: precedes)
    }

    func change(_ operation: OperationID) -> ChangeRecord? {
        contents.changes.first { $0.body.operation == operation }
    }

    func changes(on ticket: TicketID?, countMax: Int) -> [ChangeRecord] {
        let found = contents.changes.reversed().filter { ticket == nil || $0.body.ticket == ticket }
        return Array(found.prefix(max(0, countMax)))
    }

    func unansweredOperations(countMax: Int) -> [OperationID] {
        let waiting = contents.changes.filter { $0.state == .acknowledged }.sorted(by: precedes)
        return waiting.prefix(max(0, countMax)).map(\.body.operation)
    }

    func intents(after counter: UInt64, countMax: Int, byteCountMax: Int) -> [Intent] {
        let found = contents.changes.map(\.intent)
            .filter { $0.dot.replica == contents.identity?.replica && $0.dot.counter > counter }
            .sorted { $0.dot < $1.dot }
        return found.batch(countMax: countMax, byteCountMax: byteCountMax, codec: codec)
    }

    func hash(after counter: UInt64) -> Digest? {
        if counter == 0 { return .zero }
        guard let replica = contents.identity?.replica else { return nil }
        let dot = Dot(replica: replica, counter: counter)
        return contents.changes.first { $0.intent.dot == dot }?.intent.hash
    }

    func queuedCount() -> Int {
        let state = contents.state
        return Int(clamping: state.counter - min(state.counter, state.acknowledged))
    }

    private func precedes(_ left: ChangeRecord, _ right: ChangeRecord) -> Bool {
        left.intent.dot.counter < right.intent.dot.counter
    }

    func pendingChanges() -> [ChangeRecord] { contents.changes.filter(\.isPending) }

    func changesSettled(after sequence: UInt64) -> [ChangeRecord] {
        contents.changes.filter { change in
            guard case .settled(_, let settledAt) = change.state else { return false }
            return settledAt.map { $0 > sequence } ?? true
        }
    }

    // MARK: Writing

    func replace(_ change: ChangeRecord) throws {
        let operation = change.body.operation
        guard let index = contents.changes.firstIndex(where: { $0.body.operation == operation })
        else { throw StoreError(.failed, "\(operation) is not in the change log.") }
        contents.changes[index] = change
    }

    func append(_ change: ChangeRecord) throws {
        precondition(change.state == .queued, "a new change is queued, got \(change.state)")
        let isKnown = contents.changes.contains {
            $0.body.operation == change.body.operation || $0.intent.dot == change.intent.dot
        }
        guard !isKnown else {
            throw StoreError(.failed, "\(change.body.operation) or its dot is stored already.")
        }
        contents.changes.append(change)
    }

    func acknowledge(through counter: UInt64) {
        for index in contents.changes.indices
        where contents.changes[index].state == .queued
            && contents.changes[index].intent.dot.counter <= counter
        {
            contents.changes[index].state = .acknowledged
        }
    }

    func settle(_ operation: OperationID, _ disposition: Disposition, sequence: UInt64) {
        let index = contents.changes.firstIndex { $0.body.operation == operation && $0.isPending }
        guard let index else { return }
        contents.changes[index].state = .settled(disposition, sequence: sequence)
    }

    // MARK: Drafts

    func drafts() -> [Draft] { contents.drafts }

    func draft(_ operation: OperationID) -> Draft? {
        contents.drafts.first { $0.operation == operation }
    }

    func save(_ draft: Draft) {
        guard self.draft(draft.operation) == nil else { return }
        contents.drafts.append(draft)
    }

    func removeDraft(_ operation: OperationID) {
        contents.drafts.removeAll { $0.operation == operation }
    }
}
