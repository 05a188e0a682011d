import Testing

extension FaultSurvey {
    /// Lets at most `countMax` calls of each kind fail in a transaction, once and for ever.
    static func checkFaults(
        in transaction: CanonicalTransaction, countMax: Int, seed: UInt64
    ) throws {
        var random = SplitMix(state: seed)
        var survey = try FaultSurvey(transaction, seed: seed)
        for kind in RecordedDisk.Fault.Kind.allCases {
            let callsCount = survey.callsCount(kind)
            // One more than there are: the run that meets no fault.
            for nth in (1...callsCount + 1).shuffled(using: &random).prefix(countMax) {
                let isForEver = Bool.random(using: &random)
                survey.check(.init(kind: kind, nth: nth, isForEver: isForEver))
                // When all are tried, both ways are.
                guard callsCount < countMax else { continue }
                survey.check(.init(kind: kind, nth: nth, isForEver: !isForEver))
            }
        }
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
