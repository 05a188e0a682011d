import Replication
import TicketModel

extension HubAdministrator {
    func addStaff(_ request: StaffRequest) throws -> AdminReply {
        guard let staff = StaffID(request.staff), staff != .hub else {
            throw Refusal(
                zh: "\(request.staff) 不能作人员编号。",
                en: "\(request.staff) cannot be the name of a person.")
        }
        try checkLengths(of: request)
        let place: StoreID? = try name(request.store, "--store")
        let roles = try roles(request.roles)
        return try store.transaction { store in
            var record = StaffRecord(
                staff: staff, name: request.name.isEmpty ? request.staff : request.name,
                roles: roles, store: place,
                department: try department(request.department, in: store), phone: request.phone,
                isActive: request.isActive)
            // Who is corrected while they are away stays away.
            record.absence = try store.staff().first { $0.staff == staff }?.absence
            try store.save(record)
            try checkDirectory(in: store)
            let doubts = try doubts(about: record.department, in: store)
            return .done(
                AdminText(zh: "\(staff) 已在册。", en: "\(staff) is on the staff.", doubts))
        }
    }

    /// A person is never deleted: the tickets still name them.
    func removeStaff(_ name: String, at now: Timestamp) throws -> AdminReply {
        try store.transaction { store in
            var record = try person(named: name, among: try store.staff())
            guard record.isActive else {
                return .done(
                    AdminText(
                        zh: "\(name) 此前已停用。", en: "\(name) had left the staff before."))
            }
            record.isActive = false
            try store.save(record)
            let represented = try store.staff().filter { person in
                person.isActive && person.absence?.substitute == record.staff
                    && person.absence.map { $0.until > now } ?? false
            }
            let doubts = represented.map { person in
                AdminText(
                    zh: "\(person.staff) 外出由其代理，请另定代理人。",
                    en: "They stood in for \(person.staff): name somebody else with staff away.")
            }
            return .done(
                AdminText(zh: "\(name) 已停用。", en: "\(name) has left the staff.", doubts))
        }
    }

    private func person(named name: String, among people: [StaffRecord]) throws -> StaffRecord {
        guard let record = people.first(where: { $0.staff.rawValue == name }) else {
            throw Refusal(
                zh: "没有名为 \(name) 的人员。查看：loopdesk-hub staff list",
                en: "Nobody is called \(name). See: loopdesk-hub staff list")
        }
        return record
    }

    // MARK: Absences

    /// From the next change on, tickets are not given to them silently, and who stands in may do
    /// what they may (domain.md G30).
    func setAbsence(
        of name: String, _ request: AbsenceRequest, at now: Timestamp
    ) throws -> AdminReply {
        try store.transaction { store in
            let people = try store.staff()
            var record = try person(named: name, among: people)
            guard record.isActive else {
                throw Refusal(
                    zh: "\(name) 已停用，无需登记外出。",
                    en: "\(name) has left the staff: nobody waits for them.")
            }
            let absence = Absence(
                from: Timestamp(milliseconds: request.fromMilliseconds),
                until: Timestamp(milliseconds: request.untilMilliseconds),
                substitute: try substitute(request.substitute, for: record, among: people),
                note: try note(request.note))
            try check(absence, at: now)
            guard !Attendance.comesRound(absence, of: record.staff, among: people) else {
                throw comesRound(to: name, from: request.substitute ?? "")
            }
            record.absence = absence
            try store.save(record)
            try checkDirectory(in: store)
            let standIn = absence.substitute?.rawValue
            return .done(
                AdminText(
                    zh: "\(name) 的外出已登记，" + (standIn.map { "由 \($0) 代理。" } ?? "无人代理。"),
                    en: "\(name) is down as away; "
                        + (standIn.map { "\($0) stands in." } ?? "nobody stands in."),
                    doubts(about: absence, of: record, among: people)))
        }
    }

    func endAbsence(of name: String) throws -> AdminReply {
        try store.transaction { store in
            var record = try person(named: name, among: try store.staff())
            guard record.absence != nil else {
                return .done(
                    AdminText(zh: "\(name) 没有登记外出。", en: "\(name) was not down as away."))
            }
            record.absence = nil
            try store.save(record)
            return .done(AdminText(zh: "\(name) 已回来。", en: "\(name) is back."))
        }
    }

