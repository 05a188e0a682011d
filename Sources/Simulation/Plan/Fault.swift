/// One fault at one moment, with everything that it needs to happen again in the same way.
package enum Fault: Hashable, Sendable {
    /// Which frames of a link get through.
    package enum Way: Int, Hashable, Sendable, CaseIterable {
        case both
        /// Nothing reaches the hub.
        case toHub
        /// Nothing comes from the hub.
        case fromHub
    }

    /// These replicas lose the hub.
    case partition(hosts: [Int], way: Way, milliseconds: Int64)
    /// A link goes down and up again and again.
    case flap(host: Int, times: Int, milliseconds: Int64)
    /// Links fail one after the other and heal in the opposite order.
    case swizzle(hosts: [Int], milliseconds: Int64)
    /// What a replica said on an earlier connection arrives once more, on a connection of its own.
    case replay(host: Int)
    case feedStop(milliseconds: Int64)
    case subscriberStall(host: Int, milliseconds: Int64)
    /// A machine loses power.
    case crash(host: Int, downMilliseconds: Int64)
    /// The hub says goodbye and starts again.
    case restartHub(downMilliseconds: Int64)
    /// A machine loses power at its nth store transaction from now.
    case crashAtCommit(
        host: Int, transactions: Int, isAfterCommit: Bool, downMilliseconds: Int64)
    /// The hub's store is copied, and what the copy holds counts as safe.
    case backUpHub
    /// The newest backup takes the place of the hub's store; silently when nobody tells the hub.
    case restoreHub(isSilent: Bool, downMilliseconds: Int64)
    /// A replica's store is copied.
    case copyField(host: Int)
    /// The last copy takes the place of a replica's store.
    case restoreField(host: Int, downMilliseconds: Int64)
    /// A replica's home is copied to another machine, and both go on.
    case cloneField(copy: Int)
    case fullDisk(host: Int, milliseconds: Int64)
    /// Writes fail at the nth operation of a transaction.
    case writeErrors(host: Int, count: Int, operation: Int)
    case readErrors(host: Int, count: Int)
    case clockJump(host: Int, milliseconds: Int64)
    case clockFreeze(host: Int, milliseconds: Int64)
    case clockDrift(host: Int, perMille: Int, milliseconds: Int64)
    /// A machine that spoke up to one protocol until now speaks up to another from now on; a hub
    /// is away for a while.
    case upgrade(host: Int, from: Int, to: Int, downMilliseconds: Int64)
    /// The operator revokes a device, and all copies of it.
    case revoke(host: Int)

    /// The kind by which reports count it; the names of `list-faults` where there is one.
    package var kind: String {
        switch self {
        case .partition: "partitions"
        case .flap: "flaps"
        case .swizzle: "swizzles"
        case .replay: "replays"
        case .feedStop: "feed-stops"
        case .subscriberStall: "subscriber-stalls"
        case .crash: "crashes"
        case .restartHub: "hub-restarts"
        case .crashAtCommit: "crashes-at-commit"
        case .backUpHub: "hub-backups"
        case .restoreHub: "hub-restores"
        case .copyField: "field-copies"
        case .restoreField: "field-restores"
        case .cloneField: "clones"
        case .fullDisk: "full-disks"
        case .writeErrors: "write-errors"
        case .readErrors: "read-errors"
        case .clockJump: "clock-jumps"
        case .clockFreeze: "clock-freezes"
        case .clockDrift: "clock-drifts"
        case .upgrade: "upgrades"
        case .revoke: "revocations"
        }
    }
}

/// Something that happens to one frame of one link.
package struct FrameFault: Hashable, Sendable {
    /// What happens to the frame.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// It vanishes; the connection stays.
        case lost = "frame-loss"
        /// The connection breaks at it.
        case cut = "frame-cut"
        case doubled = "frame-doubled"
        /// Later frames arrive before it.
        case overtaken = "frame-overtaken"
        /// A hint of the feed that vanishes.
        case hintLost = "hint-loss"
    }

    /// A direction of a link.
    package enum Lane: Int, Hashable, Sendable, CaseIterable {
        case toHub = 0
        case fromHub
        case feed
    }

    /// The replica whose link it is.
    package var host: Int
    /// The direction.
    package var lane: Lane
    /// The frame's place among all that took this lane, from 0.
    package var index: Int
    /// What happens to the frame.
    package var kind: Kind
}

/// Where the faults of single frames come from.
package enum FrameFaults: Hashable, Sendable {
    /// Tossed for every frame, from the seed.
    case drawn
    /// Exactly these: how a run is replayed and made smaller.
    case listed([FrameFault])
}
