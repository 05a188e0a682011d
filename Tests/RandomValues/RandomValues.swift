import Replication
import Sodium
import TicketModel

/// Random values of everything that is stored or travels: every case, and the edges of every
/// number.
package struct RandomValues {
    package var generator: SeededGenerator

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    package mutating func flag() -> Bool { Bool.random(using: &generator) }

    package mutating func maybe<Value>(_ make: (inout RandomValues) -> Value) -> Value? {
        flag() ? make(&self) : nil
    }

    package mutating func list<Value>(
        _ counts: ClosedRange<Int> = 0...4, _ make: (inout RandomValues) -> Value
    ) -> [Value] {
        (0..<Int.random(in: counts, using: &generator)).map { _ in make(&self) }
    }

    package mutating func one<Value>(of values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &generator)]
    }

    /// Small numbers, any number, and the largest.
    package mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value {
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: 0
        case 1: .max
        case 2: .min
        case 3: Value(UInt8.random(in: 0...127, using: &generator))
        default: Value(truncatingIfNeeded: generator.next())
        }
    }

    /// A place in a log or a counter.
    package mutating func place() -> UInt64 { integer() >> 1 }

    /// A number that fits the 32 bits it has in a frame.
    package mutating func integer32() -> Int { Int(integer(UInt32.self)) }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    package mutating func text() -> String {
        one(of: [
            "", "a", "客户说手机屏幕碎了，要求退款。", "naïve 👩‍👧 \u{0}\r\n\t", "🙂",
            String(repeating: "长", count: 400), "x-\(integer(UInt16.self))",
        ])
    }

    package mutating func identifier<Identifier: Identifier128>(
        _: Identifier.Type = Identifier.self
    ) -> Identifier {
        Identifier(rawValue: UInt128(generator.next()) << 64 | UInt128(generator.next()))
    }

    package mutating func name<Name: ChosenName>(_: Name.Type = Name.self) -> Name {
        Name(unchecked: one(of: ["S042", "wang.li", "售后部", "A\(integer(UInt16.self))"]))
    }

    package mutating func digest() -> Digest { Digest.sha256(bytes(4)) }

    package mutating func timestamp() -> Timestamp { Timestamp(milliseconds: integer()) }

    package mutating func roles() -> Set<Role> { Set(list { $0.one(of: Role.allCases) }) }

    package mutating func scopes() -> [Scope] {
        list {
            $0.one(of: [.all, .store($0.name()), .agent($0.name()), .replica($0.identifier())])
        }
    }

    package mutating func signingKey() -> SigningPublicKey {
        guard let pair = SigningKeyPair(seed: bytes(SigningKeyPair.seedByteCount)) else {
            preconditionFailure("a seed has 32 bytes")
        }
        return pair.publicKey
    }
}

// Values of tickets.
extension RandomValues {
    package mutating func field() -> FieldID {
        FieldID(rawValue: one(of: [1, 8, 20, 1_000, .max, UInt32(integer(UInt16.self)) + 1]))
    }

    package mutating func fieldValue() -> FieldValue {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: .text(text())
        case 1: .integer(integer())
        case 2: .opaque(bytes(Int.random(in: 0...20, using: &generator)))
        // What a kind 15 of a newer version would look like.
        default: .opaque([0x7A, 2] + bytes(2))
        }
    }

    package mutating func dot() -> Dot { Dot(replica: identifier(), counter: integer()) }

    package mutating func stamp() -> Stamp {
        Stamp(
            sequence: integer(), dot: dot(), operation: identifier(),
            time: HybridTimestamp(rawValue: integer()),
            authority: one(of: Authority.allCases), actor: name())
    }

    package mutating func register() -> Register {
        Register(
            value: fieldValue(), stamp: stamp(),
            alternates: list { Alternate(value: $0.fieldValue(), stamp: $0.stamp()) })
    }

    package mutating func element() -> SetElement {
        SetElement(value: fieldValue(), stamps: list(1...3) { $0.stamp() })
    }

    package mutating func comment() -> Comment {
        var comment = Comment(
            id: identifier(), kind: one(of: Comment.Kind.allCases),
            visibility: one(of: Comment.Visibility.allCases), text: text(), stamp: stamp(),
            parent: maybe { $0.identifier() })
        comment.receivedAt = maybe { $0.timestamp() }
        comment.earlierTexts = list { $0.text() }
        comment.editStamp = maybe { $0.stamp() }
        comment.isRedacted = flag()
        comment.isLate = flag()
        return comment
    }

    package mutating func rating() -> Rating {
        Rating(
            id: identifier(), token: text(), outcome: one(of: Rating.Outcome.allCases),
            score: maybe { $0.integer32() }, remark: text(), stamp: stamp())
    }

    package mutating func clock() -> ClockState {
        var clock = ClockState(
            name: text(), phase: one(of: ClockState.Phase.allCases), startedAt: timestamp(),
            dueAt: timestamp(), cycle: integer32())
        clock.stoppedAt = maybe { $0.timestamp() }
        clock.calendar = maybe {
            $0.one(of: [
                .aroundTheClock, CalendarMark(name: $0.text(), version: $0.integer32()),
            ])
        }
        clock.pausedAt = maybe { $0.timestamp() }
        clock.stoodStill = one(of: [0, 1, 90_000, -1, .max, .min])
        clock.reason = one(of: [
            "", ClockState.mergedReason, ClockState.changedReason, text(),
        ])
        return clock
    }

    package mutating func ticketNumber() -> TicketNumber {
        TicketNumber(
            businessDate: one(of: [2023_10_27, 2024_02_29, 9999_12_31]),
            ordinal: one(of: [1, 9_999, 10_000, 123_456_789]))
    }

    package mutating func ticket() -> Ticket {
        var ticket = Ticket(
            id: identifier(), provisionalNumber: text(), capturedAt: timestamp(),
            createdBy: name())
        ticket.number = maybe { $0.ticketNumber() }
        ticket.receivedAt = maybe { $0.timestamp() }
        for _ in 0..<4 where flag() { ticket.registers[field()] = register() }
        for _ in 0..<4 where flag() { ticket.sets[field()] = list { $0.element() } }
        ticket.comments = list { $0.comment() }
        ticket.ratings = list { $0.rating() }
        let clocks = list { $0.clock() }
        for clock in clocks { ticket.clocks[clock.name] = clock }
        ticket.lastSequence = integer()
        ticket.updatedAt = timestamp()
        return ticket
    }
}
