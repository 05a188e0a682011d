import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// Performs what operators ask, on the store of a hub that runs or not.
package struct HubAdministrator {
    /// A request that is not done, with the reason and the remedy.
    package struct Refusal: Error, Hashable, Sendable {
        package var text: AdminText
        package init(zh: String, en: String) { text = AdminText(zh: zh, en: en) }
    }

    let store: any HubStorage
    let codec: any ReplicationCodec
    let policies = PolicyReader()

    /// The key of the hub that serves this store; asked only when entries are written.
    let ruleKey: () throws -> MessageAuthenticationKey?

    /// - Parameter ruleKey: the same as the loop has; nil where no device is hostile.
    package init(
        store: any HubStorage, codec: any ReplicationCodec = ProtobufCodec(),
        ruleKey: @escaping () throws -> MessageAuthenticationKey? = { nil }
    ) {
        self.store = store
        self.codec = codec
        self.ruleKey = ruleKey
    }

    /// Performs `command` and says what came of it; nothing is done unless it says so.
    package func answer(_ command: AdminCommand, at now: Timestamp) -> AdminReply {
        do {
            return try perform(command, at: now)
        } catch let refusal as Refusal {
            return .refused(refusal.text)
        } catch {
            return .failed(message: "\(error)")
        }
    }

    /// Performs `command`.
    ///
    /// - Throws: `Refusal` with a remedy, `StoreError`.
    package func perform(_ command: AdminCommand, at now: Timestamp) throws -> AdminReply {
        switch command {
        case .status: return .status(try status(at: now))
        case .createInvite(let request): return try createInvite(request, at: now)
        case .invites: return .invites(try store.read { try $0.invites().map(InviteView.init) })
        case .devices: return .devices(try store.read { try $0.devices().map(DeviceView.init) })
        case .revoke(let device): return try revoke(device, at: now)
        case .addStaff(let request): return try addStaff(request)
        case .removeStaff(let staff): return try removeStaff(staff, at: now)
        case .setAbsence(let staff, let request):
            return try setAbsence(of: staff, request, at: now)
        case .endAbsence(let staff): return try endAbsence(of: staff)
        case .staff: return .staff(try store.read { try $0.staff().map(StaffRequest.init) })
        case .showPolicy: return try showPolicy()
        case .loadPolicy(let yaml): return try loadPolicy(yaml, at: now)
        case .rebaseClocks(let clock, let after):
            return .rebased(try rebaseClocks(clock, after: after, at: now))
        case .confirmBackup(let backup): return try confirm(backup)
        case .recovery: return .recovery(try recovery())
        case .endRecovery: return try endRecovery()
        case .compact(let days): return .compacted(try compact(keepDays: days, at: now))
        case .quarantined: return .quarantined(try quarantined())
        case .quarantinedWork(let name): return .quarantined([try quarantinedWork(name)])
        case .acceptQuarantined(let name): return try acceptQuarantined(name, at: now)
        case .dismissQuarantined(let name, let reason):
            return try dismissQuarantined(name, reason: reason)
        case .setDevice(let request): return try setDevice(request)
        case .listPart(let list, let after): return try part(of: list, after: after)
        }
    }

    /// The calendars of the policy in force whose dates have ended or end soon, in words; none
    /// without a policy.
    ///
    /// - Throws: `StoreError`.
    package func calendarsToRenew(at now: Timestamp) throws -> [AdminText] {
        let policy = try store.read { try $0.policy() }
        let profile = policy.flatMap { try? Profile(yaml: $0.yaml, file: "policy") }
        return Self.renewals(of: profile, at: now)
    }

    private static func renewals(of profile: Profile?, at now: Timestamp) -> [AdminText] {
        (profile?.calendarsToRenew(at: now) ?? []).map {
            AdminText(zh: $0.renewal.zh, en: $0.renewal.en)
        }
    }

    private func status(at now: Timestamp) throws -> HubStatus {
        try store.read { reader in
            let counts = try reader.counts()
            let policy = try reader.policy()
            let profile = policy.flatMap { try? Profile(yaml: $0.yaml, file: "policy") }
            return HubStatus(
                epoch: try reader.epoch().description, head: try reader.head().sequence,
                tickets: counts.tickets, openTickets: counts.openTickets,
                replicas: counts.replicas, timers: counts.timers,
                devices: try reader.devices().count, policyVersion: policy?.version ?? 0,
                policyName: profile?.name ?? "",
                nextTimerMilliseconds: try reader.nextTimer()?.milliseconds,
                recoveringUntilMilliseconds: try reader.recovery()?.endsAt.milliseconds,
                logBase: try reader.logBase(), durableSequence: try reader.durableSequence(),
                parked: try reader.parkedCount(), quarantined: try reader.quarantinedCount(),
                calendarsToRenew: Self.renewals(of: profile, at: now),
                live: nil)
        }
    }

    private func revoke(_ name: String, at now: Timestamp) throws -> AdminReply {
        try store.transaction { store in
            var device = try device(named: name, in: store)
            guard !device.isRevoked else {
                return .done(
                    AdminText(
                        zh: "\(device.device) 此前已停用。",
                        en: "\(device.device) was revoked before."))
            }
            device.revokedAt = now
            try store.save(device)
            return .done(
                AdminText(zh: "\(device.device) 已停用。", en: "\(device.device) is revoked."))
        }
    }

    /// The device with this name, or with this label if no other has it.
    func device(named name: String, in store: any HubReader) throws -> DeviceRecord {
        let matches = try store.devices().filter {
            $0.device.rawValue == name || $0.label == name
        }
        guard let first = matches.first, matches.count == 1 else {
            throw matches.isEmpty
                ? Refusal(
                    zh: "没有名为 \(name) 的设备。查看：loopdesk-hub device list",
                    en: "No device is called \(name). See: loopdesk-hub device list")
                : Refusal(
                    zh: "有多台设备名为 \(name)；请用第一列的名称。",
                    en: "Several devices are called \(name); use the name in the first column.")
        }
        return first
    }

    private func showPolicy() throws -> AdminReply {
        guard let policy = try store.read({ try $0.policy() }) else {
            throw Refusal(
                zh: "尚未载入规则。请运行：loopdesk-hub policy load FILE",
                en: "No policy is loaded. Load one with: loopdesk-hub policy load FILE")
        }
        return .policy(version: policy.version, yaml: policy.yaml)
    }

    /// Running clocks stay with the calendars that they were started by (domain.md T19).
    private func newCalendars(of profile: Profile, after known: Profile?) -> [AdminText] {
        profile.calendars.filter { new in
            known?.calendars.contains { $0.name == new.name && $0.version != new.version } ?? false
        }.map {
            AdminText(
                zh: "日历 \($0.name) 已是版本 \($0.version)；运行中的时限仍按原日历，改用新日历请运行："
                    + "loopdesk-hub policy rebase",
                en: "Calendar \($0.name) is version \($0.version) now; clocks that run stay with "
                    + "the former one until: loopdesk-hub policy rebase")
        }
    }

    private func loadPolicy(_ yaml: String, at now: Timestamp) throws -> AdminReply {
        let profile: Profile
        do { profile = try Profile(yaml: yaml, file: "policy") } catch {
            throw Refusal(zh: error.text(.zh), en: error.text(.en))
        }
        return try store.transaction { store in
            let current = try store.policy()
            let known = try? policies.profile(in: store)
            if let calendar = known?.ambiguousCalendar(of: profile) {
                throw silentChange(of: calendar)
            }
            if current?.yaml == yaml {
                return .done(
                    AdminText(
                        zh: "此规则已在使用中。", en: "This policy is in force already."))
            }
            let version = (current?.version ?? 0) + 1
            try store.save(PolicyRecord(version: version, yaml: yaml, loadedAt: now))
            try checkDirectory(in: store)
            return .done(
                AdminText(
                    zh: "规则 \(profile.name) 已生效，版本 \(version)。",
                    en: "Policy \(profile.name) is in force as version \(version).",
                    newCalendars(of: profile, after: known)))
        }
    }
}

