import CSodium

/// A SHA-256 digest: 32 bytes, stored in place.
///
/// Two contents with the same digest are taken for the same content.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The number of bytes of a digest.
    package static let byteCount = InlineBytes32.byteCount

    /// 32 zero bytes: the digest before the first link of a chain. No content is known to have it.
    package static let zero = Digest(storage: InlineBytes32())

    private let storage: InlineBytes32

    private init(storage: InlineBytes32) { self.storage = storage }

    /// Reads the stored form; nil unless exactly 32 bytes are given.
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

    /// The digest of the parts written one after the other; the cuts between them do not count.
    package static func sha256(_ parts: [UInt8]...) -> Digest {
        digest { state in
            for part in parts { crypto_hash_sha256_update(&state, part, UInt64(part.count)) }
        }
    }

    /// The next link of a hash chain: SHA-256 of this digest's bytes followed by `body`.
    package func chained(with body: [UInt8]) -> Digest {
        Self.digest { state in
            storage.withBytes { own in
                _ = crypto_hash_sha256_update(&state, own, UInt64(Self.byteCount))
            }
            crypto_hash_sha256_update(&state, body, UInt64(body.count))
        }
    }

    private static func digest(_ feed: (inout crypto_hash_sha256_state) -> Void) -> Digest {
        SodiumLibrary.ensureInitialized()
        var state = crypto_hash_sha256_state()
        crypto_hash_sha256_init(&state)
        feed(&state)
        var storage = InlineBytes32()
        storage.withMutableBytes { _ = crypto_hash_sha256_final(&state, $0) }
        return Digest(storage: storage)
    }
}
