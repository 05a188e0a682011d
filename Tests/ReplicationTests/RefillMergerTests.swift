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

    @Test func `a redaction of either life stands`() throws {
        let redacted = Self.comment("", edited: 60, isRedacted: true)
        #expect(try Self.merged(Self.comment("one"), into: redacted) == redacted)
        let past = Self.comment("", edited: 40, isRedacted: true)
        let comment = try Self.merged(past, into: Self.comment("now", edited: 60, earlier: ["one"]))
        #expect(comment?.text == "" && comment?.earlierTexts == [])
    }
}
