import FieldClient
import Replication
import TicketModel
import Wire

/// Writes what happens with names instead of random bits: replicas by their people, tickets by the
/// scenario's names, operations and epochs by their order of appearance.
final class TraceNames {
    unowned let stage: ScenarioStage
    private let registry: Registry

    /// Names given so far in one scenario.
    final class Registry {
        var epochs: [EpochID] = []
        var operations: [OperationID] = []
        var replicas: [ReplicaID: String] = [:]
    }

    init(stage: ScenarioStage, registry: Registry) {
        self.stage = stage
        self.registry = registry
    }

    func epoch(_ epoch: EpochID) -> String {
        if epoch.rawValue == 0 { return "none" }
        if !registry.epochs.contains(epoch) { registry.epochs.append(epoch) }
        return "e\(registry.epochs.firstIndex(of: epoch) ?? 0)"
    }

    func operation(_ operation: OperationID) -> String {
        if !registry.operations.contains(operation) { registry.operations.append(operation) }
        return "#\((registry.operations.firstIndex(of: operation) ?? 0) + 1)"
    }

    func dot(_ dot: Dot) -> String { "\(replica(dot.replica)):\(dot.counter)" }

    func replica(_ replica: ReplicaID) -> String {
        if let name = registry.replicas[replica] { return name }
        for (name, client) in stage.clients.sorted(by: { $0.key < $1.key })
        where (try? client.identity()) == replica && !registry.replicas.values.contains(name) {
            registry.replicas[replica] = name
            return name
        }
        if registry.epochs.contains(where: { .hub($0) == replica }) { return "hub" }
        let name = "r\(registry.replicas.count + 1)"
        registry.replicas[replica] = name
        return name
    }

    func name(_ ticket: TicketID) -> String {
        stage.tickets.first { $0.id == ticket }?.name ?? "?"
    }

    // MARK: What happened

    func text(_ disposition: Disposition) -> String {
        if let rejection = disposition.rejection {
            return "rejected(\(rejection.code.name)"
                + (rejection.detail.isEmpty ? ")" : " \(rejection.detail))")
        }
        let notes = disposition.notes.map { "\($0.outcome.name) \($0.detail)" }
        return disposition.outcome.name
            + (notes.isEmpty ? "" : "[" + notes.joined(separator: ", ") + "]")
    }

    func line(of entry: LogEntry) -> String {
        var parts = [
            "\(entry.sequence)\(entry.isTransactionEnd ? "." : "")", operation(entry.operation),
            "\(entry.act.name) \(name(entry.ticket)) by \(entry.actor)", text(entry.disposition),
        ]
        let effects = entry.effects.map(text).filter { !$0.isEmpty }
        if !effects.isEmpty { parts.append(effects.joined(separator: " ")) }
        if let origin = entry.origin {
            parts.append("was \(epoch(origin.epoch)) \(origin.sequence)")
        }
        return parts.joined(separator: " | ")
    }

    private func text(_ effect: Effect) -> String {
        switch effect {
        case .created(_, let number, _, _, _): "number=\(number?.text ?? "-")"
        case .wrote(.mergedInto, let register):
            "merged into \(TicketID(hexadecimal: register.value.text ?? "").map(name) ?? "nothing")"
        case .wrote(let field, let register):
            Self.shown[field].map { "\($0)=\(Self.text(register))" } ?? ""
        case .added(_, let value, _): "+\(value.text ?? "")"
        case .removed(_, let value, let operations): "-\(value.text ?? "")(\(operations.count))"
        case .commented(let comment):
            comment.isRedacted
                ? "redacted" : "“\(Self.line(comment.text))”\(comment.isLate ? "(late)" : "")"
        case .rated(let rating): "rated \(rating.score ?? 0)"
        case .clock(let clock): "\(clock.name) \(clock.phase)"
        case .unnamed(let numbers): "no longer \(numbers.joined(separator: " "))"
        case .named(let numbers): "also \(numbers.joined(separator: " "))"
        }
    }

    private static let shown: [FieldID: String] = [
        .status: "status", .assignee: "assignee", .department: "department",
        .escalation: "escalation", .priority: "priority", .demand: "demand",
        .category: "category", .resolution: "resolution",
    ]

    /// A text of several lines in one.
    private static func line(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " / ")
    }

    private static func text(_ register: Register) -> String {
        var text = register.value.text ?? register.value.integer.map { "\($0)" } ?? "?"
        if !register.alternates.isEmpty {
            let kept = register.alternates.map { $0.value.text ?? "?" }.joined(separator: "|")
            text += "(kept \(kept))"
        }
        return text
    }

    func lines(of ticket: Ticket?) -> [String] {
        guard let ticket else { return ["unknown"] }
        var fields = ["\(name(ticket.id)) \(ticket.displayNumber)", "\(ticket.status.name)"]
        if let survivor = ticket.mergedInto { fields.append("merged into \(name(survivor))") }
        if !ticket.formerNumbers.isEmpty {
            fields.append("also \(ticket.formerNumbers.joined(separator: " "))")
        }
        for (field, name) in Self.shown.sorted(by: { $0.key < $1.key }) where field != .status {
            guard let register = ticket.registers[field] else { continue }
            fields.append("\(name)=\(Self.text(register))")
        }
        if !ticket.tags.isEmpty { fields.append("tags=\(ticket.tags.joined(separator: ","))") }
        return [fields.joined(separator: " | ")]
            + ticket.comments.map { comment in
                let earlier =
                    comment.earlierTexts.isEmpty
                    ? "" : " (before: \(comment.earlierTexts.joined(separator: "|")))"
                return comment.isRedacted
                    ? "  redacted by \(comment.stamp.actor)"
                    : "  \(comment.stamp.actor): \(Self.line(comment.text))\(earlier)"
                        + (comment.isLate ? " (late)" : "")
            } + ticket.ratings.map { "  rated \($0.score ?? 0) [\($0.token)]" }
    }
}
