import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// Where a run of intents may be cut.
@Suite struct IntentGroupTests {
    /// Intents whose groups have these sizes, one after the other; 1 is an intent of no group.
    private func intents(_ sizes: [Int]) -> [Intent] {
        var counter: UInt64 = 0
        return sizes.flatMap { size in
            let id = OperationID(rawValue: UInt128(counter + 1))
            return (0..<size).map { index in
                counter += 1
                let time = Timestamp(milliseconds: 0)
                let body = IntentBody(
                    operation: OperationID(rawValue: UInt128(counter)),
                    ticket: TicketID(rawValue: 1), act: .note,
                    actor: StaffID(unchecked: "a"), time: HybridTimestamp(time),
                    captured: CapturedTime(wall: time, offsetMilliseconds: nil), changes: [.close],
                    group: size == 1 ? nil : IntentGroup(id: id, index: index, count: size))
                return Intent(
                    dot: Dot(replica: ReplicaID(rawValue: 1), counter: counter),
                    context: CausalContext(
                        epoch: EpochID(rawValue: 1), sequence: 0, dependencies: []),
                    bodyBytes: ProtobufCodec().encode(body), hash: .zero)
            }
        }
    }

    @Test(arguments: [
        (1, 1), (2, 1), (3, 1), (4, 4), (5, 5), (6, 5), (7, 7), (8, 8),
    ])
    func `a run ends before a group that does not fit`(fitting: Int, expected: Int) {
        let run = intents([1, 3, 1, 2, 1])
        #expect(run.countWithoutCutGroup(fitting: fitting, codec: ProtobufCodec()) == expected)
    }

    @Test func `a group at the start comes whole, and so does what is left of one`() {
        let run = intents([4, 1])
        for fitting in 1...4 {
            #expect(run.countWithoutCutGroup(fitting: fitting, codec: ProtobufCodec()) == 4)
        }
        let rest = Array(run.dropFirst(2))
        #expect(rest.countWithoutCutGroup(fitting: 1, codec: ProtobufCodec()) == 2)
        #expect(run.countWithoutCutGroup(fitting: 0, codec: ProtobufCodec()) == 0)
    }

    @Test func `however the windows fall, every group crosses in one`() {
        var generator = SystemRandomNumberGenerator()
        for round in 0..<200 {
            let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
            var random = SeededSource(state: seed)
            let sizes = (0..<20).map { _ in Int.random(in: 1...6, using: &random) }
            var rest = intents(sizes)
            var ends: Set<Int> = []
            let total = rest.count
            while !rest.isEmpty {
                let batch = rest.batch(
                    countMax: Int.random(in: 1...7, using: &random),
                    byteCountMax: Int.random(in: 0...400, using: &random),
                    codec: ProtobufCodec())
                #expect(!batch.isEmpty, "round \(round), seed \(seed)")
                rest.removeFirst(max(1, batch.count))
                ends.insert(total - rest.count)
            }
            var (end, inside) = (0, Set<Int>())
            for size in sizes {
                inside.formUnion((end + 1)..<(end + size))
                end += size
            }
            #expect(ends.isDisjoint(with: inside), "round \(round), seed \(seed)")
        }
    }
}

/// A small reproducible source (Steele, Lea, Flood 2014).
private struct SeededSource: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
