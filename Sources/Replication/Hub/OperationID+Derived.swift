import Sodium
import TicketModel

extension OperationID {
    /// The identity of what a rule does because of `cause`: the same rule and cause always give the
    /// same identity, which makes the hub's automation idempotent (replication.md 3.8), also after
    /// a restore: nothing of it depends on when the hub acts.
    ///
    /// - Parameter key: known to the hub alone, so that no device can take an identity before the
    ///   rule acts. Nil gives what earlier versions wrote, and worlds in which nobody is hostile.
    init(
        derivedFrom cause: OperationID, rule: String, on ticket: TicketID,
        key: MessageAuthenticationKey?
    ) {
        let rule = Array(rule.utf8)
        let made = Int64(truncatingIfNeeded: ticket.rawValue >> 80)
        let bits =
            key.map { prefix128($0.code(for: Self.ruleLabel + cause.bytes + rule)) }
            ?? Digest.sha256(cause.bytes, rule).prefix128
        self.init(time: Timestamp(milliseconds: made), random: bits)
    }

    private static let ruleLabel = Array("loopdesk/rule/1\n".utf8)

    /// The identity that stands for a timer as a cause; no entry has it.
    init(derivedFrom key: TimerKey) {
        let text = "\(key.ticket):\(key.clock):\(key.cycle):\(key.rung)"
        self.init(rawValue: Digest.sha256(Array(text.utf8)).prefix128)
    }
}

extension Digest {
    /// The first 128 bits.
    var prefix128: UInt128 { Replication.prefix128(bytes) }
}

private func prefix128(_ bytes: [UInt8]) -> UInt128 {
    bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
}
