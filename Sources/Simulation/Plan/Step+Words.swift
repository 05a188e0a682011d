import TicketModel

/// A length of time as people say it: `2.5 s`, `40 min`, `3 d`.
func words(milliseconds: Int64) -> String {
    let units: [(Int64, String)] = [
        (86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"),
    ]
    for (size, name) in units where milliseconds.magnitude >= UInt64(2 * size) {
        let tenths = milliseconds * 10 / size
        return tenths % 10 == 0
            ? "\(tenths / 10) \(name)" : "\(tenths / 10).\(tenths.magnitude % 10) \(name)"
    }
    return "\(milliseconds) ms"
}

/// A moment of virtual time: `3d 04:05:06.789`.
package func clockText(_ time: Int64) -> String {
    let digits = { (number: Int64, count: Int) in
        String(repeating: "0", count: max(0, count - String(number).count)) + String(number)
    }
    let (days, rest) = time.quotientAndRemainder(dividingBy: 86_400_000)
    let seconds = rest / 1_000
    return (days > 0 ? "\(days)d " : "") + digits(seconds / 3_600, 2) + ":"
        + digits(seconds / 60 % 60, 2) + ":" + digits(seconds % 60, 2) + "."
        + digits(rest % 1_000, 3)
}

extension Plan {
    /// A step as a person reads it.
    package func words(for step: Step) -> String {
        "\(clockText(step.at))  step \(step.id): \(words(for: step.action))"
    }

    /// The fault of a frame as a person reads it.
    package func words(for fault: FrameFault) -> String {
        let lane =
            switch fault.lane {
            case .toHub: "frame to the hub"
            case .fromHub: "frame from the hub"
            case .feed: "hint"
            }
        let what =
            switch fault.kind {
            case .lost, .hintLost: "is lost"
            case .cut: "breaks the connection"
            case .doubled: "arrives twice"
            case .overtaken: "is overtaken by later ones"
            }
        return "\(name(fault.host)): \(lane) no. \(fault.index) \(what)"
    }

    private func words(for action: Step.Action) -> String {
        switch action {
        case .work(let host, let verb): "\(name(host)): \(verb.rawValue)"
        case .sync(let host): "\(name(host)) syncs"
        case .consume(let host, let dies):
            "\(name(host)) reads the feeds" + (dies ? " and dies before it says so" : "")
        case .administer(let act): words(for: act)
        case .fault(let fault): words(for: fault)
        }
    }

    private func words(for act: Administration) -> String {
        switch act {
        case .setActive(let member, let isActive):
            "the office: the person of \(name(member)) \(isActive ? "is back" : "has left")"
        case .setRole(let member, let role):
            "the office: the person of \(name(member)) is now a \(role.rawValue)"
        case .loadPolicy(let isStrict):
            "the office: a policy with \(isStrict ? "shorter" : "the first") promised times"
        }
    }

    /// A fault as a person reads it.
    func words(for fault: Fault) -> String {
        switch fault {
        case .partition(let hosts, let way, let length):
            "\(names(hosts)) cut off \(words(for: way)) for \(span(length))"
        case .flap(let host, let times, let length):
            "the link of \(name(host)) goes down and up \(times) times, each for \(span(length))"
        case .swizzle(let hosts, let length):
            "links fail in turn and heal in reverse: \(names(hosts)), \(span(length)) apart"
        case .replay(let host):
            "everything that \(name(host)) said on an earlier connection arrives once more"
        case .feedStop(let length): "the feed falls silent for \(span(length))"
        case .subscriberStall(let host, let length):
            "\(name(host)) takes nothing from the feed for \(span(length))"
        case .crash(let host, let length):
            "\(name(host)) loses power and is down for \(span(length))"
        case .restartHub(let length): "the hub says goodbye and is back after \(span(length))"
        case .crashAtCommit(let host, let count, let isAfter, let length):
            "\(name(host)) loses power \(isAfter ? "after" : "before") the commit of transaction "
                + "\(count) from now and is down for \(span(length))"
        case .backUpHub: "a backup of the hub is made"
        case .restoreHub(let isSilent, let length):
            "the hub is put back to its last backup\(isSilent ? ", silently," : "") and is back "
                + "after \(span(length))"
        case .copyField(let host): "the store of \(name(host)) is copied"
        case .restoreField(let host, let length):
            "the store of \(name(host)) is put back to its last copy; back after \(span(length))"
        case .cloneField(let copy):
            "\(name(world.members[copy].copyOf ?? copy)) is copied to \(name(copy)), both go on"
        case .fullDisk(let host, let length):
            "the disk of \(name(host)) is full for \(span(length))"
        case .writeErrors(let host, let count, let operation):
            "\(name(host)): \(count) transactions fail at write \(operation)"
        case .readErrors(let host, let count): "\(name(host)): \(count) reads fail"
        case .clockJump(let host, let length):
            "the clock of \(name(host)) is set \(length < 0 ? "back" : "forward") by "
                + span(length.magnitude > Int64.max.magnitude ? 0 : abs(length))
        case .clockFreeze(let host, let length):
            "the clock of \(name(host)) stands still for \(span(length))"
        case .clockDrift(let host, let rate, let length):
            "the clock of \(name(host)) runs at \(rate)/1000 for \(span(length))"
        case .upgrade(let host, let former, let version, _):
            "\(name(host)) speaks protocol \(version) from now on, not \(former)"
        case .revoke(let host): "the device of \(name(host)) is revoked"
        }
    }

    private func words(for way: Fault.Way) -> String {
        switch way {
        case .both: "from the hub"
        case .toHub: "towards the hub only"
        case .fromHub: "from the hub's answers only"
        }
    }

    private func span(_ milliseconds: Int64) -> String {
        Simulation.words(milliseconds: milliseconds)
    }

    private func name(_ host: Int) -> String {
        world.names.indices.contains(host) ? world.names[host] : "host \(host)"
    }

    private func names(_ hosts: [Int]) -> String { hosts.map(name).joined(separator: ", ") }
}
