import Sodium
import Testing

@Suite struct MessageAuthenticationKeyTests {
    /// RFC 4231 test cases 1, 2, 3, 5 (itself cut to 128 bits) and 6 (a key longer than a block).
    static let vectors: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c7"
        ),
        (
            [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a7"
        ),
        (
            [UInt8](repeating: 0x0c, count: 20), Array("Test With Truncation".utf8),
            "a3b6167473100ee06e0c796c2955552b"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f"
        ),
    ]

    @Test(arguments: vectors.indices)
    func `a code is the published one`(index: Int) throws {
        let vector = Self.vectors[index]
        let key = try #require(MessageAuthenticationKey(bytes: vector.key))
        #expect(key.code(for: vector.message) == bytes(hexadecimal: vector.code))
        #expect(key.isValid(code: bytes(hexadecimal: vector.code), for: vector.message))
        #expect(hmacSHA256Truncated(key: vector.key, message: vector.message).count == 16)
    }

    @Test func `a changed message, code, length or key is not valid`() throws {
        let key = MessageAuthenticationKey.generate()
        let code = key.code(for: [1, 2, 3])
        #expect(key.isValid(code: code, for: [1, 2, 3]))
        #expect(!key.isValid(code: code, for: [1, 2, 4]))
        #expect(!key.isValid(code: code.dropLast() + [code[15] ^ 1], for: [1, 2, 3]))
        #expect(!key.isValid(code: Array(code.prefix(15)), for: [1, 2, 3]))
        #expect(!key.isValid(code: [], for: [1, 2, 3]))
        #expect(!MessageAuthenticationKey.generate().isValid(code: code, for: [1, 2, 3]))
    }

    @Test func `an empty key is refused`() {
        #expect(MessageAuthenticationKey(bytes: []) == nil)
    }

    @Test func `a description does not leak the secret`() throws {
        let key = try #require(MessageAuthenticationKey(bytes: [201, 202, 203]))
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!"\(key)".contains("201") && !dumped.contains("201"))
    }

    @Test func `byte strings are compared by content and length`() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2], [1, 2]))
        #expect(!constantTimeEquals([1, 2], [1, 3]))
        #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
    }
}
