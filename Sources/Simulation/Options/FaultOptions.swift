/// Which faults a world meets, how often and how long. Every field has its unit in its name; 0
/// switches a fault off.
///
/// A fault that is written down by count happens that often in one world, at random moments; one
/// that is written down per mille is tossed for every frame.
package struct FaultOptions: Hashable, Sendable {
    // MARK: Network

    /// Frames that vanish without the connection ending: a half-open link, a full queue.
    package var frameLossPerMille = 0
    /// Frames at which the connection breaks; what was sent before may still arrive.
    package var frameCutPerMille = 0
    /// Frames that arrive twice.
    package var frameDoubledPerMille = 0
    /// Frames that are overtaken by later ones.
    package var frameOvertakenPerMille = 0
    /// Hints of the feed that vanish.
    package var hintLossPerMille = 0
    /// Times that some replicas lose the hub, one way or both.
    package var partitionsCount = 0
    /// Times that a replica's link goes up and down again and again.
    package var flapsCount = 0
    /// Times that links fail one after the other and heal in the opposite order.
    package var swizzlesCount = 0
    /// Times that everything a replica said on an earlier connection arrives once more.
    package var replaysCount = 0
    /// Times that the hub's feed falls silent.
    package var feedStopsCount = 0
    /// Times that a subscriber takes nothing from the feed and then everything at once.
    package var subscriberStallsCount = 0
    /// The longest that a fault of the network lasts.
    package var networkFaultMillisecondsMax = 0

    // MARK: Processes

    /// Times that a replica's machine loses power.
    package var fieldCrashesCount = 0
    /// Times that the hub's machine loses power.
    package var hubCrashesCount = 0
    /// Times that the hub says goodbye and starts again.
    package var hubRestartsCount = 0
    /// Times that power fails at a store operation, before or after its commit.
    package var crashesAtCommitCount = 0
    /// The longest that a machine stays down.
    package var downMillisecondsMax = 0

    // MARK: Disks

    /// Times that a disk is full for a while.
    package var fullDisksCount = 0
    /// Times that one to three writes fail, some in the middle of a transaction.
    package var writeErrorsCount = 0
    /// Times that one to three reads fail.
    package var readErrorsCount = 0
    /// The longest that a disk stays full.
    package var diskFaultMillisecondsMax = 0

    // MARK: Clocks

    /// How wrong a clock may be from the start, either way.
    package var skewMillisecondsMax = 0
    /// Times that a clock is set forward or back.
    package var clockJumpsCount = 0
    /// How far a clock is set at most, either way.
    package var clockJumpMillisecondsMax = 0
    /// Times that a clock stands still for a while.
    package var clockFreezesCount = 0
    /// Times that a clock runs too fast or too slow for a while.
    package var clockDriftsCount = 0
    /// How wrong the rate of a clock may be; 1,000 is double speed or standstill.
    package var clockDriftPerMilleMax = 0
    /// The longest that a clock stands still or drifts.
    package var clockFaultMillisecondsMax = 0

    // MARK: Old copies

    /// Times that the hub is put back to its last backup.
    package var hubRestoresCount = 0
    /// How many of a hundred restores nobody tells the hub of.
    package var silentRestoresPercent = 0
    /// Times that a replica's store is put back to an older copy.
    package var fieldRestoresCount = 0
    /// Times that a replica's home is copied and both copies go on.
    package var clonesCount = 0

    // MARK: Versions

    /// Machines that begin with the protocol before, or get the one after, at a random moment.
    package var upgradesCount = 0

    // MARK: Devices

    /// Devices that are revoked, whatever they have not sent.
    package var revocationsCount = 0

    /// No faults at all.
    package init() {}

    /// One field with its name on the command line.
    package struct Field: Sendable {
        /// What `--set` and reports call it.
        package var name: String
        /// What its number counts.
        package var unit: String
        /// What happens, in a few words.
        package var meaning: String
        /// The group of presets that it belongs to.
        package var group: Group
        /// Where it stands in the options.
        package let path: any WritableKeyPath<FaultOptions, Int> & Sendable
        /// What a mixed world draws at most; durations come from the tempo instead.
        let drawnMax: Int
    }

    /// What a fault is a fault of.
    package enum Group: String, CaseIterable, Sendable {
        case network, process, disk, clock, restore, clone, version, revocation

        var isDrawnApart: Bool { [.version, .revocation].contains(self) }
    }
}

