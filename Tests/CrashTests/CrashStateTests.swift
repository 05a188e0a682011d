import Testing

/// Whenever the power goes, what was acknowledged is there, and a transaction is there whole or not
/// at all: the shipped stores on SQLite, on the files that a crash could leave.
@Suite struct CrashStateTests {
    @Test func `no crash loses, tears or doubles anything`() throws {
        let report = try CrashReport.make(
            statesCount: TestSetting.statesCount, seed: TestSetting.seed)
        print(report.text)
        report.expectNothingLost()
        #expect(
            report.distinctCount >= TestSetting.statesCount,
            "there are fewer crash states than asked for")
    }
}
