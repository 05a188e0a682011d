import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// The client's loop: what happens on the link goes in, what to do next comes out
/// (replication.md 3.6).
///
/// It owns the conversation with the hub and writes to the store; it knows neither sockets nor
/// files nor clocks. Every state has a deadline that leads back to "greet again from durable
/// state", so nothing that is lost on the way can make it wait for ever.
package struct SyncLoop {
    /// What happens to a replica that wants to be in step.
    package enum Event: Sendable {
        case connected
        case disconnected
        /// A frame from the hub.
        case frame([UInt8])
        /// A frame from the feed: topic, zero byte, hint.
        case hint([UInt8])
        /// Somebody wrote to the store.
        case localChange
        /// The wait that `Action.wake` asked for is over; an early one does no harm.
        case tick
    }

    /// What its owner must do, in order.
    package enum Action: Sendable {
        case send([UInt8])
        /// Follow these topics; the endpoint is the hub's own word for its feed.
        case subscribe(topics: [[UInt8]], feedEndpoint: String)
        /// Call back with `tick` once as much time has passed as lies between now and then,
        /// whatever the clock shows by that time; replaces an earlier wish.
        case wake(at: Timestamp)
        /// Drop the connection and make another.
        case reconnect(reason: String)
        /// Something arrived and is durable.
        case applied(PageApplier.Outcome)
        case progress(Progress)
        /// The hub cannot serve now and says why; the loop tries again by itself.
        case busy(reason: String)
        /// Nothing is left to send and nothing to fetch.
        case caughtUp(Progress)
        /// Something out of the ordinary that a person should hear of.
        case notice(Notice)
        /// Syncing cannot go on without a person.
        case halted(Halt)
    }

    /// What a person should hear of beside progress.
    package enum Notice: Hashable, Sendable {
        /// The hub was restored from a backup; so many entries that it had lost were brought back.
        case crossed(broughtBackCount: Int)
        /// This database is a copy or was put back to an earlier state; it has its own identity
        /// now, under which so many changes wait.
        case reidentified(waitingCount: Int)
        /// The base comes whole, because the log does not reach back far enough.
        case snapshot(ticketsCount: Int, total: UInt64)
        /// This replica does not hold what the hub holds; it is being mended.
        case differs(scope: Scope)
        case repaired(ticketsCount: Int)
        /// The base is fetched anew.
        case rebuilding(reason: String)
    }

    /// How far one session has come.
    package struct Progress: Hashable, Sendable {
        /// Own intents that the hub answered.
        package var pushed: UInt64 = 0
        /// Own intents that it has not.
        package var waiting = 0
        /// Log entries that were applied.
        package var fetched: UInt64 = 0
        /// The end of the hub's log, as far as it is known.
        package var head: UInt64 = 0
        /// Refusals that arrived.
        package var drafts = 0
        /// Own intents whose answers arrived.
        package var settled = 0
    }

    /// Why syncing stopped.
    package enum Halt: Error, Hashable, Sendable {
        case revoked(String)
        case unknownDevice(String)
        /// The hub speaks another protocol.
        case upgradeNeeded(String)
        /// The hub's log is another one than this replica followed.
        case hubRestored
        /// This database is a copy of another, or an old copy of itself.
        case databaseCopied(counter: UInt64)
        /// What arrived does not fit what is here.
        case diverged(String)
        case refused(String)
        case storage(StoreError)
    }

    /// Keys from the home, and random bits. Which replica it is says the store.
    package struct Identity: Sendable {
        /// Signs batches.
        package var signingKey: SigningKeyPair
        /// Name and version, for people.
        package var software: String
        /// 16 random bytes for this run.
        package var sessionNonce: [UInt8]
        /// Random bits for this run: another identity follows from them when one is needed.
        package var seed: UInt128

        package init(
            signingKey: SigningKeyPair, software: String, sessionNonce: [UInt8], seed: UInt128
        ) {
            self.signingKey = signingKey
            self.software = software
            self.sessionNonce = sessionNonce
            self.seed = seed
        }
    }

    let store: any ReplicaStorage
    let codec: any ReplicationCodec
    let identity: Identity
    let tuning: Tuning
    let policies: PolicyReader
    var conversation: Conversation?
    var progress = Progress()
    var profile: Profile?
    /// Which people and which policy this replica holds; nil while it holds none.
    var directoryVersion: DirectoryVersion?
    /// Who this replica is on this connection.
    var replica = ReplicaID(rawValue: 0)
    var reidentificationsCount = 0
    /// What was given back before a connection broke.
    var interrupted: InterruptedCrossing?
    var hasRebuilt = false
    /// Whether to compare with the hub whenever everything is in step, however fresh the last
    /// comparison is.
    package var isVerifying = false
    private var lastRequestID: UInt64 = 0
    private var confirmedAt: Timestamp?

    package init(
        store: any ReplicaStorage, codec: any ReplicationCodec, identity: Identity,
        tuning: Tuning = Tuning(), policies: PolicyReader = PolicyReader()
    ) {
        self.store = store
        self.codec = codec
        self.identity = identity
        self.tuning = tuning
        self.policies = policies
    }

    /// Takes one event and says what to do.
    ///
    /// Faults of the store and messages that make no sense end in `halted` or `reconnect`; nothing
    /// is thrown and nothing half-done is left behind.
    package mutating func handle(_ event: Event, at now: Timestamp) -> [Action] {
        if conversation?.isSetBack(at: now) == true {
            conversation = nil
            return [.reconnect(reason: "the clock of this machine was set back")]
        }
        var actions: [Action] = []
        do {
            switch event {
            case .connected: try greet(at: now, &actions)
            case .disconnected: conversation = nil
            case .frame(let bytes): try receive(bytes, at: now, &actions)
            case .hint(let bytes): try follow(bytes, at: now, &actions)
            case .localChange: try pump(at: now, &actions)
            case .tick: try tick(at: now, &actions)
            }
        } catch let halt as Halt {
            conversation = nil
            actions.append(.halted(halt))
        } catch let error as StoreError {
            conversation = nil
            actions.append(.halted(.storage(error)))
        } catch {
            conversation = nil
            actions.append(.reconnect(reason: "\(error)"))
        }
        if let deadline = conversation?.deadline { actions.append(.wake(at: deadline)) }
        return actions
    }

    mutating func send(_ message: ClientMessage, _ actions: inout [Action]) -> UInt64 {
        lastRequestID += 1
        actions.append(.send(message.encode(requestID: lastRequestID)))
        return lastRequestID
    }

    mutating func greet(at now: Timestamp, _ actions: inout [Action]) throws {
        let (own, state, directory) = try store.read {
            (try $0.identity(), try $0.state(), try $0.directory())
        }
        guard let own else { throw Halt.unknownDevice("This replica has not joined a hub.") }
        replica = own.replica
        var hello = Hello(
            protocolMin: ProtocolVersion.oldest, protocolMax: tuning.protocolMax,
            replica: replica, lastCounter: state.counter, lastHash: state.hash,
            epoch: state.epoch, cursor: state.cursor, sessionNonce: identity.sessionNonce,
            wallClock: now, software: identity.software,
            staffVersion: directory?.staffVersion ?? 0,
            policyVersion: directory?.policy.version ?? 0)
        hello.cursorProof = state.cursorProof
        hello.locator = state.locator
        if state.snapshotThrough.sequence > state.cursor.sequence {
            (hello.snapshot, hello.snapshotProof) = (state.snapshotThrough, state.snapshotProof)
        }
        hello.formerReplica = state.formerReplica
        let id = send(.hello(hello), &actions)
        conversation = Conversation(helloID: id, at: now, tuning: tuning)
    }

    private mutating func tick(at now: Timestamp, _ actions: inout [Action]) throws {
        guard let conversation else { return }
        if conversation.isOverdue(at: now) {
            self.conversation = nil
            actions.append(.reconnect(reason: "the hub did not answer in time"))
            return
        }
        if let retryAt = conversation.retryAt, retryAt <= now {
            guard conversation.isGreeted, profile != nil else {
                return try greet(at: now, &actions)
            }
            self.conversation?.retryAt = nil
            return try pump(at: now, &actions)
        }
        if conversation.isSilent(at: now) {
            let id = send(.ping(Ping(nonce: lastRequestID)), &actions)
            self.conversation?.asked(.ping, id, at: now)
        }
    }

    private mutating func follow(
        _ bytes: [UInt8], at now: Timestamp, _ actions: inout [Action]
    )
        throws
    {
        guard conversation?.isGreeted == true, let (_, hint) = Topic.split(bytes) else { return }
        // The hub's log has another life: ask how much of it is ours.
        guard hint.epoch == conversation?.epoch else { return try greet(at: now, &actions) }
        conversation?.learn(head: hint.head)
        askForDirectory(ifOther: hint.directory, at: now, &actions)
        try confirmInStep(at: now)
        try pump(at: now, &actions)
    }

    /// Remembers now and then that nothing was missing: a quiet day must not look like an outage.
    private mutating func confirmInStep(at now: Timestamp) throws {
        guard let conversation, conversation.hasReportedCaughtUp, conversation.open.isEmpty else {
            return
        }
        if let confirmedAt,
            (0..<tuning.confirmMilliseconds).contains(now.millisecondsSince(confirmedAt))
        {
            return
        }
        confirmedAt = now
        try store.transaction { store in
            var state = try store.state()
            guard state.cursor.sequence >= conversation.head else { return }
            state.syncedAt = now
            try store.save(state)
        }
    }
}
