import Testing
import TicketModel
import Wire

/// Invites travel on paper: people type them.
@Suite struct InviteTypingTests {
    /// With one, two and three bytes in the last group of digits.
    @Test(arguments: ["tcp://10.0.0.1:74", "tcp://10.0.0.1:740", "tcp://10.0.0.1:7401"])
    func `an invite is read as it was written, and no wrong character goes unnoticed`(
        endpoint: String
    ) throws {
        let invite = Invite(
            endpoint: endpoint, serverKey: Array(0..<32), secretKey: Array(100..<132),
            expiresAt: Timestamp(milliseconds: 1_700_000_000_000))
        #expect(try Invite(invite.text) == invite)
        let characters = Array(invite.text)
        for index in Invite.prefix.count..<characters.count {
            for digit in "ABCDab01-_" where digit != characters[index] {
                var mistyped = characters
                mistyped[index] = digit
                #expect(throws: Invite.Problem.mistyped) { try Invite(String(mistyped)) }
            }
        }
    }
}