extension HubAdministrator {
    /// Nobody could tell by which of the two a clock was started.
    private func silentChange(of calendar: WorkingCalendar) -> Refusal {
        let (name, version) = (calendar.name, calendar.version)
        return Refusal(
            zh: "日历 \(name) 已改动，版本仍是 \(version)；请提高版本号，以便进行中的时限仍按原日历计。",
            en:
                "The calendar \(name) has changed, and its version is still \(version); raise it, "
                + "so that running clocks go on by the old one.")
    }
}

// MARK: - Names and roles

extension HubAdministrator {
    func roles(_ names: [String]) throws -> Set<Role> {
        let roles = try names.map { name in
            guard let role = Role(rawValue: name) else {
                let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(
                    zh: "没有角色 \(name)。可用角色：\(known)",
                    en: "There is no role \(name). Roles: \(known)")
            }
            return role
        }
        guard !roles.isEmpty else {
            throw Refusal(zh: "请至少指定一个 --role。", en: "Give at least one --role.")
        }
        return Set(roles)
    }

    /// The name in `text`; nil when there is none.
    func name<Name: ChosenName>(_ text: String?, _ option: String) throws -> Name? {
        guard let text, !text.isEmpty else { return nil }
        guard let name = Name(text) else {
            throw Refusal(
                zh: "\(option) 的值“\(text)”不能作名称：最多 \(nameByteCountMax) 字节，"
                    + "不含空格、: 和 /。",
                en: "\(option): \(text) cannot be a name: at most \(nameByteCountMax) bytes, no "
                    + "spaces, no : and no /.")
        }
        return name
    }
}
