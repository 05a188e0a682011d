import ArgumentParser
import Foundation
import HubService
import Terminal
import TicketModel
import TicketPolicy

/// `staff`: the people who sign their work.
struct StaffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staff",
        abstract: said(
            zh: "添加、列出和停用人员，登记外出。",
            en: "Adds, lists and removes members of staff, and says who is away."),
        subcommands: [Add.self, List.self, Remove.self, Away.self, Back.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "添加人员，或更改其中给出的内容。", en: "Adds a person, or changes what is given of one."),
            discussion: said(
                zh: "未给出的保持不变；门店或部门给出空文字即去掉。",
                en: "What is not given stays; an empty text takes away a store or department."))
        @OptionGroup var common: CommonOptions
        @Argument(help: help("人员编号，如 A17、wang.li。", "How the person signs: A17, wang.li."))
        var staff: String
        @Option(help: help("姓名。", "The person's name.")) var name: String?
        @Option(help: help("可有的角色，可重复。", "What they may do; may be repeated."))
        var role: [String] = []
        @Option(help: help("所在门店。", "The store they work at.")) var store: String?
        @Option(help: help("所在部门。", "The department they work in.")) var department: String?
        @Option(help: help("断网时可拨打的电话。", "A number to call when the network is down."))
        var phone: String?

        func run() async throws {
            let access = HubAccess(home: common.hubHome)
            let reply = try await access.perform(.staff)
            guard case .staff(let people) = reply else { throw unexpected(reply) }
            let known = people.first { $0.staff == staff }
            let request = StaffRequest(
                staff: staff, name: name ?? known?.name ?? "",
                roles: role.isEmpty ? known?.roles ?? [] : role,
                store: given(store, else: known?.store),
                department: given(department, else: known?.department),
                phone: phone ?? known?.phone ?? "", isActive: true)
            try common.console.confirm(try await access.perform(.addStaff(request)))
        }

        private func given(_ text: String?, else known: String?) -> String? {
            text.map { $0.isEmpty ? nil : $0 } ?? known
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(zh: "列出人员。", en: "Lists the members of staff."))
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let reply = try await HubAccess(home: common.hubHome).perform(.staff)
            guard case .staff(let people) = reply else { throw unexpected(reply) }
            common.console.show(table(of: people, common.console.language))
            common.console.emit(.array(people.map(\.json)))
        }

        private func table(of people: [StaffRequest], _ language: Language) -> Table {
            var table = Table(columns: [
                .init(language.choose(zh: "编号", en: "STAFF")),
                .init(language.choose(zh: "姓名", en: "NAME"), canShrink: true),
                .init(language.choose(zh: "角色", en: "ROLES"), canShrink: true),
                .init(language.choose(zh: "门店", en: "STORE")),
                .init(language.choose(zh: "部门", en: "DEPARTMENT")),
                .init(language.choose(zh: "电话", en: "PHONE")),
                .init(language.choose(zh: "状态", en: "STATE"), canShrink: true),
            ])
            for person in people {
                table.append([
                    .init(person.staff), .init(person.name),
                    .init(person.roles.joined(separator: ",")), .init(person.store ?? ""),
                    .init(person.department ?? ""), .init(person.phone),
                    .init(state(of: person, language), style: .quiet),
                ])
            }
            return table
        }

        /// That they have left, or when they are away: not what is over.
        private func state(of person: StaffRequest, _ language: Language) -> String {
            if !person.isActive { return language.choose(zh: "已停用", en: "left") }
            guard let absence = person.absence else { return "" }
            guard absence.untilMilliseconds > Timestamp.now.milliseconds else { return "" }
            let until = shortTime(absence.untilMilliseconds, language)
            let isAhead = absence.fromMilliseconds > Timestamp.now.milliseconds
            let from = shortTime(absence.fromMilliseconds, language)
            let standIn = absence.substitute.map { " → \($0)" } ?? ""
            let note = absence.note.isEmpty ? "" : " · \(absence.note)"
            return
                (isAhead
                ? language.choose(
                    zh: "\(from) 起外出至 \(until)", en: "away from \(from) until \(until)")
                : language.choose(zh: "外出至 \(until)", en: "away until \(until)"))
                + standIn + note
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "停用人员；其做过的一切保留。", en: "Takes a person off the staff; what they did stays."))
        @OptionGroup var common: CommonOptions
        @Argument(help: help("人员编号。", "How the person signs.")) var staff: String

        func run() async throws {
            try common.console.confirm(
                try await HubAccess(home: common.hubHome).perform(.removeStaff(staff: staff)))
        }
    }

    struct Away: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "登记外出的时间和代理人。", en: "Says when a person is away, and who stands in."),
            discussion: said(
                zh: """
                    时间按规则的时区，除非写明时差；--until 只写日期时，指当天结束。
                    代理人在允许相应角色的设备上可做此人可做的事；要找此人时改找代理人。
                    代理人的设备只显示本来就有的工单；其余的请转派给代理人。
                    再次登记即取代以前的登记；staff back 撤销登记。

                    loopdesk-hub staff away B07 --until 2026-10-23 --substitute C08
                    """,
                en: """
                    Times are those of the policy's zone unless they name an offset; a day as \
                    --until means its end. Who stands in may do what the person may, on devices \
                    whose roles allow it, and is called instead of them. Their devices show the \
                    tickets that they show anyway; assign the others to them. It takes the place \
                    of what was said before; staff back undoes it.

                    loopdesk-hub staff away B07 --until 2026-10-23 --substitute C08
                    """))
        @OptionGroup var common: CommonOptions
        @Argument(help: help("人员编号。", "How the person signs.")) var staff: String
        @Option(
            help: help(
                "何时离开：2026-10-16、2026-10-16 18:00、明天（默认：现在）。",
                "When they leave: 2026-10-16, 2026-10-16 18:00, tomorrow (default: now)."))
        var from: String?
        @Option(help: help("何时回来。", "When they are back.")) var until: String
        @Option(help: help("代理人的编号（默认：无人代理）。", "Who stands in, as they sign (default: nobody)."))
        var substitute: String?
        @Option(help: help("同事应当知道的事。", "What colleagues should know.")) var note = ""

        func run() async throws {
            let access = HubAccess(home: common.hubHome)
            let reply = try await access.perform(.showPolicy)
            guard case .policy(_, let yaml) = reply else { throw unexpected(reply) }
            let policy = try Profile(yaml: yaml, file: "policy")
            let zone = WorkingCalendar.timeZone(named: policy.zone) ?? .gmt
            let now = Timestamp.now
            let time = { (text: String, edge: TimeParser.DayEdge) in
                try read(text, TimeParser(now: now, zone: zone, dayEdge: edge))
            }
            let request = AbsenceRequest(
                fromMilliseconds: try (from.map { try time($0, .start) } ?? now).milliseconds,
                untilMilliseconds: try time(until, .end).milliseconds, substitute: substitute,
                note: note)
            try common.console.confirm(
                try await access.perform(.setAbsence(staff: staff, request)))
        }

        private func read(_ text: String, _ parser: TimeParser) throws -> Timestamp {
            do { return try parser.parse(text) } catch {
                throw HubFailure(.usage, zh: error.message(in: .zh), en: error.message(in: .en))
            }
        }
    }

    struct Back: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "登记人员已回来，或取消外出。", en: "A person is there again, or will not be away after all.")
        )
        @OptionGroup var common: CommonOptions
        @Argument(help: help("人员编号。", "How the person signs.")) var staff: String

        func run() async throws {
            try common.console.confirm(
                try await HubAccess(home: common.hubHome).perform(.endAbsence(staff: staff)))
        }
    }
}

extension StaffRequest {
    fileprivate var json: JSONValue {
        [
            "staff": .string(staff), "name": .string(name),
            "roles": .array(roles.map(JSONValue.string)), "store": JSONValue(store),
            "department": JSONValue(department), "phone": .string(phone),
            "active": .boolean(isActive),
            "absence": absence.map { absence in
                [
                    "from": jsonTime(absence.fromMilliseconds),
                    "until": jsonTime(absence.untilMilliseconds),
                    "substitute": JSONValue(absence.substitute),
                    "note": .string(absence.note),
                ]
            } ?? .null,
        ]
    }
}
