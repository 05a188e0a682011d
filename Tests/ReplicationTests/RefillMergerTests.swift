import Replication
import Testing
import TicketModel

/// What a former life of the log had done, merged into a ticket of this one (replication.md 3.11).
///
/// The entry stood at position 9 of its life and gets position 100 here; its life had seen the
/// operations below 50.
@Suite struct `merge: entries of a former life` {
    private static let sequence: UInt64 = 100
    private static let operation = OperationID(rawValue: 40)

    private static func stamp(
        _ operation: UInt128, _ authority: Authority = .store, time: UInt64 = 1
    ) -> Stamp {
        Stamp(
            sequence: UInt64(operation), dot: Dot(replica: ReplicaID(rawValue: 1), counter: 1),
            operation: OperationID(rawValue: operation), time: HybridTimestamp(rawValue: time),
            authority: authority, actor: StaffID(unchecked: "A17"))
    }

    private static func register(
        _ value: FieldValue, _ operation: UInt128, _ authority: Authority = .store,
        time: UInt64 = 1, beside: [(FieldValue, UInt128)] = []
    ) -> Register {
        Register(
            value: value, stamp: stamp(operation, authority, time: time),
            alternates: beside.map { Alternate(value: $0.0, stamp: stamp($0.1)) })
    }

    private static func ticket(_ change: (inout Ticket) -> Void = { _ in }) -> Ticket {
        var ticket = Ticket(
            id: TicketID(rawValue: 7), provisionalNumber: "S001-AA-0001",
            capturedAt: Timestamp(milliseconds: 0), createdBy: StaffID(unchecked: "A17"))
        change(&ticket)
        return ticket
    }

    private static let created = Effect.created(
        provisionalNumber: "S001-AA-0002", number: nil, capturedAt: Timestamp(milliseconds: 5),
        receivedAt: nil, createdBy: StaffID(unchecked: "B07"))

    /// Merges `effects` of operation 40 into `ticket`.
    ///
    /// - Parameters:
    ///   - merged: what this life has merged, and into what.
    ///   - owners: the tickets that numbers were given to.
    private static func merge(
        _ effects: [Effect], into ticket: Ticket?,
        policy: @escaping (FieldID) -> MergePolicy = MergePolicy.builtIn,
        merged: [TicketID: TicketID] = [:], owners: [String: Ticket] = [:]
    ) throws -> (ticket: Ticket?, effects: [Effect]) {
        let past = LogEntry(
            sequence: 9, isTransactionEnd: true, ticket: TicketID(rawValue: 7),
            operation: operation, dot: Dot(replica: ReplicaID(rawValue: 1), counter: 1),
            act: .edit, actor: StaffID(unchecked: "A17"), hubTime: Timestamp(milliseconds: 0),
            reportedTime: Timestamp(milliseconds: 0), disposition: .applied, effects: effects)
        var merger = RefillMerger(
            past: past, sequence: sequence, ticket: ticket, policy: policy,
            // Operations are known by their numbers; 49 has not come back yet.
            sequenceOf: { $0.rawValue == 49 ? nil : UInt64($0.rawValue) },
            covers: { $0.operation.rawValue < 50 }, isMerged: { merged[$0] == $1 },
            owner: { owners[$0] })
        let merged = try merger.merge(effects)
        return (merger.ticket, merged)
    }

    // MARK: making

    @Test func `a ticket that this life does not know is made`() throws {
        let result = try Self.merge([Self.created], into: nil)
        #expect(result.ticket?.provisionalNumber == "S001-AA-0002")
        #expect(result.effects == [Self.created])
    }

    @Test func `a ticket that is there is not made again`() throws {
        let result = try Self.merge(
            [Self.created, .named(["CS202310270009"])], into: Self.ticket())
        #expect(result.ticket?.provisionalNumber == "S001-AA-0001")
        #expect(result.effects == [.named(["CS202310270009"])])
    }

