import HubService
import Replication
import Testing
import TicketModel
import Wire

/// `device set`: what a device is and may hold.
@Suite struct DeviceChangeTests {
    private let world: HubWorld
    private let device: TestDevice

    init() throws {
        world = try HubWorld()
        device = try world.device()
    }

    private func set(_ change: (inout DeviceRequest) -> Void) -> AdminReply {
        var request = DeviceRequest(device: device.id.rawValue)
        change(&request)
        return world.administrator.answer(.setDevice(request), at: world.now)
    }

    private func record() throws -> DeviceRecord {
        try #require(try world.memory.read { try $0.device(device.id) })
    }

    private func refusal(_ reply: AdminReply) -> String? {
        if case .refused(let text) = reply { text.en } else { nil }
    }

    @Test func `what is not given stays, and scopes follow as with an invite`() throws {
        #expect(refusal(set { $0.label = "柜台 2" }) == nil)
        #expect(try record().label == "柜台 2")
        #expect(try record().formerScopes == [] && record().scopesSince == 0)
        #expect(
            refusal(set { ($0.store, $0.staff, $0.department) = ("S002", "A17", "售后部") }) == nil)
        #expect(
            try record().scopes.map(\.rawValue) == ["store:S002", "agent:A17", "department:售后部"])
        #expect(try record().formerScopes.map(\.rawValue) == ["store:S001"])
        #expect(try record().scopesSince == 1, "from the next entry on")
        #expect(refusal(set { $0.region = "R3" }) == nil)
        #expect(
            try record().scopes.map(\.rawValue) == ["store:S002", "agent:A17", "department:售后部"],
            "a store's device holds its store")
        #expect(refusal(set { ($0.store, $0.staff, $0.roles) = ("", "", ["supervisor"]) }) == nil)
        #expect(try record().scopes.map(\.rawValue) == ["region:R3", "department:售后部"])
        #expect(try record().store == nil && record().roles == [.supervisor])
    }

    @Test func `what makes no sense is refused and changes nothing`() throws {
        let before = try record()
        #expect(refusal(set { $0.store = "" })?.contains("--store") == true)
        #expect(refusal(set { $0.store = "S 1" })?.contains("--store") == true)
        #expect(refusal(set { $0.staff = "Z99" })?.contains("staff add Z99") == true)
        #expect(refusal(set { $0.roles = ["king"] })?.contains("king") == true)
        #expect(refusal(set { $0.device = "nobody" })?.contains("device list") == true)
        #expect(try record() == before)
        _ = world.administrator.answer(.revoke(device: device.id.rawValue), at: world.now)
        #expect(refusal(set { $0.store = "S002" })?.contains("revoked") == true)
    }

    @Test func `an open session is told to say hello again, and the welcome says where it is`()
        throws
    {
        let device = try world.greetedDevice()
        _ = world.administrator.answer(
            .setDevice(DeviceRequest(device: device.id.rawValue, store: "S002")), at: world.now)
        #expect(world.ask(.directoryGet, from: device)?.failure?.code == .notHello)
        guard case .welcome(let welcome) = world.ask(.hello(device.hello), from: device) else {
            throw Unexpected("greeting", nil)
        }
        #expect(welcome.scopes.first?.rawValue == "store:S002")
        #expect(welcome.assignment?.store?.rawValue == "S002")
        #expect(welcome.assignment?.roles == [.clerk, .handler])
        guard case .directory = world.ask(.directoryGet, from: device) else {
            throw Unexpected("asking", nil)
        }
    }
}
