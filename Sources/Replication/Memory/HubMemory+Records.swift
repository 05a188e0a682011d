import TicketModel

extension HubMemory: HubTransaction {
    // MARK: Replicas

    func replica(_ id: ReplicaID) -> ReplicaRecord? { contents.replicas[id] }

    func save(_ replica: ReplicaRecord) { contents.replicas[replica.replica] = replica }

    func hubReplica() -> ReplicaRecord {
        let id = ReplicaID.hub(contents.epoch)
        return replica(id) ?? ReplicaRecord(replica: id, device: DeviceID(unchecked: "hub"))
    }

    func allocateReplicaCode() -> String {
        contents.replicaCodesCount += 1
        return ReplicaCode.text(contents.replicaCodesCount - 1)
    }

    func allocateNumber(businessDate: Int) -> TicketNumber {
        let last = max(
            contents.lastOrdinals[businessDate] ?? 0, reservedOrdinals[businessDate] ?? 0)
        let ordinal = last + 1
        contents.lastOrdinals[businessDate] = ordinal
        reservedOrdinals[businessDate] = ordinal
        return TicketNumber(businessDate: businessDate, ordinal: ordinal)
    }

    // MARK: Devices and invites

    func device(_ id: DeviceID) -> DeviceRecord? { contents.devices.first { $0.device == id } }

    func devices() -> [DeviceRecord] { contents.devices }

    func save(_ device: DeviceRecord) {
        let index = contents.devices.firstIndex { $0.device == device.device }
        if let index { contents.devices[index] = device } else { contents.devices.append(device) }
    }

    func invite(curveKey: [UInt8]) -> InviteRecord? {
        contents.invites.first { $0.curveKey == curveKey }
    }

    func invites() -> [InviteRecord] { contents.invites.reversed() }

    func save(_ invite: InviteRecord) {
        let index = contents.invites.firstIndex { $0.curveKey == invite.curveKey }
        if let index { contents.invites[index] = invite } else { contents.invites.append(invite) }
    }

    // MARK: People and policy

    func staff(_ id: StaffID, at sequence: UInt64) -> StaffRecord? {
        let versions = contents.staffVersions.filter { $0.record.staff == id }
        return (versions.last { $0.since <= sequence } ?? versions.first)?.record
    }

    func staff(
        awayAt time: Timestamp, naming substitute: StaffID, at sequence: UInt64, countMax: Int
    ) -> [StaffRecord] {
        let people = Set(contents.staffVersions.map(\.record.staff)).sorted()
        let away = people.lazy.compactMap { self.staff($0, at: sequence) }
            .filter { $0.isAway(at: time) && $0.absence?.substitute == substitute }
        return Array(away.prefix(max(0, countMax)))
    }

    func staff() -> [StaffRecord] {
        let current = contents.staffVersions.map { ($0.record.staff, $0.record) }
        return Dictionary(current) { _, newer in newer }.values.sorted { $0.staff < $1.staff }
    }

    func policyVersion() -> Int { policy()?.version ?? 0 }

    func staffVersion() -> UInt64 { UInt64(contents.staffVersions.count) }

    func save(_ staff: StaffRecord) {
        contents.staffVersions.append(
            HubContents.StaffVersion(since: contents.head.sequence, record: staff))
    }

    func policy() -> PolicyRecord? { contents.policies.max { $0.key < $1.key }?.value }

    func policies(countMax: Int) -> [PolicyRecord] {
        Array(contents.policies.sorted { $0.key > $1.key }.map(\.value).prefix(countMax))
    }

    func save(_ policy: PolicyRecord) throws {
        guard contents.policies[policy.version] == nil else {
            throw StoreError(.failed, "Policy \(policy.version) is stored already.")
        }
        contents.policies[policy.version] = policy
    }

    // MARK: Timers

    func timersDue(at now: Timestamp, countMax: Int) -> [TimerRecord] {
        let due = contents.timers.filter { $0.value <= now }
            .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        return due.prefix(max(0, countMax)).map { TimerRecord(key: $0.key, dueAt: $0.value) }
    }

    func nextTimer() -> Timestamp? { contents.timers.values.min() }

    func hasFired(_ key: TimerKey) -> Bool { contents.firedTimers.contains(key) }

    func schedule(_ timer: TimerRecord) { contents.timers[timer.key] = timer.dueAt }

    func cancel(_ key: TimerKey) { contents.timers[key] = nil }

    func markFired(_ key: TimerKey, at now: Timestamp) {
        contents.timers[key] = nil
        contents.firedTimers.insert(key)
    }

    // MARK: Sizes

    func counts() -> HubCounts {
        HubCounts(
            tickets: contents.tickets.count,
            openTickets: contents.tickets.values.count { $0.status != .closed },
            entries: Int(clamping: head().sequence),
            replicas: contents.replicas.values.count { $0.device.rawValue != "hub" },
            timers: contents.timers.count)
    }
}
