import FieldClient
import HubService
import Replication
import TicketModel
import Wire

/// The world of a scenario: a hub, named replicas, named tickets, and the commands of the files.
final class ScenarioStage {
    let world: SyncWorld
    private(set) var clients: [String: SyncClient] = [:]
    private(set) var tickets: [(name: String, id: TicketID)] = []
    private var hubBackups: [String: InMemoryHubStorage.Snapshot] = [:]
    private var clientBackups: [String: InMemoryReplicaStorage.Snapshot] = [:]

    init() throws { world = try SyncWorld(seed: 7) }

    private let registry = TraceNames.Registry()

    var names: TraceNames { TraceNames(stage: self, registry: registry) }

    /// Performs one line and tells what came of it.
    func perform(_ line: String) throws -> [String] {
        var words = Words(line)
        let first = try words.next()
        switch first {
        case "join": return try join(&words)
        case "hub": return try performAtHub(&words)
        case "wait":
            world.now = world.now.adding(milliseconds: try words.duration())
            return ["ok"]
        default:
            guard let client = clients[first] else { throw WorldFailure("nobody is \(first)") }
            return try perform(&words, at: client, named: first)
        }
    }

    private func join(_ words: inout Words) throws -> [String] {
        let name = try words.next()
        let client: SyncClient =
            switch name {
            case "lina", "counter": try world.clerk()
            case "B07", "C08": try world.agent(name)
            case "zhao": try world.supervisor()
            default: throw WorldFailure("\(name) is not on the staff of the scenarios")
            }
        clients[name] = client
        let scopes = try world.hubStore.read { try $0.device(client.device)?.scopes ?? [] }
        return ["\(name) holds \(scopes.map(\.rawValue).joined(separator: " "))"]
    }

    func name(_ ticket: TicketID, _ name: String) { tickets.append((name, ticket)) }

    func ticket(_ name: String) throws -> TicketID {
        guard let ticket = tickets.first(where: { $0.name == name }) else {
            throw WorldFailure("no ticket is called \(name)")
        }
        return ticket.id
    }

    // MARK: The hub

    private func performAtHub(_ words: inout Words) throws -> [String] {
        switch try words.next() {
        case "show": return names.lines(of: try world.ticket(ticket(try words.next())))
        case "log":
            let after = words.isEmpty ? 0 : try words.number()
            return try log(after: after)
        case "backup":
            hubBackups[try words.next()] = world.hubStore.snapshot()
            return ["ok"]
        case "restore":
            let name = try words.next()
            guard let backup = hubBackups[name] else { throw WorldFailure("no backup \(name)") }
            try world.restoreHub(backup)
            return try state()
        case "slips":
            let name = try words.next()
            guard let backup = hubBackups[name] else { throw WorldFailure("no backup \(name)") }
            world.restoreHubSilently(backup)
            return try state()
        case "state": return try state()
        case "timers":
            try world.fireTimers()
            return try state()
        case "durable":
            try world.hubStore.transaction { try $0.raiseDurable(to: $0.head().sequence) }
            return try state()
        case "compact":
            try world.hubStore.transaction { hub in
                _ = try hub.compact(
                    through: hub.durableSequence(), eventsSince: Timestamp(milliseconds: 0),
                    countMax: .max)
            }
            return try state()
        case "revoke":
            guard let client = clients[try words.next()] else { throw WorldFailure("nobody") }
            try world.perform(.revoke(device: client.device.rawValue))
            return ["ok"]
        case let verb: throw WorldFailure("the hub does not know \(verb)")
        }
    }

    private func state() throws -> [String] {
        try world.hubStore.read { hub in
            let recovery = try hub.recovery() == nil ? "" : ", recovering"
            return [
                "\(names.epoch(try hub.epoch())), "
                    + "log \(try hub.logBase())..\(try hub.head().sequence)"
                    + ", durable to \(try hub.durableSequence())\(recovery)"
            ]
        }
    }

    private func log(after sequence: UInt64) throws -> [String] {
        try world.hubStore.read { hub in
            let page = try hub.page(after: sequence, scopes: [.all], byteCountMax: .max)
            return try page.items.compactMap { item in
                guard case .delta(let entry) = item else { return nil }
                return names.line(of: try world.codec.decodeEntry(entry.bytes))
            }
        }
    }

    // MARK: A replica

