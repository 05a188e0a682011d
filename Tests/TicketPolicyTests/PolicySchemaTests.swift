import Foundation
import Testing
import TicketModel
import TicketPolicy
import Yams

/// The published schema and the reader, held together.
@Suite struct PolicySchemaTests {
    private static let validator = SchemaValidator(PolicySchema.document)

    /// Every key of the grammar, in a file as small as can be.
    private static let whole = """
        profile: whole
        version: 2
        zone: Asia/Shanghai
        label: {zh: 全部, en: whole}
        kinds: {complaint: {zh: 投诉, en: complaint}}
        channels: {store: {zh: 门店, en: store}}
        departments: {客服部: {zh: 客服部, en: service}}
        categories:
          product: {zh: 产品, en: product, criteria: {zh: 产品, en: product}, children: {
            fault: {zh: 故障, en: fault}}}
        tags: {safety: {zh: 安全, en: safety}}
        steps: {received: {zh: 已收, en: received}}
        priorities: {high: {rank: 2, zh: 高, en: 24, criteria: {zh: 高, en: high}}}
        fields:
          colour: {id: 1001, zh: 色, en: colour, type: choice, merge: last, options: {red: {zh: 红,
            en: red}}}
          score: {id: 1002, zh: 分, en: score, type: integer}
        survey: [score]
        texts: {hello: {zh: "您好 {number}", en: "Hello {product}"}}
        required: {all: [contact, colour], by_kind: {complaint: [event_time]}}
        off: {all: [region], by_kind: {complaint: [store]}}
        routing:
          - {rule: some, when: {kind: complaint, category: [product], channel: store,
             department: 客服部, tag: safety, priority: [high]}, department: 客服部, cooperating: [客服部]}
          - {rule: rest, department: 客服部}
        calendars:
          office:
            version: 3
            zone: UTC
            week: {mon-fri: [09:00-12:00], sat: []}
            holidays: {2026-10-01..2026-10-07: all, 2026-12-31: [10:00-24:00]}
            extra_days: {2026-10-10: [09:00-12:00]}
        clocks:
          response: {zh: 响应, en: response, calendar: office, starts: [created, step:received],
            when: {kind: [complaint]}, pauses: true, safety: [high], limits: {high: 4h},
            met_by: [accept], ladder: [{at: 50%, warn: [clerk]}, {at: 30m before, warn: [clerk]},
            {at: 100%, escalate: 1}]}
          told: {zh: 承诺, en: told, limits: promised, safety: true,
            ladder: [{at: 100%, escalate: 1}]}
        escalation: {1: {zh: 主管, en: supervisor, roles: [supervisor]}}
        quiet_hours: {clerk: [22:00-24:00], handler: [22:00-24:00], inspector: [22:00-24:00],
          department_head: [22:00-24:00], supervisor: [22:00-24:00], duty_manager: [22:00-24:00],
          manager: {calendar: office}}
        approvals: {plan: {zh: 审批, en: plan, of: plan, by: [clerk], before: [resolve],
          when: {kind: complaint}}}
        verification: {attempts: 2, escalate: 1, before: [close]}
        pause_reminder: {after: 1wd, times: 3, calendar: office, warn: [handler]}
        recheck: {by: 10:00, roles: [inspector]}
        permissions:

        """ + permissions.joined(separator: "\n")

    private static let permissions = Act.allCases.filter { $0 != .route && $0 != .clock }.map {
        "  \($0.name): [clerk]"
    }

    private static let documents: [(name: String, yaml: String)] =
        Profile.builtInNames.compactMap { name in
            (try? Profile.builtInText(name)).map { (name, $0) }
        } + [
            ("small", ProfileErrorTests.small), ("calendar", CalendarErrorTests.yaml),
            ("approvals", ApprovalSectionTests.whole), ("whole", whole),
        ]