    @Test func `only a making makes a ticket`() throws {
        let names = Effect.named(["CS202310270009"])
        let result = try Self.merge([names, Self.created], into: nil)
        #expect(result.effects == [names, Self.created])
        #expect(result.ticket?.provisionalNumber == "S001-AA-0002")
        #expect(try Self.merge([names], into: nil).ticket == nil)
    }

    // MARK: registers

    @Test func `its own stamps get the entry's position, others theirs, unknown ones the entry's`()
        throws
    {
        let incoming = Self.register(
            .text("new"), 40, beside: [(.text("other"), 30), (.text("lost"), 49)])
        let result = try Self.merge([.wrote(.subject, incoming)], into: Self.ticket())
        let register = result.ticket?.registers[.subject]
        let sequences = (register?.standing ?? []).map {
            [$0.stamp.operation.rawValue: $0.stamp.sequence]
        }
        #expect(Set(sequences) == [[40: 100], [30: 30], [49: 100]])
    }

    @Test func `what its life had seen it replaces`() throws {
        let known = Self.ticket { $0.registers[.status] = Self.register(.integer(7), 20) }
        let result = try Self.merge(
            [.wrote(.status, Self.register(.integer(3), 40))], into: known)
        #expect(result.ticket?.status == .inProgress)
    }

    @Test(arguments: [
        (FieldID.status, FieldValue.integer(7), FieldValue.integer(5), true),
        (.status, .integer(5), .integer(7), false), (.status, .integer(99), .integer(5), false),
        (.priority, .integer(3), .integer(2), true), (.priority, .integer(1), .integer(2), false),
        (.priority, .text("?"), .integer(2), false), (.priority, .integer(2), .text("?"), true),
        (.channel, .text("past"), .text("now"), false),
    ])
    func `what it did not know it meets as concurrent`(
        field: FieldID, past: FieldValue, now: FieldValue, prevails: Bool
    ) throws {
        let known = Self.ticket { $0.registers[field] = Self.register(now, 60) }
        let result = try Self.merge([.wrote(field, Self.register(past, 40))], into: known)
        #expect(result.ticket?.registers[field]?.value == (prevails ? past : now))
        #expect(result.effects.isEmpty == !prevails)
    }

    @Test(arguments: [(Authority.manager, true), (.store, false), (.agent, false)])
    func `an owner of the former life needs more say than the present one's`(
        authority: Authority, prevails: Bool
    ) throws {
        let known = Self.ticket { $0.registers[.assignee] = Self.register(.text("B"), 60) }
        let result = try Self.merge(
            [.wrote(.assignee, Self.register(.text("A"), 40, authority))], into: known)
        #expect(result.ticket?.text(.assignee) == (prevails ? "A" : "B"))
    }

    @Test func `the same value of both lives stands by both`() throws {
        let known = Self.ticket { $0.registers[.escalation] = Self.register(.integer(2), 60) }
        let result = try Self.merge(
            [.wrote(.escalation, Self.register(.integer(2), 40))], into: known)
        let writers = result.ticket?.registers[.escalation]?.standing.map(
            \.stamp.operation.rawValue)
        #expect(writers.map(Set.init) == [40, 60])
    }

    @Test func `a second writer of this life who was not seen is not overruled`() throws {
        let known = Self.ticket {
            $0.registers[.escalation] = Self.register(
                .integer(2), 20, beside: [(.integer(2), 60)])
        }
        let result = try Self.merge(
            [.wrote(.escalation, Self.register(.integer(0), 40, .manager))], into: known)
        #expect(result.ticket?.integer(.escalation) == 2)
        #expect(result.effects == [])
    }

    @Test(arguments: [(UInt64(9), "past"), (1, "now")])
    func `texts of both lives are kept and the preferred one is shown`(
        time: UInt64, shown: String
    ) throws {
        let known = Self.ticket {
            $0.registers[.subject] = Self.register(
                .text("now"), 60, time: 5, beside: [(.text("seen"), 20), (.text("unseen"), 61)])
        }
        let result = try Self.merge(
            [.wrote(.subject, Self.register(.text("past"), 40, time: time))], into: known)
        let register = result.ticket?.registers[.subject]
        #expect(register?.value == .text(shown))
        let texts = register?.standing.compactMap(\.value.text)
        #expect(texts.map(Set.init) == ["past", "now", "unseen"])
    }

