import Sodium
import Testing

@Suite struct DigestTests {
    /// FIPS 180 examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `a digest is the published one`(text: String, expected: String) {
        #expect(Digest.sha256(Array(text.utf8)).description == expected)
    }

    @Test func `parts are hashed as one text`() {
        let whole = Digest.sha256(Array("abc".utf8))
        #expect(Digest.sha256(Array("a".utf8), [], Array("bc".utf8)) == whole)
        #expect(Digest.sha256() == Digest.sha256([]))
    }

    @Test func `a link hashes the digest before it and then the body`() {
        let first = Digest.zero.chained(with: [1, 2, 3])
        #expect(first == Digest.sha256([UInt8](repeating: 0, count: 32), [1, 2, 3]))
        #expect(first.chained(with: []) == Digest.sha256(first.bytes))
        #expect(first.chained(with: [1]) != first.chained(with: [2]))
    }

    @Test func `bytes and hexadecimal digits read back`() {
        let digest = Digest.sha256([7])
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(hexadecimal: digest.description) == digest)
        #expect(Digest(hexadecimal: digest.description.uppercased()) == digest)
        #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
        #expect(Set([digest, Digest.sha256([7]), .zero]).count == 2)
    }

    @Test(arguments: [0, 1, 31, 33, 64])
    func `another number of bytes is refused`(count: Int) {
        #expect(Digest(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test(arguments: [
        "", "ab", String(repeating: "0", count: 63), String(repeating: "g", count: 64),
        "+" + String(repeating: "0", count: 63),
    ])
    func `a text that is not 64 hexadecimal digits is refused`(text: String) {
        #expect(Digest(hexadecimal: text) == nil)
    }

    @Test func `a digest is stored in place`() {
        #expect(MemoryLayout<Digest>.size == 32)
    }
}
