import Testing

/// The same for as long as the tester wants, with other seeds each time.
@Suite struct CrashStateSoakTests {
    private static let statesCount = 20_000
    private static let why: Comment = "LOOPDESK_SOAK_SECONDS says for how long"

    @Test(.enabled(if: TestSetting.soakSeconds != nil, why))
    func `no crash loses, tears or doubles anything, for a long time`() throws {
        let end = ContinuousClock.now + .seconds(TestSetting.soakSeconds ?? 0)
        var seed = TestSetting.seed
        repeat {
            let report = try CrashReport.make(
                statesCount: max(Self.statesCount, TestSetting.statesCount), seed: seed)
            print(report.text)
            report.expectNothingLost()
            #expect(report.distinctCount >= Self.statesCount)
            seed += 1
        } while ContinuousClock.now < end
    }

    @Test(.enabled(if: TestSetting.soakSeconds != nil, why))
    func `every call that can fail is reported and costs nothing that was acknowledged`() throws {
        let seconds = TestSetting.soakSeconds ?? 0
        let transactions = CanonicalTransaction.all
        let start = ContinuousClock.now
        for (index, transaction) in transactions.enumerated() {
            let share = Double(seconds) * Double(index + 1) / Double(transactions.count)
            try FaultSurvey.checkAllFaults(
                in: transaction, until: start + .seconds(share), seed: TestSetting.seed)
        }
    }
}
