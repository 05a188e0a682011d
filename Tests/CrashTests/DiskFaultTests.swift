import Testing

/// Disks that are full or failing: the stores say so, lose nothing that they acknowledged, and work
/// again when the disk does.
@Suite struct DiskFaultTests {
    /// How many faults are tried for each kind in each transaction.
    private static var faultsCount: Int { max(2, TestSetting.statesCount / 500) }

    @Test(arguments: CanonicalTransaction.all)
    func `a call that fails is reported and costs nothing that was acknowledged`(
        transaction: CanonicalTransaction
    ) throws {
        try FaultSurvey.checkFaults(
            in: transaction, countMax: Self.faultsCount, seed: TestSetting.seed)
    }

    @Test(arguments: CanonicalTransaction.all)
    func `a call that fails in a recovery leaves it to the next one`(
        transaction: CanonicalTransaction
    ) throws {
        try FaultSurvey.checkFaultsInRecovery(
            from: transaction, countMax: Self.faultsCount, seed: TestSetting.seed)
    }
}
