import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// What the hub takes from replicas after a restore, and what it shows of itself only to those who
/// may see it (replication.md 3.6.4, 3.10, 3.11).
@Suite struct HubLoopRecoveryTests {
    @Test func `what is brought back needs the hub's proof, from whichever life of the log`() throws
    {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let backup = world.memory.snapshot()
        let body = TestDevice.complaint(at: world.now)
        _ = try #require(world.ask(.push(device.push([body])), from: device)?.ack)
        let (former, entries) = (device.epoch, try entries(of: device, in: world))
        world.memory.restore(backup)
        device.epoch = try beginLife(in: world)

        let forged = entries.map { EncodedEntry($0.bytes, proof: [UInt8](repeating: 7, count: 16)) }
        var answer = refill(forged, of: former, from: device, in: world)
        #expect(answer == Refilled(epoch: device.epoch, refused: entries.count))
        let swapped = zip(entries, entries.reversed()).map {
            EncodedEntry($0.bytes, proof: $1.proof)
        }
        answer = refill(swapped, of: former, from: device, in: world)
        #expect(answer?.refused == entries.count, "a proof is good for one entry")
        #expect(try world.memory.read { try $0.ticket(body.ticket) } == nil)
        let late = Refill(
            epoch: former, origin: former, entries: entries, refused: [], isLast: false)
        #expect(world.ask(.refill(late), from: device)?.failure?.code == .epochChanged)
        #expect(try world.memory.read { try $0.ticket(body.ticket) } == nil)

        answer = refill(entries, of: EpochID(rawValue: 9), from: device, in: world)
        #expect(answer == Refilled(epoch: device.epoch, taken: entries.count))
        #expect(try world.memory.read { try $0.ticket(body.ticket) } != nil)
        answer = refill(entries, of: former, from: device, in: world)
        #expect(answer == Refilled(epoch: device.epoch, known: entries.count))
    }

    @Test(arguments: [false, true])
    func `a cursor or snapshot beyond the log begins a new life only with a proof`(
        isSnapshot: Bool
    ) throws {
        let world = try HubWorld()
        let device = try world.greetedDevice()
        var hello = device.hello
        let beyond = LogPosition(sequence: 5, hash: Digest.sha256([1]))
        let proof = [UInt8](repeating: 7, count: 16)
        if isSnapshot {
            (hello.snapshot, hello.snapshotProof) = (beyond, proof)
        } else {
            (hello.cursor, hello.cursorProof) = (beyond, proof)
        }
        guard case .welcome(let welcome) = world.ask(.hello(hello), from: device) else {
            return #expect(Bool(false), "it is greeted all the same")
        }
        #expect(welcome.epoch == device.epoch)
        #expect(try world.memory.read { try $0.epoch() } == device.epoch)
    }

    @Test func `numbers that come back are not given again`() throws {
        let key = MessageAuthenticationKey.generate()
        let (lost, world) = (try HubWorld(recoveryKey: key), try HubWorld(recoveryKey: key))
        var author = try lost.greetedDevice()
        let bodies = (0..<3).map { _ in TestDevice.complaint(at: lost.now) }
        _ = lost.ask(.push(author.push(bodies)), from: author)
        let back = [bodies[0], bodies[2]]
        let entries = try entries(of: author, in: lost).filter { entry in
            let ticket = try ProtobufCodec().decodeEntry(entry.bytes).ticket
            return back.map(\.ticket).contains(ticket)
        }

        // The hub is another one, without the file of numbers that were reserved.
        var device = try world.greetedDevice()
        let meanwhile = TestDevice.complaint(at: world.now)
        _ = world.ask(.push(device.push([meanwhile])), from: device)
        device.epoch = try beginLife(in: world)
        let answer = refill(entries, of: author.epoch, from: device, in: world)
        #expect(answer?.taken == entries.count)
        let later = (0..<2).map { _ in TestDevice.complaint(at: world.now) }
        _ = world.ask(.push(device.push(later)), from: device)

        let given = try ([meanwhile] + back + later).map { body in
            try #require(try world.memory.read { try $0.ticket(body.ticket)?.number?.ordinal })
        }
        #expect(given[0] == 1, "both hubs began with the first number of the day")
        #expect(given[2] == 3, "a number that is free comes back")
        #expect(Set(given).count == 5, "no two tickets have one number: \(given)")
    }

