import ArgumentParser
import Foundation
import HubService
import StoreSupport
import Terminal
import TicketPolicy
import Transport

/// `init`: makes a hub in an empty home.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: said(zh: "建立新的 Hub：密钥、存储、规则。", en: "Makes a new hub: keys, store, policy."))

    /// The addresses of a hub that was told nothing else.
    static let listenDefault = "tcp://0.0.0.0:7401"
    static let feedDefault = "tcp://0.0.0.0:7402"

    @OptionGroup var common: CommonOptions
    @Option(help: help("副本同步时连接的地址。", "Where replicas connect for sync."))
    var listen = listenDefault
    @Option(help: help("副本接收通知时连接的地址。", "Where replicas connect for the feed."))
    var feed = feedDefault
    @Option(
        help: help(
            "写入邀请的主机名或地址（默认：本机名）。",
            "The host name or address that invites carry (default: this machine's name)."))
    var advertise: String?
    @Option(help: help("此 Hub 的名称。", "What people call this hub.")) var name = "hub"
    @Option(
        help: help(
            """
            规则：文件，或内置规则 \(Profile.builtInNames.joined(separator: ", "))\
            （默认：\(Profile.defaultName)）。
            """,
            """
            The policy: a file, or a built-in profile: \
            \(Profile.builtInNames.joined(separator: ", ")) (default: \(Profile.defaultName)).
            """))
    var policy: String?

    func validate() throws {
        for endpoint in [listen, feed] where TCPEndpoint(endpoint) == nil {
            throw ValidationError(
                said(
                    zh: "地址写作 tcp://HOST:PORT，而不是“\(endpoint)”",
                    en: "An address is written tcp://HOST:PORT, not \(endpoint)"))
        }
        if let advertise,
            TCPEndpoint("tcp://\(advertise):1")?.host != advertise
                || advertise.contains(where: { $0.isWhitespace || $0 == "/" })
        {
            throw ValidationError(
                said(
                    zh: "--advertise 为主机名或地址，而不是“\(advertise)”",
                    en: "--advertise takes a host name or an address, not “\(advertise)”"))
        }
    }

    func run() async throws {
        let yaml = try policy.map(PolicyFile.read) ?? Profile.builtInText(Profile.defaultName)
        _ = try PolicyFile.profile(yaml, file: policy ?? "\(Profile.defaultName).yaml")
        let home = common.hubHome
        try home.prepare()
        guard let lock = try HomeLock.acquire(home.lockPath) else { throw alreadyThere(home) }
        defer { withExtendedLifetime(lock) {} }
        guard !home.isInitialized else { throw alreadyThere(home) }
        let keys = try home.makeKeys()
        let store = try HubStoreFile(home, isNew: true)
        if case .failed(let message) = store.answer(.loadPolicy(yaml: yaml)) {
            throw HubFailure(.storageFault, zh: message, en: message)
        }
        let settings = HubSettings(
            name: name, listen: listen, feed: feed, advertise: advertisedHost)
        try home.save(settings)
        report(home, settings, publicKey: keys.publicKey.z85)
    }

    private func alreadyThere(_ home: HubHome) -> HubFailure {
        HubFailure(
            .refused, zh: "\(home.path) 中已有 Hub；未作任何改动。",
            en: "There is a hub in \(home.path) already; nothing was changed.")
    }

    /// A hub bound to one address is reached there; one bound to all by the machine's name.
    private var advertisedHost: String {
        if let advertise { return advertise }
        guard let endpoint = TCPEndpoint(listen), !endpoint.isWildcard else {
            return ProcessInfo.processInfo.hostName
        }
        return endpoint.host
    }

    private func report(_ home: HubHome, _ settings: HubSettings, publicKey: String) {
        let console = common.console
        console.say(
            zh: """
                Hub 已建立：\(home.path)
                公钥：\(publicKey)
                接下来：
                  loopdesk-hub staff add A17 --name 李娜 --role clerk --store S001
                  loopdesk-hub invite --store S001 --staff A17 --role clerk
                  loopdesk-hub serve
                """,
            en: """
                The hub is in \(home.path)
                Public key: \(publicKey)
                Next:
                  loopdesk-hub staff add A17 --name "Li Na" --role clerk --store S001
                  loopdesk-hub invite --store S001 --staff A17 --role clerk
                  loopdesk-hub serve
                """)
        console.emit([
            "home": .string(home.path), "public_key": .string(publicKey),
            "listen": .string(settings.listen), "feed": .string(settings.feed),
            "advertise": .string(settings.advertise),
        ])
    }
}
