/// How time passes in a world: whether a run shows some lively minutes or some quiet weeks.
package enum Tempo: String, CaseIterable, Sendable {
    /// Everybody is on the line; heartbeats as they ship.
    case minutes
    /// Some are on the line, the others sync now and then.
    case hours
    /// Laptops that are opened once in a while.
    case weeks

    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 60 * minute
    private static let day: Int64 = 24 * hour

    /// How long people work before everything is healed.
    var lengthMilliseconds: ClosedRange<Int64> {
        switch self {
        case .minutes: 3 * Self.minute...8 * Self.minute
        case .hours: 2 * Self.hour...12 * Self.hour
        case .weeks: 7 * Self.day...60 * Self.day
        }
    }

    /// Longest absence that a fault causes.
    var faultMillisecondsMax: Int {
        switch self {
        case .minutes: 90_000
        case .hours: 5_400_000
        case .weeks: 12 * 86_400_000
        }
    }

    /// How often the hub shows on the feed that it lives; one second ships.
    var heartbeatMilliseconds: ClosedRange<Int64> {
        switch self {
        case .minutes: 1_000...1_000
        case .hours: Self.minute...5 * Self.minute
        case .weeks: 6 * Self.hour...12 * Self.hour
        }
    }

    /// After how much silence a live connection asks for a sign of life; ten seconds ship.
    var silenceMilliseconds: ClosedRange<Int64> {
        switch self {
        case .minutes: 5_000...15_000
        case .hours: 5 * Self.minute...20 * Self.minute
        case .weeks: 12 * Self.hour...24 * Self.hour
        }
    }

    /// How often those who do not stay on the line sync.
    var syncMilliseconds: ClosedRange<Int64> {
        switch self {
        case .minutes: 8_000...60_000
        case .hours: 4 * Self.minute...Self.hour
        case .weeks: 2 * Self.hour...4 * Self.day
        }
    }

    /// The longest pause between two attempts to connect; a minute ships.
    var retryMillisecondsMax: Int64 {
        switch self {
        case .minutes: Self.minute
        case .hours: 10 * Self.minute
        case .weeks: 6 * Self.hour
        }
    }

    /// Longest failure of a disk: long enough to be met, short enough that the world does not
    /// consist of it.
    var diskFaultMillisecondsMax: Int {
        switch self {
        case .minutes: 60_000
        case .hours: 600_000
        case .weeks: 3_600_000
        }
    }

    /// The promised times of the policy: urgent, important, normal.
    func limits(isStrict: Bool) -> (urgent: String, important: String, normal: String) {
        if isStrict { return self == .minutes ? ("15s", "30s", "80s") : ("6m", "15m", "50m") }
        return switch self {
        case .minutes: ("40s", "100s", "4m")
        case .hours: ("10m", "40m", "3h")
        case .weeks: ("1h", "4h", "24h")
        }
    }

    /// Replicas per thousand that stay on the line.
    var liveChancePerMille: Int {
        switch self {
        case .minutes: 700
        case .hours: 400
        case .weeks: 100
        }
    }
}
