import HubService
import Replication
import Sodium
import Testing
import TicketModel
import TicketPolicy
import Wire

@Suite struct HubAdministratorTests {
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

    private func invite(
        _ store: String? = "S001", staff: String? = nil, roles: [String] = ["clerk"],
        seconds: Int = 60, key: String = KeyText.text(SecureRandom.bytes(count: 32))
    ) -> AdminCommand {
        .createInvite(
            InviteRequest(
                curveKey: key, store: store, region: nil, department: nil, staff: staff,
                roles: roles, lifetimeSeconds: seconds))
    }

    @Test func `an invite is stored as asked and listed without a secret`() throws {
        guard case .invited(let view) = answer(invite(staff: "A17")) else {
            throw Failed("inviting")
        }
        #expect(view.staff == "A17" && view.roles == ["clerk"])
        #expect(view.expiresAtMilliseconds == world.now.milliseconds + 60_000)
        guard case .invites(let invites) = answer(.invites) else { throw Failed("listing") }
        #expect(invites.map(\.key) == [view.key])
        #expect(invites.first?.usedBy == nil)
    }

    @Test func `the status calls out a calendar that lacks the holidays to come`() throws {
        let renewals = { (time: Timestamp) throws -> [AdminText] in
            guard case .status(let status) = try world.administrator.perform(.status, at: time)
            else { throw Failed("asking") }
            #expect(try world.administrator.calendarsToRenew(at: time) == status.calendarsToRenew)
            return status.calendarsToRenew
        }
        let newYear = try Profile.builtIn("basic").calendars.compactMap(\.knownUntil).min()
        let end = try #require(newYear)
        #expect(try renewals(end.adding(milliseconds: -61 * 86_400_000)).isEmpty)
        #expect(try renewals(end).map(\.en).first?.contains("no holidays after") == true)
    }

    @Test func `an invite that makes no sense is refused with the remedy`() {
        #expect(refusal(invite(nil))?.contains("--store") == true)
        #expect(refusal(invite(roles: []))?.contains("--role") == true)
        #expect(refusal(invite(roles: ["king"]))?.contains("king") == true)
        #expect(refusal(invite("S 1"))?.contains("--store") == true)
        #expect(refusal(invite(staff: "Z99"))?.contains("staff add Z99") == true)
        #expect(refusal(invite(seconds: 0))?.contains("90 days") == true)
        #expect(refusal(invite(seconds: 91 * 86_400))?.contains("90 days") == true)
        #expect(refusal(invite(key: "abc")) != nil)
        let key = String(repeating: "a", count: 64)
        _ = answer(invite(key: key))
        #expect(refusal(invite(key: key))?.contains("already") == true)
        #expect(refusal(invite(key: String(repeating: "+f", count: 32))) != nil)
    }

    @Test func `a department is known by its label, and an unknown one is worth a word`() throws {
        func invited(_ department: String) throws -> InviteView {
            let request = InviteRequest(
                curveKey: KeyText.text(SecureRandom.bytes(count: 32)), store: nil, region: nil,
                department: department, staff: nil, roles: ["handler"], lifetimeSeconds: 60)
            guard case .invited(let view) = answer(.createInvite(request)) else {
                throw Failed("inviting")
            }
            return view
        }
        let known = try invited("after-sales")
        #expect(known.department == "售后部" && known.doubts == [])
        let unknown = try invited("售后")
        #expect(unknown.department == "售后")
        #expect(unknown.doubts.map(\.en).first?.contains("no department 售后; it has: 客服部") == true)
        let device = try world.device()
        for (name, stored) in [("logistics", "物流部"), ("Lager", "Lager")] {
            let request = DeviceRequest(
                device: device.id.rawValue, department: name, staff: "A17")
            guard case .done(let text) = answer(.setDevice(request)) else {
                throw Failed("changing the device")
            }
            #expect(text.en.contains("The policy has no department") == (name == stored))
            guard case .devices(let devices) = answer(.devices) else { throw Failed("listing") }
            #expect(devices.map(\.department) == [stored] && devices.map(\.staff) == ["A17"])
        }
    }

    @Test func `a supervisor's invite sees everything, or one region`() {
        guard case .invited = answer(invite(nil, roles: ["supervisor"])) else {
            return #expect(Bool(false), "a role that watches over everything needs no store")
        }
    }

