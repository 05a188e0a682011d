import ArgumentParser
import Foundation
import HubService
import Terminal
import TicketModel

/// `device`: who may connect.
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: said(zh: "列出、更改和停用设备。", en: "Lists, changes and revokes devices."),
        subcommands: [List.self, Set.self, Revoke.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(zh: "列出已加入的设备。", en: "Lists the enrolled devices."))
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let reply = try await HubAccess(home: common.hubHome).perform(.devices)
            guard case .devices(let devices) = reply else { throw unexpected(reply) }
            common.console.show(table(of: devices, common.console.language))
            common.console.emit(.array(devices.map(\.json)))
        }

        private func table(of devices: [DeviceView], _ language: Language) -> Table {
            var table = Table(columns: [
                .init(language.choose(zh: "设备", en: "DEVICE")),
                .init(language.choose(zh: "名称", en: "LABEL"), canShrink: true),
                .init(language.choose(zh: "门店", en: "STORE"), leavesOutAs: 2),
                .init(language.choose(zh: "部门", en: "DEPARTMENT"), leavesOutAs: 1),
                .init(language.choose(zh: "人员", en: "STAFF")),
                .init(language.choose(zh: "角色", en: "ROLES"), canShrink: true),
                .init(language.choose(zh: "登记", en: "ENROLLED")),
                .init(language.choose(zh: "停用", en: "REVOKED")),
            ])
            for device in devices {
                table.append([
                    .init(device.device), .init(device.label), .init(device.store ?? ""),
                    .init(device.department ?? ""), .init(device.staff ?? ""),
                    .init(device.roles.joined(separator: ",")),
                    .init(shortTime(device.enrolledAtMilliseconds, language)),
                    .init(
                        device.revokedAtMilliseconds.map { shortTime($0, language) } ?? "",
                        style: .alarm),
                ])
            }
            return table
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(zh: "更改设备的归属与可见范围。", en: "Changes what a device is and may hold."),
            discussion: said(
                zh: """
                    未给出的保持不变；空的名称即去掉。设备在下次同步时得知：
                    不应再有的工单从设备上移走，新门店的工单送到设备。
                    此前离线所做的，视为正当。
                    """,
                en: """
                    What is not given stays; an empty name takes it away. The device learns it \
                    with its next sync: tickets that it may not hold any more leave it, those of \
                    its new store come. What was done there before, offline, counts as done in \
                    good faith.
                    """))
        @OptionGroup var common: CommonOptions
        @Argument(
            help: help(
                "设备：列表的第一列；不重复的名称也可以。", "The device's name, or its label if no other has it."))
        var device: String
        @Option(help: help("设备的名称。", "What people call it.")) var label: String?
        @OptionGroup var place: DevicePlaceOptions

        func validate() throws {
            if label == nil, place.isEmpty {
                throw ValidationError(said(zh: "请写明要更改什么。", en: "Say what is to change."))
            }
        }

        func run() async throws {
            let request = DeviceRequest(
                device: device, label: label, store: place.store, region: place.region,
                department: place.department, staff: place.staff, roles: place.role)
            try common.console.confirm(
                try await HubAccess(home: common.hubHome).perform(.setDevice(request)))
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(zh: "停用设备，立即且永久。", en: "Shuts a device out, at once and for ever."))
        @OptionGroup var common: CommonOptions
        @Argument(
            help: help(
                "设备：列表的第一列；不重复的名称也可以。", "The device's name, or its label if no other has it."))
        var device: String

        func run() async throws {
            try common.console.confirm(
                try await HubAccess(home: common.hubHome).perform(.revoke(device: device)))
        }
    }
}

extension DeviceView {
    fileprivate var json: JSONValue {
        [
            "device": .string(device), "label": .string(label), "store": JSONValue(store),
            "region": JSONValue(region), "department": JSONValue(department),
            "staff": JSONValue(staff), "roles": .array(roles.map(JSONValue.string)),
            "scopes": .array(scopes.map(JSONValue.string)), "replica_code": .string(replicaCode),
            "enrolled_at": jsonTime(enrolledAtMilliseconds),
            "revoked_at": jsonTime(revokedAtMilliseconds),
        ]
    }
}