    @Test func `what comes back before its ticket waits for it`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let backup = world.memory.snapshot()
        let body = TestDevice.complaint(at: world.now)
        let note = world.note(on: body.ticket, by: "A17", text: "客户在等")
        _ = world.ask(.push(device.push([body, note])), from: device)
        let (former, entries) = (device.epoch, try entries(of: device, in: world))
        world.memory.restore(backup)
        device.epoch = try beginLife(in: world)
        var answer = refill(Array(entries.dropFirst()), of: former, from: device, in: world)
        #expect(answer?.parked == entries.count - 1)
        answer = refill(Array(entries.prefix(1)), of: former, from: device, in: world)
        #expect(answer?.taken == 1)
        let ticket = try #require(try world.memory.read { try $0.ticket(body.ticket) })
        #expect(ticket.comments.map(\.text) == ["客户在等"])
        #expect(try world.memory.read { try $0.parkedCount() } == 0)
    }

    @Test func `what comes back keeps the answer that it had`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let body = TestDevice.complaint(at: world.now)
        _ = world.ask(.push(device.push([body])), from: device)
        let superseded = Disposition(
            outcome: .superseded,
            notes: [
                ChangeNote(changeIndex: 0, outcome: .superseded, field: .demand, detail: "退款")
            ])
        let profile = try PolicyReader().profile(
            of: try #require(try world.memory.read { try $0.policy() }))
        let (known, unknown) = (body.ticket, TicketID(rawValue: 5))
        for (index, (answer, ticket)) in [
            (superseded, known), (.rejected(.staleClose, "comments"), known),
            (.rejected(.dependencyRejected), unknown),
        ].enumerated() {
            let operation = OperationID(rawValue: UInt128(index + 1))
            let past = LogEntry(
                sequence: UInt64(index + 7), isTransactionEnd: true, ticket: ticket,
                operation: operation, dot: Dot(replica: device.replica, counter: 9), act: .edit,
                actor: body.actor, hubTime: world.now, reportedTime: world.now,
                disposition: answer, effects: [])
            let result = try world.memory.transaction { hub in
                try HubCommitter(
                    codec: ProtobufCodec(), profile: profile, now: world.now, store: hub,
                    ruleKey: world.recoveryKey
                ).refill(ProtobufCodec().encode(past), from: EpochID(rawValue: 9))
            }
            #expect(result == .taken)
            let verdict = try world.memory.read { try $0.verdict(on: operation) }
            #expect(verdict?.disposition == answer)
        }
    }

    @Test func `the rules rest until all devices have reported or the time is over`() throws {
        let world = try HubWorld()
        var (first, second) = (try world.device(), try world.device())
        first.epoch = try beginLife(in: world)
        second.epoch = first.epoch
        let end = try #require(try world.memory.read { try $0.recovery()?.endsAt })
        #expect(try world.loop.nextTimer() == end, "the end is not missed where nothing is due")
        _ = world.ask(.hello(first.hello), from: first)
        #expect(try isRecovering(world), "another device may hold more")
        _ = world.ask(.hello(second.hello), from: second)
        #expect(try !isRecovering(world))

        _ = try beginLife(in: world)
        let later = try #require(try world.memory.read { try $0.recovery()?.endsAt })
        _ = try world.loop.fireTimers(at: later.adding(milliseconds: -1))
        #expect(try isRecovering(world))
        _ = try world.loop.fireTimers(at: later)
        #expect(try !isRecovering(world))
    }

    @Test func `sums and snapshots show only the scopes of the device`() throws {
        let world = try HubWorld()
        var (here, there) = (
            try world.greetedDevice(store: "S001"), try world.greetedDevice(store: "S002")
        )
        _ = world.ask(.push(here.push([TestDevice.complaint(at: world.now)])), from: here)
        there.epoch = here.epoch
        let foreign = DigestGet(
            epoch: here.epoch, scope: .store(StoreID(unchecked: "S001")), range: .allTickets)
        #expect(world.ask(.digestGet(foreign), from: there)?.failure?.code == .notAllowed)
        let get = SnapshotGet(epoch: here.epoch, after: nil, through: nil, bytesMax: 100_000)
        for (device, count) in [(here, 1), (there, 0)] {
            guard case .snapshot(let snapshot) = world.ask(.snapshotGet(get), from: device) else {
                return #expect(Bool(false), "a snapshot was asked for")
            }
            #expect(snapshot.piece.tickets.count == count)
        }
    }

    // MARK: Support

    /// Everything that the hub's log shows this device, with its proofs.
    private func entries(of device: TestDevice, in world: HubWorld) throws -> [EncodedEntry] {
        let pull = Pull(epoch: device.epoch, cursor: 0, bytesMax: 1_000_000)
        let page = try #require(world.ask(.pull(pull), from: device)?.page)
        return page.items.compactMap { if case .delta(let entry) = $0 { entry } else { nil } }
    }

    private func beginLife(in world: HubWorld) throws -> EpochID {
        let seed = SecureRandom.uint128()
        return try world.memory.transaction { hub in
            try LogLife.begin(sharing: hub.head().sequence, seed: seed, at: world.now, in: hub)
            return try hub.epoch()
        }
    }

    private func refill(
        _ entries: [EncodedEntry], of life: EpochID, from device: TestDevice, in world: HubWorld
    ) -> Refilled? {
        let refill = Refill(
            epoch: device.epoch, origin: life, entries: entries, refused: [], isLast: false)
        guard case .refilled(let answer) = world.ask(.refill(refill), from: device) else {
            return nil
        }
        return answer
    }

    private func isRecovering(_ world: HubWorld) throws -> Bool {
        try world.memory.read { try $0.recovery() } != nil
    }
}
