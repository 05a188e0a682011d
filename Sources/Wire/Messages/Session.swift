import Replication
import Sodium
import TicketModel

/// Client to hub: who I am and where I stand (replication.md 3.6.1).
package struct Hello: Hashable, Sendable {
    package var protocolMin: Int
    package var protocolMax: Int
    package var replica: ReplicaID
    package var lastCounter: UInt64
    package var lastHash: Digest
    /// Nil before the first sync.
    package var epoch: EpochID?
    package var cursor: LogPosition
    /// 16 random bytes of this run.
    package var sessionNonce: [UInt8]
    package var wallClock: Timestamp
    package var software: String
    package var staffVersion: UInt64
    package var policyVersion: Int
    /// The hub's proof of `cursor`; none before the first page.
    package var cursorProof: [UInt8] = []
    /// Earlier page ends, newest first, exponentially spaced; at most
    /// `Limits.locatorPositionsCountMax`.
    package var locator: [LogPosition] = []
    /// The end of the log that a snapshot was taken from, while the cursor is behind it.
    package var snapshot: LogPosition?
    /// The hub's proof of `snapshot`.
    package var snapshotProof: [UInt8] = []
    /// The identity that this replica gave up because its database was copied or put back
    /// (replication.md 3.12).
    package var formerReplica: ReplicaID?

    package init(
        protocolMin: Int, protocolMax: Int, replica: ReplicaID, lastCounter: UInt64,
        lastHash: Digest, epoch: EpochID?, cursor: LogPosition, sessionNonce: [UInt8],
        wallClock: Timestamp, software: String, staffVersion: UInt64, policyVersion: Int
    ) {
        self.protocolMin = protocolMin
        self.protocolMax = protocolMax
        self.replica = replica
        self.lastCounter = lastCounter
        self.lastHash = lastHash
        self.epoch = epoch
        self.cursor = cursor
        self.sessionNonce = sessionNonce
        self.wallClock = wallClock
        self.software = software
        self.staffVersion = staffVersion
        self.policyVersion = policyVersion
    }
}

/// Hub to client: where the log stands, what the hub has of you, and the limits.
package struct Welcome: Hashable, Sendable {
    package var protocolVersion: Int
    package var epoch: EpochID
    package var head: UInt64
    /// The first position that is still in the log, less one.
    package var logBase: UInt64
    /// Replicas keep what is newer than this (replication.md 3.11).
    package var durableSequence: UInt64
    package var watermark: UInt64
    package var watermarkHash: Digest
    package var serverTime: Timestamp
    package var windowBatches: Int
    package var batchIntentsMax: Int
    package var batchBytesMax: Int
    package var frameBytesMax: Int
    package var staffVersion: UInt64
    package var policyVersion: Int
    package var scopes: [Scope]
    package var feedEndpoint: String
    package var hubSoftware: String
    /// Up to here the client's log is this one; behind the client's cursor after a restore. Nil
    /// from a hub of protocol 1.
    package var shared: LogPosition?
    /// After a restore, while replicas bring back what is missing.
    package var isRecovering = false
    /// Where the device belongs by now; nil from a hub that does not say.
    package var assignment: Assignment?
    /// Another one each time the hub starts; 0 from a hub that does not say.
    package var run: UInt64 = 0

    package init(
        protocolVersion: Int, epoch: EpochID, head: UInt64, logBase: UInt64,
        durableSequence: UInt64, watermark: UInt64, watermarkHash: Digest,
        serverTime: Timestamp, windowBatches: Int, batchIntentsMax: Int, batchBytesMax: Int,
        frameBytesMax: Int, staffVersion: UInt64, policyVersion: Int, scopes: [Scope],
        feedEndpoint: String, hubSoftware: String
    ) {
        self.protocolVersion = protocolVersion
        self.epoch = epoch
        self.head = head
        self.logBase = logBase
        self.durableSequence = durableSequence
        self.watermark = watermark
        self.watermarkHash = watermarkHash
        self.serverTime = serverTime
        self.windowBatches = windowBatches
        self.batchIntentsMax = batchIntentsMax
        self.batchBytesMax = batchBytesMax
        self.frameBytesMax = frameBytesMax
        self.staffVersion = staffVersion
        self.policyVersion = policyVersion
        self.scopes = scopes
        self.feedEndpoint = feedEndpoint
        self.hubSoftware = hubSoftware
    }
}

/// Where a device belongs and the most that a person may do on it.
package struct Assignment: Hashable, Sendable {
    /// Nil for a device that belongs to none.
    package var store: StoreID?
    /// Nil for a device that belongs to none.
    package var region: RegionID?
    /// What a person with all of these roles may do is what can be done on it at most.
    package var roles: Set<Role>

    package init(store: StoreID?, region: RegionID?, roles: Set<Role>) {
        self.store = store
        self.region = region
        self.roles = roles
    }
}

/// Hub to client: a batch is durable.
package struct Ack: Hashable, Sendable {
    package var epoch: EpochID
    package var watermark: UInt64
    package var verdicts: [Verdict]
    package var head: UInt64

    package init(epoch: EpochID, watermark: UInt64, verdicts: [Verdict], head: UInt64) {
        self.epoch = epoch
        self.watermark = watermark
        self.verdicts = verdicts
        self.head = head
    }
}

/// Client to hub: what follows my cursor.
package struct Pull: Hashable, Sendable {
    package var epoch: EpochID
    package var cursor: UInt64
    package var bytesMax: Int

    package init(epoch: EpochID, cursor: UInt64, bytesMax: Int) {
        self.epoch = epoch
        self.cursor = cursor
        self.bytesMax = bytesMax
    }
}

/// Client to hub: are you there?
package struct Ping: Hashable, Sendable {
    package var nonce: UInt64
    package init(nonce: UInt64) { self.nonce = nonce }
}

/// Hub to client: yes, and this is how far the log goes.
package struct Pong: Hashable, Sendable {
    package var nonce: UInt64
    package var head: UInt64
    package var serverTime: Timestamp
    /// Nil from a hub that does not say.
    package var directory: DirectoryVersion?

    package init(
        nonce: UInt64, head: UInt64, serverTime: Timestamp, directory: DirectoryVersion? = nil
    ) {
        self.nonce = nonce
        self.head = head
        self.serverTime = serverTime
        self.directory = directory
    }
}

/// Which people and which policy the hub has now: another one than a client holds is to be fetched.
package struct DirectoryVersion: Hashable, Sendable {
    package var staff: UInt64
    package var policy: Int

    package init(staff: UInt64, policy: Int) {
        self.staff = staff
        self.policy = policy
    }
}

/// Hub to client: no, and why.
package struct Failure: Hashable, Sendable {
    package var code: FailureCode
    package var message: String
    /// For `epochChanged`.
    package var epoch: EpochID?
    /// For `need` and `fork`.
    package var counter: UInt64
    /// For `busy` and a farewell.
    package var retryAfterMilliseconds: Int

    package init(
        code: FailureCode, message: String, epoch: EpochID? = nil, counter: UInt64 = 0,
        retryAfterMilliseconds: Int = 0
    ) {
        self.code = code
        self.message = message
        self.epoch = epoch
        self.counter = counter
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}