    @Test func `an effect that came before meets itself and stays`() throws {
        let known = Self.ticket {
            $0.registers[.subject] = Self.register(.text("a"), 40, beside: [(.text("b"), 49)])
            $0.registers[.subject]?.alternates[0].stamp.sequence = Self.sequence
        }
        let result = try Self.merge(
            [.wrote(.subject, Self.register(.text("a"), 40))], into: known)
        let texts = result.ticket?.registers[.subject]?.standing.compactMap(\.value.text)
        #expect(texts.map(Set.init) == ["a", "b"])
    }

    // MARK: merges of tickets

    private static let (other, third) = (TicketID(rawValue: 8), TicketID(rawValue: 9))

    private static func merging(into ticket: TicketID?, _ operation: UInt128) -> Register {
        register(.text(ticket?.description ?? ""), operation)
    }

    /// A ticket that operation `operation` merged into another one.
    private static func mergedTicket(
        by operation: UInt128, _ change: (inout Ticket) -> Void = { _ in }
    ) -> Ticket {
        ticket {
            $0.registers[.mergedInto] = merging(into: other, operation)
            $0.registers[.status] = register(
                .integer(TicketStatus.closed.rawValue), operation)
            change(&$0)
        }
    }

    @Test(arguments: [UInt128(20), 60])
    func `a status that comes back to a merged ticket leaves it merged`(operation: UInt128) throws {
        let known = Self.mergedTicket(by: operation)
        let status = FieldValue.integer(TicketStatus.escalated.rawValue)
        let result = try Self.merge([.wrote(.status, Self.register(status, 40))], into: known)
        #expect(result.effects == [] && result.ticket == known)
        // Undoing the merge opens it.
        let undone = try Self.merge(
            [
                .wrote(.mergedInto, Self.merging(into: nil, 40)),
                .wrote(.status, Self.register(status, 40)),
            ], into: Self.mergedTicket(by: 20))
        #expect(undone.ticket?.isMerged == false && undone.ticket?.status == .escalated)
    }

    /// What an entry that merged its ticket had done in its life.
    private static let mergeEffects: [Effect] = [
        .wrote(.mergedInto, merging(into: other, 40)),
        .wrote(.statusBeforeMerge, register(.integer(TicketStatus.new.rawValue), 40)),
        .wrote(.status, register(.integer(TicketStatus.closed.rawValue), 40)),
        .commented(
            TicketModel.Comment(
                id: operation, kind: .system,
                text: SystemNote(.mergedInto, "CS202310270008").text, stamp: stamp(40))),
    ]

    @Test func `a merge of the former life ends the ticket here, with the status it has now`()
        throws
    {
        let status = TicketStatus.reopened.rawValue
        let known = Self.ticket {
            // Written since, and by nobody that the entry's life had seen.
            $0.registers[.status] = Self.register(.integer(status), 60)
        }
        let result = try Self.merge(Array(Self.mergeEffects.dropLast(2)), into: known)
        #expect(result.ticket?.mergedInto == Self.other && result.ticket?.status == .closed)
        #expect(result.ticket?.integer(.statusBeforeMerge) == status)
        #expect(result.ticket?.registers[.status]?.stamp.sequence == Self.sequence)
        let whole = try Self.merge(Self.mergeEffects, into: known)
        #expect(whole.ticket?.mergedInto == Self.other && whole.ticket?.status == .closed)
        #expect(whole.effects.count == 4, "it was closed with the entry")
    }

    @Test func `a ticket that its life had made and merged comes back merged`() throws {
        let result = try Self.merge([Self.created] + Self.mergeEffects, into: nil)
        #expect(result.ticket?.mergedInto == Self.other && result.ticket?.status == .closed)
        let alone = try Self.merge(Self.mergeEffects, into: nil)
        #expect(alone.ticket == nil, "a merge makes no ticket")
    }

