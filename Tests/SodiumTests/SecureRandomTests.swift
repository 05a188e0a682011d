import Sodium
import Testing

@Suite struct SecureRandomTests {
    @Test(arguments: [0, 1, 16, 1000])
    func `as many bytes are drawn as were asked for`(count: Int) {
        #expect(SecureRandom.bytes(count: count).count == count)
    }

    /// A repetition among 100 draws of 128 bits would mean a broken source, not bad luck.
    @Test func `draws do not repeat`() {
        #expect(Set((0..<100).map { _ in SecureRandom.bytes(count: 16) }).count == 100)
        #expect(Set((0..<100).map { _ in SecureRandom.uint128() }).count == 100)
    }

    @Test func `every bit of a draw takes both values`() {
        let draws = (0..<200).map { _ in SecureRandom.uint128() }
        #expect(draws.reduce(0, |) == .max)
        #expect(draws.reduce(.max, &) == 0)
    }

    @Test func `the generator serves the standard library`() {
        var generator = SecureRandom.Generator()
        #expect((0..<100).shuffled(using: &generator).sorted() == Array(0..<100))
        #expect(
            (0..<100).allSatisfy { _ in (5...7).contains(Int.random(in: 5...7, using: &generator)) }
        )
    }
}
