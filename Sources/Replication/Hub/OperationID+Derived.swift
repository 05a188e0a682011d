import Sodium
import TicketModel

extension OperationID {
    /// The identity of what a rule does because of `cause`: the same rule and cause always give the
    /// same identity, which makes the hub's automation idempotent (replication.md 3.8).
    init(derivedFrom cause: OperationID, rule: String, at time: Timestamp) {
        let digest = Digest.sha256(cause.bytes, Array(rule.utf8))
        self.init(time: time, random: digest.prefix128)
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
