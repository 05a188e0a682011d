import ArgumentParser
import HubService
import Terminal
import TicketModel

/// `staff`: the people who sign their work.
struct StaffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staff", abstract: "Adds, lists and removes members of staff.",
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a person, or replaces what is known of them.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "How the person signs: A17, wang.li.") var staff: String
        @Option(help: "The person's name.") var name = ""
        @Option(help: "What they may do; may be repeated.") var role: [String] = []
        @Option(help: "The store they work at.") var store: String?
        @Option(help: "The department they work in.") var department: String?
        @Option(help: "A number to call when the network is down.") var phone = ""

        func run() async throws {
            let request = StaffRequest(
                staff: staff, name: name, roles: role, store: store, department: department,
                phone: phone, isActive: true)
            try common.console.confirm(
                try await HubAccess(home: common.hubHome).perform(.addStaff(request)))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the members of staff.")
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
                .init(language.choose(zh: "状态", en: "STATE")),
            ])
            for person in people {
                table.append([
                    .init(person.staff), .init(person.name),
                    .init(person.roles.joined(separator: ",")), .init(person.store ?? ""),
                    .init(person.department ?? ""), .init(person.phone),
                    .init(
                        person.isActive ? "" : language.choose(zh: "已停用", en: "left"),
                        style: .quiet),
                ])
            }
            return table
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a person off the staff; what they did stays.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "How the person signs.") var staff: String

        func run() async throws {
            try common.console.confirm(
                try await HubAccess(home: common.hubHome).perform(.removeStaff(staff: staff)))
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
        ]
    }
}
