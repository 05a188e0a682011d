import Replication
import TicketModel

/// What the operator has decided since a backup was made: a restore puts the tickets back, not
/// these. A device that was revoked stays shut out, one that has joined stays known, and work that
/// waits in quarantine goes on waiting: its author was told that somebody decides.
package struct HubDecisions {
    private let devices: [DeviceRecord]
    private let staff: [StaffRecord]
    private let invites: [InviteRecord]
    /// Newest first, with those before: running clocks may count by their calendars.
    private let policies: [PolicyRecord]
    /// Oldest first.
    private let quarantined: [QuarantinedIntent]

    /// How many of each were taken over.
    package struct Counts: Hashable {
        /// Devices that the backup does not know.
        package var joinedCount = 0
        /// Devices that the backup knows as not revoked.
        package var revokedCount = 0
        /// People whom the backup does not know, or knows otherwise.
        package var staffCount = 0
        /// The policy that stays in force, where the backup has an older one.
        package var policyVersion: Int?
        /// Pieces of work in quarantine that the backup does not have.
        package var quarantinedCount = 0

        /// Whether the backup knows all that was decided.
        package var isEmpty: Bool { self == Counts() }
    }

    /// Reads them from the present store.
    ///
    /// - Throws: `StoreError`.
    package init(in present: any HubReader) throws {
        (devices, staff, invites) = (
            try present.devices(), try present.staff(), try present.invites()
        )
        policies = try present.policies(countMax: 1 + PolicyReader.policiesBehindCountMax)
        quarantined = try present.quarantined(after: nil, countMax: present.quarantinedCount())
    }

    /// Writes them into a restored store.
    ///
    /// - Throws: `StoreError`; the transaction must then be abandoned.
    package func carryOver(into store: any HubTransaction) throws -> Counts {
        var counts = Counts()
        try carryDevices(into: store, &counts)
        let people = Dictionary(
            try store.staff().map { ($0.staff, $0) }, uniquingKeysWith: { $1 })
        for person in staff where people[person.staff] != person {
            try store.save(person)
            counts.staffCount += 1
        }
        for invite in invites where try store.invite(curveKey: invite.curveKey) != invite {
            try store.save(invite)
        }
        let known = try store.policy()?.version ?? 0
        for policy in policies.reversed() where policy.version > known {
            try store.save(policy)
            counts.policyVersion = policy.version
        }
        // What only the backup has stays as well: it may have been taken over since, but whether
        // anybody brings that back is not known, and taking it over again changes nothing.
        for work in quarantined where try store.quarantined(work.operation) == nil {
            try store.quarantine(work)
            counts.quarantinedCount += 1
        }
        return counts
    }

    private func carryDevices(
        into store: any HubTransaction, _ counts: inout Counts
    ) throws {
        var lastCode = -1
        for device in devices {
            let known = try store.device(device.device)
            guard known != device else { continue }
            try store.save(device)
            if known == nil {
                counts.joinedCount += 1
                lastCode = max(lastCode, ReplicaCode.index(of: device.replicaCode) ?? -1)
            }
            if device.isRevoked, known?.isRevoked == false { counts.revokedCount += 1 }
        }
        // No code is given to a second device: those up to the last one are used up.
        while lastCode >= 0, let code = ReplicaCode.index(of: try store.allocateReplicaCode()),
            code < lastCode
        {}
    }
}