    /// What may keep a substitute from the work: it is allowed, and worth a word.
    private func doubts(
        about absence: Absence, of person: StaffRecord, among people: [StaffRecord]
    ) -> [AdminText] {
        guard let substitute = people.first(where: { $0.staff == absence.substitute }) else {
            return []
        }
        let name = substitute.staff
        var doubts: [AdminText] = []
        let missing = person.roles.subtracting(substitute.roles).map(\.rawValue).sorted()
            .joined(separator: ", ")
        if !missing.isEmpty {
            doubts.append(
                AdminText(
                    zh: "\(name) 自己没有角色 \(missing)；只有在允许该角色的设备上才能代行。",
                    en: "\(name) is no \(missing): they can act as one only on a device that may."))
        }
        if substitute.store != person.store || substitute.department != person.department {
            doubts.append(
                AdminText(
                    zh: "\(name) 属于别的门店或部门，其设备上不一定有 \(person.staff) 的工单；请把工单转派给 \(name)。",
                    en: "\(name) belongs to another store or department: their device may not hold "
                        + "the tickets of \(person.staff). Assign them to \(name)."))
        }
        if let other = substitute.absence, other.from < absence.until, absence.from < other.until {
            doubts.append(
                AdminText(
                    zh: "\(name) 届时有一段时间也外出。",
                    en: "\(name) is away themselves for a part of that time."))
        }
        return doubts
    }

    private func substitute(
        _ name: String?, for person: StaffRecord, among people: [StaffRecord]
    ) throws -> StaffID? {
        guard let name, !name.isEmpty else { return nil }
        let record = try self.person(named: name, among: people)
        guard record.staff != person.staff else {
            throw Refusal(
                zh: "\(name) 不能代理自己；请另选 --substitute，或不写。",
                en: "\(name) cannot stand in for themselves; name another --substitute, or none.")
        }
        guard record.isActive else {
            throw Refusal(
                zh: "\(name) 已停用，不能代理；请另选 --substitute。",
                en: "\(name) has left the staff and cannot stand in; name another --substitute.")
        }
        return record.staff
    }

    /// Without what could move a cursor or turn the reading direction: colleagues' screens show it.
    private func note(_ text: String) throws -> String {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
            default: true
            }
        }
        guard isPlain, text.utf8.count <= Absence.noteByteCountMax else {
            throw Refusal(
                zh: "--note 只能是一行文字，最多 \(Absence.noteByteCountMax) 字节。",
                en: "--note is one line of text of at most \(Absence.noteByteCountMax) bytes.")
        }
        return text
    }

    private func check(_ absence: Absence, at now: Timestamp) throws {
        guard absence.from < absence.until else {
            throw Refusal(
                zh: "--until 必须晚于 --from。", en: "--until must be later than --from.")
        }
        guard absence.until > now else {
            throw Refusal(
                zh: "--until 已过去；若人已回来：loopdesk-hub staff back",
                en: "--until is over. If they are back: loopdesk-hub staff back")
        }
        guard absence.until.millisecondsSince(absence.from) <= Absence.lengthMillisecondsMax,
            absence.from.millisecondsSince(now) <= Absence.lengthMillisecondsMax
        else {
            throw Refusal(
                zh: "外出最多一年，也最多提前一年登记。更久请停用：loopdesk-hub staff remove",
                en: "An absence lasts a year at most and starts within one. For longer: "
                    + "loopdesk-hub staff remove")
        }
    }

    private func comesRound(to name: String, from substitute: String) -> Refusal {
        Refusal(
            zh: "\(substitute) 届时也外出，代理最终又回到 \(name)；请另选 --substitute。",
            en: "\(substitute) is away then too, and their work comes back to \(name) in the end; "
                + "name another --substitute.")
    }
}

extension StaffRequest {
    init(_ record: StaffRecord) {
        self.init(
            staff: record.staff.rawValue, name: record.name,
            roles: record.roles.map(\.rawValue).sorted(), store: record.store?.rawValue,
            department: record.department?.rawValue, phone: record.phone,
            isActive: record.isActive,
            absence: record.absence.map { absence in
                AbsenceRequest(
                    fromMilliseconds: absence.from.milliseconds,
                    untilMilliseconds: absence.until.milliseconds,
                    substitute: absence.substitute?.rawValue, note: absence.note)
            })
    }
}