    @Test func `a device is revoked by name or by label, once`() throws {
        let device = try world.device()
        guard case .done = answer(.revoke(device: "till")) else { throw Failed("revoking") }
        guard case .done(let again) = answer(.revoke(device: device.id.rawValue)) else {
            throw Failed("revoking again")
        }
        #expect(again.en.contains("before"))
        guard case .devices(let devices) = answer(.devices) else { throw Failed("listing") }
        #expect(devices.first?.revokedAtMilliseconds == world.now.milliseconds)
        #expect(refusal(.revoke(device: "nobody"))?.contains("device list") == true)
    }

    @Test func `a label that two devices have names neither`() throws {
        _ = (try world.device(), try world.device())
        #expect(refusal(.revoke(device: "till"))?.contains("first column") == true)
    }

    @Test func `staff are changed by adding them again and never deleted`() throws {
        let request = StaffRequest(
            staff: "A17", name: "李娜", roles: ["supervisor"], store: nil, department: "客服部",
            phone: "1", isActive: true)
        guard case .done = answer(.addStaff(request)) else { throw Failed("adding") }
        guard case .done = answer(.removeStaff(staff: "A17")) else { throw Failed("removing") }
        guard case .staff(let people) = answer(.staff) else { throw Failed("listing") }
        let person = try #require(people.first { $0.staff == "A17" })
        #expect(person.name == "李娜" && !person.isActive)
        #expect(refusal(.removeStaff(staff: "Z99")) != nil)
        var hub = request
        hub.staff = "hub"
        #expect(refusal(.addStaff(hub)) != nil)
    }

    private func away(
        _ name: String = "A17", from: Int64 = 0, until: Int64 = 1_000, to substitute: String? = nil,
        note: String = ""
    ) -> AdminCommand {
        .setAbsence(
            staff: name,
            AbsenceRequest(
                fromMilliseconds: world.now.milliseconds + from,
                untilMilliseconds: world.now.milliseconds + until, substitute: substitute,
                note: note))
    }

    private func told(_ command: AdminCommand) throws -> String {
        guard case .done(let text) = answer(command) else { throw Failed("it was not done") }
        return text.en
    }

    @Test func `G30: what may keep a substitute from the work is said`() throws {
        func person(
            _ name: String, roles: [String] = ["clerk"], store: String? = nil,
            department: String? = nil
        ) -> AdminCommand {
            .addStaff(
                StaffRequest(
                    staff: name, name: "", roles: roles, store: store, department: department,
                    phone: "", isActive: true))
        }
        #expect(try told(person("B07", store: "S001")) == "B07 is on the staff.")
        #expect(try told(person("C08", department: "客服")).contains("no department 客服; it has"))
        #expect(try !told(person("C08", department: "客服部")).contains("no department"))
        _ = try told(person("E10", roles: ["handler", "clerk"], store: "S001"))
        #expect(try told(away("B07", to: "E10")) == "B07 is down as away; E10 stands in.")
        _ = try told(.endAbsence(staff: "B07"))
        #expect(try told(away("E10", to: "B07")).contains("B07 is no handler"))
    }

    @Test func `G30: a substitute elsewhere, away or gone leaves a word`() throws {
        for (name, department) in [("B07", "售后部"), ("C08", "客服部"), ("E10", "客服部")] {
            let person = StaffRequest(
                staff: name, name: "", roles: ["handler"], store: nil, department: department,
                phone: "", isActive: true)
            _ = try told(.addStaff(person))
        }
        #expect(try told(away("B07", to: "C08")).contains("Assign them to C08"))
        #expect(try !told(away("E10", to: "C08")).contains("Assign them"))
        _ = try told(away("C08", until: 500))
        #expect(try told(away("E10", to: "C08")).contains("C08 is away themselves"))
        let gone = try told(.removeStaff(staff: "C08"))
        #expect(gone.contains("stood in for B07") && gone.contains("stood in for E10"))
    }

    private func absence(of name: String) throws -> AbsenceRequest? {
        guard case .staff(let people) = answer(.staff) else { throw Failed("listing") }
        return people.first { $0.staff == name }?.absence
    }

