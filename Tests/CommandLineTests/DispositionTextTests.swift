import Replication
import Terminal
import Testing
import TicketModel
import TicketPolicy

@testable import loopdesk

/// What became of an act, in people's words.
@Suite struct DispositionTextTests {
    @Test(
        arguments: [
            (FieldID.priority, "1", "merged: priority ← normal"),
            (.status, "in_progress", "merged: status ← in progress"),
            (
                .approvals, "plan approved 018bcfe6000000000000000000000001",
                "merged: approvals ← plan yes"
            ),
            // Where it was written down instead; the name of a survey is for scripts.
            (nil, "CS202311150002", "merged: → CS202311150002"),
            (nil, "callback", "merged"),
        ] as [(FieldID?, String, String)])
    func `a note says what stands now as people call it`(
        field: FieldID?, detail: String, expected: String
    ) throws {
        let note = ChangeNote(changeIndex: 0, outcome: .merged, field: field, detail: detail)
        let text = DispositionText(profile: try Profile.builtIn("basic"), language: .en)
        #expect(text.line(Disposition(outcome: .merged, notes: [note])) == expected)
    }
}
