import CCrashVFS

/// What a crash did to that which no sync had made durable.
enum CrashOutcome: String, CaseIterable, Sendable {
    /// The process died: everything that was written is there.
    case kill
    /// The machine died at once: everything since the last sync of each file is lost.
    case lost
    /// As `kill`, but the last write reached the disk only in part.
    case torn
    /// The machine died while it wrote back in its own order: of the writes, sectors, renamings and
    /// deletions some happened.
    case reordered
}

/// One moment of a recording and what a crash made of it.
struct CrashState: Sendable {
    /// How many events happened before the crash.
    var eventsCount: Int
    var outcome: CrashOutcome
    /// What reached the disk although no sync had asked for it, in order.
    var pieces: [crash_piece]
    /// For a person: which choice this was.
    var choice: String

    var description: String { "\(outcome.rawValue) after \(eventsCount) events\(choice)" }
}

/// All the crashes of a recording.
struct CrashStates {
    /// What a disk writes whole or not at all.
    static let sectorByteCount: Int64 = 512

    let events: [crash_event]

    /// The events before the crash that no sync had made durable.
    private func unsynced(at count: Int) -> [Int] {
        (0..<count).filter { events[$0].durable_at >= count && events[$0].isChange }
    }

    func kill(_ count: Int) -> CrashState {
        CrashState(
            eventsCount: count, outcome: .kill, pieces: unsynced(at: count).map(whole),
            choice: "")
    }

    /// Directly before and after each sync, and both ends: what is durable changes nowhere else.
    var pointsAroundSyncs: [Int] {
        (0...events.count).filter { count in
            count == 0 || count == events.count || !events[count - 1].isChange
                || !events[count].isChange
        }
    }

    func lost(_ count: Int) -> CrashState {
        CrashState(eventsCount: count, outcome: .lost, pieces: [], choice: "")
    }

    /// The last write that was not durable and is longer than a sector, cut at each of its sectors:
    /// the front of it happened, or the back.
    func torn(_ count: Int) -> [CrashState] {
        let unsynced = unsynced(at: count)
        guard let last = unsynced.last(where: { cuts(of: $0).count > 0 }) else { return [] }
        let before = unsynced.filter { $0 < last }.map(whole)
        let after = unsynced.filter { $0 > last }.map(whole)
        let end = events[last].size
        return cuts(of: last).flatMap { cut in
            [(0, cut), (cut, end)].map { from, to in
                CrashState(
                    eventsCount: count, outcome: .torn,
                    pieces: before + [crash_piece(event: last, from: from, to: to)] + after,
                    choice: ", bytes \(from) to \(to) of write \(last)")
            }
        }
    }

    /// Some of what was not durable, chosen by `seed`.
    func reordered(_ count: Int, seed: UInt64) -> CrashState {
        var random = SplitMix(state: seed)
        let unsynced = unsynced(at: count)
        let pieces: [crash_piece] =
            switch Int.random(in: 0..<6, using: &random) {
            case 0: allBut(one: unsynced, &random)
            case 1: onlyOne(of: unsynced, &random)
            case 2: sectors(of: unsynced, keptPercent: 50, &random)
            case 3: sectors(of: unsynced, keptPercent: 90, &random)
            case 4: some(of: unsynced, keptPercent: 85, &random)
            default: some(of: unsynced, keptPercent: 50, &random)
            }
        return CrashState(
            eventsCount: count, outcome: .reordered, pieces: pieces,
            choice: ", choice \(seed)")
    }

    private func whole(_ event: Int) -> crash_piece {
        crash_piece(event: event, from: 0, to: events[event].size)
    }

    private func allBut(one list: [Int], _ random: inout SplitMix) -> [crash_piece] {
        let left = list.randomElement(using: &random)
        return list.filter { $0 != left }.map(whole)
    }

    private func onlyOne(of list: [Int], _ random: inout SplitMix) -> [crash_piece] {
        list.randomElement(using: &random).map { [whole($0)] } ?? []
    }

    private func some(
        of list: [Int], keptPercent: Int, _ random: inout SplitMix
    ) -> [crash_piece] {
        list.filter { _ in Int.random(in: 0..<100, using: &random) < keptPercent }.map(whole)
    }

    private func sectors(
        of list: [Int], keptPercent: Int, _ random: inout SplitMix
    ) -> [crash_piece] {
        list.flatMap { event -> [crash_piece] in
            let ends = cuts(of: event) + [events[event].size]
            return zip([0] + ends, ends).compactMap { from, to in
                guard Int.random(in: 0..<100, using: &random) < keptPercent else { return nil }
                return crash_piece(event: event, from: from, to: to)
            }
        }
    }

    /// Where sectors end inside a write, counted from its start.
    private func cuts(of index: Int) -> [Int64] {
        let event = events[index]
        guard event.kind == .CRASH_WRITE, event.size > 0 else { return [] }
        let first = Self.sectorByteCount - event.offset % Self.sectorByteCount
        return Array(stride(from: first, to: event.size, by: Int(Self.sectorByteCount)))
    }
}

extension crash_event {
    /// Whether it changes a file or a name; syncs do not.
    var isChange: Bool { kind != .CRASH_SYNC && kind != .CRASH_DIRECTORY_SYNC }
}
