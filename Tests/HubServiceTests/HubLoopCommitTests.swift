import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

@Suite struct HubLoopCommitTests {
    @Test func `a pushed complaint is numbered, acknowledged and fetched`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let body = TestDevice.complaint(at: world.now)
        let ack = try #require(world.ask(.push(device.push([body])), from: device)?.ack)
        #expect(ack.watermark == 1)
        #expect(ack.verdicts.map(\.operation) == [body.operation])
        #expect(ack.verdicts.map(\.disposition) == [.applied])
        let page = try #require(
            world.ask(
                .pull(Pull(epoch: device.epoch, cursor: 0, bytesMax: 100_000)), from: device)?.page)
        #expect(page.to.sequence == ack.head)
        #expect(page.head == ack.head)
        guard case .delta(let witnessed) = try page.read(with: ProtobufCodec()).items.first else {
            return #expect(Bool(false), "the ticket was made in the replica's own scope")
        }
        #expect(witnessed.entry.operation == body.operation)
        let ticket = try #require(try world.memory.read { try $0.ticket(body.ticket) })
        #expect(ticket.number != nil)
        #expect(ticket.department?.rawValue == "售后部", "the route was taken in the same turn")
    }

    @Test func `a batch that was answered is answered again without a second commit`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let batch = device.push([TestDevice.complaint(at: world.now)])
        let first = try #require(world.ask(.push(batch), from: device)?.ack)
        let second = try #require(world.ask(.push(batch), from: device)?.ack)
        #expect(second.verdicts == first.verdicts)
        #expect(second.head == first.head)
    }

    @Test func `batches of many sessions share one transaction`() throws {
        let world = try HubWorld()
        var devices = try (0..<5).map { _ in try world.greetedDevice() }
        let before = world.store.transactionsCount
        let requests = devices.indices.map { index in
            (
                ClientMessage.push(
                    devices[index].push([TestDevice.complaint(at: world.now)])), devices[index]
            )
        }
        let (answers, _) = world.turn(requests)
        #expect(answers.compactMap { $0?.ack?.watermark } == [1, 1, 1, 1, 1])
        #expect(world.store.transactionsCount == before + 1)
    }

    @Test func `a refused batch does not hold up the others`() throws {
        let world = try HubWorld()
        var (honest, forger, hasty) = (
            try world.greetedDevice(), try world.greetedDevice(), try world.greetedDevice()
        )
        var forged = forger.push([TestDevice.complaint(at: world.now)])
        forged.signature[0] ^= 1
        _ = hasty.push([TestDevice.complaint(at: world.now)])
        let gap = hasty.push([TestDevice.complaint(at: world.now)])
        let good = honest.push([TestDevice.complaint(at: world.now)])
        let (answers, _) = world.turn([
            (.push(forged), forger), (.push(gap), hasty), (.push(good), honest),
        ])
        #expect(answers[0]?.failure?.code == .badSignature)
        #expect(answers[1]?.failure?.code == .need)
        #expect(answers[1]?.failure?.counter == 1)
        #expect(answers[2]?.ack?.watermark == 1)
    }

    @Test func `another life of the log is told before anything is taken`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let epoch = device.epoch
        device.epoch = EpochID(rawValue: 99)
        let push = world.ask(
            .push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        #expect(push?.failure?.code == .epochChanged)
        #expect(push?.failure?.epoch == epoch)
        let pull = world.ask(
            .pull(Pull(epoch: device.epoch, cursor: 0, bytesMax: 1_000)), from: device)
        #expect(pull?.failure?.code == .epochChanged)
    }

    @Test func `a full disk means busy, and nothing is lost or done twice`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let body = TestDevice.complaint(at: world.now)
        let batch = device.push([body])
        world.store.writeFault = FaultyStorage.diskIsFull
        let (answers, output) = world.turn([(.push(batch), device)])
        let busy = try #require(answers[0]?.failure)
        #expect(busy.code == .busy)
        #expect(busy.retryAfterMilliseconds > 0)
        #expect(output.storeFault?.contains("disk is full") == true)
        #expect(output.hints.isEmpty)
        #expect(try world.memory.read { try $0.head().sequence } == 0)
        world.store.writeFault = nil
        let ack = try #require(world.ask(.push(batch), from: device)?.ack)
        #expect(ack.watermark == 1)
        #expect(ack.verdicts.map(\.operation) == [body.operation])
    }

    @Test func `a store that cannot be read means busy for everybody who asks`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        world.store.readFault = StoreError(.failed, "I/O error")
        let requests: [ClientMessage] = [
            .hello(device.hello), .push(device.push([TestDevice.complaint(at: world.now)])),
            .pull(Pull(epoch: device.epoch, cursor: 0, bytesMax: 1_000)), .directoryGet,
            .verdictsGet([]), .ping(Ping(nonce: 1)),
        ]
        for request in requests {
            #expect(world.ask(request, from: device)?.failure?.code == .busy, "\(request)")
        }
        world.store.readFault = nil
        guard case .pong = world.ask(.ping(Ping(nonce: 1)), from: device) else {
            return #expect(Bool(false), "the hub recovers")
        }
    }

    @Test func `hints name the scopes that have something to fetch, and no other`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let (answers, output) = world.turn([
            (.push(device.push([TestDevice.complaint(at: world.now)])), device)
        ])
        let head = try #require(answers[0]?.ack?.head)
        let expected: [Scope] = [
            .all, .store(StoreID(unchecked: "S001")), .department(DepartmentID(unchecked: "售后部")),
        ]
        #expect(Set(output.hints.map(\.topic)) == Set(expected.map(Topic.of)))
        for hint in output.hints {
            let read = try #require(Topic.split(hint.topic + hint.body))
            #expect(read.hint == Hint(epoch: device.epoch, head: head, sequence: head))
        }
    }

    @Test func `verdicts are told to who asks for them by name`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let body = TestDevice.complaint(at: world.now)
        _ = world.ask(.push(device.push([body])), from: device)
        let unknown = OperationID(rawValue: 5)
        let answer = world.ask(.verdictsGet([unknown, body.operation]), from: device)
        guard case .verdicts(let verdicts) = answer else { throw Unexpected("asking", answer) }
        #expect(verdicts.map(\.operation) == [body.operation])
    }

    @Test func `a page holds only what the device may see`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice(store: "S001")
        let other = try world.greetedDevice(store: "S002")
        let ack = try #require(
            world.ask(.push(device.push([TestDevice.complaint(at: world.now)])), from: device)?.ack)
        let page = try #require(
            world.ask(
                .pull(Pull(epoch: other.epoch, cursor: 0, bytesMax: 100_000)), from: other)?.page)
        #expect(page.items.isEmpty)
        #expect(page.to.sequence == ack.head)
    }
}
