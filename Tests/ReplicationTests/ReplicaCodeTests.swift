import Replication
import Testing

/// Codes of devices in provisional numbers (replication.md 3.10).
@Suite struct ReplicaCodeTests {
    @Test func `a code tells which device it was given to`() {
        let longer = [1_023, 1_024, 1_025, 33_791, 33_792, 40_000]
        for index in Array(0..<100) + longer {
            #expect(ReplicaCode.index(of: ReplicaCode.text(index)) == index)
        }
    }

    @Test(arguments: ["", "A", "AI", "aa", "A1", "ABCDE", "甲乙"])
    func `what is no code is told apart`(text: String) {
        #expect(ReplicaCode.index(of: text) == nil)
    }
}
