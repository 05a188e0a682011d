import Testing
import TicketModel

@Suite struct SystemNoteTests {
    @Test(arguments: SystemNote.Key.allCases)
    func `a note is read as it was written`(key: SystemNote.Key) {
        for reason in ["", "同一投诉", "two\nlines: with a colon\n", "reason: of a reason"] {
            let note = SystemNote(key, "CS202311150002", reason: reason)
            #expect(SystemNote(note.text) == note)
        }
        #expect(SystemNote(key, "S001-AA-0001").text == "\(key.rawValue): S001-AA-0001")
    }

    @Test(arguments: [
        "", "merged_into", "merged_into:CS1", "done: merged_into", "Merged_into: CS1",
        "merged_into: CS1\nand more", "\nmerged_into: CS1",
    ])
    func `other texts are no notes`(text: String) {
        #expect(SystemNote(text) == nil)
    }

    @Test func `what was merged and is still merged is told by the notes`() {
        var ticket = Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "S042-K7-0001",
            capturedAt: Timestamp(milliseconds: 0), createdBy: StaffID(unchecked: "A17"))
        func say(_ kind: TicketModel.Comment.Kind, _ text: String) {
            let id = OperationID(rawValue: UInt128(ticket.comments.count + 1))
            ticket.comments.append(
                TicketModel.Comment(
                    id: id, kind: kind, text: text,
                    stamp: Stamp(
                        sequence: UInt64(ticket.comments.count + 1),
                        dot: Dot(replica: ReplicaID(rawValue: 1), counter: 1), operation: id,
                        time: HybridTimestamp(rawValue: 1), authority: .agent,
                        actor: StaffID(unchecked: "A17"))))
        }
        for number in ["CS1", "CS2", "CS3", "CS1"] { say(.system, "merged_from: \(number)") }
        say(.system, "unmerged: CS2")
        say(.note, "merged_from: CS9")
        #expect(ticket.mergedNumbers == ["CS1", "CS3"])
        #expect(ticket.systemNotes.count == 5, "what a person typed is no note of the program")
    }
}