    @Test func `of the merges of two lives that of the present one stays, but its note is kept`()
        throws
    {
        let known = Self.ticket {
            $0.registers[.mergedInto] = Self.merging(into: Self.third, 60)
            $0.registers[.status] = Self.register(
                .integer(TicketStatus.closed.rawValue), 60)
        }
        let result = try Self.merge(Self.mergeEffects, into: known)
        #expect(result.ticket?.mergedInto == Self.third)
        #expect(result.effects.count == 1 && result.ticket?.systemNotes.count == 1)
        // One that the entry's life had seen, or that is the same, gives way.
        for operation in [UInt128(20), 40] {
            var known = known
            known.registers[.mergedInto] = Self.merging(into: Self.third, operation)
            let result = try Self.merge(Self.mergeEffects, into: known)
            #expect(result.ticket?.mergedInto == Self.other)
        }
    }

    @Test(arguments: [60, 61] as [UInt128])
    func `an undoing undoes the merge that it names, and no other that was not seen`(
        named: UInt128
    ) throws {
        let note = TicketModel.Comment(
            id: Self.operation, kind: .system,
            text: SystemNote(.unmergedFrom, "CS202310270008").text, stamp: Self.stamp(40),
            parent: OperationID(rawValue: named))
        let status = FieldValue.integer(TicketStatus.assigned.rawValue)
        let result = try Self.merge(
            [
                .wrote(.mergedInto, Self.merging(into: nil, 40)),
                .wrote(.status, Self.register(status, 40)), .commented(note),
            ], into: Self.mergedTicket(by: 60))
        #expect(result.ticket?.isMerged == (named != 60))
        #expect(result.ticket?.status == (named == 60 ? .assigned : .closed))
        #expect(result.ticket?.comments.map(\.id) == [Self.operation], "it is told in any case")
        // What the other ticket gives back goes by the same merge.
        let number = "CS202310270009"
        var owner = Ticket(
            id: Self.other, provisionalNumber: number, capturedAt: Timestamp(milliseconds: 0),
            createdBy: StaffID(unchecked: "A17"))
        owner.registers[.mergedInto] = Self.merging(into: Self.ticket().id, 60)
        var release = note
        release.text = SystemNote(.unmerged, number).text
        let given = try Self.merge(
            [.unnamed([number]), .commented(release)],
            into: Self.ticket { $0.formerNumbers = [number] },
            merged: [Self.other: Self.ticket().id], owners: [number: owner])
        #expect(given.ticket?.formerNumbers == (named == 60 ? [] : [number]))
    }

    @Test func `no merge of a former life closes a circle`() throws {
        let result = try Self.merge(
            Self.mergeEffects, into: Self.ticket(), merged: [Self.other: Self.ticket().id])
        #expect(result.ticket?.isMerged == false && result.ticket?.status != .closed)
    }

    @Test func `numbers come and go where this life has not decided otherwise`() throws {
        let number = "CS202310270009"
        // Whose number it is, whether it was merged into this one, and if that was known.
        func owner(_ operation: UInt128?) -> Ticket {
            var owner = Self.ticket()
            owner = Ticket(
                id: Self.other, provisionalNumber: number, capturedAt: owner.capturedAt,
                createdBy: owner.createdBy)
            owner.registers[.mergedInto] = operation.map { Self.merging(into: owner.id, $0) }
            return owner
        }
        let known = Self.ticket { $0.formerNumbers = [number] }
        let cases: [(owner: Ticket?, isMerged: Bool, comes: Bool, goes: Bool)] = [
            (nil, false, true, true), (known, false, true, true), (owner(nil), false, true, true),
            (owner(20), false, true, true), (owner(60), true, true, false),
            (owner(60), false, false, true),
        ]
        for (owner, isMerged, comes, goes) in cases {
            let owners = owner.map { [number: $0] } ?? [:]
            let merged = isMerged ? [Self.other: known.id] : [:]
            let named = try Self.merge(
                [.named([number])], into: Self.ticket(), merged: merged, owners: owners)
            #expect(named.ticket?.formerNumbers == (comes ? [number] : []))
            #expect(named.effects.isEmpty == !comes)
            let unnamed = try Self.merge(
                [.unnamed([number])], into: known, merged: merged, owners: owners)
            #expect(unnamed.ticket?.formerNumbers == (goes ? [] : [number]))
            #expect(unnamed.effects.isEmpty == !goes)
        }
    }

