import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// What a device asks for is bounded by the hub, whatever numbers it names.
@Suite struct HubLoopBoundTests {
    @Test func `a cursor beyond the head sends its replica back to hello`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        _ = world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        let head = try world.memory.read { try $0.head().sequence }
        func pull(_ cursor: UInt64) -> HubMessage? {
            world.ask(
                .pull(Pull(epoch: device.epoch, cursor: cursor, bytesMax: 1_000)), from: device)
        }
        #expect(pull(head)?.page?.items == [])
        for cursor in [head + 1, UInt64(Int64.max)] {
            let failure = pull(cursor)?.failure
            #expect(failure?.code == .epochChanged, "not an empty page: \(cursor)")
            #expect(failure?.epoch == device.epoch)
        }
        let answer = world.ask(.hello(device.hello), from: device)
        guard case .welcome = answer else { throw Unexpected("greeting again", answer) }
    }

    @Test(arguments: [UInt64(Int64.max) + 1, .max])
    func `a number that no log can reach is no message`(number: UInt64) throws {
        let world = try HubWorld()
        let device = try world.greetedDevice()
        let place = LogPosition(sequence: number, hash: .zero)
        let pull = Pull(epoch: device.epoch, cursor: number, bytesMax: 1_000)
        #expect(world.ask(.pull(pull), from: device)?.failure?.code == .malformed)
        var hellos = Array(repeating: device.hello, count: 4)
        hellos[0].cursor = place
        hellos[1].locator = [place]
        hellos[2].snapshot = place
        hellos[3].lastCounter = number
        for hello in hellos {
            #expect(world.ask(.hello(hello), from: device)?.failure?.code == .malformed)
        }
        var author = device
        author.context = CausalContext(epoch: device.epoch, sequence: number, dependencies: [])
        let batch = author.push([TestDevice.complaint(at: world.now)])
        #expect(world.ask(.push(batch), from: device)?.failure?.code == .malformed)
        let refused = Verdict(
            operation: OperationID(rawValue: 1), disposition: .rejected(.staleClose),
            sequence: number)
        let refill = Refill(
            epoch: device.epoch, origin: device.epoch, entries: [], refused: [refused],
            isLast: true)
        #expect(world.ask(.refill(refill), from: device)?.failure?.code == .malformed)
        #expect(try world.memory.read { try $0.head().sequence } == 0)
    }

    @Test func `of answers with long notes as many come as a frame takes`() throws {
        let world = try HubWorld()
        let device = try world.greetedDevice()
        let operations = (1...100).map { OperationID(rawValue: UInt128($0)) }
        try world.memory.transaction { hub in
            for (index, operation) in operations.enumerated() {
                _ = try hub.append(
                    lengthyRefusal(of: operation, at: UInt64(index + 1), device, world.now))
            }
        }
        let answer = world.ask(.verdictsGet(operations), from: device)
        guard case .verdicts(let verdicts) = answer else { throw Unexpected("asking", answer) }
        #expect(verdicts.map(\.operation) == Array(operations.prefix(verdicts.count)))
        #expect((40..<100).contains(verdicts.count), "\(verdicts.count)")
        var (cursor, count): (UInt64, Int) = (0, 0)
        for _ in 0..<20 {
            let pull = Pull(epoch: device.epoch, cursor: cursor, bytesMax: 1 << 20)
            let page = try #require(world.ask(.pull(pull), from: device)?.page)
            (cursor, count) = (page.to.sequence, count + page.items.count)
            if !page.hasMore { break }
        }
        #expect(count == 100, "pages with them are cut in time")
    }

    private func lengthyRefusal(
        of operation: OperationID, at sequence: UInt64, _ device: TestDevice, _ now: Timestamp
    ) -> CommittedEntry {
        let note = ChangeNote(
            changeIndex: 0, outcome: .merged, field: .subject,
            detail: String(repeating: "x", count: 250))
        let dot = Dot(replica: device.replica, counter: sequence)
        let entry = LogEntry(
            sequence: sequence, isTransactionEnd: true, ticket: TicketID(rawValue: 0),
            operation: operation, dot: dot, act: .edit, actor: .hub, hubTime: now,
            reportedTime: now,
            disposition: Disposition(
                outcome: .merged, rejection: nil, notes: Array(repeating: note, count: 64)),
            effects: [])
        let context = CausalContext(epoch: device.epoch, sequence: 0, dependencies: [])
        return CommittedEntry(
            entry: entry, intent: Intent(dot: dot, context: context, bodyBytes: [], hash: .zero),
            ticket: nil, scopesBefore: [], scopesAfter: [],
            verdictScope: .replica(device.replica))
    }

    // MARK: One turn

    @Test func `of many questions of one connection some are told to come back`() throws {
        let world = try HubWorld()
        let (eager, other) = (try world.greetedDevice(), try world.greetedDevice())
        let countMax = HubLoop.Tuning().questionsPerSessionCountMax
        func pull(_ device: TestDevice) -> (ClientMessage, TestDevice) {
            (.pull(Pull(epoch: device.epoch, cursor: 0, bytesMax: 1_000)), device)
        }
        let output = world.turn(Array(repeating: pull(eager), count: 50) + [pull(other)]).output
        let answers = try output.replies.map { try HubMessage.decode($0.bytes).message }
        #expect(answers.count == 51, "every question is answered")
        #expect(answers.count { $0.page != nil } == countMax + 1)
        let busy = answers.compactMap(\.failure)
        #expect(busy.allSatisfy { $0.code == .busy && $0.retryAfterMilliseconds > 0 })
        #expect(Set(busy.map(\.retryAfterMilliseconds)).count == busy.count, "not all at once")
        #expect(answers.last?.page != nil, "the other one does not wait for it")
        #expect(output.storeFault == nil, "nothing is wrong with the store")
        #expect(world.ask(pull(eager).0, from: eager)?.page != nil, "in the next turn it goes on")
    }

    @Test func `sums and snapshots of many connections are spread over turns`() throws {
        let world = try HubWorld()
        let devices = try (0..<20).map { _ in try world.greetedDevice() }
        let countMax = HubLoop.Tuning().dearQuestionsCountMax
        let questions = devices.enumerated().map { index, device in
            let message: ClientMessage =
                index.isMultiple(of: 2)
                ? .digestGet(
                    DigestGet(
                        epoch: device.epoch, scope: .store(StoreID(unchecked: "S001")),
                        range: .allTickets))
                : .snapshotGet(
                    SnapshotGet(epoch: device.epoch, after: nil, through: nil, bytesMax: 1_000))
            return (message, device)
        }
        let late = try #require(devices.last)
        let ping = (ClientMessage.ping(Ping(nonce: 1)), late)
        let answers = world.turn(questions + [ping]).answers
        #expect(answers.count { $0?.failure?.code == .busy } == 20 - 1 - countMax)
        guard case .pong? = answers.last ?? nil else {
            return #expect(Bool(false), "what costs nothing is answered")
        }
    }

    @Test func `what one turn reads is bounded by bytes`() throws {
        let world = try HubWorld()
        var tuning = HubLoop.Tuning()
        tuning.turnByteCountMax = 1
        world.loop = HubLoop(
            store: world.store, codec: ProtobufCodec(),
            configuration: .init(
                feedEndpoint: "tcp://*:7402", software: "test", recoveryKey: .generate(), seed: 1,
                tuning: tuning))
        let devices = try (0..<3).map { _ in try world.greetedDevice() }
        let answers = world.turn(devices.map { (.directoryGet, $0) }).answers
        #expect(answers.map { $0?.failure?.code } == [nil, .busy, .busy])
    }
}
