import Replication
import TicketModel
import TicketPolicy

/// Running clocks keep the calendar that they were started by until the operator moves them
/// (domain.md T19).
extension HubAdministrator {
    /// How much one answer looks at, so that a running hub serves others in between.
    static var rebaseByteCountMax: Int { 1 << 20 }

    func rebaseClocks(
        _ clock: String?, after: String?, at now: Timestamp
    ) throws -> RebaseView {
        try store.transaction { store in
            let committer = try committer(in: store, at: now)
            if let clock, committer.profile.clock(named: clock) == nil {
                let known = committer.profile.clocks.map(\.name).joined(separator: ", ")
                throw Refusal(
                    zh: "规则中没有时限 \(clock)；可用：\(known)。",
                    en: "The policy has no clock \(clock); it has: \(known).")
            }
            if try store.recovery() != nil {
                throw Refusal(
                    zh: "Hub 正在恢复；请在恢复结束后再试（loopdesk-hub recovery）。",
                    en: "The hub is recovering; try again afterwards (loopdesk-hub recovery).")
            }
            let piece = try store.snapshot(
                after: after.flatMap { TicketID(hexadecimal: $0) }, through: nil, scopes: [.all],
                byteCountMax: Self.rebaseByteCountMax)
            var view = RebaseView()
            for ticket in try piece.tickets.map(codec.decodeTicket) {
                let (moved, kept) = try committer.rebase(ticket, clock: clock)
                view.tickets += 1
                view.moved += moved
                view.kept += kept
            }
            view.next = piece.through?.description
            return view
        }
    }

    /// The rules of the policy in force, for one transaction.
    func committer(in store: any HubTransaction, at now: Timestamp) throws -> HubCommitter {
        guard let profile = try policies.profile(in: store) else {
            throw Refusal(
                zh: "尚未载入规则。请运行：loopdesk-hub policy load FILE",
                en: "No policy is loaded. Load one with: loopdesk-hub policy load FILE")
        }
        return try HubCommitter(
            codec: codec, profile: profile, now: now, store: store, ruleKey: try ruleKey())
    }
}
