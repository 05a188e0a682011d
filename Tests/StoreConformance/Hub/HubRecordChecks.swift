import Replication
import Sodium
import Testing
import TicketModel

extension HubStorageConformance {
    static let recordChecks: [Check<any HubStorage>] = [
        Check("a replica is kept as it was saved last", replicas),
        Check("the hub's own replica counts on", hubReplica),
        Check("replica codes are never given twice", replicaCodes),
        Check("official numbers are never given twice", ticketNumbers),
        Check("devices are listed in order of enrolment, move and can be revoked", devices),
        Check("invites are listed newest first and are used once", invites),
        Check("a person is who they were at the sequence", staffVersions),
        Check("everybody is listed as they stand now", staffList),
        Check("who is away is found by who stands in, as of a sequence", absences),
        Check("the policy in force is the newest", policies),
        Check("sizes are counted", counts),
    ]

    private static func replicas(_ store: any HubStorage) throws {
        var replica = ReplicaRecord(replica: Sample.replica, device: DeviceID(unchecked: "d1"))
        try store.transaction { try $0.save(replica) }
        #expect(try store.read { try $0.replica(replica.replica) } == replica)
        replica.watermark = .max >> 1
        replica.hash = Digest.sha256([1])
        try store.transaction { try $0.save(replica) }
        #expect(try store.read { try $0.replica(replica.replica) } == replica)
        #expect(try store.read { try $0.replica(ReplicaID(rawValue: 9)) } == nil)
    }

    private static func hubReplica(_ store: any HubStorage) throws {
        let epoch = try store.read { try $0.epoch() }
        var replica = try store.transaction { try $0.hubReplica() }
        #expect(replica.replica == .hub(epoch))
        #expect(replica.watermark == 0 && replica.hash == .zero)
        replica.watermark = 3
        replica.hash = Digest.sha256([3])
        try store.transaction { hub throws in
            try hub.save(replica)
            #expect(try hub.hubReplica() == replica)
        }
        #expect(try store.transaction { try $0.hubReplica() } == replica)
        #expect(try store.read { try $0.counts().replicas } == 0, "it is nobody's device")
    }

    private static func replicaCodes(_ store: any HubStorage) throws {
        let codes = try (0..<3).flatMap { _ in
            try store.transaction { hub throws in
                try (0..<400).map { _ in try hub.allocateReplicaCode() }
            }
        }
        #expect(Set(codes).count == 1_200)
        #expect(codes.first?.count == 2)
    }

