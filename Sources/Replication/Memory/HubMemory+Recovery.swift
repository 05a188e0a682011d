import Sodium
import TicketModel

extension HubMemory {
    // MARK: Lives of the log

    func lineage() -> [EpochID: UInt64] { contents.lineage }

    func forks() -> [EpochID: UInt64] {
        contents.lineage.mapValues { _ in 0 }.merging(contents.forks) { $1 }
    }

    func logBase() -> UInt64 { contents.logBase }

    func durableSequence() -> UInt64 { contents.durableSequence }

    func recovery() -> RecoveryRecord? { contents.recovery }

    func save(_ recovery: RecoveryRecord?) { contents.recovery = recovery }

    func beginEpoch(_ epoch: EpochID, sharing sequence: UInt64, isOnlyLog: Bool) throws {
        guard epoch != contents.epoch, contents.lineage[epoch] == nil else {
            throw StoreError(.failed, "Epoch \(epoch) was in use before.")
        }
        for former in contents.lineage.keys {
            contents.lineage[former] = min(contents.lineage[former] ?? 0, sequence)
        }
        contents.lineage[contents.epoch] = sequence
        contents.forks = contents.forks.mapValues { min($0, sequence) }
        contents.forks[contents.epoch] = isOnlyLog ? sequence : 0
        contents.epoch = epoch
        contents.durableSequence = min(contents.durableSequence, sequence)
    }

    func raiseShared(of epoch: EpochID, to sequence: UInt64) {
        precondition(epoch != contents.epoch, "the present life shares all of itself: \(epoch)")
        contents.lineage[epoch] = max(contents.lineage[epoch] ?? 0, sequence)
    }

    func raiseDurable(to sequence: UInt64) {
        contents.durableSequence = max(contents.durableSequence, min(sequence, head().sequence))
    }

    // MARK: What replicas bring back

    func origins(of operation: OperationID) -> [LogOrigin] {
        (contents.origins[operation] ?? []).sorted()
    }

    func record(_ origin: LogOrigin, of operation: OperationID) {
        contents.origins[operation, default: []].insert(origin)
    }

    func parkedEntries(on ticket: TicketID) -> [ParkedEntry] {
        contents.parked.filter { $0.ticket == ticket }.sorted { $0.origin < $1.origin }
    }

    func parkedEntries(countMax: Int) -> [ParkedEntry] {
        Array(contents.parked.prefix(max(0, countMax)))
    }

    func parkedCount() -> Int { contents.parked.count }

    func park(_ entry: ParkedEntry) {
        guard !contents.parked.contains(where: { $0.operation == entry.operation }) else { return }
        contents.parked.append(entry)
    }

    func unpark(_ operation: OperationID) {
        contents.parked.removeAll { $0.operation == operation }
    }

    func reserve(_ number: TicketNumber) {
        let last = max(reservedOrdinals[number.businessDate] ?? 0, number.ordinal)
        reservedOrdinals[number.businessDate] = last
    }

    func timers(of ticket: TicketID) -> [TimerRecord] {
        contents.timers.filter { $0.key.ticket == ticket }.sorted { $0.key < $1.key }
            .map { TimerRecord(key: $0.key, dueAt: $0.value) }
    }

    func attempt<Value>(_ body: () throws -> Value) throws -> Value {
        let before = contents
        do { return try body() } catch {
            contents = before
            throw error
        }
    }

    // MARK: Snapshots and digests

    func snapshot(
        after: TicketID?, through: TicketID?, scopes: Set<Scope>, byteCountMax: Int
    ) -> SnapshotPiece {
        let visible = contents.tickets.filter { id, ticket in
            after.map { $0 < id } ?? true && through.map { id <= $0 } ?? true
                && ticket.scopes.contains(where: scopes.contains)
        }.values.sorted { $0.id < $1.id }
        var assembly = SnapshotAssembly(byteCountMax: byteCountMax)
        for ticket in visible {
            let past = history(of: ticket.id, before: .max)
            guard assembly.take(codec.encode(ticket), history: past) else { break }
        }
        let (tickets, history) = (assembly.tickets, assembly.history)
        let isCut = tickets.count < visible.count
        return SnapshotPiece(
            head: head(), after: after, through: isCut ? visible[tickets.count - 1].id : through,
            tickets: tickets, history: history,
            total: scopes.reduce(0) { $0 + digest(of: $1).count })
    }

    func digest(of scope: Scope) -> DigestSum { digest(of: scope, in: .allTickets) }

    func digest(of scope: Scope, in range: ClosedRange<TicketID>) -> DigestSum {
        var sum = DigestSum()
        for ticket in contents.tickets.values
        where range.contains(ticket.id) && ticket.scopes.contains(scope) {
            sum.add(TicketDigest.of(codec.encode(ticket)))
        }
        return sum
    }

    // MARK: Compaction and quarantine

    func compact(through sequence: UInt64, eventsSince: Timestamp, countMax: Int) -> Int {
        let last = min(sequence, head().sequence)
        guard last > contents.logBase else { return 0 }
        let count = min(Int(clamping: last - contents.logBase), max(0, countMax))
        contents.keptLog += contents.log.prefix(count).filter { !$0.entry.events.isEmpty }
        contents.keptLog.removeAll { $0.entry.hubTime < eventsSince }
        contents.baseHead = contents.log[count - 1].position
        contents.log.removeFirst(count)
        contents.logBase += UInt64(count)
        return count
    }

    func firstEntry(
        after sequence: UInt64, through end: UInt64, since time: Timestamp
    ) -> UInt64? {
        (contents.keptLog + contents.log).first {
            $0.entry.sequence > sequence && $0.entry.sequence <= end && $0.entry.hubTime >= time
        }?.entry.sequence
    }

    func quarantinedCount() -> Int { contents.quarantine.count }

    func quarantineSize(of device: DeviceID) -> (count: Int, byteCount: Int) {
        let work = contents.quarantine.filter { $0.device == device }
        return (work.count, work.reduce(0) { $0 + $1.bodyBytes.count })
    }

    func quarantined(after operation: OperationID?, countMax: Int) -> [QuarantinedIntent] {
        var rest = contents.quarantine[...]
        if let operation {
            let index = rest.firstIndex { $0.operation == operation }
            rest = rest.dropFirst(index.map { $0 + 1 } ?? rest.count)
        }
        return Array(rest.prefix(max(0, countMax)))
    }

    func quarantined(_ operation: OperationID) -> QuarantinedIntent? {
        contents.quarantine.first { $0.operation == operation }
    }

    func quarantine(_ intent: QuarantinedIntent) {
        guard quarantined(intent.operation) == nil else { return }
        contents.quarantine.append(intent)
    }

    func removeQuarantined(_ operation: OperationID) {
        contents.quarantine.removeAll { $0.operation == operation }
    }
}
