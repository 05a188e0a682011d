import TicketModel

/// Two-character codes for provisional numbers, without the characters that people confuse.
package enum ReplicaCode {
    private static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")

    /// Two characters that tell the identities of one device's replicas apart.
    static func suffix(of replica: ReplicaID) -> String {
        let count = UInt128(alphabet.count)
        let digits = [replica.rawValue % count, replica.rawValue / count % count]
        return String(digits.map { alphabet[Int($0)] })
    }

    /// The code of the device that is the `index`th, from 0; past 1,024 devices a third character
    /// follows, past 32,768 a fourth.
    package static func text(_ index: Int) -> String {
        precondition(index >= 0, "devices are counted from 0, got \(index)")
        var rest = index
        var digits: [Character] = []
        var capacity = alphabet.count * alphabet.count
        var length = 2
        while rest >= capacity {
            rest -= capacity
            capacity *= alphabet.count
            length += 1
        }
        for _ in 0..<length {
            digits.append(alphabet[rest % alphabet.count])
            rest /= alphabet.count
        }
        return String(digits.reversed())
    }

    /// Which device `text` is the code of; nil when it is no code.
    package static func index(of text: String) -> Int? {
        let digits = text.map { alphabet.firstIndex(of: $0) }
        guard (2...4).contains(digits.count), !digits.contains(nil) else { return nil }
        let rest = digits.compactMap(\.self).reduce(0) { $0 * alphabet.count + $1 }
        // Shorter codes come first.
        let shorter = (2..<digits.count).reduce((0, alphabet.count * alphabet.count)) { sum, _ in
            (sum.0 + sum.1, sum.1 * alphabet.count)
        }
        return rest + shorter.0
    }
}
