import ArgumentParser
import Glibc
import Logging
import StoreSupport
import Terminal
import Transport

/// `serve`: runs the hub until it is told to end.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: said(
            zh: "运行 Hub，直到收到 SIGTERM 或 SIGINT。", en: "Runs the hub until SIGTERM or SIGINT."),
        discussion: said(
            zh: """
                第一个信号使它有序结束：已收到的都给出答复，并告知各方何时再来。
                第二个信号使它立即结束。
                """,
            en: """
                The first signal ends it gracefully: what has arrived is answered, everybody is \
                told when to come back. A second signal ends it at once.
                """))

    /// A graceful end takes no longer.
    static let shutdownSecondsMax = 10

    @OptionGroup var common: CommonOptions
    @Option(
        help: help(
            "副本同步时连接的地址，代替 init 时所定的。",
            "Where replicas connect for sync, instead of what init was told."))
    var listen: String?
    @Option(
        help: help(
            "副本接收通知时连接的地址，代替 init 时所定的。",
            "Where replicas connect for the feed, instead of what init was told."))
    var feed: String?
    @Option(
        help: help(
            "Hub 可连接时写出的文件，内容为 {pid, sync, feed}。",
            "A file to write {pid, sync, feed} to once the hub can be reached."))
    var readyFile: String?
    @Option(help: help("运行日志的级别。", "trace, debug, info, notice, warning, error or critical."))
    var logLevel: Logger.Level = .info

    func validate() throws {
        for endpoint in [listen, feed].compactMap(\.self) where TCPEndpoint(endpoint) == nil {
            throw ValidationError(
                said(
                    zh: "地址写作 tcp://HOST:PORT，而不是“\(endpoint)”",
                    en: "An address is written tcp://HOST:PORT, not \(endpoint)"))
        }
    }

    func run() async throws {
        let signals = TerminationSignals()
        let log = makeLog()
        let configuration = try configuration()
        guard let lock = try HomeLock.acquire(configuration.home.lockPath) else {
            throw HubFailure(
                .refused, zh: "\(configuration.home.path) 的 Hub 已在运行，或正被管理命令使用。",
                en: "The hub in \(configuration.home.path) is running already, or an admin command "
                    + "is using it.")
        }
        let context = try ZeroMQContext()
        let server = try HubServer(configuration, context: context, log: log)
        let endpoints = try await server.start()
        let watch = Task { [received = signals.received] in
            await Self.end(server, on: received, log)
        }
        do {
            try announce(endpoints)
            await server.run()
        } catch {
            await server.stop()
            await server.run()
            throw error
        }
        try await context.terminate()
        watch.cancel()
        log.notice("the hub has ended")
        withExtendedLifetime((lock, signals)) {}
    }

    private func configuration() throws -> HubServer.Configuration {
        let home = common.hubHome
        let settings = try home.settings()
        guard let listen = TCPEndpoint(listen ?? settings.listen),
            let feed = TCPEndpoint(feed ?? settings.feed)
        else {
            throw HubFailure(
                .refused, zh: "\(home.settingsPath) 中的地址应写作 tcp://HOST:PORT。",
                en: "An address in \(home.settingsPath) is not written tcp://HOST:PORT.")
        }
        return HubServer.Configuration(
            home: home, listen: listen, feed: feed, keys: try home.keys())
    }

    private func makeLog() -> Logger {
        let level = logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "hub")
    }

    /// Tells people, and scripts through the ready file, where the hub can be reached.
    private func announce(_ endpoints: HubEndpoints) throws {
        let ready: JSONValue = [
            "pid": .integer(Int64(getpid())), "sync": .string(endpoints.sync),
            "feed": .string(endpoints.feed),
        ]
        let console = common.console
        console.say(
            zh: "Hub 已就绪：同步 \(endpoints.sync)，通知 \(endpoints.feed)",
            en: "The hub is ready: sync \(endpoints.sync), feed \(endpoints.feed)")
        if console.isJSON { print(ready.text()) }
        fflush(nil)
        guard let readyFile else { return }
        try PrivateFile.write(Array((ready.text() + "\n").utf8), to: readyFile, mode: 0o644)
    }

    private static func end(
        _ server: HubServer, on signals: AsyncStream<Int32>, _ log: Logger
    ) async {
        var isEnding = false
        for await number in signals {
            if isEnding { _exit(128 + number) }
            isEnding = true
            log.notice("ending", metadata: ["signal": "\(number)"])
            Task.detached {
                try? await Task.sleep(for: .seconds(shutdownSecondsMax))
                log.critical("the end took too long")
                _exit(ExitStatus.storageFault.rawValue)
            }
            await server.stop()
        }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
