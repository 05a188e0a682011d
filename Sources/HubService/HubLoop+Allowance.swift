import Replication
import Wire

extension HubLoop {
    /// What one turn still reads for its peers. The hub has one thread: whoever asks for more than
    /// a client ever needs at a time waits, so that pushes and clocks do not.
    struct Allowance {
        private let tuning: Tuning
        private var questionsCounts: [[UInt8]: Int] = [:]
        private var dearQuestionsCount = 0
        private var byteCount = 0
        /// Questions that were told to come back; they come back one after the other.
        private(set) var refusedCount = 0

        init(_ tuning: Tuning) { self.tuning = tuning }

        /// Whether the question is answered in this turn.
        mutating func admits(_ request: Request) -> Bool {
            guard request.message.isReading else { return true }
            let asked = questionsCounts[request.route, default: 0]
            let isDear = request.message.isDear
            guard asked < tuning.questionsPerSessionCountMax,
                !isDear || dearQuestionsCount < tuning.dearQuestionsCountMax,
                byteCount < tuning.turnByteCountMax
            else {
                refusedCount += 1
                return false
            }
            questionsCounts[request.route] = asked + 1
            if isDear { dearQuestionsCount += 1 }
            return true
        }

        /// Counts what was answered.
        mutating func count(_ replies: some Sequence<Outbound>) {
            byteCount += replies.reduce(0) { $0 + $1.bytes.count }
        }
    }

    /// Nothing is wrong with the store: it is only not the peer's turn.
    func postpone(_ request: Request, after refusedCount: Int, _ output: inout Output) {
        let tuning = configuration.tuning
        let (pause, step) = (tuning.postponedMilliseconds, tuning.postponedStepMilliseconds)
        let busy = Failure(
            code: .busy, message: "The hub answers others first.",
            retryAfterMilliseconds: pause + step * (refusedCount - 1))
        reply(.failure(busy), to: request, &output)
    }
}

extension ClientMessage {
    /// Whether the answer may be as large as a page.
    fileprivate var isReading: Bool {
        switch self {
        case .pull, .directoryGet, .verdictsGet, .snapshotGet, .digestGet: true
        case .hello, .push, .enroll, .ping, .refill: false
        }
    }

    /// Whether the answer costs by the tickets of a scope.
    fileprivate var isDear: Bool {
        switch self {
        case .snapshotGet: true
        case .digestGet(let get): get.scope != nil
        default: false
        }
    }
}