    private func perform(
        _ words: inout Words, at client: SyncClient, named name: String
    ) throws -> [String] {
        let verb = try words.next()
        switch verb {
        case "sync": return try sync(client, &words)
        case "show":
            let id = try ticket(try words.next())
            let left = try client.store.read { try $0.leftAt(id) }
            return names.lines(of: try client.visible(id))
                + (left.map { ["left after \($0)"] } ?? [])
        case "changes": return try changes(of: client)
        case "drafts":
            return try client.desk.drafts().map { draft in
                "\(names.name(draft.ticket)): \(draft.rejection.code.name) "
                    + "\(draft.rejection.detail) [\(draft.body.act.name)]"
            }
        case "feed":
            return try client.escalations()
                .map { "\($0.position): \(names.name($0.ticket)) level \($0.event.level ?? 0)" }
        case "clock":
            client.clockMilliseconds = try words.duration()
            return ["ok"]
        case "copy":
            let copy = try client.copy()
            clients[try words.next()] = copy
            return ["ok"]
        case "save":
            clientBackups[try words.next()] = client.store.snapshot()
            return ["ok"]
        case "put-back":
            let backup = try words.next()
            guard let saved = clientBackups[backup] else { throw WorldFailure("no \(backup)") }
            client.store.restore(saved)
            return ["ok"]
        case "retry":
            guard let draft = try client.desk.drafts().first else { return ["no draft"] }
            return try outcome { try client.desk.retry(draft, by: client.staff)[0] }
        default: return try work(verb, &words, at: client)
        }
    }

    private func sync(_ client: SyncClient, _ words: inout Words) throws -> [String] {
        var lines: [String] = []
        client.onFrame = { [names] isSent, bytes in
            lines.append((isSent ? "> " : "< ") + names.line(ofFrame: bytes, isSent: isSent))
        }
        defer { client.onFrame = nil }
        let fault: SyncClient.Fault? =
            switch words.isEmpty ? "" : try words.next() {
            case "losing-acks": .losesAnswers
            case "doubling": .doublesAnswers
            default: nil
            }
        let notices = try client.notices { () throws in
            do { try client.sync(fault) } catch let halt as SyncLoop.Halt {
                lines.append("halted: \(halt)")
            }
        }
        return lines + notices.map { "notice: \($0)" }
    }

    /// The change log with its vector clocks, oldest first.
    private func changes(of client: SyncClient) throws -> [String] {
        try client.store.read { try $0.changes(on: nil, countMax: 99) }.reversed().map { change in
            let context = change.intent.context
            var seen = "{hub: (\(names.epoch(context.epoch)), \(context.sequence))"
            seen += ", self: \(change.intent.dot.counter - 1)}"
            if !context.dependencies.isEmpty {
                let operations = context.dependencies.map(names.operation).joined(separator: " ")
                seen += " + \(operations)"
            }
            let state =
                switch change.state {
                case .queued: "queued"
                case .acknowledged: "acknowledged"
                case .settled(let disposition, let sequence):
                    "\(names.text(disposition)) at \(sequence.map(String.init) ?? "?")"
                }
            return "\(names.dot(change.intent.dot)) \(names.operation(change.body.operation)) "
                + "\(change.body.act.name) \(names.name(change.body.ticket)) \(seen): \(state)"
        }
    }

    /// What a verb came to here, before any hub has seen it.
    func outcome(_ body: () throws -> ReplicaWriter.Written) throws -> [String] {
        try outcomes { [try body()] }
    }

    /// What each part of a verb that writes to several tickets came to here.
    func outcomes(_ body: () throws -> [ReplicaWriter.Written]) throws -> [String] {
        do {
            return try body().map { written in
                let id = names.operation(written.operation)
                return "\(id): \(names.text(written.foretold))"
            }
        } catch let refusal as ReplicaWriter.Refusal {
            return ["refused here: \(refusal.rejection.code.name) \(refusal.rejection.detail)"]
        }
    }
}

/// The words of a command.
struct Words {
    private var rest: ArraySlice<Substring>

    init(_ line: String) { rest = line.split(separator: " ")[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func next() throws -> String {
        guard let word = rest.popFirst() else { throw WorldFailure("a word is missing") }
        return String(word)
    }

    mutating func number() throws -> UInt64 {
        guard let number = UInt64(try next()) else { throw WorldFailure("a number is missing") }
        return number
    }

    /// Everything that is left, as one text.
    mutating func text() -> String {
        defer { rest = [] }
        return rest.joined(separator: " ")
    }

    /// A length of time: `90s`, `3h`, `400d`.
    mutating func duration() throws -> Int64 {
        let word = try next()
        let factors: [Character: Int64] = [
            "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
        ]
        guard let unit = word.last, let factor = factors[unit], let count = Int64(word.dropLast())
        else { throw WorldFailure("\(word) is no length of time") }
        return count * factor
    }
}
