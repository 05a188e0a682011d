import ArgumentParser
import HubService
import Terminal
import TicketModel
import TicketPolicy
import Transport
import Wire

/// `invite`: lets one more device join.
struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: said(
            zh: "为一台设备生成邀请，或列出邀请。", en: "Makes an invite for one device, or lists invites."),
        subcommands: [Create.self, List.self], defaultSubcommand: Create.self)

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "生成邀请：只能用一次，会失效。持有邀请码的人即可加入。",
                en: "Makes an invite: one use, expiring. Whoever holds its text can join."))
        @OptionGroup var common: CommonOptions
        @OptionGroup var place: DevicePlaceOptions
        @Option(
            help: help("邀请的有效期，如 30m、12h、7d。", "How long the invite can be used: 30m, 12h, 7d."))
        var expires = "7d"
        @Option(
            help: help(
                "设备连接的地址（默认：Hub 自己的地址）。",
                "The address that the device connects to (default: the hub's own)."))
        var endpoint: String?

        func validate() throws {
            guard Limit(expires)?.milliseconds != nil else {
                throw ValidationError(
                    said(
                        zh: "--expires 写作 30m、12h 或 7d，而不是“\(expires)”",
                        en: "--expires is written 30m, 12h or 7d, not \(expires)"))
            }
            if let endpoint,
                TCPEndpoint(endpoint)?.port == nil
                    || endpoint.utf8.count > Invite.endpointByteCountMax
            {
                throw ValidationError(
                    said(
                        zh: "--endpoint 写作 tcp://HOST:PORT，而不是“\(endpoint)”",
                        en: "--endpoint is written tcp://HOST:PORT, not \(endpoint)"))
            }
        }

        func run() async throws {
            let home = common.hubHome
            let access = HubAccess(home: home)
            let address = try await address(home, access)
            let hubKey = try home.keys().publicKey
            let keys = try CurveKeyPair.generate()
            let seconds = Int((Limit(expires)?.milliseconds ?? 0) / 1_000)
            let request = InviteRequest(
                curveKey: KeyText.text(keys.publicKey.rawBytes), store: place.store,
                region: place.region, department: place.department, staff: place.staff,
                roles: place.role, lifetimeSeconds: seconds)
            let reply = try await access.perform(.createInvite(request))
            guard case .invited(let view) = reply else { throw unexpected(reply) }
            let invite = Invite(
                endpoint: address, serverKey: hubKey.rawBytes, secretKey: keys.secretKey.rawBytes,
                expiresAt: Timestamp(milliseconds: view.expiresAtMilliseconds))
            report(invite)
            for doubt in view.doubts {
                let console = common.console
                Console.writeError(
                    console.language.choose(zh: "注意：" + doubt.zh, en: "Note: " + doubt.en))
            }
        }

        /// Where the bearer will find the hub.
        private func address(_ home: HubHome, _ access: HubAccess) async throws -> String {
            if let endpoint { return endpoint }
            let settings = try home.settings()
            var port = TCPEndpoint(settings.listen)?.port
            if case .status(let status) = try await access.perform(.status),
                let live = status.live
            {
                port = TCPEndpoint(live.syncEndpoint)?.port
            }
            guard let port else {
                throw HubFailure(
                    .refused, zh: "Hub 的端口由系统选择；请先启动它，或指定 --endpoint。",
                    en: "The system chooses the hub's port; start the hub first, or give "
                        + "--endpoint.")
            }
            return TCPEndpoint(host: settings.advertise, port: port).text
        }

        private func report(_ invite: Invite) {
            let console = common.console
            if !console.isJSON { print(invite.text) }
            console.emit([
                "invite": .string(invite.text), "endpoint": .string(invite.endpoint),
                "expires_at": jsonTime(invite.expiresAt.milliseconds),
            ])
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(zh: "列出邀请，最新的在前。", en: "Lists the invites, newest first."))
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let reply = try await HubAccess(home: common.hubHome).perform(.invites)
            guard case .invites(let invites) = reply else { throw unexpected(reply) }
            common.console.show(table(of: invites, common.console.language))
            common.console.emit(.array(invites.map(\.json)))
        }

        private func table(of invites: [InviteView], _ language: Language) -> Table {
            var table = Table(columns: [
                .init(language.choose(zh: "邀请", en: "INVITE")),
                .init(language.choose(zh: "门店", en: "STORE")),
                .init(language.choose(zh: "部门", en: "DEPARTMENT")),
                .init(language.choose(zh: "人员", en: "STAFF")),
                .init(language.choose(zh: "角色", en: "ROLES"), canShrink: true),
                .init(language.choose(zh: "失效", en: "EXPIRES")),
                .init(language.choose(zh: "使用者", en: "USED BY")),
            ])
            for invite in invites {
                table.append([
                    .init(String(invite.key.prefix(12))), .init(invite.store ?? ""),
                    .init(invite.department ?? ""), .init(invite.staff ?? ""),
                    .init(invite.roles.joined(separator: ",")),
                    .init(shortTime(invite.expiresAtMilliseconds, language)),
                    .init(invite.usedBy ?? "", style: .quiet),
                ])
            }
            return table
        }
    }
}

extension InviteView {
    fileprivate var json: JSONValue {
        [
            "key": .string(key), "store": JSONValue(store), "region": JSONValue(region),
            "department": JSONValue(department), "staff": JSONValue(staff),
            "roles": .array(roles.map(JSONValue.string)),
            "expires_at": jsonTime(expiresAtMilliseconds), "used_by": JSONValue(usedBy),
        ]
    }
}
