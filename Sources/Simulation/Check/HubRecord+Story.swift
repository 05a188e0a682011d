import Replication
import TicketModel

/// What the log says of one ticket, for people who look for the cause of a violation.
extension HubRecord {
    /// A line for each entry in each life of the log, from the point on at which lives part.
    func story(of ticket: TicketID) -> [String] {
        lives.indices.flatMap { life in
            let entries = lives[life].entries.filter { entry in
                guard life > 0 else { return true }
                let sequence = entry.entry.sequence
                return lives[life - 1].hash(at: sequence) != lives[life].hash(at: sequence)
            }
            return entries.filter { $0.entry.ticket == ticket }.map { "life \(life)  \($0.words)" }
        }
    }
}

extension CommittedEntry {
    fileprivate var words: String {
        let origin = entry.origin.map { " from \($0.sequence) of \($0.epoch)" } ?? ""
        let effects = entry.effects.map(\.words).joined(separator: ", ")
        return "\(entry.sequence)  \(entry.act) \(entry.operation) by \(entry.actor), "
            + "\(entry.disposition.outcome)\(isOverruling ? " after a refusal" : "")"
            + "\(entry.disposition.rejection.map { " (\($0.code) \($0.detail))" } ?? "")\(origin)"
            + (effects.isEmpty ? "" : ": " + effects)
    }
}

extension Effect {
    fileprivate var words: String {
        switch self {
        case .created(_, let number, _, _, _): "made \(number?.text ?? "without a number")"
        case .wrote(let field, let register): "\(field) = \(register.value)"
        case .added(let field, let value, _): "\(field) + \(value)"
        case .removed(let field, let value, _): "\(field) - \(value)"
        case .commented(let comment): "note \(comment.id)"
        case .rated: "rating"
        case .clock(let clock): "clock \(clock.name) \(clock.phase) cycle \(clock.cycle)"
        case .named(let numbers): "answers to \(numbers.joined(separator: " "))"
        case .unnamed(let numbers): "answers no more to \(numbers.joined(separator: " "))"
        }
    }
}
