import FieldClient
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// A hub that answers nonsense: the client says so and stops, it neither traps nor asks for ever.
@Suite struct BrokenHubTests {
    private let world: SyncWorld
    private let store: SyncClient

    init() throws {
        world = try SyncWorld()
        store = try world.clerk()
    }

    /// Lets the client talk to the hub, with other answers where `change` makes them.
    private func halt(
        changing change: (HubMessage) -> HubMessage
    ) throws -> SyncLoop.Halt? {
        var frames = store.loop.handle(.connected, at: world.now).compactMap(\.sentBytes)
        for _ in 0..<1_000 {
            guard !frames.isEmpty else { return nil }
            for answer in store.answers(to: frames.removeFirst(), nil) {
                let (id, message) = try HubMessage.decode(answer)
                let bytes = change(message).encode(requestID: id)
                for action in store.loop.handle(.frame(bytes), at: world.now) {
                    if case .halted(let halt) = action { return halt }
                    if let sent = action.sentBytes { frames.append(sent) }
                }
            }
        }
        throw WorldFailure("the client asks for ever")
    }

    @Test(arguments: [Int64.min, -1, 253_402_300_800_000, .max])
    func `a clock beyond all years is told to its operator`(milliseconds: Int64) throws {
        let halt = try halt { message in
            guard case .welcome(var welcome) = message else { return message }
            welcome.serverTime = Timestamp(milliseconds: milliseconds)
            return .welcome(welcome)
        }
        #expect(halt?.reason?.contains("clock") == true, "\(String(describing: halt))")
        #expect(try store.store.read { try $0.state().offsetMilliseconds } == 0)
    }

    @Test func `a page that goes no further ends the sync`() throws {
        _ = try store.logComplaint()
        let halt = try halt { message in
            guard case .page(let encoded) = message,
                let page = try? encoded.read(with: world.codec), page.to.sequence > page.from
            else { return message }
            var still = encoded
            still.to = LogPosition(sequence: page.from, hash: page.to.hash)
            still.items = []
            return .page(still)
        }
        #expect(halt?.reason?.contains("goes no further") == true, "\(String(describing: halt))")
    }

    @Test func `a snapshot that goes no further ends the sync`() throws {
        let world = world
        for _ in 0..<3 { _ = try store.logComplaint() }
        try store.sync()
        var tuning = SyncLoop.Tuning()
        tuning.snapshotByteCountMax = 1
        let office = try world.supervisor(tuning: tuning, syncs: false)
        try office.store.transaction { store in
            var state = try store.state()
            state.snapshot = SnapshotProgress()
            try store.save(state)
        }
        let broken = BrokenHubTests(world: world, store: office)
        var first: SnapshotPiece?
        let halt = try broken.halt { message in
            guard case .snapshot(var snapshot) = message else { return message }
            if let first {
                snapshot.piece.after = first.through
                snapshot.piece.through = first.through
            } else {
                first = snapshot.piece
            }
            return .snapshot(snapshot)
        }
        #expect(halt?.reason?.contains("goes no further") == true, "\(String(describing: halt))")
    }

    private init(world: SyncWorld, store: SyncClient) {
        (self.world, self.store) = (world, store)
    }
}

extension SyncLoop.Action {
    fileprivate var sentBytes: [UInt8]? { if case .send(let bytes) = self { bytes } else { nil } }
}

extension SyncLoop.Halt {
    fileprivate var reason: String? { if case .refused(let text) = self { text } else { nil } }
}