    @Test func `promises end with a merge that comes back, and none begins on a merged ticket`()
        throws
    {
        let known = Self.ticket {
            $0.clocks["response"] = Self.clock(.running)
            $0.clocks["resolution"] = Self.clock(.breached)
            $0.clocks["resolution"]?.name = "resolution"
        }
        let result = try Self.merge(Self.mergeEffects, into: known)
        let clocks = try #require(result.ticket?.clocks)
        #expect(clocks["response"]?.phase == .cancelled)
        #expect(clocks["resolution"]?.phase == .breached, "what was missed stays missed")
        #expect(clocks.values.allSatisfy { !$0.isRunning && $0.stoppedAt != nil })
        #expect(clocks.values.allSatisfy { $0.reason == ClockState.mergedReason })
        let merged = Self.mergedTicket(by: 60) { $0.clocks["response"] = Self.clock(.running) }
        let started = try Self.merge([.clock(Self.clock(.running, cycle: 2))], into: merged)
        #expect(started.effects == [])
        let ended = Self.clock(.met, isStopped: true)
        let met = try Self.merge([.clock(ended)], into: merged)
        #expect(met.ticket?.clocks["response"] == ended)
    }

    // MARK: sets, answers and clocks

    @Test func `elements come back and go as far as they are there`() throws {
        let known = Self.ticket {
            $0.sets[.tags] = [SetElement(value: .text("x"), stamps: [Self.stamp(20)])]
        }
        let gone = Effect.removed(.tags, .text("y"), [OperationID(rawValue: 20)])
        let result = try Self.merge(
            [
                .added(.tags, .text("z"), Self.stamp(40)), gone,
                .removed(
                    .tags, .text("x"), [OperationID(rawValue: 20), OperationID(rawValue: 30)]),
            ], into: known)
        #expect(result.ticket?.tags == ["z"])
        #expect(!result.effects.contains(gone))
        #expect(
            result.effects.last
                == .removed(.tags, .text("x"), [OperationID(rawValue: 20)]))
    }

    @Test func `an answer of the customer gets the entry's position`() throws {
        let rating = Rating(
            id: Self.operation, token: "t", outcome: .satisfied, score: nil, remark: "",
            stamp: Self.stamp(40))
        let result = try Self.merge([.rated(rating)], into: Self.ticket())
        #expect(result.ticket?.ratings.map(\.stamp.sequence) == [100])
    }

    private static func clock(
        _ phase: ClockState.Phase, cycle: Int = 1, isStopped: Bool = false
    ) -> ClockState {
        var clock = ClockState(
            name: "response", phase: phase, startedAt: Timestamp(milliseconds: 0),
            dueAt: Timestamp(milliseconds: 9), cycle: cycle)
        clock.stoppedAt = isStopped ? Timestamp(milliseconds: 5) : nil
        return clock
    }

    @Test func `a clock only ever goes on`() throws {
        let cases: [(now: ClockState?, past: ClockState, isTaken: Bool)] = [
            (nil, Self.clock(.running), true),
            (Self.clock(.running), Self.clock(.running, cycle: 2), true),
            (Self.clock(.running, cycle: 2), Self.clock(.running), false),
            (Self.clock(.met, isStopped: true), Self.clock(.breached), false),
            (Self.clock(.breached), Self.clock(.met, isStopped: true), true),
            (Self.clock(.running), Self.clock(.breached), true),
            (Self.clock(.breached), Self.clock(.running), false),
        ]
        for (now, past, isTaken) in cases {
            let known = Self.ticket { $0.clocks["response"] = now }
            let result = try Self.merge([.clock(past)], into: known)
            #expect(result.ticket?.clocks["response"] == (isTaken ? past : now))
        }
    }

    // MARK: comments

    private static func comment(
        _ text: String, edited operation: UInt128? = nil, time: UInt64 = 1,
        earlier: [String] = [], isRedacted: Bool = false
    ) -> TicketModel.Comment {
        var comment = TicketModel.Comment(
            id: OperationID(rawValue: 30), kind: .note, text: text, stamp: stamp(30))
        comment.editStamp = operation.map { stamp($0, time: time) }
        comment.earlierTexts = earlier
        comment.isRedacted = isRedacted
        return comment
    }

    private static func merged(
        _ past: TicketModel.Comment, into now: TicketModel.Comment?
    ) throws -> TicketModel.Comment? {
        let known = ticket { $0.comments = now.map { [$0] } ?? [] }
        return try merge([.commented(past)], into: known).ticket?.comments.first
    }

    @Test func `a comment comes back as it was`() throws {
        let comment = try Self.merged(Self.comment("one", edited: 40, earlier: ["zero"]), into: nil)
        #expect(comment?.text == "one")
        #expect(comment?.stamp.sequence == 30)
        #expect(comment?.editStamp?.sequence == 100)
    }

    @Test func `an edit replaces what its life had seen and keeps what this life had overtaken`()
        throws
    {
        let now = Self.comment("seen", edited: 35, earlier: ["one", "lost here"])
        let past = Self.comment("two", edited: 40, earlier: ["one", "seen"])
        let comment = try #require(try Self.merged(past, into: now))
        #expect(comment.text == "two")
        #expect(comment.earlierTexts.sorted() == ["lost here", "one", "seen"])
    }

    @Test(arguments: [(UInt64(9), "past"), (1, "now")])
    func `of two edits of two lives the later is shown and both are kept`(
        time: UInt64, shown: String
    ) throws {
        let now = Self.comment("now", edited: 60, time: 5, earlier: ["one"])
        let past = Self.comment("past", edited: 40, time: time, earlier: ["one"])
        let comment = try #require(try Self.merged(past, into: now))
        #expect(comment.text == shown)
        #expect(Set(comment.earlierTexts + [comment.text]) == ["one", "past", "now"])
    }

    @Test func `the version that is there already stays`() throws {
        let same = Self.comment("two", edited: 40, earlier: ["one"])
        let comment = try Self.merged(same, into: same)
        #expect(comment?.text == "two" && comment?.earlierTexts == ["one"])
    }

    @Test func `a comment that was never edited meets one that was not either`() throws {
        let comment = try Self.merged(Self.comment("one"), into: Self.comment("one"))
        #expect(comment?.text == "one" && comment?.earlierTexts == [])
    }

    @Test(arguments: [false, true])
    func `a comment that is here already stays in its place`(isRedacted: Bool) throws {
        let known = Self.ticket { ticket in
            ticket.comments = [Self.comment("one")]
            ticket.comments[0].stamp.sequence = 77
        }
        let past = Self.comment("two", edited: 40, isRedacted: isRedacted)
        let result = try Self.merge([.commented(past)], into: known)
        #expect(result.ticket?.comments.map(\.text) == ["two"])
        #expect(result.ticket?.comments.map(\.stamp.sequence) == [77])
    }

    @Test func `a redaction of either life stands`() throws {
        let redacted = Self.comment("", edited: 60, isRedacted: true)
        #expect(try Self.merged(Self.comment("one"), into: redacted) == redacted)
        let past = Self.comment("", edited: 40, isRedacted: true)
        let comment = try Self.merged(past, into: Self.comment("now", edited: 60, earlier: ["one"]))
        #expect(comment?.text == "" && comment?.earlierTexts == [])
    }
}