    @Test func `every policy that the reader takes fits the schema`() throws {
        #expect(Self.documents.count == Profile.builtInNames.count + 4)
        for (name, yaml) in Self.documents {
            #expect(throws: Never.self, "\(name)") { try Profile(yaml: yaml, file: name) }
            let problems = try Self.validator.check(yaml).problems
            #expect(problems.isEmpty, "\(name): \(problems)")
        }
    }

    @Test func `every key of the schema stands in a policy that the reader takes`() throws {
        let used = try Self.documents.reduce(into: Set<String>()) { used, document in
            used.formUnion(try Self.validator.check(document.yaml).used)
        }
        let all = PolicySchema.document.properties()
        #expect(all.count > 100)
        #expect(all.subtracting(used).sorted() == [])
    }

    @Test func `every key of the schema says what it is for`() {
        for place in PolicySchema.document.properties() where !place.contains("/quiet_hours/") {
            let steps = place.split(separator: "/").dropFirst().map(String.init)
            let property = steps.reduce(PolicySchema.document) { value, step in
                Int(step).map { value.elements[$0] } ?? value[step] ?? .flag(false)
            }
            #expect(property["description"]?.text?.isEmpty == false, "\(place)")
        }
    }

    private static func fits(_ text: String, _ form: String) -> Bool {
        let definition = PolicySchema.document["$defs"]?["\(form)_text"] ?? .flag(false)
        return validator.check(.text(text), definition, "", at: "").problems.isEmpty
    }

    /// Whether it is written as a window, whichever of its times is the earlier one.
    private static func hasForm(window text: String) -> Bool {
        do {
            _ = try DayWindow(text)
            return true
        } catch {
            return error == .order
        }
    }

    @Test func `texts have the forms that the reader asks for`() {
        for count in ["", "0", "1", "00", "01", "12", "9", "x", " 1", "１"] {
            for unit in ["s", "m", "h", "d", "wd", "w", "", "S", " h"] {
                let text = count + unit
                #expect((Limit(text) != nil) == Self.fits(text, "limit"), "\(text)")
            }
        }
        let times = ["00:00", "09:30", "9:00", "23:59", "24:00", "24:01", "12:60", "", "09:00 "]
        for (start, end) in times.flatMap({ start in times.map { (start, $0) } }) {
            let text = "\(start)-\(end)"
            #expect(Self.hasForm(window: text) == Self.fits(text, "window"), "\(text)")
        }
        for date in [
            "2026-10-01", "2026-13-01", "2026-00-01", "2026-1-01", "2024-02-29", "0001-01-01",
        ] {
            if CivilTime(date: date) != nil { #expect(Self.fits(date, "dates"), "\(date)") }
        }
        for zone in TimeZone.knownTimeZoneIdentifiers + ["UTC"] {
            #expect(Self.fits(zone, "zone"), "\(zone)")
        }
    }

    /// One thing after the other is put in the place of each part of a policy, each key goes and
    /// another comes: what the reader takes fits the schema, and what only the reader refuses is
    /// what a place alone does not tell (`beyondSchema`).
    @Test func `reader and schema agree on what is put in the place of something else`() throws {
        let root = try #require(try Yams.compose(yaml: Self.whole))
        var (taken, refused, left) = (0, 0, 0)
        for (path, node) in Changes.all(of: root) {
            let yaml = try Yams.serialize(node: node, allowUnicode: true)
            let problems = CalendarErrorTests.problems(yaml)
            let mistakes = Self.validator.check(node).problems
            if problems.isEmpty {
                taken += 1
                #expect(mistakes.isEmpty, "\(path): \(mistakes)")
            } else if mistakes.isEmpty {
                left += 1
                let others = problems.filter { !Self.isBeyondSchema($0, path) }
                #expect(others.isEmpty, "\(path): \(others)")
            } else {
                refused += 1
            }
        }
        #expect(taken > 50 && refused > 1_000 && left > 50, "\((taken, refused, left))")
    }

    private static func isBeyondSchema(_ problem: ProfileProblem, _ path: String) -> Bool {
        beyondSchema.contains { path.hasPrefix($0.path) && problem.message.en.contains($0.message) }
    }

    /// What only the reader judges: what was changed, and what the reader says.
    private static let beyondSchema: [(path: String, message: String)] =
        // Names that the file does not declare.
        [
            "kind", "category", "channel", "department", "tag", "priority", "calendar", "field",
            "integer field", "milestone step:",
        ].map { ("", "unknown \($0)") } + [
            ("", "the profile has no calendar"),
            // The classes of urgency are those that the file declares, and levels are counted.
            ("/clocks/response/limits", "unknown key"), ("/clocks/response/limits", "is missing"),
            ("/priorities/high", "unknown key"), ("/priorities/high", "is missing"),
            ("/escalation/1", "a whole number"), ("/verification/escalate", "a whole number"),
            ("/clocks/response/ladder/2/escalate", "a whole number"),
            ("/clocks/told/ladder/0/escalate", "a whole number"),
            // What several places say together, and which zones there are.
            ("/routing/0", "hides those after it"), ("/zone", "not an IANA time zone"),
            ("/calendars/office/zone", "not an IANA time zone"),
            ("/calendars/office/week", "no working hours"),
            ("/pause_reminder", "counts working days"),
        ]
}

/// Policies with one change each.
private enum Changes {
    /// With the path of what was changed.
    static func all(of node: Node, _ path: String = "") -> [(path: String, node: Node)] {
        others.map { (path, $0) } + within(node, path)
    }

