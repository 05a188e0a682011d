import Replication
import TicketModel
import TicketPolicy
import Wire

/// Work that was set aside: a supervisor takes it over or lets it go (replication.md 3.8).
extension HubAdministrator {
    /// How many pieces of work one list shows, oldest first.
    static var quarantineCountMax: Int { 1_000 }
    /// The shortest beginning that names a piece of work.
    static var operationDigitsCountMin: Int { 4 }

    func quarantined() throws -> [QuarantineView] {
        try store.read { reader in
            try reader.quarantined(after: nil, countMax: Self.quarantineCountMax).map {
                try view($0, reader).shortened
            }
        }
    }

    func quarantinedWork(_ name: String) throws -> QuarantineView {
        try store.read { try view(work(named: name, in: $0), $0) }
    }

    func acceptQuarantined(_ name: String, at now: Timestamp) throws -> AdminReply {
        try store.transaction { store in
            let work = try work(named: name, in: store)
            let committer = try committer(in: store, at: now)
            let disposition = try committer.accept(work)
            if let rejection = disposition.rejection {
                let detail = rejection.detail.isEmpty ? "" : " (\(rejection.detail))"
                throw Refusal(
                    zh: "无法采纳：\(rejection.code.name)\(detail)。内容仍在隔离列表中。",
                    en: "It cannot be taken over: \(rejection.code.name)\(detail). It stays in "
                        + "quarantine.")
            }
            return .done(
                AdminText(
                    zh: "已采纳 \(work.operation)：\(disposition.outcome.name)。",
                    en: "\(work.operation) is taken over: \(disposition.outcome.name)."))
        }
    }

    func dismissQuarantined(_ name: String, reason: String) throws -> AdminReply {
        try store.transaction { store in
            let work = try work(named: name, in: store)
            let author = codec.decodeBody(work.bodyBytes)?.actor.rawValue ?? "?"
            try store.removeQuarantined(work.operation)
            let remark = reason.isEmpty ? "" : ": \(reason)"
            return .done(
                AdminText(
                    zh: "已放弃 \(author) 的 \(work.operation)\(remark)",
                    en: "\(work.operation) by \(author) is dismissed\(remark)"))
        }
    }

    /// The one piece of work whose operation is or begins with `name`.
    private func work(
        named name: String, in reader: any HubReader
    ) throws -> QuarantinedIntent {
        if let operation = OperationID(hexadecimal: name),
            let work = try reader.quarantined(operation)
        {
            return work
        }
        let isLongEnough = name.count >= Self.operationDigitsCountMin
        let matches =
            try isLongEnough
            ? reader.quarantined(after: nil, countMax: .max).filter {
                $0.operation.description.hasPrefix(name.lowercased())
            } : []
        guard let first = matches.first, matches.count == 1 else {
            throw matches.isEmpty
                ? Refusal(
                    zh: "没有编号为 \(name) 的隔离内容。查看：loopdesk-hub quarantine list",
                    en: "Nothing in quarantine is called \(name). See: loopdesk-hub quarantine list"
                )
                : Refusal(
                    zh: "有 \(matches.count) 项以 \(name) 开头；请多写几位。",
                    en: "\(matches.count) pieces of work begin with \(name); give more digits.")
        }
        return first
    }

    func view(_ work: QuarantinedIntent, _ reader: any HubReader) throws -> QuarantineView {
        let body = codec.decodeBody(work.bodyBytes)
        let profile = try reader.policy().flatMap { try? policies.profile(of: $0) }
        let ticket = try body.flatMap { try reader.ticket($0.ticket) }
        var number = ticket?.displayNumber ?? ""
        if ticket == nil, case .create(let provisional)? = body?.changes.first {
            number = provisional
        }
        return QuarantineView(
            operation: work.operation.description, reason: work.reason.name,
            device: work.device.rawValue, author: body?.actor.rawValue ?? "",
            act: body?.act.name ?? "", ticket: body?.ticket.description ?? "", number: number,
            madeAtMilliseconds: (body?.captured.estimate ?? work.receivedAt).milliseconds,
            receivedAtMilliseconds: work.receivedAt.milliseconds,
            changes: body?.changes.map(ChangeReader(profile: profile).view) ?? [])
    }
}

/// One change of quarantined work, with the names that the policy gives.
private struct ChangeReader {
    /// Nil on a hub without a policy.
    let profile: Profile?

    func view(_ change: Change) -> QuarantineView.Change {
        switch change {
        case .create(let number): view("create", text: number)
        case .write(let field, let value): view("write", field, value)
        case .add(let field, let value): view("add", field, value)
        case .remove(let field, let value): view("remove", field, value)
        case .comment(_, _, let text, _): view("comment", text: text)
        case .editComment(_, let text): view("edit_comment", text: text)
        case .redactComment: view("redact_comment")
        case .close: view("close")
        case .rate(_, let outcome, _, let remark):
            view("rate", text: remark.isEmpty ? "\(outcome)" : remark)
        case .merge(let ticket, let reason):
            view("merge", text: reason.isEmpty ? ticket.description : reason)
        case .absorb(let ticket): view("absorb", text: ticket.description)
        case .unmerge(let reason): view("unmerge", text: reason)
        case .release(let ticket): view("release", text: ticket.description)
        case .unsupported(let kind): view("unsupported", text: "\(kind)")
        }
    }

    private func view(_ kind: String, text: String? = nil) -> QuarantineView.Change {
        QuarantineView.Change(kind: kind, field: nil, text: text)
    }

    private func view(
        _ kind: String, _ field: FieldID, _ value: FieldValue
    ) -> QuarantineView.Change {
        QuarantineView.Change(
            kind: kind, field: profile?.name(of: field) ?? "field_\(field.rawValue)",
            text: profile?.display(value, of: field, .en) ?? value.text)
    }
}
