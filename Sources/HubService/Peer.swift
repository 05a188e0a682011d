import Replication
import TicketModel

/// What the transport's key table calls a peer.
package enum Peer: Hashable, Sendable {
    case device(DeviceID)
    /// A device that was revoked: it may hand over what it has not sent, and nothing else.
    case revoked(DeviceID)
    /// The bearer of an invite, by the invite's public key.
    case invite(key: [UInt8])

    /// Reads a name made by `name`; nil for anything else.
    package init?(name: String) {
        if name.hasPrefix("device:"), let device = DeviceID(String(name.dropFirst(7))) {
            self = .device(device)
        } else if name.hasPrefix("revoked:"), let device = DeviceID(String(name.dropFirst(8))) {
            self = .revoked(device)
        } else if name.hasPrefix("invite:"), let key = KeyText.bytes(name.dropFirst(7)) {
            self = .invite(key: key)
        } else {
            return nil
        }
    }

    /// The ZAP User-Id.
    package var name: String {
        switch self {
        case .device(let device): "device:\(device)"
        case .revoked(let device): "revoked:\(device)"
        case .invite(let key): "invite:" + KeyText.text(key)
        }
    }
}

/// Public keys as hexadecimal text.
package enum KeyText {
    /// Lower-case digits, two a byte.
    package static func text(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The 32 bytes in 64 digits; nil for any other text.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        // A leading sign parses as a number too but is no digit.
        guard digits.count == 64, !digits.contains(where: { $0 == 0x2B || $0 == 0x2D }) else {
            return nil
        }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

extension HubReader {
    /// Who may connect, by public key, and what the transport calls them.
    ///
    /// Invites stay even when they are used or expired, so that their bearer gets a clear answer. A
    /// revoked device is let in to hand over its unsent work; it is shown nothing.
    ///
    /// - Throws: `StoreError`.
    package func peerNames() throws -> [[UInt8]: String] {
        var names: [[UInt8]: String] = [:]
        for invite in try invites() {
            names[invite.curveKey] = Peer.invite(key: invite.curveKey).name
        }
        for device in try devices() {
            let peer: Peer = device.isRevoked ? .revoked(device.device) : .device(device.device)
            names[device.curveKey] = peer.name
        }
        return names
    }
}
