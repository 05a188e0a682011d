import TicketModel

/// What a person does.
package enum Verb: String, CaseIterable, Hashable, Sendable {
    case log, note, customerNote, progress
    case edit, priority, tag, untag, attach, custom
    case accept, refuse, assign, route
    case escalate, lowerEscalation, resolve, close, reopen
    case editComment, redactComment, rate
    case merge, unmerge, split
    case classify, audit, plan, approve, consent, verify, survey, verdict
    case step, urge, pause, resume, meeting, promise, contact, phone
    case retryDraft, noteDraft, discardDraft
}

/// What the office does at the hub.
package enum Administration: Hashable, Sendable {
    /// A person leaves, or comes back.
    case setActive(member: Int, Bool)
    /// A person gets another role; their device allows no more than before.
    case setRole(member: Int, Role)
    /// A policy with shorter promised times is loaded, or the first one again.
    case loadPolicy(isStrict: Bool)
}

/// One thing that happens in a world at a moment that was decided beforehand.
package struct Step: Hashable, Sendable {
    /// What happens.
    package enum Action: Hashable, Sendable {
        case work(host: Int, Verb)
        /// A replica's program connects, gets in step and ends; nothing if it is on the line.
        case sync(host: Int)
        /// A follower of the feeds takes what is there; it may die before it says so.
        case consume(host: Int, dies: Bool)
        /// The office changes people or policy at the hub.
        case administer(Administration)
        case fault(Fault)
    }

    /// Its name in traces; stays when other steps are taken away.
    package var id: Int
    /// Milliseconds since the world began.
    package var at: Int64
    /// What happens then.
    package var action: Action
}

/// Everything that decides a run: with the commit, it is the run.
package struct Plan: Hashable, Sendable {
    /// What everything was drawn from, and what single frames still draw from.
    package var seed: UInt64
    /// What the world is like before anything goes wrong.
    package var world: WorldOptions
    /// Which faults it meets.
    package var faults: FaultOptions
    /// In order of time.
    package var steps: [Step]
    /// What happens to single frames.
    package var frameFaults: FrameFaults
    /// A defect that must be found: only for trying the checkers.
    package var sabotage: Sabotage?
}
