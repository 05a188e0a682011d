import Foundation
import HubService
import Replication
import Sodium
import Testing
import TicketModel
import TicketPolicy
import Wire

/// What operators ask stays within what a message takes, whatever devices and operators have left.
@Suite struct AdministrationSizeTests {
    let world: HubWorld

    init() throws { world = try HubWorld() }

    private func answer(_ command: AdminCommand) -> AdminReply {
        world.administrator.answer(command, at: world.now)
    }

    private func refusal(_ command: AdminCommand) -> String? {
        guard case .refused(let text) = answer(command) else { return nil }
        #expect(!text.zh.isEmpty && !text.en.isEmpty)
        return text.en
    }

    private func staff(
        _ name: String, named text: String? = nil, phone: String = ""
    ) -> AdminCommand {
        .addStaff(
            StaffRequest(
                staff: name, name: text ?? name, roles: ["clerk"], store: nil, department: nil,
                phone: phone, isActive: true))
    }

    /// All parts of a list, each of which must fit into a message.
    private func parts(of list: AdminList) throws -> [AdminReply] {
        var (parts, after): ([AdminReply], String?) = ([], nil)
        repeat {
            let reply = answer(.listPart(list, after: after))
            guard case .part(let part, let next) = reply else { throw Failed("listing", reply) }
            #expect(try JSONEncoder().encode(reply).count < 1024 * 1024)
            parts.append(part)
            after = next
        } while after != nil && parts.count < 100
        return parts
    }

    private struct Failed: Error {
        let description: String
        init(_ what: String, _ reply: AdminReply) { description = "\(what): \(reply)" }
    }

    // MARK: Lists

    /// Work of a revoked device whose texts grow sixfold in the answer.
    private func plant(_ count: Int) throws -> [OperationID] {
        let text = String(repeating: "\u{1}", count: 30_000)
        return try world.memory.transaction { hub in
            try (0..<count).map { index in
                var body = TestDevice.complaint(at: world.now)
                body.changes = [
                    .comment(.note, .staff, text: text, parent: nil),
                    .comment(.note, .staff, text: text, parent: nil),
                ]
                body.operation = OperationID(rawValue: UInt128(index + 1) << 64)
                try hub.quarantine(
                    QuarantinedIntent(
                        operation: body.operation, device: DeviceID(unchecked: "d"),
                        reason: .revoked, bodyBytes: ProtobufCodec().encode(body),
                        receivedAt: world.now))
                return body.operation
            }
        }
    }

    @Test func `quarantined work is listed shortened, and shown whole`() throws {
        let operations = try plant(150)
        let parts = try parts(of: .quarantined)
        #expect(parts.count > 1)
        guard case .quarantined(let work)? = AdminReply.joined(parts) else {
            return #expect(Bool(false), "parts of one list are one list")
        }
        #expect(work.map(\.operation) == operations.map(\.description), "each once, in order")
        #expect(work.allSatisfy { $0.changes[0].text?.hasSuffix("…") == true })
        #expect(try JSONEncoder().encode(answer(.quarantined)).count < 4 * 1024 * 1024)
        let name = operations[3].description
        guard case .quarantined(let whole) = answer(.quarantinedWork(operation: name)) else {
            return #expect(Bool(false), "it is shown")
        }
        #expect(whole.first?.changes.map { $0.text?.count } == [30_000, 30_000])
    }

    @Test func `many changes of one piece of work end in an ellipsis`() throws {
        var body = TestDevice.complaint(at: world.now)
        body.changes = Array(
            repeating: .comment(.note, .staff, text: "x", parent: nil), count: 64)
        try world.memory.transaction {
            try $0.quarantine(
                QuarantinedIntent(
                    operation: body.operation, device: DeviceID(unchecked: "d"),
                    reason: .horizon, bodyBytes: ProtobufCodec().encode(body),
                    receivedAt: world.now))
        }
        guard case .quarantined(let work)? = AdminReply.joined(try parts(of: .quarantined)) else {
            return #expect(Bool(false), "it is listed")
        }
        #expect(work.first?.changes.count == 17 && work.first?.changes.last?.kind == "…")
    }

