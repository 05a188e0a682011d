import CSodium

/// A secret shared by the writer and the reader of a message, for HMAC-SHA-256 cut to 16 bytes.
///
/// It never shows its bytes in a description, so that a log cannot leak it.
package struct MessageAuthenticationKey: Hashable, Sendable, CustomStringConvertible,
    CustomReflectable
{
    /// The number of bytes of a code: half of the HMAC, the least that RFC 2104 section 5 allows.
    package static let codeByteCount = 16

    /// The secret, for the store that keeps it.
    package let bytes: [UInt8]

    /// Takes a secret of any length but zero; nil for an empty one, with which anybody could sign.
    package init?(bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return nil }
        self.bytes = Array(bytes)
    }

    /// A fresh random secret of 32 bytes.
    package static func generate() -> MessageAuthenticationKey {
        MessageAuthenticationKey(unchecked: SecureRandom.bytes(count: InlineBytes32.byteCount))
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// The 16-byte code that only holders of the key can make for `message`.
    package func code(for message: [UInt8]) -> [UInt8] {
        hmacSHA256Truncated(key: bytes, message: message)
    }

    /// Whether `code` is the code of `message`; any other length is simply not valid.
    package func isValid(code: [UInt8], for message: [UInt8]) -> Bool {
        constantTimeEquals(code, self.code(for: message))
    }

    package static func == (left: Self, right: Self) -> Bool {
        constantTimeEquals(left.bytes, right.bytes)
    }

    package var description: String { "MessageAuthenticationKey(secret)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The first 16 bytes of HMAC-SHA-256 (RFC 2104, RFC 4231) of `message` under `key`.
package func hmacSHA256Truncated(key: [UInt8], message: [UInt8]) -> [UInt8] {
    SodiumLibrary.ensureInitialized()
    var state = crypto_auth_hmacsha256_state()
    var full = InlineBytes32()
    crypto_auth_hmacsha256_init(&state, key, key.count)
    crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
    full.withMutableBytes { _ = crypto_auth_hmacsha256_final(&state, $0) }
    sodium_memzero(&state, MemoryLayout.size(ofValue: state))
    return Array(full.bytes.prefix(MessageAuthenticationKey.codeByteCount))
}
