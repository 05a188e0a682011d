import RandomValues
import Replication
import Testing
import TicketModel
import Wire

/// What is written reads back as it was, and is written again as the same bytes.
@Suite struct RoundTripTests {
    static let runsCount = 60
    let codec = ProtobufCodec()

    @Test(arguments: Seeds.all)
    func `every message of a client reads back`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for _ in 0..<Self.runsCount {
            for message in random.clientMessages() {
                let id = random.integer(UInt64.self)
                let bytes = message.encode(requestID: id)
                let read = try ClientMessage.decode(bytes)
                #expect(read.requestID == id, "seed \(seed)")
                #expect(read.message.content == message.content, "seed \(seed)")
                #expect(read.message.encode(requestID: id) == bytes, "seed \(seed)")
            }
        }
    }

    @Test(arguments: Seeds.all)
    func `every message of a hub reads back`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for _ in 0..<Self.runsCount {
            for message in random.hubMessages() {
                let id = random.integer(UInt64.self)
                let bytes = message.encode(requestID: id)
                let read = try HubMessage.decode(bytes)
                #expect(read.requestID == id, "seed \(seed)")
                #expect(read.message.content == message.content, "seed \(seed)")
                #expect(read.message.encode(requestID: id) == bytes, "seed \(seed)")
            }
        }
    }

    @Test(arguments: Seeds.all)
    func `intents and their contexts read back`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for _ in 0..<Self.runsCount {
            let (body, context) = (random.body(), random.context())
            #expect(codec.decodeBody(codec.encode(body)) == body, "seed \(seed)")
            #expect(try codec.decodeContext(codec.encode(context)) == context, "seed \(seed)")
        }
    }

    @Test(arguments: Seeds.all)
    func `log entries, verdicts and tickets read back`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for _ in 0..<Self.runsCount {
            let (entry, ticket, disposition) = (
                random.entry(), random.ticket(), random.disposition()
            )
            #expect(try codec.decodeEntry(codec.encode(entry)) == entry, "seed \(seed)")
            #expect(try codec.decodeTicket(codec.encode(ticket)) == ticket, "seed \(seed)")
            #expect(
                try codec.decodeDisposition(codec.encode(disposition)) == disposition,
                "seed \(seed)")
        }
    }

    @Test(arguments: Seeds.all)
    func `a page's entries and tickets are read from the bytes that were stored`(
        seed: UInt64
    ) throws {
        var random = RandomValues(seed: seed)
        let (entry, ticket) = (random.entry(), random.ticket())
        let encoded = EncodedEntry(codec.encode(entry), proof: random.bytes(16))
        let witnessed = WitnessedEntry(entry, encoded)
        let page = EncodedPage(
            epoch: random.identifier(), from: 3, to: random.position(),
            items: [
                .delta(encoded),
                .enter(encoded, ticket: codec.encode(ticket), history: [encoded]),
            ], head: 9, hasMore: true)
        let (_, message) = try HubMessage.decode(HubMessage.page(page).encode(requestID: 1))
        guard case .page(let read) = message else {
            Issue.record("a page came back as another message")
            return
        }
        #expect(
            try read.read(with: codec).items
                == [.delta(witnessed), .enter(witnessed, ticket, history: [witnessed])])
    }

    @Test(arguments: Seeds.all)
    func `a ticket is written as the same bytes whatever the order it was filled in`(
        seed: UInt64
    ) {
        var random = RandomValues(seed: seed)
        let ticket = random.ticket()
        var again = ticket
        (again.registers, again.sets, again.clocks) = ([:], [:], [:])
        for (field, register) in ticket.registers.reversed() { again.registers[field] = register }
        for (field, set) in ticket.sets.reversed() { again.sets[field] = set }
        for (name, clock) in ticket.clocks.reversed() { again.clocks[name] = clock }
        #expect(codec.encode(again) == codec.encode(ticket), "seed \(seed)")
    }
}
