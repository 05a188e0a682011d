import Replication
import Sodium
import TicketModel

/// Deliberate defects of stores and network, at least one for each checker. A checker that does
/// not find its own defect proves nothing by finding nothing.
package enum Sabotage: String, CaseIterable, Hashable, Sendable {
    // The hub's store.
    /// A transaction of the hub is reported durable and is not.
    case lostCommit = "lost-commit"
    /// A value is stored that nobody wrote.
    case wrongValue = "wrong-value"
    /// A superseded intent is answered as applied.
    case wrongAnswer = "wrong-answer"
    /// An intent is recorded with another content.
    case otherContent = "other-content"
    /// An intent claims to have seen what is not in the log.
    case unknownDependency = "unknown-dependency"
    /// One number is given to every ticket.
    case sameNumber = "same-number"
    /// A timer is never put into the queue.
    case forgottenTimer = "forgotten-timer"
    /// An entry tells of its events twice.
    case toldTwice = "told-twice"
    /// Pages show everything to everybody.
    case leakingPage = "leaking-page"
    /// Pages end inside a transaction.
    case splitPage = "split-page"
    // A replica's store.
    /// A change is reported as saved and is not.
    case forgottenWrite = "forgotten-write"
    /// A ticket of a page is not stored.
    case forgottenBase = "forgotten-base"
    /// What waits is not shown.
    case forgottenOverlay = "forgotten-overlay"
    /// A refusal leaves no draft.
    case lostDraft = "lost-draft"
    /// A refusal is written down as applied.
    case otherAnswer = "other-answer"
    /// The cursor goes back.
    case rewoundCursor = "rewound-cursor"
    /// An event of a feed is not stored.
    case lostEvent = "lost-event"
    // The world.
    /// A follower is not given an event.
    case skippedDelivery = "skipped-delivery"
    /// One replica never hears from the hub again.
    case deafReplica = "deaf-replica"

    /// The invariants that may name it; more than one where one defect shows in several ways.
    package var invariants: Set<String> {
        switch self {
        case .lostCommit: ["I2 ledger", "I14 dispositions", "I6 monotonic reads", "I4 order"]
        case .wrongValue: ["model: state"]
        case .wrongAnswer: ["model: answer"]
        case .otherContent: ["I9 dot uniqueness"]
        case .unknownDependency: ["I4 order"]
        case .sameNumber: ["I10 numbers"]
        case .forgottenTimer, .toldTwice: ["I13 timers"]
        case .leakingPage: ["I11 confidentiality"]
        case .splitPage: ["I17 atomicity"]
        case .forgottenWrite: ["I3 no silent loss", "I7 read your writes", "I1 convergence"]
        case .forgottenBase: ["I1 convergence", "I12 liveness"]
        case .forgottenOverlay: ["I7 read your writes"]
        case .lostDraft: ["I3 no silent loss"]
        case .otherAnswer: ["I14 dispositions", "I3 no silent loss"]
        case .rewoundCursor: ["I6 monotonic reads", "I11 confidentiality"]
        case .lostEvent, .skippedDelivery: ["feed gaps", "feed order"]
        case .deafReplica: ["I12 liveness"]
        }
    }
}

extension Sabotage {
    /// What a defective hub writes into its log.
    func altered(_ committed: CommittedEntry) -> CommittedEntry {
        var committed = committed
        switch self {
        case .wrongValue:
            committed.ticket?.registers[.subject]?.value = .text("nobody wrote this")
        case .wrongAnswer:
            if committed.entry.disposition.outcome == .superseded {
                committed.entry.disposition = .applied
            }
        case .otherContent: committed.intent.hash = committed.intent.hash.chained(with: [1])
        case .unknownDependency:
            committed.intent.context.dependencies.append(OperationID(rawValue: 1))
        case .toldTwice: committed.entry.events += committed.entry.events
        default: break
        }
        return committed
    }
}
