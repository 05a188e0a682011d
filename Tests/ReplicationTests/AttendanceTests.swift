import RandomValues
import Replication
import Testing
import TicketModel

/// Who is away and who stands in for whom (domain.md G30).
@Suite struct AttendanceTests {
    private let noon = Timestamp(milliseconds: 1_700_000_000_000)

    private func id(_ name: String) -> StaffID { StaffID(unchecked: name) }

    /// A person; with a substitute or an empty one they are away for ten milliseconds from noon.
    private func person(
        _ name: String, to substitute: String? = nil, isActive: Bool = true
    ) -> StaffRecord {
        StaffRecord(
            staff: id(name), name: name, roles: [.clerk], isActive: isActive,
            absence: substitute.map {
                Absence(
                    from: noon, until: noon.adding(milliseconds: 10), substitute: StaffID($0))
            })
    }

    private func standIn(_ name: String, _ people: [StaffRecord], after: Int64 = 0) -> String? {
        Attendance(people, at: noon.adding(milliseconds: after))
            .standIn(for: id(name))?.staff.rawValue
    }

    @Test func `a person is away from the first instant until the one when they are back`() {
        let people = [person("A", to: "B"), person("B")]
        #expect(standIn("A", people, after: -1) == nil)
        #expect(standIn("A", people) == "B")
        #expect(standIn("A", people, after: 9) == "B")
        #expect(standIn("A", people, after: 10) == nil)
        #expect(standIn("B", people) == nil, "who is there needs nobody")
        #expect(standIn("Z", people) == nil)
    }

    @Test func `a substitute who is away passes on, and the last who is there stands in for all`() {
        let people = [person("A", to: "B"), person("B", to: "C"), person("C")]
        #expect(standIn("A", people) == "C" && standIn("B", people) == "C")
        let attendance = Attendance(people, at: noon)
        #expect(attendance.represented(by: id("C")).map(\.staff) == [id("B"), id("A")])
        #expect(attendance.represented(by: id("B")) == [], "who is away stands in for nobody")
    }

    @Test func `nobody stands in where the chain ends with nobody or with who has left`() {
        #expect(standIn("A", [person("A", to: "")]) == nil)
        #expect(standIn("A", [person("A", to: "B")]) == nil, "unknown")
        #expect(standIn("A", [person("A", to: "B"), person("B", isActive: false)]) == nil)
        #expect(standIn("A", [person("A", to: "B"), person("B", to: "")]) == nil)
        let left = [person("A", to: "B"), person("B", to: "C", isActive: false), person("C")]
        #expect(standIn("A", left) == "C", "who has left may have named somebody")
        let attendance = Attendance(left, at: noon)
        #expect(attendance.represented(by: id("C")).map(\.staff) == [id("A")])
    }

    @Test func `a chain that comes round ends, and nobody stands in`() {
        let people = [person("A", to: "B"), person("B", to: "C"), person("C", to: "A")]
        for name in ["A", "B", "C"] { #expect(standIn(name, people) == nil) }
        #expect(Attendance(people, at: noon).unrepresented == [id("A"), id("B"), id("C")])
        let absence = Absence(
            from: noon.adding(milliseconds: 5), until: noon.adding(milliseconds: 50),
            substitute: id("A"))
        #expect(Attendance.comesRound(absence, of: id("C"), among: people))
        let later = Absence(
            from: noon.adding(milliseconds: 10), until: noon.adding(milliseconds: 50),
            substitute: id("A"))
        #expect(
            !Attendance.comesRound(later, of: id("C"), among: people), "the others are back then")
    }

    @Test func `a chain that is longer than the limit leads to nobody, from both ends`() {
        let count = Absence.chainCountMax + 1
        let people =
            (0..<count).map { person("P\($0)", to: "P\($0 + 1)") } + [person("P\(count)")]
        #expect(standIn("P0", people) == nil)
        #expect(standIn("P1", people) == "P\(count)")
        let represented = Attendance(people, at: noon).represented(by: id("P\(count)"))
        #expect(represented.count == Absence.chainCountMax)
        #expect(!represented.contains { $0.staff == id("P0") })
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `somebody stands in for exactly those whose chain ends with them`(seed: UInt64) {
        var random = RandomValues(seed: seed)
        let names = (0..<7).map { "P\($0)" }
        for _ in 0..<200 {
            let people = names.map { name in
                person(
                    name,
                    to: random.flag() ? (random.flag() ? random.one(of: names) : "") : nil,
                    isActive: random.flag() || random.flag())
            }
            let attendance = Attendance(people, at: noon)
            for one in people {
                let others = people.filter {
                    $0.isActive && attendance.standIn(for: $0.staff)?.staff == one.staff
                }
                #expect(
                    Set(attendance.represented(by: one.staff)) == Set(others),
                    "\(one.staff) among \(people)")
            }
        }
    }
}
