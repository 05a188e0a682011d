import Foundation
import RandomValues
import Sodium
import Testing
import TicketModel
import Wire

/// An invite survives a message, a slip of paper and a tired reader; anything else is refused with
/// the reason.
@Suite struct InviteTests {
    private func problem(_ text: String) -> Invite.Problem? {
        do throws(Invite.Problem) {
            _ = try Invite(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: Seeds.all)
    func `every invite reads back`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for count in 1...Invite.endpointByteCountMax {
            let invite = Invite(
                endpoint: String(repeating: "h", count: count), serverKey: random.bytes(32),
                secretKey: random.bytes(32), expiresAt: random.timestamp())
            #expect(try Invite(invite.text) == invite, "seed \(seed)")
            #expect(invite.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2B })
        }
    }

    @Test func `white space around and inside does not matter`() throws {
        let text = Samples.invite.text
        let lines = text.enumerated().map {
            $0.offset % 20 == 19 ? "\($0.element)\r\n  " : "\($0.element)"
        }
        #expect(try Invite("\n\t " + lines.joined() + " \u{3000}") == Samples.invite)
    }

    @Test func `a wrong character is noticed wherever it stands`() {
        let text = Array(Samples.invite.text)
        // The last digit has bits that carry nothing.
        for index in Invite.prefix.count..<(text.count - 1) {
            var other = text
            other[index] = other[index] == "A" ? "B" : "A"
            #expect(problem(String(other)) == .mistyped, "character \(index)")
        }
    }

    @Test func `a missing or doubled character is noticed wherever it stands`() {
        let text = Array(Samples.invite.text)
        for index in Invite.prefix.count..<text.count {
            var (shorter, longer) = (text, text)
            shorter.remove(at: index)
            longer.insert(text[index], at: index)
            #expect(problem(String(shorter)) == .mistyped, "without \(index)")
            #expect(problem(String(longer)) == .mistyped, "twice \(index)")
        }
    }

    @Test func `every beginning of an invite is refused`() {
        let text = Samples.invite.text
        for count in 0..<text.count {
            let problem = problem(String(text.prefix(count)))
            #expect(problem == (count < 4 ? .notAnInvite : .mistyped), "\(count) characters")
        }
    }

    @Test(arguments: ["LDI2-", "LDI9-AAAA", "LDI10-AAAA", "LDI2"])
    func `an invite of another version says so`(text: String) {
        #expect(problem(text) == .newerVersion)
    }

    @Test(arguments: [
        "", " ", "hello", "ldi1-AAAA", "LDI", "LDI-", "LDIX-AAAA", "LDI½-AAAA", "LDI٣-AAAA",
        "https://hub.example", "🙂",
    ])
    func `anything else is no invite`(text: String) {
        #expect(problem(text) == .notAnInvite)
    }

    @Test(arguments: ["LDI1-", "LDI1-A", "LDI1-=", "LDI1-AAAA", "LDI1-🙂", "LDI1-AA==AA", "LDI1"])
    func `an invite of this version with other content was mistyped`(text: String) {
        #expect(problem(text) == .mistyped)
    }

    @Test func `an endpoint must be there, fit and be text`() {
        let keys = [UInt8](repeating: 7, count: 72)
        let endpoints: [[UInt8]] = [
            [], Array(repeating: 104, count: Invite.endpointByteCountMax + 1), [0xFF, 0xFE],
        ]
        for endpoint in endpoints {
            let content = keys + endpoint
            let bytes = content + Digest.sha256(content).bytes.prefix(4)
            let digits = Data(bytes).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_").replacing("=", with: "")
            #expect(problem("LDI1-" + digits) == .mistyped)
        }
    }

    @Test(arguments: Seeds.all)
    func `garbage never traps`(seed: UInt64) {
        var random = RandomValues(seed: seed)
        for _ in 0..<2_000 {
            let count = Int(random.integer(UInt8.self))
            let text = String(decoding: random.bytes(count), as: UTF8.self)
            #expect(problem(text) == .notAnInvite, "seed \(seed)")
            #expect(problem("LDI1-" + text) == .mistyped, "seed \(seed)")
        }
    }
}
