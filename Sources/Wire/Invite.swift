import Foundation
import Replication
import Sodium
import TicketModel

/// A one-use permission to join a hub, as text that fits a message or a slip of paper.
///
/// `LDI1-` and then, in base64url: server key (32), the bearer's secret key (32), expiry in
/// milliseconds (8, big-endian), the endpoint in UTF-8, and the first 4 bytes of the SHA-256 of all
/// that.
package struct Invite: Hashable, Sendable {
    /// Where the hub listens: `tcp://host:port`.
    package var endpoint: String
    /// The hub's CURVE public key, 32 bytes.
    package var serverKey: [UInt8]
    /// The CURVE secret key that the bearer shows, 32 bytes.
    package var secretKey: [UInt8]
    package var expiresAt: Timestamp

    package init(
        endpoint: String, serverKey: [UInt8], secretKey: [UInt8], expiresAt: Timestamp
    ) {
        precondition(
            serverKey.count == 32 && secretKey.count == 32,
            "keys have 32 bytes, got \(serverKey.count) and \(secretKey.count)")
        self.endpoint = endpoint
        self.serverKey = serverKey
        self.secretKey = secretKey
        self.expiresAt = expiresAt
    }

    /// Why a text is not an invite.
    package enum Problem: Error, Hashable, Sendable {
        case notAnInvite
        /// Written by a newer version.
        case newerVersion
        /// A character is missing or wrong.
        case mistyped
    }

    package static let prefix = "LDI1-"
    /// The longest endpoint that fits.
    package static let endpointByteCountMax = 255

    /// The printable form.
    package var text: String {
        var bytes = serverKey + secretKey
        bytes += bigEndian(UInt64(bitPattern: expiresAt.milliseconds))
        bytes += Array(endpoint.utf8)
        bytes += Digest.sha256(bytes).bytes.prefix(4)
        return Self.prefix
            + Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// Reads the printable form; white space around and inside it does not matter.
    ///
    /// - Throws: `Problem`.
    package init(_ text: String) throws(Problem) {
        let compact = text.filter { !$0.isWhitespace }
        guard compact.hasPrefix("LDI") else { throw .notAnInvite }
        guard compact.hasPrefix(Self.prefix) else {
            let version = compact.dropFirst(3).prefix { $0.isASCII && $0.isNumber }
            // "LDI1" without its dash is this version, cut short.
            if version == "1" { throw .mistyped }
            throw version.isEmpty ? .notAnInvite : .newerVersion
        }
        let digits = compact.dropFirst(Self.prefix.count).replacing("-", with: "+")
            .replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - digits.count % 4) % 4)
        // The last digit has bits that no byte takes: they must be as they were written.
        guard let data = Data(base64Encoded: digits + padding),
            data.base64EncodedString() == digits + padding
        else { throw .mistyped }
        let bytes = Array(data)
        guard bytes.count > 76, bytes.count <= 76 + Self.endpointByteCountMax,
            Digest.sha256(Array(bytes.dropLast(4))).bytes.prefix(4).elementsEqual(bytes.suffix(4)),
            let endpoint = String(validating: bytes[72..<(bytes.count - 4)], as: UTF8.self)
        else { throw .mistyped }
        let expiry = bytes[64..<72].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(
            endpoint: endpoint, serverKey: Array(bytes[..<32]), secretKey: Array(bytes[32..<64]),
            expiresAt: Timestamp(milliseconds: Int64(bitPattern: expiry)))
    }
}
