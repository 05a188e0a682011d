import Replication
import Testing
import TicketModel

extension ReplicaStorageConformance {
    static let searchChecks: [Check<any ReplicaStorage>] = [
        Check("Chinese words are found inside a sentence", chinese),
        Check("every word must occur, in any case and width", words),
        Check("all texts of a ticket are searched", everyText),
        Check("what a ticket does not say any more is not found", changedText),
        Check("nothing that is typed is syntax", noSyntax),
    ]

    private static func found(_ text: String, in store: any ReplicaStorage) throws -> Set<UInt128> {
        var query = TicketQuery()
        query.text = text
        return try store.read { replica throws in
            let found = try replica.list(query).map(\.id.rawValue)
            #expect(try replica.count(query) == found.count)
            return Set(found)
        }
    }

    private static func save(_ store: any ReplicaStorage, _ texts: String...) throws {
        try store.transaction { replica throws in
            for (index, text) in texts.enumerated() {
                try replica.saveBase(Sample.ticket(UInt128(index + 1), [.description: text]))
            }
        }
    }

    private static func chinese(_ store: any ReplicaStorage) throws {
        try save(store, "顾客投诉屏幕不亮，要求换货", "顾客说屏幕很亮", "投递时诉说")
        #expect(try found("投诉", in: store) == [1])
        #expect(try found("屏幕", in: store) == [1, 2])
        #expect(try found("亮", in: store) == [1, 2])
        #expect(try found("换货 投诉", in: store) == [1])
        #expect(try found("投诉　屏幕", in: store) == [1], "with a wide space")
        #expect(try found("不亮，要求", in: store) == [1])
        #expect(try found("退货", in: store) == [])
    }

    private static func words(_ store: any ReplicaStorage) throws {
        try save(store, "Screen of model X1 broken", "screen protector", "ｐｈｏｎｅ")
        #expect(try found("SCREEN", in: store) == [1, 2])
        #expect(try found("x1 screen", in: store) == [1])
        #expect(try found("ＳＣＲＥＥＮ broken", in: store) == [1])
        #expect(try found("phone", in: store) == [3])
        #expect(try found("scre", in: store) == [1, 2], "the last word may be begun")
        #expect(try found("screen keyboard", in: store) == [])
    }

    private static func everyText(_ store: any ReplicaStorage) throws {
        var ticket = Sample.ticket(1, number: 4, [.subject: "alpha", .contact: "bravo"])
        ticket.registers[.demand] = Register(
            value: .text("charlie"), stamp: Sample.stamp(1),
            alternates: [Alternate(value: .text("delta"), stamp: Sample.stamp(2))])
        ticket.tag("echo")
        ticket.comments = [
            Comment(
                id: Sample.operation(5), kind: .note, text: "foxtrot", stamp: Sample.stamp(5))
        ]
        ticket.ratings = [
            Rating(
                id: Sample.operation(6), token: "t", outcome: .satisfied, score: 9,
                remark: "golf", stamp: Sample.stamp(6))
        ]
        let finished = ticket
        try store.transaction { try $0.saveBase(finished) }
        for word in [
            "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "CS202310270004",
            ticket.provisionalNumber,
        ] {
            #expect(try found(word, in: store) == [1], "\(word)")
        }
    }

    private static func changedText(_ store: any ReplicaStorage) throws {
        try save(store, "屏幕")
        let overlay = Sample.ticket(1, [.description: "键盘"])
        try store.transaction { try $0.saveOverlay(overlay, of: overlay.id) }
        #expect(try found("屏幕", in: store) == [])
        #expect(try found("键盘", in: store) == [1])
        try store.transaction { try $0.saveOverlay(nil, of: overlay.id) }
        #expect(try found("屏幕", in: store) == [1])
        #expect(try found("键盘", in: store) == [])
    }

    private static func noSyntax(_ store: any ReplicaStorage) throws {
        try save(store, "say \"hello\" to body", "and or not near")
        #expect(try found("\"hello\"", in: store) == [1])
        #expect(try found("or", in: store) == [2])
        #expect(try found("AND NOT", in: store) == [2])
        #expect(try found("body:hello", in: store) == [])
        #expect(try found("hello *", in: store) == [1], "a word without a letter is left out")
        #expect(try found("( \" * ^", in: store) == [], "no words find nothing")
        #expect(try found("  ", in: store) == [1, 2], "blank text is no condition")
        #expect(try found("hello\u{0}say", in: store) == [1])
    }
}
