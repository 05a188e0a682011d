import Replication
import Sodium
import TicketModel
import Wire

/// Values that the checks need and whose details do not matter to them.
enum Sample {
    static let codec: any ReplicationCodec = ProtobufCodec()
    static let replica = ReplicaID(rawValue: 77)
    static let noon = Timestamp(milliseconds: 1_700_000_000_000)

    static func stamp(_ sequence: UInt64) -> Stamp {
        Stamp(
            sequence: sequence, dot: Dot(replica: replica, counter: sequence),
            operation: operation(sequence), time: HybridTimestamp(noon), authority: .store,
            actor: StaffID(unchecked: "A17"))
    }

    /// The operation that the checks commit at this sequence.
    static func operation(_ sequence: UInt64) -> OperationID {
        OperationID(rawValue: 1_000_000 + UInt128(sequence))
    }

    static func ticket(
        _ id: UInt128, number ordinal: Int? = nil, _ texts: [FieldID: String] = [:]
    ) -> Ticket {
        var ticket = Ticket(
            id: TicketID(rawValue: id), provisionalNumber: "S001-AA-\(1_000 + id % 9_000)",
            capturedAt: noon, createdBy: StaffID(unchecked: "A17"))
        ticket.number = ordinal.map { TicketNumber(businessDate: 2023_10_27, ordinal: $0) }
        for (field, text) in texts { ticket.set(field, .text(text)) }
        return ticket
    }

    static func body(
        _ operation: UInt64, on ticket: TicketID, text: String = "text"
    ) -> IntentBody {
        IntentBody(
            operation: self.operation(operation), ticket: ticket, act: .note,
            actor: StaffID(unchecked: "A17"), time: HybridTimestamp(noon),
            captured: CapturedTime(
                wall: noon.adding(milliseconds: Int64(operation)), offsetMilliseconds: 5),
            changes: [.comment(.note, .staff, text: text, parent: nil)])
    }

    static func intent(
        _ body: IntentBody, counter: UInt64, replica: ReplicaID = Sample.replica
    ) -> Intent {
        let bytes = codec.encode(body)
        return Intent(
            dot: Dot(replica: replica, counter: counter),
            context: CausalContext(
                epoch: EpochID(rawValue: 5), sequence: 3, dependencies: [operation(900)]),
            bodyBytes: bytes, hash: Digest.sha256(bytes, bigEndian(counter)))
    }

    static func entry(
        _ sequence: UInt64, on ticket: TicketID, isEnd: Bool = true,
        disposition: Disposition = .applied
    ) -> LogEntry {
        LogEntry(
            sequence: sequence, isTransactionEnd: isEnd, ticket: ticket,
            operation: operation(sequence), dot: Dot(replica: replica, counter: sequence),
            act: .note, actor: StaffID(unchecked: "A17"),
            hubTime: noon.adding(milliseconds: Int64(sequence)), reportedTime: noon,
            disposition: disposition,
            effects: [.wrote(.subject, Register(value: .text("s"), stamp: stamp(sequence)))])
    }
}

extension Ticket {
    mutating func set(_ field: FieldID, _ value: FieldValue) {
        registers[field] = Register(value: value, stamp: Sample.stamp(1))
    }

    mutating func tag(_ tags: String...) {
        sets[.tags] = tags.map { SetElement(value: .text($0), stamps: [Sample.stamp(1)]) }
    }

    /// Promises something until an instant, in milliseconds after `Sample.noon`.
    mutating func promise(_ clock: String = "response", dueIn milliseconds: Int64) {
        clocks[clock] = ClockState(
            name: clock, phase: .running, startedAt: Sample.noon,
            dueAt: Sample.noon.adding(milliseconds: milliseconds), cycle: 1)
    }
}

extension Scope {
    static let one = Scope(rawValue: "store:S001")
    static let two = Scope(rawValue: "store:S002")
    static let author = Scope.replica(Sample.replica)
}

extension LogEntry {
    /// The entry as a store without a prover serves it.
    package var witnessed: WitnessedEntry {
        WitnessedEntry(self, EncodedEntry(Sample.codec.encode(self)))
    }

    /// The entry as a hub serves it.
    package var proven: WitnessedEntry {
        WitnessedEntry(
            self, EncodedEntry(Sample.codec.encode(self), proof: Array(repeating: 7, count: 16)))
    }
}
