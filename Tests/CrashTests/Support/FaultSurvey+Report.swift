import Testing

extension FaultSurvey {
    /// Lets at most `countMax` calls of each kind fail in a transaction, once or for ever.
    static func checkFaults(
        in transaction: CanonicalTransaction, countMax: Int, seed: UInt64
    ) throws {
        var random = SplitMix(state: seed)
        var survey = try FaultSurvey(transaction, seed: seed)
        for kind in RecordedDisk.Fault.Kind.allCases {
            // One more than there are: the run that meets no fault.
            let calls = 1...survey.callsCount(kind) + 1
            for nth in calls.shuffled(using: &random).prefix(countMax) {
                survey.check(.init(kind: kind, nth: nth, isForEver: .random(using: &random)))
            }
        }
        survey.report(seed)
    }

    /// Lets every call fail in a transaction, once and for ever, in any order until time is up.
    static func checkAllFaults(
        in transaction: CanonicalTransaction, until end: ContinuousClock.Instant, seed: UInt64
    ) throws {
        var random = SplitMix(state: seed)
        var survey = try FaultSurvey(transaction, seed: seed)
        let faults = RecordedDisk.Fault.Kind.allCases.flatMap { kind in
            (1...survey.callsCount(kind) + 1).flatMap { nth in
                [false, true].map { RecordedDisk.Fault(kind: kind, nth: nth, isForEver: $0) }
            }
        }.shuffled(using: &random)
        var triedCount = 0
        for fault in faults where ContinuousClock.now < end {
            survey.check(fault)
            triedCount += 1
        }
        print("disk faults, \(transaction): \(triedCount) of \(faults.count) tried")
        survey.report(seed)
    }

    /// Lets `countMax` calls of each kind fail in recoveries from crashes of a transaction.
    static func checkFaultsInRecovery(
        from transaction: CanonicalTransaction, countMax: Int, seed: UInt64
    ) throws {
        var random = SplitMix(state: seed)
        var survey = try FaultSurvey(transaction, seed: seed)
        for kind in RecordedDisk.Fault.Kind.allCases {
            for _ in 0..<countMax {
                let state = survey.randomCrash(&random)
                let nth = Int.random(in: 1...(kind == .read ? 24 : 12), using: &random)
                survey.check(
                    .init(kind: kind, nth: nth, isForEver: .random(using: &random)),
                    inRecoveryFrom: state)
            }
        }
        survey.report(seed)
    }

    private func report(_ seed: UInt64, _ location: SourceLocation = #_sourceLocation) {
        print(
            "disk faults, \(transaction): \(failedCount) met, \(reportedCount) reported, "
                + "\(problems.count) problems, seed \(seed)")
        for problem in problems.prefix(5) {
            Issue.record("\(problem), seed \(seed)", sourceLocation: location)
        }
        #expect(failedCount > 0, "no fault was met, seed \(seed)", sourceLocation: location)
    }
}
