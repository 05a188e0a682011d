import Replication
import Testing
import Wire

/// What is not a frame of ours is refused with the code that says why.
@Suite struct FrameTests {
    private func refusal(_ frame: RawFrame) -> ProtocolError? { refusal(frame.bytes) }

    private func refusal(_ bytes: [UInt8]) -> ProtocolError? {
        do throws(ProtocolError) {
            _ = try ClientMessage.decode(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a frame as it should be is read`() throws {
        let read = try ClientMessage.decode(RawFrame().bytes)
        #expect(read.requestID == 7)
        #expect(read.message.content == ClientMessage.ping(Ping(nonce: 0)).content)
    }

    @Test(arguments: 0..<24)
    func `fewer bytes than a header are no frame`(count: Int) {
        let error = refusal(Array(RawFrame().bytes.prefix(count)))
        #expect(error?.failureCode == .malformed)
        #expect(error?.requestID == nil, "nobody knows whose frame that was")
    }

    @Test(arguments: ["lpdk", "LPDL", "HTTP", "\0\0\0\0"])
    func `another magic is no frame`(magic: String) {
        var frame = RawFrame()
        frame.magic = Array(magic.utf8)
        #expect(refusal(frame)?.failureCode == .malformed)
        #expect(refusal(frame)?.requestID == nil)
    }

    @Test(arguments: [0, 2, 255] as [UInt8])
    func `another header version is refused as a version`(version: UInt8) {
        var frame = RawFrame()
        frame.version = version
        #expect(refusal(frame)?.failureCode == .unsupportedProtocol)
        #expect(refusal(frame)?.requestID == 7, "the peer can tell which request failed")
    }

    @Test(arguments: [1, 12, 65_536, .max] as [UInt32])
    func `a length that is not the body's is refused`(length: UInt32) {
        var frame = RawFrame()
        frame.length = length
        #expect(refusal(frame)?.failureCode == .malformed)
        frame.body = Array(repeating: 0, count: 5)
        #expect(refusal(frame)?.failureCode == .malformed)
        #expect(refusal(frame)?.requestID == 7)
    }

    @Test(arguments: 0..<48)
    func `reserved bits must be zero`(bit: Int) {
        var frame = RawFrame()
        if bit < 16 {
            frame.flags[bit / 8] |= 1 << UInt8(bit % 8)
        } else {
            frame.reserved[(bit - 16) / 8] |= 1 << UInt8(bit % 8)
        }
        #expect(refusal(frame)?.failureCode == .malformed)
        #expect(refusal(frame)?.description == "reserved bits are set")
    }

    @Test func `unknown types are refused by number`() {
        let known = Set(MessageType.allCases.map(\.rawValue))
        for type in UInt8.min...UInt8.max where !known.contains(type) {
            var frame = RawFrame()
            frame.type = type
            #expect(refusal(frame)?.failureCode == .malformed)
            #expect(refusal(frame)?.description.contains("\(type)") == true)
        }
    }

    @Test func `each side refuses what only the other says`() throws {
        for (_, _, message) in try Samples.clientMessages() {
            let bytes = message.encode(requestID: 3)
            #expect(throws: ProtocolError.self) { try HubMessage.decode(bytes) }
        }
        for (_, _, message) in Samples.hubMessages {
            let error = refusal(message.encode(requestID: 3))
            #expect(error?.failureCode == .malformed)
            #expect(error?.requestID == 3)
        }
    }

    @Test func `a frame may have the largest size and not one byte more`() {
        var frame = RawFrame()
        // Field 15 of a newer version, as long as it takes: unknown fields are skipped.
        let content = Limits.frameByteCountMax - 24 - 4
        frame.body = [0x7A, UInt8(content & 0x7F) | 0x80]
        frame.body += [UInt8(content >> 7 & 0x7F) | 0x80, UInt8(content >> 14)]
        frame.body += Array(repeating: 0, count: content)
        #expect(frame.bytes.count == Limits.frameByteCountMax)
        #expect(refusal(frame) == nil)
        frame.body.append(0)
        let error = refusal(frame)
        #expect(error?.failureCode == .tooLarge)
        #expect(error?.requestID == 7)
    }

    @Test func `an answer that no peer would read is replaced by a refusal`() throws {
        let page = EncodedPage(
            epoch: Samples.epoch, from: 0, to: Samples.position,
            items: [.delta(EncodedEntry(Array(repeating: 0, count: Limits.frameByteCountMax)))],
            head: 1, hasMore: false)
        let bytes = HubMessage.page(page).encode(requestID: 9)
        #expect(bytes.count <= Limits.frameByteCountMax)
        let (id, message) = try HubMessage.decode(bytes)
        guard case .failure(let failure) = message else {
            Issue.record("got another message")
            return
        }
        #expect(id == 9)
        #expect(failure.code == .tooLarge)
    }
}