    private static func ticketNumbers(_ store: any HubStorage) throws {
        func allocate(_ date: Int, _ count: Int = 1) throws -> [TicketNumber] {
            try store.transaction { hub throws in
                try (0..<count).map { _ in try hub.allocateNumber(businessDate: date) }
            }
        }
        let first = try allocate(2023_10_27, 40)
        #expect(first.map(\.ordinal) == Array(1...40))
        #expect(first.allSatisfy { $0.businessDate == 2023_10_27 })
        #expect(try allocate(2023_10_28).map(\.ordinal) == [1], "every day begins at 1")
        #expect(throws: Abandoned.self) {
            try store.transaction { hub throws in
                _ = try hub.allocateNumber(businessDate: 2023_10_27)
                throw Abandoned()
            }
        }
        let more = try allocate(2023_10_27, 20)
        #expect(Set(first + more).count == 60)
        #expect(more == more.sorted())
    }

    private static func device(_ name: String) throws -> DeviceRecord {
        let key = try #require(SigningKeyPair(seed: [UInt8](repeating: 7, count: 32)))
        return DeviceRecord(
            device: DeviceID(unchecked: name), label: "收银台 \(name)",
            curveKey: [UInt8](repeating: UInt8(name.utf8.count), count: 32),
            signingKey: key.publicKey, store: StoreID(unchecked: "S001"), region: nil,
            replicaCode: "AA", roles: [.clerk, .departmentHead], scopes: [.one, .all],
            enrolledAt: Sample.noon)
    }

    private static func devices(_ store: any HubStorage) throws {
        var (first, second) = (try device("zebra"), try device("ant"))
        second.store = nil
        second.region = RegionID(unchecked: "R3")
        second.scopes = []
        try store.transaction { hub throws in
            try hub.save(first)
            try hub.save(second)
        }
        #expect(try store.read { try $0.devices() } == [first, second])
        first.revokedAt = Sample.noon.adding(milliseconds: 1)
        second.change([.two, .all], head: 41)
        first.label = "old"
        try store.transaction { hub throws in
            try hub.save(first)
            try hub.save(second)
        }
        try store.read { hub throws in
            #expect(try hub.devices() == [first, second])
            #expect(try hub.device(first.device) == first)
            #expect(try hub.device(second.device) == second)
            #expect(try hub.device(DeviceID(unchecked: "bee")) == nil)
        }
    }

    private static func invites(_ store: any HubStorage) throws {
        func invite(_ key: UInt8) -> InviteRecord {
            InviteRecord(
                curveKey: [UInt8](repeating: key, count: 32), store: StoreID(unchecked: "S001"),
                region: nil, department: DepartmentID(unchecked: "售后部"),
                staff: StaffID(unchecked: "A17"), roles: [.supervisor], createdAt: Sample.noon,
                expiresAt: Sample.noon.adding(milliseconds: 1_000))
        }
        var (first, second) = (invite(9), invite(1))
        try store.transaction { try $0.save(first) }
        try store.transaction { try $0.save(second) }
        #expect(try store.read { try $0.invites() } == [second, first])
        first.usedBy = DeviceID(unchecked: "d1")
        second.expiresAt = Sample.noon
        try store.transaction { hub throws in
            try hub.save(first)
            try hub.save(second)
        }
        try store.read { hub throws in
            #expect(try hub.invites() == [second, first])
            #expect(try hub.invite(curveKey: first.curveKey) == first)
            #expect(try hub.invite(curveKey: [1, 2]) == nil)
        }
    }

    private static func person(_ name: String, _ roles: Set<Role>) -> StaffRecord {
        StaffRecord(
            staff: StaffID(unchecked: name), name: "王 \(name)", roles: roles,
            store: StoreID(unchecked: "S001"), department: DepartmentID(unchecked: "售后部"),
            phone: "139", isActive: true)
    }

    private static func staffVersions(_ store: any HubStorage) throws {
        var person = person("A17", [.clerk])
        try store.append(LogLine(ticket: Sample.ticket(1)))
        try store.append(LogLine(ticket: Sample.ticket(2)))
        try store.transaction { try $0.save(person) }
        let clerk = person
        try store.append(LogLine(ticket: Sample.ticket(3)))
        person.roles = [.manager]
        person.isActive = false
        person.store = nil
        try store.transaction { try $0.save(person) }
        try store.append(LogLine(ticket: Sample.ticket(4)))
        try store.read { hub throws in
            #expect(
                try hub.staff(person.staff, at: 0) == clerk, "added later, known from the start")
            #expect(try hub.staff(person.staff, at: 2) == clerk)
            #expect(try hub.staff(person.staff, at: 3) == person, "in force from the head on")
            #expect(try hub.staff(person.staff, at: 4) == person)
            #expect(try hub.staff(StaffID(unchecked: "B07"), at: 4) == nil)
        }
    }

    private static func staffList(_ store: any HubStorage) throws {
        let (b07, a17) = (person("B07", [.handler]), person("A17", [.clerk]))
        var renamed = a17
        renamed.name = "李"
        try store.transaction { try $0.save(b07) }
        try store.transaction { hub throws in
            try hub.save(a17)
            #expect(try hub.staffVersion() == 2)
            try hub.save(renamed)
        }
        try store.read { hub throws in
            #expect(try hub.staff() == [renamed, b07])
            #expect(try hub.staffVersion() == 3)
            #expect(try hub.staff(a17.staff, at: 0) == renamed)
        }
    }

    private static func absences(_ store: any HubStorage) throws {
        let (from, until) = (Sample.noon, Sample.noon.adding(milliseconds: 10))
        let substitute = StaffID(unchecked: "C08")
        func away(_ name: String, to other: StaffID? = substitute) -> StaffRecord {
            var record = person(name, [.clerk])
            record.absence = Absence(from: from, until: until, substitute: other, note: "培训")
            return record
        }
        var back = away("B07")
        try store.transaction { hub throws in
            try hub.save(away("B07"))
            try hub.save(away("A17"))
            try hub.save(away("D01", to: nil))
            try hub.save(away("D02", to: StaffID(unchecked: "A17")))
            try hub.save(person("C08", [.clerk]))
        }
        try store.append(LogLine(ticket: Sample.ticket(1)))
        back.absence = nil
        try store.transaction { try $0.save(back) }
        func found(_ time: Timestamp, _ sequence: UInt64, _ countMax: Int = 9) throws -> [String] {
            try store.read {
                try $0.staff(
                    awayAt: time, naming: substitute, at: sequence, countMax: countMax)
            }.map(\.staff.rawValue)
        }
        #expect(try found(from, 0) == ["A17", "B07"], "from the first instant on")
        #expect(try found(from, 0, 1) == ["A17"])
        #expect(try found(from.adding(milliseconds: -1), 0) == [])
        #expect(try found(until.adding(milliseconds: -1), 0) == ["A17", "B07"])
        #expect(try found(until, 0) == [], "back at that very instant")
        #expect(try found(from, 1) == ["A17"], "who came back is not away after that")
        #expect(try store.read { try $0.staff(back.staff, at: 0) } == away("B07"))
        #expect(try store.read { try $0.staff() }.first == away("A17"))
    }

    private static func policies(_ store: any HubStorage) throws {
        for version in 1...3 {
            let policy = PolicyRecord(
                version: version, yaml: "名: \(version)\n", loadedAt: Sample.noon)
            try store.transaction { try $0.save(policy) }
            #expect(try store.read { try $0.policy() } == policy)
        }
        try store.read { hub throws in
            #expect(try hub.policies(countMax: 2).map(\.version) == [3, 2], "the newest first")
        }
    }

    private static func counts(_ store: any HubStorage) throws {
        var closed = Sample.ticket(1)
        try store.append(LogLine(ticket: closed), LogLine(ticket: Sample.ticket(2)))
        closed.set(.status, .integer(TicketStatus.closed.rawValue))
        try store.append(LogLine(ticket: closed, before: [.all, .one]))
        try store.transaction { hub throws in
            try hub.save(ReplicaRecord(replica: Sample.replica, device: DeviceID(unchecked: "d")))
            let key = TimerKey(ticket: closed.id, clock: "c", cycle: 1, rung: 0)
            try hub.schedule(TimerRecord(key: key, dueAt: Sample.noon))
        }
        #expect(
            try store.read { try $0.counts() }
                == HubCounts(tickets: 2, openTickets: 1, entries: 3, replicas: 1, timers: 1))
    }
}
