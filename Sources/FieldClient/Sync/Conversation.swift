import Replication
import TicketModel
import Wire

/// What one connection has under way.
struct Conversation {
    /// The questions that have an answer.
    enum Question: Hashable {
        case hello
        case push(through: UInt64)
        case pull(from: UInt64)
        case directory
        case verdicts
        case ping
        /// `named`: refusals that will have been named with it; nil for all.
        case refill(through: UInt64, isLast: Bool, named: Int?)
        case snapshot
        case digests
        case repair(after: TicketID?, through: TicketID)
    }

    private(set) var open: [UInt64: (question: Question, sentAt: Timestamp)] = [:]
    private(set) var heardAt: Timestamp
    private let tuning: SyncLoop.Tuning
    /// The latest time that was seen.
    private var latest: Timestamp
    /// Set by the welcome.
    var epoch: EpochID?
    var head: UInt64 = 0
    /// What the hub speaks with us.
    var protocolVersion = ProtocolVersion.oldest
    /// The way over into another life of the log, while it is not done.
    var crossing: Crossing?
    /// Which run of the hub this is; 0 if it does not say.
    var run: UInt64 = 0
    /// Ranges to look at, where this replica and the hub do not hold the same.
    var suspects: [Suspect] = []
    /// How often the sums were asked for on this connection.
    var verifyAttemptsCount = 0
    /// When they were asked for last.
    var verifyAttemptedAt: Timestamp?
    /// Whether this replica and the hub were found to hold the same on this connection.
    var hasVerified = false
    /// Whether a difference was told of.
    var hasFoundDifference = false
    var windowBatches = 1
    var batchIntentsMax = 1
    var batchBytesMax = 1
    /// The largest counter that was sent on this connection or known to be there before.
    var pushedThrough: UInt64 = 0
    /// Whether the hub was asked for pages on this connection at all.
    var hasPulled = false
    /// The head at which missing verdicts were asked for last.
    var verdictsAskedAt: UInt64?
    var retryAt: Timestamp?
    /// Set while a revoked device hands over what it has not sent.
    var handOver: HandOver?
    /// Whether the caller was told that everything is in step.
    var hasReportedCaughtUp = false

    init(helloID: UInt64, at now: Timestamp, tuning: SyncLoop.Tuning) {
        heardAt = now
        latest = now
        self.tuning = tuning
        asked(.hello, helloID, at: now)
    }

    var isGreeted: Bool { epoch != nil }

    /// The log goes at least this far.
    mutating func learn(head: UInt64) { self.head = max(self.head, head) }

    mutating func asked(_ question: Question, _ id: UInt64, at now: Timestamp) {
        open[id] = (question, now)
    }

    /// Takes the question that an answer belongs to; nil for an answer nobody waits for.
    mutating func answered(_ id: UInt64, at now: Timestamp) -> (Question, sentAt: Timestamp)? {
        heardAt = now
        return open.removeValue(forKey: id)
    }

    /// Forgets pushes under way: they will be sent again.
    mutating func abandonPushes() {
        open = open.filter { if case .push = $0.value.question { false } else { true } }
    }

    /// Forgets everything that was asked: this conversation goes on about something else.
    mutating func abandonAll() { open = [:] }

    var pushesCount: Int {
        open.values.count { if case .push = $0.question { true } else { false } }
    }

    var isPulling: Bool {
        open.values.contains { if case .pull = $0.question { true } else { false } }
    }

    func isWaiting(where matches: (Question) -> Bool) -> Bool {
        open.values.contains { matches($0.question) }
    }

    /// When something must happen even if the hub stays silent.
    var deadline: Timestamp {
        let answer = open.values.map(\.sentAt).min()?
            .adding(milliseconds: tuning.answerMillisecondsMax)
        let silence = heardAt.adding(milliseconds: tuning.silenceMillisecondsMax)
        return [answer, retryAt, open.isEmpty ? silence : nil].compactMap { $0 }.min() ?? silence
    }

    /// Whether the clock was set back since the last event: then no time that was noted before says
    /// anything about how long something has taken.
    mutating func isSetBack(at now: Timestamp) -> Bool {
        defer { latest = max(latest, now) }
        return latest.millisecondsSince(now) > setBackMillisecondsMin
    }

    func isOverdue(at now: Timestamp) -> Bool {
        guard let oldest = open.values.map(\.sentAt).min() else { return false }
        return now.millisecondsSince(oldest) >= tuning.answerMillisecondsMax
    }

    func isSilent(at now: Timestamp) -> Bool {
        open.isEmpty && now.millisecondsSince(heardAt) >= tuning.silenceMillisecondsMax
    }

    /// Time servers move a clock by less than this all the time.
    private let setBackMillisecondsMin: Int64 = 1_000
}