    @Test func `G30: a second absence replaces the first, and who is back is away no more`() throws
    {
        let other = StaffRequest(
            staff: "B07", name: "", roles: ["handler"], store: nil, department: nil, phone: "",
            isActive: true)
        _ = answer(.addStaff(other))
        guard case .done(let text) = answer(away(to: "B07", note: "培训")) else {
            throw Failed("leaving")
        }
        #expect(text.en.contains("B07 stands in"))
        #expect(try absence(of: "A17")?.substitute == "B07")
        guard case .done = answer(away(until: 9_000)) else { throw Failed("leaving for longer") }
        #expect(try absence(of: "A17")?.substitute == nil)
        _ = answer(
            .addStaff(
                StaffRequest(
                    staff: "A17", name: "李", roles: ["clerk"], store: "S001", department: nil,
                    phone: "", isActive: true)))
        #expect(
            try absence(of: "A17")?.untilMilliseconds == world.now.milliseconds + 9_000,
            "a corrected name is no return")
        guard case .done = answer(.endAbsence(staff: "A17")) else { throw Failed("returning") }
        #expect(try absence(of: "A17") == nil)
        guard case .done(let again) = answer(.endAbsence(staff: "A17")) else {
            throw Failed("returning again")
        }
        #expect(again.en.contains("was not"))
    }

    @Test func `G30: an absence that makes no sense is refused with the remedy`() throws {
        let year = Absence.lengthMillisecondsMax
        for name in ["B07", "C08"] {
            _ = answer(
                .addStaff(
                    StaffRequest(
                        staff: name, name: "", roles: ["handler"], store: nil, department: nil,
                        phone: "", isActive: true)))
        }
        _ = answer(.removeStaff(staff: "C08"))
        #expect(refusal(away(from: 5, until: 5))?.contains("later than --from") == true)
        #expect(refusal(away(from: -9, until: 0))?.contains("staff back") == true)
        #expect(refusal(away(until: year + 1))?.contains("staff remove") == true)
        #expect(refusal(away(from: year + 1, until: year + 2))?.contains("within one") == true)
        #expect(refusal(away(from: .min))?.isEmpty == false)
        #expect(refusal(away(to: "A17"))?.contains("themselves") == true)
        #expect(refusal(away(to: "Z99"))?.contains("staff list") == true)
        #expect(refusal(away(to: "C08"))?.contains("left the staff") == true)
        #expect(refusal(away("C08"))?.contains("left the staff") == true)
        #expect(refusal(away("Z99"))?.contains("staff list") == true)
        #expect(refusal(.endAbsence(staff: "Z99"))?.contains("staff list") == true)
        for note in ["a\nb", "\u{202E}", String(repeating: "训", count: 86)] {
            #expect(refusal(away(note: note))?.contains("--note") == true, "\(note)")
        }
        #expect(try absence(of: "A17") == nil, "nothing of it was written")
        guard case .done = answer(away("B07", to: "A17")) else { throw Failed("leaving") }
        #expect(refusal(away(from: 999, until: 5_000, to: "B07"))?.contains("comes back") == true)
        guard case .done = answer(away(from: 1_000, until: 5_000, to: "B07")) else {
            return #expect(Bool(false), "B07 is back when A17 leaves")
        }
    }

    @Test func `an inactive person gets no invite`() {
        _ = answer(.removeStaff(staff: "A17"))
        #expect(refusal(invite(staff: "A17")) != nil)
    }

    @Test func `a policy is counted when it changes and refused when it is broken`() throws {
        guard case .policy(let version, let yaml) = answer(.showPolicy) else {
            throw Failed("showing")
        }
        #expect(version == 1)
        guard case .done(let same) = answer(.loadPolicy(yaml: yaml)) else {
            throw Failed("loading the same")
        }
        #expect(same.en.contains("already"))
        #expect(refusal(.loadPolicy(yaml: "profile: [")) != nil)
        guard case .done = answer(.loadPolicy(yaml: yaml + "\n# 2\n")) else {
            throw Failed("loading another")
        }
        guard case .policy(2, _) = answer(.showPolicy) else { throw Failed("showing the new one") }
    }

    @Test func `status counts what there is`() throws {
        var device = try world.greetedDevice()
        _ = world.ask(
            .push(device.push([TestDevice.complaint(at: world.now)])), from: device)
        guard case .status(let status) = answer(.status) else { throw Failed("asking") }
        #expect(status.tickets == 1 && status.openTickets == 1)
        #expect(status.devices == 1)
        #expect(status.timers == 2)
        #expect(status.policyName == "basic" && status.policyVersion == 1)
        #expect(status.nextTimerMilliseconds != nil)
        #expect(status.live == nil)
    }

    @Test func `a store that fails is told as such`() {
        world.store.writeFault = FaultyStorage.diskIsFull
        let reply = HubAdministrator(store: world.store).answer(invite(), at: world.now)
        guard case .failed(let message) = reply else {
            return #expect(Bool(false), "a store fault is no refusal")
        }
        #expect(message.contains("disk is full"))
    }

    struct Failed: Error {
        let what: String
        init(_ what: String) { self.what = what }
    }
}
