/// A choice of faults by name. Each world draws its own part of it: every fault is on in half of
/// the worlds, so that rare faults are also met without the common ones hiding them.
package enum FaultPreset: String, CaseIterable, Sendable {
    /// A healthy network, sound disks, right clocks.
    case none
    /// Faults of every kind.
    case mixed
    case network
    case process
    case disk
    case clock
    case restore
    case clone
    case version
    case revocation

    /// What `list-faults` says of it.
    package var meaning: String {
        switch self {
        case .none: "no faults"
        case .mixed: "faults of every kind"
        case .network: "lost, doubled and late frames, partitions, silent feeds"
        case .process: "machines that lose power, also in the middle of a commit"
        case .disk: "full disks, failing reads and writes"
        case .clock: "wrong, jumping, standing and drifting clocks"
        case .restore: "a hub that is put back to a backup"
        case .clone: "replicas that are copied or put back to old copies"
        case .version: "replicas and hubs of the protocol before and after"
        case .revocation: "devices that are revoked with unsent work"
        }
    }

    private var groups: Set<FaultOptions.Group> {
        switch self {
        case .none: []
        case .mixed: Set(FaultOptions.Group.allCases)
        case .network: [.network]
        case .process: [.process]
        case .disk: [.disk]
        case .clock: [.clock]
        case .restore: [.restore]
        case .clone: [.clone]
        case .version: [.version]
        case .revocation: [.revocation]
        }
    }

    /// The faults of one world.
    func drawn(_ random: inout SimulatedRandom, for tempo: Tempo) -> FaultOptions {
        var options = FaultOptions()
        draw(FaultOptions.fields.filter { !$0.group.isDrawnApart }, &random, into: &options)
        options.setDurations(groups, &random, tempo)
        return options
    }

    /// Adds the faults that have their own draws, so that a seed means the same world without
    /// them.
    func drawApart(_ random: inout SimulatedRandom, into options: inout FaultOptions) {
        draw(FaultOptions.fields.filter(\.group.isDrawnApart), &random, into: &options)
    }

    private func draw(
        _ fields: [FaultOptions.Field], _ random: inout SimulatedRandom,
        into options: inout FaultOptions
    ) {
        let groups = groups
        for field in fields where field.drawnMax > 0 {
            // Drawn also when it does not count, so that presets of one seed resemble each other.
            let isOn = random.chance(perMille: 500)
            let value = random.number(in: 1...field.drawnMax)
            if isOn, groups.contains(field.group) { options[keyPath: field.path] = value }
        }
    }
}

extension FaultOptions {
    fileprivate mutating func setDurations(
        _ groups: Set<Group>, _ random: inout SimulatedRandom, _ tempo: Tempo
    ) {
        let longest = tempo.faultMillisecondsMax
        let skew = random.pick(Self.skews)
        if groups.contains(.network) { networkFaultMillisecondsMax = longest }
        let hasPowerCuts = !groups.isDisjoint(with: [.process, .restore, .clone])
        if hasPowerCuts { downMillisecondsMax = longest }
        if groups.contains(.disk) { diskFaultMillisecondsMax = tempo.diskFaultMillisecondsMax }
        guard groups.contains(.clock) else { return }
        skewMillisecondsMax = skew
        clockJumpMillisecondsMax = random.pick(Self.jumps)
        clockFaultMillisecondsMax = longest
    }

    private static let minute = 60_000
    private static let hour = 60 * minute
    private static let day = 24 * hour
    /// None, seconds, an hour, a day, and clocks that know no year.
    private static let skews = [0, 2_000, 5 * minute, hour, day, 20 * 365 * day]
    private static let jumps = [5_000, 3 * minute, hour, day, 3 * 365 * day]
}
