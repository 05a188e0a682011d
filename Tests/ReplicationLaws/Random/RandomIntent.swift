import RandomValues
import Replication
import TicketModel

/// What somebody does at random, by a person who may do it.
struct RandomIntent {
    var act: Act
    var person: Person
    var changes: [Change]
}

/// Makes random intents; few values, so that they meet.
struct RandomIntents {
    var generator: SeededGenerator
    private var wordsCount = 0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }

    mutating func chance(_ percent: Int) -> Bool { number(below: 100) < percent }

    mutating func one<Value>(of values: [Value]) -> Value {
        values[number(below: values.count)]
    }

    mutating func bits() -> UInt128 {
        UInt128(generator.next()) << 64 | UInt128(generator.next())
    }

    /// A text that others may write too, one of its own, or none.
    private mutating func text() -> String {
        wordsCount += 1
        return switch number(below: 6) {
        case 0: ""
        case 1, 2: one(of: ["屏幕碎了", "broken", "换货"])
        default: "text \(wordsCount)"
        }
    }

    private mutating func person() -> Person { one(of: Person.all) }

    /// - Parameter comments: those that may be edited, with their authors.
    mutating func intent(on comments: [(id: OperationID, author: StaffID)]) -> RandomIntent {
        switch number(below: 12) {
        case 0, 1: return step()
        case 2: return ownership()
        case 3: return move()
        case 4, 5: return numbers()
        case 6, 7: return texts()
        case 8: return sets()
        case 9: return said(on: comments)
        case 10: return both()
        default:
            let outcome = one(of: Rating.Outcome.allCases)
            return RandomIntent(
                act: .rate, person: .clerk,
                changes: [
                    .rate(
                        token: one(of: ["t1", "t2"]), outcome, score: number(below: 11),
                        remark: text())
                ])
        }
    }

    private mutating func step() -> RandomIntent {
        let (status, act, person): (TicketStatus, Act, Person) = one(of: [
            (.new, .edit, .agent), (.assigned, .edit, .clerk), (.inProgress, .progress, .agent),
            (.pending, .progress, .clerk), (.resolved, .resolve, .agent),
            (.resolved, .resolve, .manager), (.reopened, .reopen, .clerk),
            (.escalated, .escalate, .manager), (.escalated, .escalate, .agent),
            (.closed, .close, .clerk), (.closed, .close, .manager),
        ])
        return RandomIntent(
            act: act, person: person,
            changes: status == .closed ? [.close] : [.write(.status, .integer(status.rawValue))])
    }

    private mutating func ownership() -> RandomIntent {
        let person = person()
        if person == .manager {
            return RandomIntent(
                act: .assign, person: person,
                changes: [.write(.assignee, .text(one(of: ["ann", "lina", "zhao", ""])))])
        }
        if chance(30) {
            return RandomIntent(
                act: .refuse, person: person, changes: [.write(.assignee, .text(""))])
        }
        return RandomIntent(
            act: .accept, person: person,
            changes: [.write(.assignee, .text(person.staff.rawValue))])
    }

    private mutating func move() -> RandomIntent {
        let change: Change = one(of: [
            .write(.store, .text("S001")), .write(.store, .text("S002")),
            .write(.region, .text("R1")), .write(.department, .text("产品部")),
            .write(.department, .text("客服部")),
        ])
        return RandomIntent(act: .assign, person: .manager, changes: [change])
    }

    private mutating func numbers() -> RandomIntent {
        let person = person()
        switch number(below: 3) {
        case 0:
            return RandomIntent(
                act: .escalate, person: person,
                changes: [.write(.escalation, .integer(Int64(number(below: 4))))])
        case 1:
            return RandomIntent(
                act: .edit, person: person,
                changes: [.write(.priority, .integer(Int64(number(below: 3) + 1)))])
        default:
            return RandomIntent(
                act: .edit, person: person,
                changes: [.write(LawField.max, .integer(Int64(number(below: 4))))])
        }
    }

    private mutating func texts() -> RandomIntent {
        let field = one(of: [
            FieldID.subject, .description, .resolution, .contact, .demand, LawField.keepBoth,
            LawField.last, LawField.compareAndSet, .orderNumber,
        ])
        return RandomIntent(
            act: .edit, person: person(), changes: [.write(field, .text(text()))])
    }

    private mutating func sets() -> RandomIntent {
        let field = one(of: [FieldID.tags, .tags, .attachments, LawField.set])
        let value = FieldValue.text(one(of: ["红", "blue", "绿"]))
        return RandomIntent(
            act: .tag, person: person(),
            changes: [chance(60) ? .add(field, value) : .remove(field, value)])
    }

    private mutating func said(
        on comments: [(id: OperationID, author: StaffID)]
    ) -> RandomIntent {
        let said = RandomIntent(
            act: .note, person: person(),
            changes: [.comment(.note, one(of: [.staff, .customer]), text: text(), parent: nil)])
        guard chance(70), let comment = comments.isEmpty ? nil : one(of: comments) else {
            return said
        }
        if chance(20) {
            return RandomIntent(
                act: .note, person: person(), changes: [.redactComment(comment.id)])
        }
        let author = Person.all.first { $0.staff == comment.author } ?? person()
        return RandomIntent(
            act: .note, person: chance(90) ? author : person(),
            changes: [.editComment(comment.id, text: text())])
    }

    /// Several changes of one action: they stand or fall together.
    private mutating func both() -> RandomIntent {
        let (first, second) = (texts(), step())
        return RandomIntent(
            act: second.act, person: second.person,
            changes: second.changes + first.changes
                + [.comment(.note, .staff, text: text(), parent: nil)])
    }
}
