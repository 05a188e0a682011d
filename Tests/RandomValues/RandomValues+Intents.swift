import Replication
import TicketModel

// Intents and what the hub made of them.
extension RandomValues {
    package mutating func context() -> CausalContext {
        CausalContext(
            epoch: identifier(), sequence: place(), dependencies: list { $0.identifier() })
    }

    package mutating func change() -> Change {
        switch Int.random(in: 0..<14, using: &generator) {
        case 0: .create(provisionalNumber: text())
        case 1: .write(field(), fieldValue())
        case 2: .add(field(), fieldValue())
        case 3: .remove(field(), fieldValue())
        case 4:
            .comment(
                one(of: Comment.Kind.allCases), one(of: Comment.Visibility.allCases),
                text: text(), parent: maybe { $0.identifier() })
        case 5: .editComment(identifier(), text: text())
        case 6: .redactComment(identifier())
        case 7: .close
        case 8:
            .rate(
                token: text(), one(of: Rating.Outcome.allCases),
                score: maybe { $0.integer32() }, remark: text())
        case 9: .merge(into: identifier(), reason: text())
        case 10: .absorb(identifier())
        case 11: .unmerge(reason: text())
        case 12: .release(identifier())
        default:
            .unsupported(kind: one(of: [0, 1, 2, 5, 8, 9, 10, 15, 16, 2_047, 2_048, 1 << 29 - 1]))
        }
    }

    package mutating func body() -> IntentBody {
        IntentBody(
            operation: identifier(), ticket: identifier(), act: one(of: Act.allCases),
            actor: name(), time: HybridTimestamp(rawValue: integer()),
            captured: CapturedTime(
                wall: timestamp(), offsetMilliseconds: maybe { $0.integer() }),
            changes: list { $0.change() }, retryOf: maybe { $0.identifier() },
            group: maybe {
                let count = Int.random(in: 2...Limits.groupIntentsCountMax, using: &$0.generator)
                return IntentGroup(
                    id: $0.identifier(), index: Int.random(in: 0..<count, using: &$0.generator),
                    count: count)
            })
    }

    package mutating func disposition() -> Disposition {
        let outcome = one(of: Disposition.Outcome.allCases)
        let noted: [Disposition.Outcome] = [.merged, .superseded, .lateAccepted]
        return Disposition(
            outcome: outcome,
            rejection: outcome == .rejected
                ? Rejection(code: one(of: RejectionCode.allCases), detail: text()) : nil,
            notes: list {
                ChangeNote(
                    changeIndex: $0.integer32(), outcome: $0.one(of: noted),
                    field: $0.maybe { $0.field() }, detail: $0.text())
            })
    }

    package mutating func effect() -> Effect {
        switch Int.random(in: 0..<9, using: &generator) {
        case 0:
            .created(
                provisionalNumber: text(), number: maybe { $0.ticketNumber() },
                capturedAt: timestamp(), receivedAt: maybe { $0.timestamp() }, createdBy: name())
        case 1: .wrote(field(), register())
        case 2: .added(field(), fieldValue(), stamp())
        case 3: .removed(field(), fieldValue(), list { $0.identifier() })
        case 4: .commented(comment())
        case 5: .rated(rating())
        case 6: .named(list { $0.text() })
        case 7: .unnamed(list { $0.text() })
        default: .clock(clock())
        }
    }

    package mutating func event() -> FeedEvent {
        FeedEvent(
            feed: one(of: FeedEvent.Feed.allCases), level: maybe { $0.integer() }, clock: text(),
            from: text(), to: text(), reason: text(), reasonZh: text(),
            recipients: list { $0.one(of: Role.allCases) }, isLate: flag(),
            quietUntil: [one(of: Role.allCases): timestamp()])
    }

    package mutating func entry() -> LogEntry {
        var entry = LogEntry(
            sequence: integer(), isTransactionEnd: flag(), ticket: identifier(),
            operation: identifier(), dot: dot(), act: one(of: Act.allCases), actor: name(),
            hubTime: timestamp(), reportedTime: timestamp(), isClockSkewed: flag(),
            cause: maybe { $0.identifier() }, disposition: disposition(),
            effects: list { $0.effect() }, events: list { $0.event() },
            origin: maybe { LogOrigin(epoch: $0.identifier(), sequence: $0.integer()) })
        entry.actedFor = maybe { $0.name() }
        return entry
    }
}
