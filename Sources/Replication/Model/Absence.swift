import TicketModel

/// When a person of the staff is away, and to whom they leave their work (domain.md G30).
package struct Absence: Hashable, Sendable {
    /// What a note may be long, in UTF-8 bytes.
    package static let noteByteCountMax = 256
    /// The longest that one absence may last.
    package static let lengthMillisecondsMax: Int64 = 366 * 86_400_000
    /// How many people work may be passed on by, each of them away.
    package static let chainCountMax = 16
    /// For how many people one person can stand in at a time.
    package static let representedCountMax = 100

    package var from: Timestamp
    /// When they are back: the first instant that they are not away.
    package var until: Timestamp
    /// Who stands in; nil for nobody.
    package var substitute: StaffID?
    /// For colleagues; may be empty.
    package var note: String

    package init(from: Timestamp, until: Timestamp, substitute: StaffID? = nil, note: String = "") {
        self.from = from
        self.until = until
        self.substitute = substitute
        self.note = note
    }

    /// Whether the person is away at `time`.
    package func covers(_ time: Timestamp) -> Bool { from <= time && time < until }

    /// The part of both windows that is common to them; nil if there is none.
    func common(with window: Range<Timestamp>) -> Range<Timestamp>? {
        guard from < until else { return nil }
        let common = (from..<until).clamped(to: window)
        return common.isEmpty ? nil : common
    }
}

extension StaffRecord {
    /// Whether they are away at `time`.
    package func isAway(at time: Timestamp) -> Bool { absence?.covers(time) ?? false }
}

/// The staff at one instant: who is away, and who stands in for whom (domain.md G30).
///
/// Whoever is away passes on what they do for others to their own substitute, so that chains form.
/// A chain ends with the first person who is there; if it comes round, or to somebody who has left
/// the staff and named nobody, nobody stands in.
package struct Attendance {
    private let people: [StaffID: StaffRecord]
    private let time: Timestamp

    package init(_ staff: [StaffRecord], at time: Timestamp) {
        people = Dictionary(staff.map { ($0.staff, $0) }) { first, _ in first }
        self.time = time
    }

    /// When this person is away now; nil for somebody who is there or unknown.
    package func absence(of person: StaffID) -> Absence? {
        people[person].flatMap { $0.isAway(at: time) ? $0.absence : nil }
    }

    /// Who stands in for this person now; nil if they are there, or if nobody does.
    package func standIn(for person: StaffID) -> StaffRecord? {
        var (next, seen) = (absence(of: person)?.substitute, Set([person]))
        while let id = next, seen.insert(id).inserted, seen.count <= Absence.chainCountMax + 1,
            let record = people[id]
        {
            if record.isAway(at: time) {
                next = record.absence?.substitute
            } else {
                return record.isActive ? record : nil
            }
        }
        return nil
    }

    /// For whom this person stands in now, those nearest first.
    package func represented(by person: StaffID) -> [StaffRecord] {
        guard let record = people[person] else { return [] }
        let away = people.values.filter { $0.isAway(at: time) && $0.absence?.substitute != nil }
        let naming = Dictionary(grouping: away) { $0.absence?.substitute }
        return Self.represented(by: record, at: time) { naming[$0] ?? [] }
    }

    /// Everybody on the staff who is away now without anybody who stands in.
    package var unrepresented: Set<StaffID> {
        Set(
            people.values.filter { $0.isAway(at: time) && standIn(for: $0.staff) == nil }.map(
                \.staff))
    }

    /// For whom `person` stands in at `time`, those nearest first.
    ///
    /// - Parameter naming: the people who are away then and have named this one.
    /// - Throws: what `naming` throws.
    package static func represented(
        by person: StaffRecord, at time: Timestamp,
        naming: (StaffID) throws -> [StaffRecord]
    ) rethrows -> [StaffRecord] {
        guard person.isActive, !person.isAway(at: time) else { return [] }
        var (found, seen): ([StaffRecord], Set<StaffID>) = ([], [person.staff])
        var frontier = [person.staff]
        for _ in 0..<Absence.chainCountMax where !frontier.isEmpty {
            var further: [StaffID] = []
            for substitute in frontier {
                for away in try naming(substitute).sorted(by: { $0.staff < $1.staff })
                where seen.insert(away.staff).inserted {
                    further.append(away.staff)
                    if away.isActive { found.append(away) }
                    if seen.count > Absence.representedCountMax { return found }
                }
            }
            frontier = further
        }
        return found
    }

    /// Whether work that this person left to `absence.substitute` could come back to themselves
    /// while they are away.
    package static func comesRound(
        _ absence: Absence, of person: StaffID, among staff: [StaffRecord]
    ) -> Bool {
        let people = Dictionary(staff.map { ($0.staff, $0) }) { first, _ in first }
        guard absence.from < absence.until else { return false }
        var window = absence.from..<absence.until
        var (next, seen): (StaffID?, Set<StaffID>) = (absence.substitute, [])
        while let id = next, seen.insert(id).inserted {
            if id == person { return true }
            guard let further = people[id]?.absence, let common = further.common(with: window)
            else { return false }
            (window, next) = (common, further.substitute)
        }
        return false
    }
}

/// By whose right something is done.
package struct Right: Hashable, Sendable {
    /// What may be done by it.
    package var roles: Set<Role>
    /// For whom it is done; nil if in one's own right.
    package var represented: StaffID?

    package init(roles: Set<Role>, represented: StaffID? = nil) {
        self.roles = roles
        self.represented = represented
    }

    /// The own one of `person`, then those of the people for whom they stand in.
    ///
    /// - Parameter limit: the roles of the device, which nobody exceeds.
    static func all(
        of person: StaffRecord, representing others: [StaffRecord], within limit: Set<Role>
    ) -> [Right] {
        let own = person.roles.intersection(limit)
        return [Right(roles: own)]
            + others.map { other in
                Right(
                    roles: own.union(other.roles.intersection(limit)), represented: other.staff)
            }
    }

    /// Whether `author` did something that somebody does not judge who acts by this right: what
    /// they did themselves is judged by nobody, and what the person did whom they stand in for is
    /// not judged in that one's name.
    func isOwn(_ author: StaffID, of actor: StaffID) -> Bool {
        author == actor || author == represented
    }
}
