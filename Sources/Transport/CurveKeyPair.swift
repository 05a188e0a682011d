import CZeroMQ

/// A public CURVE key: 32 bytes, the identity of a device or a hub on the network.
package struct CurvePublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The size of either half of a key pair.
    package static let byteCount = 32

    /// The key's 32 bytes.
    package let rawBytes: [UInt8]

    /// - Throws: `TransportError` (`invalidKey`) unless there are 32 bytes.
    package init(rawBytes: [UInt8]) throws(TransportError) {
        self.rawBytes = try checked(rawBytes)
    }

    /// - Throws: `TransportError` (`invalidKey`) unless the text is 40 characters of Z85.
    package init(z85: String) throws(TransportError) {
        rawBytes = try decodeZ85(z85)
    }

    /// The key as 40 printable characters (ZeroMQ RFC 32).
    package var z85: String { encodeZ85(rawBytes) }

    /// The key as text.
    package var description: String { z85 }
}

/// A secret CURVE key; its description never shows it.
package struct CurveSecretKey: Sendable, Equatable, CustomStringConvertible {
    /// The key's 32 bytes.
    package let rawBytes: [UInt8]

    /// - Throws: `TransportError` (`invalidKey`) unless there are 32 bytes.
    package init(rawBytes: [UInt8]) throws(TransportError) {
        self.rawBytes = try checked(rawBytes)
    }

    /// - Throws: `TransportError` (`invalidKey`) unless the text is 40 characters of Z85.
    package init(z85: String) throws(TransportError) {
        rawBytes = try decodeZ85(z85)
    }

    /// The key as 40 printable characters, for a file that only its owner can read.
    package var z85: String { encodeZ85(rawBytes) }

    /// A fixed text, so that no log shows the key.
    package var description: String { "secret key" }
}

/// Both halves of a CURVE key.
package struct CurveKeyPair: Sendable, Equatable {
    /// The half that others know.
    package let publicKey: CurvePublicKey
    /// The half that never leaves this machine.
    package let secretKey: CurveSecretKey

    /// Derives the public half.
    ///
    /// - Throws: `TransportError` (`invalidKey`) when libzmq cannot derive it.
    package init(secretKey: CurveSecretKey) throws(TransportError) {
        self.secretKey = secretKey
        var text = [CChar](repeating: 0, count: z85CharacterCount + 1)
        guard zmq_curve_public(&text, secretKey.z85) == 0 else { throw .last("Deriving a key") }
        publicKey = try CurvePublicKey(z85: String(z85Buffer: text))
    }

    private init(publicKey: CurvePublicKey, secretKey: CurveSecretKey) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// A fresh pair from the system's randomness.
    ///
    /// - Throws: `TransportError` (`unexpected`) when libzmq was built without CURVE.
    package static func generate() throws(TransportError) -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: z85CharacterCount + 1)
        var secretText = publicText
        guard zmq_curve_keypair(&publicText, &secretText) == 0 else {
            throw .last("Generating a key pair")
        }
        return CurveKeyPair(
            publicKey: try CurvePublicKey(z85: String(z85Buffer: publicText)),
            secretKey: try CurveSecretKey(z85: String(z85Buffer: secretText)))
    }
}

private let z85CharacterCount = 40

extension String {
    fileprivate init(z85Buffer: [CChar]) {
        self.init(
            decoding: z85Buffer.prefix(z85CharacterCount).map(UInt8.init(bitPattern:)),
            as: UTF8.self)
    }
}

private func checked(_ bytes: [UInt8]) throws(TransportError) -> [UInt8] {
    guard bytes.count == CurvePublicKey.byteCount else {
        throw TransportError(
            .invalidKey, "A CURVE key has 32 bytes, this one \(bytes.count); check the key file")
    }
    return bytes
}

private func decodeZ85(_ text: String) throws(TransportError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: CurvePublicKey.byteCount)
    guard text.utf8.count == z85CharacterCount, !text.utf8.contains(0),
        zmq_z85_decode(&bytes, text) != nil
    else {
        throw TransportError(
            .invalidKey, "A CURVE key is 40 characters of Z85; copy the whole key again")
    }
    return bytes
}

private func encodeZ85(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: z85CharacterCount + 1)
    zmq_z85_encode(&text, bytes, bytes.count)
    return String(z85Buffer: text)
}
