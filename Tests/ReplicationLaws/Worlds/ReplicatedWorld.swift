import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// A hub and its replicas, made of the shipped machines (`HubCommitter`, `ReplicaWriter`,
/// `PageApplier`) over stores that are given. Time and identities are the caller's; messages go
/// where and when the caller says.
package final class ReplicatedWorld {
    /// A replica with the device it runs on.
    package struct Site {
        package let store: any ReplicaStorage
        let replica: ReplicaID
        let device: DeviceRecord
        let keys: SigningKeyPair
        let scopes: Set<Scope>
    }

    /// What one replica wrote, and what it had of the ticket then.
    package struct Written {
        package var operation: OperationID
        package var ticket: TicketID
        package var site: Int
        package var person: Person
        package var time: HybridTimestamp
        package var changes: [Change]
        /// The last log position that the replica's ticket showed; 0 where it had none.
        package var seenSequence: UInt64
        package var context: CausalContext
    }

    package let codec = ProtobufCodec()
    package let profile: Profile
    package let hub: any HubStorage
    package private(set) var sites: [Site] = []
    package private(set) var written: [Written] = []
    /// The hub's clock.
    package var now = Timestamp(milliseconds: 1_700_000_000_000)

    /// - Parameter sites: the scopes of each replica beside its private one, and its store.
    /// - Throws: `StoreError`.
    package init(
        hub: any HubStorage, sites: [(scopes: [Scope], store: any ReplicaStorage)]
    ) throws {
        profile = try LawProfile.profile.get()
        self.hub = hub
        let staff = Person.all.map {
            StaffRecord(staff: $0.staff, name: $0.staff.rawValue, roles: [$0.role])
        }
        let policy = PolicyRecord(version: 1, yaml: "", loadedAt: now)
        let directory = Directory(staffVersion: 1, staff: staff, policy: policy)
        let epoch = try hub.transaction { hub in
            for person in staff { try hub.save(person) }
            return try hub.epoch()
        }
        for (index, site) in sites.enumerated() {
            let site = Self.site(index, site.scopes, site.store)
            self.sites.append(site)
            try hub.transaction { try $0.save(site.device) }
            try site.store.transaction { store in
                try store.save(
                    ReplicaIdentity(
                        replica: site.replica, device: site.device.device, store: nil,
                        region: nil, replicaCode: site.device.replicaCode,
                        roles: site.device.roles))
                try store.save(directory)
                var state = try store.state()
                state.epoch = epoch
                try store.save(state)
            }
        }
    }

    private static func site(
        _ index: Int, _ scopes: [Scope], _ store: any ReplicaStorage
    ) -> Site {
        let seed = [UInt8](repeating: UInt8(index + 1), count: SigningKeyPair.seedByteCount)
        guard let keys = SigningKeyPair(seed: seed) else {
            preconditionFailure("a seed of \(seed.count) bytes makes no key")
        }
        // The hub's own replica has the number of its epoch, 1 in memory.
        let replica = ReplicaID(rawValue: UInt128(index + 1) << 64)
        let device = DeviceRecord(
            device: DeviceID(unchecked: "d\(index)"), label: "d\(index)", curveKey: seed,
            signingKey: keys.publicKey, store: nil, region: nil,
            replicaCode: ReplicaCode.text(index), roles: Set(Role.allCases), scopes: scopes,
            enrolledAt: Timestamp(milliseconds: 0))
        return Site(
            store: store, replica: replica, device: device, keys: keys,
            scopes: Set(scopes).union([.replica(replica)]))
    }

    // MARK: - Writing

    /// Lets somebody do something at a replica.
    ///
    /// - Returns: the operation; nil when the replica refused it.
    /// - Throws: `StoreError`, `LawViolation`.
    @discardableResult
    package func write(
        _ act: Act, _ changes: [Change], on ticket: TicketID, by person: Person, at site: Int,
        moment: ReplicaWriter.Moment
    ) throws -> OperationID? {
        try note(ticket, changes, person, site) { writer, store in
            try writer.change(ticket, act, changes, actor: person.staff, at: moment, in: store)
        }
    }

    /// Lets somebody log a ticket at a replica.
    ///
    /// - Returns: the operation; nil when the replica refused it.
    /// - Throws: `StoreError`, `LawViolation`.
    @discardableResult
    package func create(
        _ changes: [Change], by person: Person, at site: Int, moment: ReplicaWriter.Moment
    ) throws -> OperationID? {
        try note(nil, changes, person, site) { writer, store in
            try writer.create(changes, actor: person.staff, at: moment, in: store)
        }
    }

    private func note(
        _ ticket: TicketID?, _ changes: [Change], _ person: Person, _ site: Int,
        _ body: (ReplicaWriter, any ReplicaTransaction) throws -> ReplicaWriter.Written
    ) throws -> OperationID? {
        let writer = ReplicaWriter(codec: codec, profile: profile)
        do {
            let (seen, result, record) = try sites[site].store.transaction { store in
                let seen = try ticket.flatMap { try store.base($0) }?.lastSequence ?? 0
                let result = try body(writer, store)
                return (seen, result, try store.change(result.operation))
            }
            guard let record else { throw LawViolation("\(result.operation) is not in the log") }
            // What one writes one reads (I7).
            let shown = try sites[site].store.read { try $0.visible(result.ticket.id) }
            guard shown == result.ticket else {
                throw LawViolation("\(result.operation) is not shown where it was written")
            }
            written.append(
                Written(
                    operation: result.operation, ticket: result.ticket.id, site: site,
                    person: person, time: record.body.time, changes: record.body.changes,
                    seenSequence: seen, context: record.intent.context))
            return result.operation
        } catch is ReplicaWriter.Refusal { return nil }
    }
}
