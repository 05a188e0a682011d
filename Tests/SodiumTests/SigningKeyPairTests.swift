import Sodium
import Testing

@Suite struct SigningKeyPairTests {
    /// RFC 8032, section 7.1, tests 1, 2 and 3.
    static let vectors: [(seed: String, publicKey: String, message: String, signature: String)] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            """
            e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
            5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
            """
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            """
            92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
            085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
            """
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            """
            6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
            18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
            """
        ),
    ]

    @Test(arguments: vectors.indices)
    func `key and signature are the published ones`(index: Int) throws {
        let vector = Self.vectors[index]
        let pair = try #require(SigningKeyPair(seed: bytes(hexadecimal: vector.seed)))
        let message = bytes(hexadecimal: vector.message)
        let signature = bytes(hexadecimal: vector.signature)
        #expect(pair.publicKey.description == vector.publicKey)
        #expect(pair.sign(message) == signature)
        #expect(pair.publicKey.isValid(signature: signature, for: message))
    }

    @Test func `a changed message, signature, length or key is not valid`() {
        let pair = SigningKeyPair.generate()
        let signature = pair.sign([1, 2, 3])
        #expect(pair.publicKey.isValid(signature: signature, for: [1, 2, 3]))
        #expect(!pair.publicKey.isValid(signature: signature, for: [1, 2]))
        for index in [0, 31, 32, 63] {
            var changed = signature
            changed[index] ^= 1
            #expect(!pair.publicKey.isValid(signature: changed, for: [1, 2, 3]))
        }
        #expect(!pair.publicKey.isValid(signature: signature.dropLast(), for: [1, 2, 3]))
        #expect(!pair.publicKey.isValid(signature: signature + [0], for: [1, 2, 3]))
        #expect(!pair.publicKey.isValid(signature: [], for: [1, 2, 3]))
        let stranger = SigningKeyPair.generate()
        #expect(!stranger.publicKey.isValid(signature: signature, for: [1, 2, 3]))
    }

    @Test func `nothing is valid under a key that is no point of the curve`() throws {
        let zero = try #require(SigningPublicKey(bytes: [UInt8](repeating: 0, count: 32)))
        #expect(!zero.isValid(signature: [UInt8](repeating: 0, count: 64), for: []))
    }

    @Test func `a pair is made again from its seed`() throws {
        let pair = SigningKeyPair.generate()
        let again = try #require(SigningKeyPair(seed: pair.seed))
        #expect(again.publicKey == pair.publicKey)
        #expect(again.sign([9]) == pair.sign([9]))
        #expect(SigningKeyPair.generate().publicKey != pair.publicKey)
    }

    @Test func `a public key reads back`() {
        let key = SigningKeyPair.generate().publicKey
        #expect(SigningPublicKey(bytes: key.bytes) == key)
        #expect(SigningPublicKey(hexadecimal: key.description) == key)
    }

    @Test(arguments: [0, 31, 33, 64])
    func `another number of bytes is refused`(count: Int) {
        let wrong = [UInt8](repeating: 1, count: count)
        #expect(SigningKeyPair(seed: wrong) == nil)
        #expect(SigningPublicKey(bytes: wrong) == nil)
    }

    @Test func `a description does not leak the secret`() throws {
        let pair = try #require(SigningKeyPair(seed: [UInt8](repeating: 201, count: 32)))
        var dumped = ""
        dump(pair, to: &dumped)
        #expect("\(pair)" == "SigningKeyPair(\(pair.publicKey))")
        #expect(!dumped.contains("201"))
    }
}
