import Sodium

/// Everything that happened in a run, in order: hashed always, kept in words on demand.
///
/// Each event is one line of text; the hash is SHA-256 over all lines, each block chained to the
/// one before. Two runs with the same hash did the same things at the same virtual times and sent
/// the same bytes.
package struct Trace {
    /// One event as a person reads it.
    package struct Line: Sendable {
        /// Milliseconds since the world began.
        package var at: Int64
        /// Whom it happened to.
        package var host: String
        /// What happened, for people.
        package var words: String
        /// The line that is hashed.
        package var hashed: String
    }

    /// What happened. The names are the words of the hashed lines.
    enum Kind: String {
        case step, verb, refused, failed
        case connecting, connected, unreachable, disconnected, reconnects
        case sent, arrived, lost, doubled, delayed, cut
        case hint, subscribed
        case turn, timers, heartbeat, committed
        case applied, caughtUp, halted, busy, notice
        case crashed, started, stopped
        case consumed
        case backedUp, restored, cloned
        case fault, healed, phase
        case clock
        case ending
    }

    private static let blockByteCount = 1 << 16

    private var digest = Digest.zero
    private var block: [UInt8] = []
    private let keepsLines: Bool
    private let names: [String]
    /// The events in words; empty unless asked for.
    package private(set) var lines: [Line] = []
    private(set) var eventsCount = 0

    /// - Parameter names: what the hosts are called, by index; the last is the network.
    init(names: [String], keepsLines: Bool) {
        self.names = names
        self.keepsLines = keepsLines
        block.reserveCapacity(Self.blockByteCount + 256)
    }

    /// Adds an event.
    ///
    /// - Parameter words: for people; asked for only when lines are kept and never hashed.
    mutating func add(
        _ kind: Kind, at time: Int64, host: Int, _ first: Int64 = 0, _ second: UInt64 = 0,
        _ words: @autoclosure () -> String = ""
    ) {
        eventsCount += 1
        let start = block.count
        append(time)
        append(Int64(host))
        block.append(contentsOf: kind.rawValue.utf8)
        block.append(UInt8(ascii: " "))
        append(first)
        append(Int64(bitPattern: second))
        block[block.count - 1] = UInt8(ascii: "\n")
        let hashed = keepsLines ? String(decoding: block[start...].dropLast(), as: UTF8.self) : ""
        if block.count >= Self.blockByteCount { close() }
        guard keepsLines else { return }
        let spoken = words()
        lines.append(
            Line(
                at: time, host: names[host],
                words: spoken.isEmpty ? kind.rawValue : kind.rawValue + ": " + spoken,
                hashed: hashed))
    }

    /// The hash of everything so far.
    mutating func hash() -> Digest {
        close()
        return digest
    }

    private mutating func close() {
        guard !block.isEmpty else { return }
        digest = digest.chained(with: block)
        block.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ number: Int64) {
        var rest = number.magnitude
        let start = block.count
        repeat {
            block.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        if number < 0 { block.append(UInt8(ascii: "-")) }
        block[start...].reverse()
        block.append(UInt8(ascii: " "))
    }
}

/// A quick fingerprint of bytes for the lines of a trace (FNV-1a over words of eight bytes).
func fingerprint(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { raw in
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        var index = 0
        while index + 8 <= raw.count {
            value =
                (value ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                &* 0x100_0000_01B3
            value ^= value >> 29
            index += 8
        }
        while index < raw.count {
            value = (value ^ UInt64(raw[index])) &* 0x100_0000_01B3
            index += 1
        }
        return value
    }
}
