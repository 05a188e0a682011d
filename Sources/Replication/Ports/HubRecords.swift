import Sodium
import TicketModel

/// What the hub knows of one replica: constant size (replication.md 5).
package struct ReplicaRecord: Hashable, Sendable {
    package var replica: ReplicaID
    /// The device that owns it.
    package var device: DeviceID
    /// The counter of the last intent that was answered; 0 before the first.
    package var watermark: UInt64
    /// The chain hash at the watermark.
    package var hash: Digest

    package init(replica: ReplicaID, device: DeviceID, watermark: UInt64 = 0, hash: Digest = .zero)
    {
        self.replica = replica
        self.device = device
        self.watermark = watermark
        self.hash = hash
    }
}

/// A device that was enrolled by an invite.
package struct DeviceRecord: Hashable, Sendable {
    package var device: DeviceID
    /// A name people gave it.
    package var label: String
    /// The 32-byte CURVE key by which the transport recognises it.
    package var curveKey: [UInt8]
    /// The key that verifies its batches.
    package var signingKey: SigningPublicKey
    package var store: StoreID?
    package var region: RegionID?
    /// Two characters for provisional numbers; unique at this hub.
    package var replicaCode: String
    /// The most that a person may do on this device.
    package var roles: Set<Role>
    /// What it may hold, its replicas' private scopes excepted.
    package var scopes: [Scope]
    package var enrolledAt: Timestamp
    package var revokedAt: Timestamp?
    /// What it might hold before its scopes were last changed.
    package var formerScopes: [Scope] = []
    /// The first position of the log that it may see under its present scopes only.
    package var scopesSince: UInt64 = 0

    package init(
        device: DeviceID, label: String, curveKey: [UInt8], signingKey: SigningPublicKey,
        store: StoreID?, region: RegionID?, replicaCode: String, roles: Set<Role>,
        scopes: [Scope], enrolledAt: Timestamp, revokedAt: Timestamp? = nil
    ) {
        self.device = device
        self.label = label
        self.curveKey = curveKey
        self.signingKey = signingKey
        self.store = store
        self.region = region
        self.replicaCode = replicaCode
        self.roles = roles
        self.scopes = scopes
        self.enrolledAt = enrolledAt
        self.revokedAt = revokedAt
    }

    /// Whether it may not be served any more.
    package var isRevoked: Bool { revokedAt != nil }

    /// What it might hold when the log stood at `sequence`: work done then counts as done in good
    /// faith (replication.md 3.7).
    package func scopes(at sequence: UInt64) -> [Scope] {
        sequence < scopesSince ? formerScopes : scopes
    }

    /// Gives it other scopes from the next entry of a log that stands at `head` on.
    package mutating func change(_ scopes: [Scope], head: UInt64) {
        guard scopes != self.scopes else { return }
        (formerScopes, scopesSince) = (self.scopes, head + 1)
        self.scopes = scopes
    }
}

/// A one-use, expiring permission to enrol one device.
package struct InviteRecord: Hashable, Sendable {
    /// The CURVE public key that the bearer of the invite shows, 32 bytes: the invite's identity.
    package var curveKey: [UInt8]
    package var store: StoreID?
    package var region: RegionID?
    package var department: DepartmentID?
    package var staff: StaffID?
    package var roles: Set<Role>
    package var createdAt: Timestamp
    package var expiresAt: Timestamp
    /// The device that used it.
    package var usedBy: DeviceID?

    package init(
        curveKey: [UInt8], store: StoreID?, region: RegionID?, department: DepartmentID?,
        staff: StaffID?, roles: Set<Role>, createdAt: Timestamp, expiresAt: Timestamp,
        usedBy: DeviceID? = nil
    ) {
        self.curveKey = curveKey
        self.store = store
        self.region = region
        self.department = department
        self.staff = staff
        self.roles = roles
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.usedBy = usedBy
    }
}

/// A member of staff as they stood from one position of the log on (replication.md 3.8).
package struct StaffRecord: Hashable, Sendable {
    package var staff: StaffID
    package var name: String
    package var roles: Set<Role>
    package var store: StoreID?
    package var department: DepartmentID?
    /// A number to call when the network is down (domain.md B6.4); may be empty.
    package var phone: String
    package var isActive: Bool
    /// The one absence that is known of them, over, present or to come (domain.md G30).
    package var absence: Absence?

    package init(
        staff: StaffID, name: String, roles: Set<Role>, store: StoreID? = nil,
        department: DepartmentID? = nil, phone: String = "", isActive: Bool = true,
        absence: Absence? = nil
    ) {
        self.staff = staff
        self.name = name
        self.roles = roles
        self.store = store
        self.department = department
        self.phone = phone
        self.isActive = isActive
        self.absence = absence
    }
}

/// The policy in force: the profile's text and its place in history.
package struct PolicyRecord: Hashable, Sendable {
    /// Counts the policies that this hub has loaded, from 1.
    package var version: Int
    /// The profile file as it was loaded.
    package var yaml: String
    package var loadedAt: Timestamp

    package init(version: Int, yaml: String, loadedAt: Timestamp) {
        self.version = version
        self.yaml = yaml
        self.loadedAt = loadedAt
    }
}

/// The answer to one intent and where it stands in the log.
package struct Verdict: Hashable, Sendable {
    package var operation: OperationID
    package var disposition: Disposition
    package var sequence: UInt64

    package init(operation: OperationID, disposition: Disposition, sequence: UInt64) {
        self.operation = operation
        self.disposition = disposition
        self.sequence = sequence
    }
}

/// A log entry on its way into the store, with all that is committed beside it.
package struct CommittedEntry: Sendable {
    package var entry: LogEntry
    /// The intent that it answers, with its context and its author's bytes.
    package var intent: Intent
    /// The ticket after the entry; nil when the entry changed none.
    package var ticket: Ticket?
    /// Empty for a new ticket and for a refusal.
    package var scopesBefore: [Scope]
    /// Empty for a refusal.
    package var scopesAfter: [Scope]
    /// The author's private scope, when the author may not see the ticket after this entry.
    package var verdictScope: Scope?
    /// Whether the operation was refused in this log before: the answer is this one from now on,
    /// and the dot that brought it stays (replication.md 3.11). `intent` is not stored then.
    package var isOverruling: Bool

    package init(
        entry: LogEntry, intent: Intent, ticket: Ticket?, scopesBefore: [Scope],
        scopesAfter: [Scope], verdictScope: Scope?, isOverruling: Bool = false
    ) {
        self.entry = entry
        self.intent = intent
        self.ticket = ticket
        self.scopesBefore = scopesBefore
        self.scopesAfter = scopesAfter
        self.verdictScope = verdictScope
        self.isOverruling = isOverruling
    }

    /// Every scope whose replicas must learn of this entry, without duplicates.
    package var audience: Set<Scope> {
        Set(scopesBefore).union(scopesAfter).union(verdictScope.map { [$0] } ?? [])
    }

    /// Whether some replica sees the ticket come into its scopes with this entry and so needs the
    /// whole ticket.
    package var isEntering: Bool {
        !scopesBefore.isEmpty && scopesAfter.contains { !scopesBefore.contains($0) }
            && ticket != nil
    }
}

/// A timer in the durable queue.
package struct TimerRecord: Hashable, Sendable {
    package var key: TimerKey
    package var dueAt: Timestamp

    package init(key: TimerKey, dueAt: Timestamp) {
        self.key = key
        self.dueAt = dueAt
    }
}
