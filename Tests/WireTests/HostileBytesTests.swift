import Foundation
import RandomValues
import Replication
import Testing
import TicketModel
import Wire

/// Damaged bytes give an error or a value, never a trap; and what is read can be written and read
/// again.
@Suite struct HostileBytesTests {
    static let mutationsCount = 2_000
    let codec = ProtobufCodec()

    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(
            at: Vector.folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "txt" }
            .map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }()

    private func bytes(_ name: String) throws -> [UInt8] {
        let file = Vector.folder.appending(path: "\(name).txt")
        return try StoredVector(text: String(contentsOf: file, encoding: .utf8)).bytes
    }

    @Test func `there are vectors to damage`() {
        #expect(Self.names.count >= 25, "\(Vector.folder.path())")
    }

    @Test(arguments: names)
    func `every truncation is survived`(name: String) throws {
        let whole = try bytes(name)
        for count in 0..<whole.count { readEverywhere(Array(whole.prefix(count)), name) }
        guard isFrame(name) else { return }
        for count in 24..<whole.count { readEverywhere(reframed(Array(whole.prefix(count))), name) }
    }

    @Test(arguments: names, Seeds.all.suffix(1))
    func `thousands of mutations are survived`(name: String, seed: UInt64) throws {
        let whole = try bytes(name)
        var random = RandomValues(seed: seed)
        for _ in 0..<Self.mutationsCount {
            let damaged = mutated(whole, &random)
            readEverywhere(isFrame(name) && random.flag() ? reframed(damaged) : damaged, name)
        }
    }

    @Test(arguments: Seeds.all)
    func `noise is survived`(seed: UInt64) {
        var random = RandomValues(seed: seed)
        for _ in 0..<500 {
            let noise = random.bytes(Int(random.integer(UInt8.self)))
            for name in ["client", "hub", "intent-body", "log-entry", "ticket", "feed", "rest"] {
                readEverywhere(noise, name)
            }
            for type in UInt8(1)...16 {
                var frame = RawFrame()
                (frame.type, frame.body) = (type, noise)
                readEverywhere(frame.bytes, "client")
                readEverywhere(frame.bytes, "hub")
            }
        }
    }

    /// One to four bits turned over, or a byte replaced, or a run cut out or doubled.
    private func mutated(_ bytes: [UInt8], _ random: inout RandomValues) -> [UInt8] {
        var bytes = bytes
        let index = Int.random(in: bytes.indices, using: &random.generator)
        let end = min(bytes.count, index + Int.random(in: 1...8, using: &random.generator))
        switch Int.random(in: 0..<8, using: &random.generator) {
        case 0: bytes[index] = random.one(of: [0, 1, 0x7F, 0x80, 0xFF])
        case 1: bytes.removeSubrange(index..<end)
        case 2: bytes.insert(contentsOf: bytes[index..<end], at: index)
        default:
            for _ in 0..<Int.random(in: 1...4, using: &random.generator) {
                let index = Int.random(in: bytes.indices, using: &random.generator)
                bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random.generator)
            }
        }
        return bytes
    }

    private func isFrame(_ name: String) -> Bool {
        name.hasPrefix("client-") || name.hasPrefix("hub-")
    }

    /// The header made true again, so that the damage reaches the body's reader.
    private func reframed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 24 else { return bytes }
        var frame = RawFrame()
        frame.type = bytes[5]
        frame.body = Array(bytes.dropFirst(24))
        return frame.bytes
    }

    /// Reads as the vector's own kind.
    private func readEverywhere(_ bytes: [UInt8], _ name: String) {
        switch name.prefix(while: { $0 != "-" }) {
        case "client", "frame": readClientMessage(bytes)
        case "hub": readHubMessage(bytes)
        case "intent": readBody(bytes)
        case "log": readEntry(bytes)
        case "ticket": readTicket(bytes)
        case "feed": _ = Topic.split(bytes)
        case "invite": _ = try? Invite("LDI1-" + Data(bytes).base64EncodedString())
        default:
            readBody(bytes)
            if let context = try? codec.decodeContext(bytes) {
                #expect((try? codec.decodeContext(codec.encode(context))) == context)
            }
            if let disposition = try? codec.decodeDisposition(bytes) {
                let again = try? codec.decodeDisposition(codec.encode(disposition))
                #expect(again == disposition)
            }
        }
    }

    private func readClientMessage(_ bytes: [UInt8]) {
        guard let (id, message) = try? ClientMessage.decode(bytes) else { return }
        let again = try? ClientMessage.decode(message.encode(requestID: id))
        #expect(again?.requestID == id)
        #expect(again?.message.content == message.content, "\(hexadecimal(bytes))")
    }

    private func readHubMessage(_ bytes: [UInt8]) {
        guard let (id, message) = try? HubMessage.decode(bytes) else { return }
        let again = try? HubMessage.decode(message.encode(requestID: id))
        #expect(again?.message.content == message.content, "\(hexadecimal(bytes))")
        if case .page(let page) = message { _ = try? page.read(with: codec) }
    }

    private func readBody(_ bytes: [UInt8]) {
        guard let body = codec.decodeBody(bytes) else { return }
        #expect(codec.decodeBody(codec.encode(body)) == body, "\(hexadecimal(bytes))")
    }

    private func readEntry(_ bytes: [UInt8]) {
        guard let entry = try? codec.decodeEntry(bytes) else { return }
        let again = try? codec.decodeEntry(codec.encode(entry))
        #expect(again == entry, "\(hexadecimal(bytes))")
    }

    private func readTicket(_ bytes: [UInt8]) {
        guard let ticket = try? codec.decodeTicket(bytes) else { return }
        let again = try? codec.decodeTicket(codec.encode(ticket))
        #expect(again == ticket, "\(hexadecimal(bytes))")
    }
}
