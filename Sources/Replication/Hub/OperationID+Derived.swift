import Sodium
import TicketModel

extension OperationID {
    /// The identity of what a rule does because of `cause`: the same rule and cause always give the
    /// same identity, which makes the hub's automation idempotent (replication.md 3.8), also after
    /// a restore: nothing of it depends on when the hub acts.
    init(derivedFrom cause: OperationID, rule: String, on ticket: TicketID) {
        let digest = Digest.sha256(cause.bytes, Array(rule.utf8))
        let made = Int64(truncatingIfNeeded: ticket.rawValue >> 80)
        self.init(time: Timestamp(milliseconds: made), random: digest.prefix128)
    }

    /// The identity that stands for a timer as a cause.
    init(derivedFrom key: TimerKey) {
        let text = "\(key.ticket):\(key.clock):\(key.cycle):\(key.rung)"
        self.init(rawValue: Digest.sha256(Array(text.utf8)).prefix128)
    }
}

extension Digest {
    /// The first 128 bits.
    var prefix128: UInt128 { bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) } }
}