extension FaultOptions {
    /// All fields, in the order of `list-faults`.
    package static let fields: [Field] = [
        Field(
            name: "frame-loss", unit: "per mille", meaning: "frames that vanish without a trace",
            group: .network, path: \.frameLossPerMille, drawnMax: 30),
        Field(
            name: "frame-cut", unit: "per mille", meaning: "frames at which the connection breaks",
            group: .network, path: \.frameCutPerMille, drawnMax: 60),
        Field(
            name: "frame-doubled", unit: "per mille", meaning: "frames that arrive twice",
            group: .network, path: \.frameDoubledPerMille, drawnMax: 60),
        Field(
            name: "frame-overtaken", unit: "per mille", meaning: "frames that later ones overtake",
            group: .network, path: \.frameOvertakenPerMille, drawnMax: 60),
        Field(
            name: "hint-loss", unit: "per mille", meaning: "hints of the feed that vanish",
            group: .network, path: \.hintLossPerMille, drawnMax: 600),
        Field(
            name: "partitions", unit: "count",
            meaning: "some replicas lose the hub, one way or both",
            group: .network, path: \.partitionsCount, drawnMax: 5),
        Field(
            name: "flaps", unit: "count", meaning: "a link goes up and down again and again",
            group: .network, path: \.flapsCount, drawnMax: 3),
        Field(
            name: "swizzles", unit: "count",
            meaning: "links fail in turn and heal in reverse order",
            group: .network, path: \.swizzlesCount, drawnMax: 2),
        Field(
            name: "replays", unit: "count", meaning: "an old connection arrives once more",
            group: .network, path: \.replaysCount, drawnMax: 4),
        Field(
            name: "feed-stops", unit: "count", meaning: "the hub's feed falls silent",
            group: .network, path: \.feedStopsCount, drawnMax: 3),
        Field(
            name: "subscriber-stalls", unit: "count",
            meaning: "a subscriber takes nothing for long",
            group: .network, path: \.subscriberStallsCount, drawnMax: 3),
        Field(
            name: "network-fault-max", unit: "milliseconds",
            meaning: "how long network faults last",
            group: .network, path: \.networkFaultMillisecondsMax, drawnMax: 0),
        Field(
            name: "field-crashes", unit: "count", meaning: "a replica's machine loses power",
            group: .process, path: \.fieldCrashesCount, drawnMax: 6),
        Field(
            name: "hub-crashes", unit: "count", meaning: "the hub's machine loses power",
            group: .process, path: \.hubCrashesCount, drawnMax: 4),
        Field(
            name: "hub-restarts", unit: "count", meaning: "the hub says goodbye and starts again",
            group: .process, path: \.hubRestartsCount, drawnMax: 2),
        Field(
            name: "crashes-at-commit", unit: "count",
            meaning: "power fails at a store operation, before or after its commit",
            group: .process, path: \.crashesAtCommitCount, drawnMax: 8),
        Field(
            name: "down-max", unit: "milliseconds", meaning: "how long a machine stays down",
            group: .process, path: \.downMillisecondsMax, drawnMax: 0),
        Field(
            name: "full-disks", unit: "count", meaning: "a disk is full for a while",
            group: .disk, path: \.fullDisksCount, drawnMax: 3),
        Field(
            name: "write-errors", unit: "count", meaning: "one to three writes fail",
            group: .disk, path: \.writeErrorsCount, drawnMax: 5),
        Field(
            name: "read-errors", unit: "count", meaning: "one to three reads fail",
            group: .disk, path: \.readErrorsCount, drawnMax: 5),
        Field(
            name: "disk-fault-max", unit: "milliseconds", meaning: "how long a disk stays full",
            group: .disk, path: \.diskFaultMillisecondsMax, drawnMax: 0),
        Field(
            name: "skew-max", unit: "milliseconds", meaning: "how wrong clocks are from the start",
            group: .clock, path: \.skewMillisecondsMax, drawnMax: 0),
        Field(
            name: "clock-jumps", unit: "count", meaning: "a clock is set forward or back",
            group: .clock, path: \.clockJumpsCount, drawnMax: 4),
        Field(
            name: "clock-jump-max", unit: "milliseconds", meaning: "how far a clock is set",
            group: .clock, path: \.clockJumpMillisecondsMax, drawnMax: 0),
        Field(
            name: "clock-freezes", unit: "count", meaning: "a clock stands still for a while",
            group: .clock, path: \.clockFreezesCount, drawnMax: 3),
        Field(
            name: "clock-drifts", unit: "count", meaning: "a clock runs too fast or too slow",
            group: .clock, path: \.clockDriftsCount, drawnMax: 3),
        Field(
            name: "clock-drift-max", unit: "per mille", meaning: "how wrong the rate may be",
            group: .clock, path: \.clockDriftPerMilleMax, drawnMax: 1_000),
        Field(
            name: "clock-fault-max", unit: "milliseconds", meaning: "how long a clock misbehaves",
            group: .clock, path: \.clockFaultMillisecondsMax, drawnMax: 0),
        Field(
            name: "hub-restores", unit: "count", meaning: "the hub is put back to its last backup",
            group: .restore, path: \.hubRestoresCount, drawnMax: 3),
        Field(
            name: "silent-restores", unit: "percent",
            meaning: "restores that the hub is not told of",
            group: .restore, path: \.silentRestoresPercent, drawnMax: 100),
        Field(
            name: "field-restores", unit: "count", meaning: "a replica is put back to an old copy",
            group: .clone, path: \.fieldRestoresCount, drawnMax: 3),
        Field(
            name: "clones", unit: "count", meaning: "a home is copied and both copies go on",
            group: .clone, path: \.clonesCount, drawnMax: 2),
        Field(
            name: "upgrades", unit: "count",
            meaning: "a machine speaks another protocol, until or from some moment on",
            group: .version, path: \.upgradesCount, drawnMax: 3),
        Field(
            name: "revocations", unit: "count",
            meaning: "a device is revoked, with what it has not sent",
            group: .revocation, path: \.revocationsCount, drawnMax: 1),
    ]
}
