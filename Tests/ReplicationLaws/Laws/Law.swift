/// One property that holds for everything that can be made at random.
package struct Law: Sendable {
    /// What must hold, as a sentence.
    package let sentence: String
    /// How many of 1,000 cases are of this law.
    package let share: Int
    /// Checks some cases, all made from one seed, and says how many.
    private let check: @Sendable (UInt64) throws -> Int

    init(_ sentence: String, share: Int, check: @escaping @Sendable (UInt64) throws -> Int) {
        self.sentence = sentence
        self.share = share
        self.check = check
    }

    /// Checks at least `casesCount` cases; round `n` is made from `seed + n`.
    ///
    /// - Returns: how many were checked.
    /// - Throws: `LawViolation` with the seed that repeats it.
    package func run(casesCount: Int, seed: UInt64) throws -> Int {
        var checkedCount = 0
        var round = seed
        while checkedCount < casesCount {
            do { checkedCount += try check(round) } catch {
                throw LawViolation("\(sentence): seed \(round): \(error)")
            }
            round &+= 1
        }
        return checkedCount
    }
}
