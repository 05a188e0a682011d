import Replication
import Sodium
import TicketModel

/// Bearer of an invite to hub: make me a device.
package struct Enroll: Hashable, Sendable {
    /// The device's own CURVE key, 32 bytes.
    package var curveKey: [UInt8]
    package var signingKey: SigningPublicKey
    package var replica: ReplicaID
    package var label: String
    package var protocolMin: Int
    package var protocolMax: Int

    package init(
        curveKey: [UInt8], signingKey: SigningPublicKey, replica: ReplicaID, label: String,
        protocolMin: Int, protocolMax: Int
    ) {
        self.curveKey = curveKey
        self.signingKey = signingKey
        self.replica = replica
        self.label = label
        self.protocolMin = protocolMin
        self.protocolMax = protocolMax
    }
}

/// Hub to new device: who you are.
package struct Enrolled: Hashable, Sendable {
    package var device: DeviceID
    package var store: StoreID?
    package var region: RegionID?
    package var department: DepartmentID?
    /// Who works on the device, if the invite named somebody.
    package var staff: StaffID?
    package var roles: Set<Role>
    package var scopes: [Scope]
    package var replicaCode: String
    package var epoch: EpochID
    package var serverTime: Timestamp

    package init(
        device: DeviceID, store: StoreID?, region: RegionID?, department: DepartmentID?,
        staff: StaffID?, roles: Set<Role>, scopes: [Scope], replicaCode: String, epoch: EpochID,
        serverTime: Timestamp
    ) {
        self.device = device
        self.store = store
        self.region = region
        self.department = department
        self.staff = staff
        self.roles = roles
        self.scopes = scopes
        self.replicaCode = replicaCode
        self.epoch = epoch
        self.serverTime = serverTime
    }
}
