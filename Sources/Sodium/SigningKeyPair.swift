import CSodium

/// An Ed25519 key pair (RFC 8032): signs, and gives out the key that others check with.
///
/// It never shows its secret in a description, so that a log cannot leak it.
package struct SigningKeyPair: Sendable, CustomStringConvertible, CustomReflectable {
    /// The number of bytes of a seed.
    package static let seedByteCount = 32
    /// The number of bytes of a signature.
    package static let signatureByteCount = 64
    private static let secretKeyByteCount = 64

    /// The key that others check our signatures with.
    package let publicKey: SigningPublicKey

    /// libsodium's form of the secret: the seed followed by the public key.
    private let secretKey: [UInt8]

    /// A fresh random pair.
    package static func generate() -> SigningKeyPair {
        SigningKeyPair(checkedSeed: SecureRandom.bytes(count: seedByteCount))
    }

    /// The pair that belongs to a stored seed; nil unless the seed has exactly 32 bytes.
    package init?(seed: [UInt8]) {
        guard seed.count == Self.seedByteCount else { return nil }
        self.init(checkedSeed: seed)
    }

    private init(checkedSeed seed: [UInt8]) {
        SodiumLibrary.ensureInitialized()
        var secretKey = [UInt8](repeating: 0, count: Self.secretKeyByteCount)
        var publicKey = InlineBytes32()
        publicKey.withMutableBytes {
            _ = crypto_sign_seed_keypair($0, &secretKey, seed)
        }
        self.secretKey = secretKey
        self.publicKey = SigningPublicKey(storage: publicKey)
    }

    /// The 32 secret bytes from which the pair can be made again.
    package var seed: [UInt8] { Array(secretKey.prefix(Self.seedByteCount)) }

    /// The 64-byte signature of `message`; the same message always gets the same one.
    package func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Self.signatureByteCount)
        crypto_sign_detached(&signature, nil, message, UInt64(message.count), secretKey)
        return signature
    }

    package var description: String { "SigningKeyPair(\(publicKey))" }
    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}

/// The public half of an Ed25519 pair: 32 bytes, stored in place.
package struct SigningPublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The number of bytes of a public key.
    package static let byteCount = InlineBytes32.byteCount

    private let storage: InlineBytes32

    init(storage: InlineBytes32) { self.storage = storage }

    /// Reads the stored form; nil unless exactly 32 bytes are given.
    ///
    /// Bytes that are no point of the curve are accepted; no signature is valid under them.
    package init?(bytes: some Collection<UInt8>) {
        guard let storage = InlineBytes32(bytes) else { return nil }
        self.storage = storage
    }

    /// Reads 64 hexadecimal digits; nil for any other text.
    package init?(hexadecimal text: some StringProtocol) {
        guard let storage = InlineBytes32(hexadecimal: text) else { return nil }
        self.storage = storage
    }

    /// The stored form: 32 bytes.
    package var bytes: [UInt8] { storage.bytes }

    /// 64 lower-case hexadecimal digits.
    package var description: String { storage.hexadecimal }

    /// Whether the holder of the secret half signed exactly `message`.
    ///
    /// False for a signature of any length but 64 bytes.
    package func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == SigningKeyPair.signatureByteCount else { return false }
        SodiumLibrary.ensureInitialized()
        return storage.withBytes { key in
            crypto_sign_verify_detached(
                signature, message, UInt64(message.count), key) == 0
        }
    }
}
