import Replication
import Sodium
import TicketModel
import Wire

// What the hub makes of the story.
extension Samples {
    static let number = TicketNumber(businessDate: 2023_10_27, ordinal: 12)

    static var comment: Comment {
        var comment = Comment(
            id: operation(2), kind: .progress, visibility: .customer, text: "已联系客户。",
            stamp: stamp(42, 8, 2), parent: operation(1))
        comment.receivedAt = after(3)
        comment.earlierTexts = ["联系客户。"]
        comment.editStamp = stamp(43, 9, 3)
        comment.isLate = true
        return comment
    }

    static var rating: Rating {
        Rating(
            id: operation(4), token: "svy-1", outcome: .satisfied, score: 9, remark: "谢谢",
            stamp: stamp(44, 10, 4))
    }

    static var clock: ClockState {
        var clock = ClockState(
            name: "response", phase: .cancelled, startedAt: after(3), dueAt: after(7_203),
            cycle: 1)
        clock.stoppedAt = after(600)
        clock.pausedAt = after(500)
        clock.stoodStill = 90_000
        clock.reason = ClockState.mergedReason
        clock.calendar = CalendarMark(name: "office", version: 3)
        return clock
    }

    static var description: Register {
        Register(
            value: .text("Screen broke on day two."), stamp: stamp(41, 7, 1),
            alternates: [Alternate(value: .text("屏幕碎裂"), stamp: stamp(40, 6, 0))])
    }

    /// Every kind of effect.
    static var effects: [Effect] {
        [
            .created(
                provisionalNumber: "S042-K7-0012", number: number, capturedAt: after(1),
                receivedAt: after(3), createdBy: clerk),
            .wrote(.description, description),
            .added(.tags, .text("屏幕"), stamp(41, 7, 1)),
            .removed(.tags, .text("旧"), [operation(0)]),
            .commented(comment), .rated(rating), .clock(clock), .named(["S042-K7-0009"]),
            .unnamed(["CS202310260007", "S042-K7-0003"]),
        ]
    }

    static var disposition: Disposition {
        Disposition(
            outcome: .merged,
            notes: [
                ChangeNote(
                    changeIndex: 3, outcome: .superseded, field: .priority, detail: "urgent")
            ])
    }

    static var entry: LogEntry {
        var entry = LogEntry(
            sequence: 41, isTransactionEnd: true, ticket: ticketID, operation: operation(1),
            dot: Dot(replica: replica, counter: 7), act: .create, actor: clerk,
            hubTime: after(3), reportedTime: after(1), isClockSkewed: true,
            cause: operation(0), disposition: disposition, effects: effects,
            events: [
                FeedEvent(
                    feed: .escalations, level: 2, clock: "response", from: "", to: "B07",
                    reason: "late", reasonZh: "超时", recipients: [.supervisor, .manager],
                    isLate: true, quietUntil: [.manager: after(9_000)])
            ], origin: LogOrigin(epoch: formerEpoch, sequence: 57))
        entry.actedFor = StaffID(unchecked: "B07")
        return entry
    }

    /// The life of the log before the hub was restored.
    static var formerEpoch: EpochID { EpochID(rawValue: epoch.rawValue ^ 0xFF) }
    /// Not a real one: no vector shows the hub's key.
    static var proof: [UInt8] { Array(0xA0...0xAF) }
    static var encodedEntry: EncodedEntry {
        EncodedEntry(ProtobufCodec().encode(entry), proof: proof)
    }

    static var ticket: Ticket {
        var ticket = Ticket(
            id: ticketID, provisionalNumber: "S042-K7-0012", capturedAt: after(1),
            createdBy: clerk)
        ticket.number = number
        ticket.receivedAt = after(3)
        ticket.formerNumbers = ["CS202310260007"]
        ticket.registers[.description] = description
        ticket.registers[.store] = Register(value: .text("S042"), stamp: stamp(41, 7, 1))
        ticket.sets[.tags] = [SetElement(value: .text("屏幕"), stamps: [stamp(41, 7, 1)])]
        ticket.comments = [comment]
        ticket.ratings = [rating]
        ticket.clocks["response"] = clock
        ticket.lastSequence = 44
        ticket.updatedAt = after(4)
        return ticket
    }

    static var verdicts: [Verdict] {
        [
            Verdict(operation: operation(1), disposition: disposition, sequence: 41),
            Verdict(
                operation: operation(2), disposition: .rejected(.staleClose, "comments"),
                sequence: 42),
        ]
    }

    /// A page with every kind of item.
    static var page: EncodedPage {
        var page = EncodedPage(
            epoch: epoch, from: 40, to: LogPosition(sequence: 45, hash: position.hash),
            items: [
                .delta(encodedEntry),
                .enter(
                    encodedEntry, ticket: ProtobufCodec().encode(ticket),
                    history: [encodedEntry]),
                .leave(sequence: 44, ticket: ticketID, number: number.text),
                .verdict(
                    sequence: 44, ticket: ticketID, operation: operation(2),
                    disposition: .rejected(.leftScope, "B07")),
            ], head: 50, hasMore: true)
        page.toProof = proof
        page.durableSequence = 30
        return page
    }

    static var snapshot: Snapshot {
        var piece = SnapshotPiece(
            head: position, after: nil, through: ticketID,
            tickets: [ProtobufCodec().encode(ticket)], history: [encodedEntry], total: 2)
        piece.headProof = proof
        return Snapshot(epoch: epoch, piece: piece)
    }

    static var refill: Refill {
        Refill(
            epoch: epoch, origin: formerEpoch, entries: [encodedEntry], refused: [verdicts[1]],
            isLast: true)
    }

    static var digests: Digests {
        Digests(
            epoch: epoch, head: 42,
            digests: [
                RangeDigest(
                    scope: .store(store), range: .allTickets,
                    digest: DigestSum(count: 2, sum: 0x0123_4567_89AB_CDEF))
            ])
    }
}