    @Test func `a list whose place is gone asks to be begun again`() throws {
        let operations = try plant(100)
        guard case .part(_, let next?) = answer(.listPart(.quarantined, after: nil)) else {
            return #expect(Bool(false), "there is more")
        }
        try world.memory.transaction { hub in
            for operation in operations { try hub.removeQuarantined(operation) }
        }
        #expect(refusal(.listPart(.quarantined, after: next))?.contains("try again") == true)
        #expect(refusal(.listPart(.staff, after: "nobody"))?.contains("try again") == true)
    }

    @Test func `long lists of people, devices and invites come in parts`() throws {
        let name = String(repeating: "王", count: 40)
        try world.memory.transaction { hub in
            for index in 0..<4_000 {
                try hub.save(
                    StaffRecord(
                        staff: StaffID(unchecked: "P\(10_000 + index)"), name: name,
                        roles: [.clerk]))
            }
        }
        for _ in 0..<3 { _ = try world.device() }
        let people = try parts(of: .staff)
        guard case .staff(let all)? = AdminReply.joined(people) else {
            return #expect(Bool(false), "parts of one list are one list")
        }
        #expect(people.count > 1)
        #expect(try all.map(\.staff) == world.memory.read { try $0.staff().map(\.staff.rawValue) })
        guard case .devices(let devices)? = AdminReply.joined(try parts(of: .devices)),
            case .invites(let invites)? = AdminReply.joined(try parts(of: .invites))
        else { return #expect(Bool(false), "short lists are one part") }
        #expect(devices.count == 3 && invites.count == 3)
    }

    // MARK: The directory

    @Test func `a long name or phone is refused by its option`() throws {
        let long = String(repeating: "x", count: 129)
        #expect(refusal(staff("C01", named: long))?.contains("--name") == true)
        #expect(refusal(staff("C01", phone: long))?.contains("--phone") == true)
        #expect(try world.memory.read { try $0.staff().count } == 2)
        guard case .done = answer(staff("C01", named: String(long.dropLast()))) else {
            return #expect(Bool(false), "the longest name is taken")
        }
    }

    @Test func `nobody and no policy is taken in that clients could not be sent`() throws {
        let name = String(repeating: "x", count: 128)
        var size = try directoryByteCount()
        try world.memory.transaction { hub in
            var index = 0
            while size < Limits.frameByteCountMax - 2_000 {
                let record = StaffRecord(
                    staff: StaffID(unchecked: "P\(10_000 + index)"), name: name, roles: [.clerk])
                try hub.save(record)
                (index, size) = (index + 1, size + 151)
            }
        }
        var added = 0
        while added < 500, refusal(staff("Q\(added)", named: name)) == nil { added += 1 }
        #expect(added < 500, "the directory does not grow for ever")
        #expect(try directoryByteCount() <= Limits.frameByteCountMax)
        let text = try #require(refusal(staff("Q\(added)", named: name)))
        #expect(text.contains("staff add") && text.contains("policy load"))
        #expect(
            try world.memory.read { hub in
                try hub.staff().contains { $0.staff.rawValue == "Q\(added)" }
            } == false, "what is refused is not stored")

        let yaml =
            try Profile.builtInText("basic") + "\n" + String(repeating: "# x\n", count: 4_000)
        #expect(refusal(.loadPolicy(yaml: yaml))?.contains("shorter policy") == true)
        #expect(try world.memory.read { try $0.policyVersion() } == 1)
        let device = try world.greetedDevice()
        guard case .directory? = world.ask(.directoryGet, from: device) else {
            return #expect(Bool(false), "everybody is still sent the directory")
        }
    }

    private func directoryByteCount() throws -> Int {
        try world.memory.read { hub in
            let directory = Directory(
                staffVersion: try hub.staffVersion(), staff: try hub.staff(),
                policy: try #require(try hub.policy()))
            return HubMessage.directory(directory).frameByteCount
        }
    }
}
