import Testing
import TicketModel

@Suite struct IdentifierTests {
    @Test(arguments: [UInt128.zero, 1, 0xFF, .max, UInt128(1) << 127, UInt128(UInt64.max)])
    func `bytes and hexadecimal digits read back`(value: UInt128) {
        let id = ReplicaID(rawValue: value)
        #expect(id.bytes.count == 16)
        #expect(ReplicaID(bytes: id.bytes) == id)
        #expect(id.description.count == 32)
        #expect(ReplicaID(hexadecimal: id.description) == id)
        #expect(ReplicaID(hexadecimal: id.description.uppercased()) == id)
    }

    @Test func `byte order is value order`() {
        let values: [UInt128] = [0, 1, 255, 256, 1 << 64, 1 << 127, .max]
        let ids = values.map { TicketID(rawValue: $0) }
        #expect(ids == ids.sorted())
        #expect(ids.map(\.bytes) == ids.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test(arguments: [0, 1, 15, 17, 32])
    func `only sixteen bytes are an identifier`(count: Int) {
        #expect(TicketID(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test(arguments: [
        "", "0", "+0000000000000000000000000000000", "-0000000000000000000000000000000",
        "g0000000000000000000000000000000", " 0000000000000000000000000000000",
        "000000000000000000000000000000000", "0x000000000000000000000000000000",
        "000000000000000000000000000000000000", "\u{FF10}00000000000000000000000000000",
    ])
    func `hostile hexadecimal is refused`(text: String) {
        #expect(OperationID(hexadecimal: text) == nil)
    }

    @Test func `an operation id has the layout of UUIDv7`() {
        let id = OperationID(time: Timestamp(milliseconds: 0x0123_4567_89AB), random: .max)
        #expect(id.description == "0123456789ab7fffbfffffffffffffff")
        let plain = OperationID(time: Timestamp(milliseconds: 0x0123_4567_89AB), random: 0)
        #expect(plain.description == "0123456789ab70008000000000000000")
    }

    @Test func `operation ids order by time whatever the random part`() {
        let early = OperationID(time: Timestamp(milliseconds: 1_000), random: .max)
        let late = OperationID(time: Timestamp(milliseconds: 1_001), random: 0)
        #expect(early < late)
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func `an operation id takes any reading of a broken clock`(milliseconds: Int64) {
        let id = OperationID(time: Timestamp(milliseconds: milliseconds), random: 5)
        #expect(id.bytes[6] >> 4 == 7)
        #expect(id.bytes[8] >> 6 == 2)
    }

    @Test func `a ticket has the identity of its create`() {
        let operation = OperationID(rawValue: 42)
        #expect(TicketID(createdBy: operation).rawValue == 42)
        #expect(ReplicaID.hub(EpochID(rawValue: 7)).rawValue == 7)
    }
}
