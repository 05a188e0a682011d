import TicketModel

// Which tickets get a promise can change while they are worked on: another kind, another class,
// another tag, another department. Then promises end and begin with the act that changed it.
extension Change {
    /// Whether the ticket is none any more of those that get the promise.
    func endsConcern(of rule: ClockRule) -> Bool {
        isFollowed(by: rule) && wasConcerned(by: rule) && !isConcerned(by: rule)
    }

    /// Whether it is one of them from now on, and nobody was promised it in this cycle or has
    /// answered it already.
    func beginsConcern(of rule: ClockRule) -> Bool {
        isFollowed(by: rule) && !wasConcerned(by: rule) && isConcerned(by: rule)
            && !rule.isPromised && !hasRun(rule) && !isSettled(rule.metBy)
            && !(rule.metBy.contains(.accept) && happened.contains(.accept))
    }

    /// What has happened in this cycle as far as the ticket tells by itself: it is there, somebody
    /// has it, somebody works on it, it has a class or tags, it is solved.
    var happened: Set<ClockRule.Milestone> {
        var result: Set<ClockRule.Milestone> = [.created]
        if routedTo != nil || after.department != nil { result.formUnion([.routed, .dispatch]) }
        if after.assignee != nil {
            result.formUnion([.assigned, .dispatch])
            if [.inProgress, .pending].contains(after.status) { result.insert(.accept) }
        }
        if after.isClassified || after.classStage != .provisional { result.insert(.classify) }
        if after.sets[.tags]?.isEmpty == false { result.insert(.tag) }
        if after.status == .resolved { result.insert(.resolve) }
        return result
    }

    /// Whether the act may change what is promised of the ticket. A case that is over keeps its
    /// clocks as they stand; only what begins with a solution goes on until it is closed.
    private func isFollowed(by rule: ClockRule) -> Bool {
        if after.isMerged { return false }
        return !after.status.isFinished
            || after.status == .resolved && rule.startedBy.contains(.resolve)
    }

    /// Whether the promise was made, and kept or broken, since the case was over last. One that
    /// was cancelled, or given up when it had been broken, has not got its answer.
    private func hasRun(_ rule: ClockRule) -> Bool {
        guard let state = after.clocks[rule.name], state.phase != .cancelled,
            state.reason != ClockState.changedReason
        else { return false }
        guard !after.status.isFinished, let solvedAt = after.lastSolvedAt else { return true }
        return state.startedAt > min(solvedAt, now)
    }
}

extension Ticket {
    /// When it was solved or closed last, as far as it tells; nil if it never was.
    fileprivate var lastSolvedAt: Timestamp? {
        var instants = comments.filter { [.solution, .closing].contains($0.kind) }
            .map { min($0.stamp.time.time, $0.receivedAt ?? $0.stamp.time.time) }
        if let resolution = registers[.resolution] { instants.append(resolution.stamp.time.time) }
        return instants.max()
    }
}