    private static var others: [Node] {
        [
            Node("zzz"), Node("Zz z"), Node("0"), Node("7"), Node("true"), Node("~"),
            Node([Node]()), Node([(Node, Node)]()), Node([Node("zzz")]),
            Node([(Node("zzz"), Node("zzz"))]),
        ].map(plain)
    }

    /// As a person writes it: the emitter would put tags or quotes where it knows no better.
    private static func plain(_ node: Node) -> Node {
        switch node {
        case .scalar(let scalar):
            let style: Node.Scalar.Style = scalar.string.isEmpty ? .doubleQuoted : .plain
            return Node(scalar.string, .implicit, style)
        case .sequence(let sequence): return Node(sequence.map(plain))
        case .mapping(let mapping):
            return Node(mapping.map { (plain($0.key), plain($0.value)) })
        case .alias: return node
        }
    }

    private static func within(_ node: Node, _ path: String) -> [(path: String, node: Node)] {
        switch node {
        case .sequence(let sequence):
            let elements = Array(sequence)
            return elements.indices.flatMap { index in
                all(of: elements[index], "\(path)/\(index)").map { path, element in
                    var changed = elements
                    changed[index] = element
                    return (path, Node(changed))
                }
            }
        case .mapping(let mapping):
            let pairs = mapping.map { ($0.key, $0.value) }
            let more = Node(pairs + [(plain(Node("zzz")), plain(Node("zzz")))])
            return [("\(path)/zzz", more)] + pairs.indices.flatMap { within(pairs, $0, path) }
        case .scalar, .alias: return []
        }
    }

    /// Acts, roles and languages are alike, but for whether they are asked for.
    private static func isLikeOthers(_ path: String, _ key: String?) -> Bool {
        switch path {
        case "/permissions": key != "create" && key != "merge"
        case "/quiet_hours": key != "clerk" && key != "manager"
        default: key == "zh"
        }
    }

    private static func within(
        _ pairs: [(Node, Node)], _ index: Int, _ path: String
    ) -> [(path: String, node: Node)] {
        let inner = "\(path)/\(pairs[index].0.string ?? "")"
        var fewer = pairs
        fewer.remove(at: index)
        if isLikeOthers(path, pairs[index].0.string) { return [(inner, Node(fewer))] }
        let values = all(of: pairs[index].1, inner).map { path, value in
            var changed = pairs
            changed[index].1 = value
            return (path: path, node: Node(changed))
        }
        let keys = ["zzz", "Zz z", "9"].map { name in
            var changed = pairs
            changed[index].0 = plain(Node(name))
            return (path: inner, node: Node(changed))
        }
        return values + keys + [(inner, Node(fewer))]
    }
}
