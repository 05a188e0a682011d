import FieldClient
import Replication
import TicketModel

extension ScenarioStage {
    /// One verb of a person.
    func work(_ verb: String, _ words: inout Words, at client: SyncClient) throws -> [String] {
        if verb == "new" { return try log(&words, at: client) }
        let (desk, who) = (client.desk, client.staff)
        let id = try ticket(try words.next())
        switch verb {
        case "note":
            let text = words.text()
            return try outcome {
                try desk.note(text, isForCustomer: false, on: id, by: who)
            }
        case "demand":
            let text = words.text()
            return try outcome { try desk.set(.demand, to: .text(text), on: id, by: who) }
        case "priority":
            let rank = Int64(try words.number())
            return try outcome { try desk.set(.priority, to: .integer(rank), on: id, by: who) }
        case "category":
            let text = words.text()
            return try outcome { try desk.set(.category, to: .text(text), on: id, by: who) }
        case "tag":
            let tag = try words.next()
            return try outcome { try desk.tag(adding: [tag], removing: [], on: id, by: who) }
        case "untag":
            let tag = try words.next()
            return try outcome { try desk.tag(adding: [], removing: [tag], on: id, by: who) }
        case "accept": return try outcome { try desk.accept(id, by: who) }
        case "assign":
            let owner = try desk.owner(named: try words.next())
            return try outcome { try desk.assign(id, to: owner, reason: "", by: who) }
        case "escalate":
            return try outcome { try desk.escalate(id, to: nil, reason: "急", by: who) }
        case "resolve":
            let text = words.text()
            return try outcome { try desk.resolve(id, solution: text, by: who) }
        case "close": return try outcome { try desk.close(id, note: "", by: who) }
        case "reopen": return try outcome { try desk.reopen(id, reason: "又坏了", by: who) }
        case "merge":
            let survivor = try ticket(try words.next())
            let reason = words.text()
            return try outcomes {
                let merged = try desk.merge(id, into: survivor, reason: reason, by: who)
                return [merged.survivor, merged.duplicate]
            }
        case "unmerge":
            let reason = words.text()
            return try outcomes {
                let merged = try desk.unmerge(id, reason: reason, by: who)
                return [merged.survivor, merged.duplicate]
            }
        case "rate":
            return try outcome {
                let token = try words.next()
                return try client.written(
                    .rate, [.rate(token: token, .satisfied, score: 9, remark: "")], on: id)
            }
        case "edit", "redact":
            guard let comment = try client.visible(id)?.comments.first else {
                throw WorldFailure("there is no comment")
            }
            let text = words.text()
            let change: Change =
                verb == "edit" ? .editComment(comment.id, text: text) : .redactComment(comment.id)
            return try outcome { try client.written(.note, [change], on: id) }
        default: throw WorldFailure("no verb is called \(verb)")
        }
    }

    private func log(_ words: inout Words, at client: SyncClient) throws -> [String] {
        let name = try words.next()
        let id = try client.logComplaint()
        self.name(id, name)
        let number = try client.visible(id)?.displayNumber ?? ""
        return ["\(name): \(number)"]
    }
}

extension SyncClient {
    /// Writes changes that no verb makes yet.
    func written(
        _ act: Act, _ changes: [Change], on ticket: TicketID
    ) throws -> ReplicaWriter.Written {
        let writer = ReplicaWriter(codec: world.codec, profile: try desk.profile())
        return try store.transaction {
            try writer.change(ticket, act, changes, actor: staff, at: world.moment(), in: $0)
        }
    }
}
