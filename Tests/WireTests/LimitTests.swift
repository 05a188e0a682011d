import Foundation
import RandomValues
import Replication
import Sodium
import SwiftProtobuf
import Testing
import TicketModel
import Wire

/// Whatever is too long, too many or of the wrong size is refused, and the refusal says what it
/// was.
@Suite struct LimitTests {
    let codec = ProtobufCodec()
    private let identifier = Data(repeating: 1, count: 16)

    private func refusal(
        _ type: UInt8, _ message: some SwiftProtobuf.Message
    ) throws -> ProtocolError? {
        let bytes = try RawFrame(type: type, message).bytes
        do throws(ProtocolError) {
            if type.isMultiple(of: 2), type != 0 {
                _ = try HubMessage.decode(bytes)
            } else {
                _ = try ClientMessage.decode(bytes)
            }
            return nil
        } catch {
            return error
        }
    }

    private func check(
        _ error: ProtocolError?, says words: String, code: FailureCode = .malformed,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(error?.failureCode == code, sourceLocation: location)
        #expect(error?.requestID == 7, sourceLocation: location)
        #expect(
            error?.description.contains(words) == true, "\(error?.description ?? "read")",
            sourceLocation: location)
    }

    private func push(_ change: (inout Loopdesk_V1_Push) -> Void) throws -> ProtocolError? {
        var message = try raw(
            ClientMessage.push(try Samples.batch()).body, as: Loopdesk_V1_Push.self)
        change(&message)
        return try refusal(3, message)
    }

    @Test func `a push has 1 to 256 intents`() throws {
        check(try push { $0.intents = [] }, says: "without intents")
        check(
            try push { $0.intents = Array(repeating: $0.intents[0], count: 257) },
            says: "257 intents, at most 256")
        #expect(try push { $0.intents = Array(repeating: $0.intents[0], count: 256) } == nil)
    }

    @Test func `a push has at most 256 KiB of bodies`() throws {
        let body = Data(repeating: 0, count: 65_536)
        let four = try push { message in
            message.intents = Array(repeating: message.intents[0], count: 4)
            for index in 0..<4 { message.intents[index].body = body }
        }
        #expect(four == nil)
        let more = try push { message in
            message.intents = Array(repeating: message.intents[0], count: 5)
            for index in 0..<4 { message.intents[index].body = body }
            message.intents[4].body = Data([0])
        }
        check(more, says: "262145 bytes; at most 262144", code: .tooLarge)
    }

    @Test func `the parts of a push have their sizes`() throws {
        check(try push { $0.signature.removeLast() }, says: "64 bytes")
        check(try push { $0.replica.append(0) }, says: "replica has 17 bytes")
        check(try push { $0.epoch = Data() }, says: "epoch has 0 bytes")
        check(try push { $0.previousHash.removeLast() }, says: "previous_hash has 31 bytes")
        check(try push { $0.intents[0].counter = 0 }, says: "counters start at 1")
        check(try push { $0.intents[0].clearContext() }, says: "context.epoch has 0 bytes")
        let dependencies = Array(repeating: identifier, count: 513)
        check(
            try push { $0.intents[0].context.dependencies = dependencies },
            says: "513 dependencies, at most 512")
        check(
            try push { $0.intents[0].context.dependencies = [Data([1])] },
            says: "dependency has 1 bytes")
    }

    @Test func `a body of more than 64 KiB or 64 changes is not read`() {
        var body = Samples.create
        body.changes = Array(repeating: .close, count: Limits.changesCountMax)
        #expect(codec.decodeBody(codec.encode(body)) == body)
        body.changes.append(.close)
        #expect(codec.decodeBody(codec.encode(body)) == nil)
        body.changes = [.write(.description, .text(""))]
        // Four lengths grow from one byte to three.
        let rest = Limits.intentByteCountMax - codec.encode(body).count - 8
        body.changes = [.write(.description, .text(String(repeating: "x", count: rest)))]
        #expect(codec.encode(body).count == Limits.intentByteCountMax)
        #expect(codec.decodeBody(codec.encode(body)) == body)
        body.changes = [.write(.description, .text(String(repeating: "x", count: rest + 1)))]
        #expect(codec.decodeBody(codec.encode(body)) == nil)
    }

    @Test(arguments: Seeds.all)
    func `what pushCount says fits into a frame that is read`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for _ in 0..<10 {
            let size = random.one(of: [10, 500, 3_000, 60_000])
            let dependencies = random.one(of: [0, 3, Limits.dependenciesCountMax])
            let intents = (1...300).map { counter in
                Intent(
                    dot: Dot(replica: Samples.replica, counter: .max / 2 - UInt64(counter)),
                    context: CausalContext(
                        epoch: Samples.epoch, sequence: .max / 2,
                        dependencies: Array(repeating: Samples.operation(1), count: dependencies)),
                    bodyBytes: Array(repeating: 9, count: size), hash: .zero)
            }
            let count = ClientMessage.pushCount(of: intents)
            #expect((1...256).contains(count))
            let batch = IntentBatch(
                epoch: Samples.epoch, replica: Samples.replica, previousHash: .zero,
                intents: intents.prefix(count).map { ReadIntent(intent: $0, body: nil) },
                signature: random.bytes(64))
            let bytes = ClientMessage.push(batch).encode(requestID: 1)
            #expect(bytes.count <= Limits.frameByteCountMax, "seed \(seed)")
            guard case .push(let read) = try ClientMessage.decode(bytes).message else { return }
            #expect(read.intents.count == count, "seed \(seed)")
        }
    }

    @Test func `pushCount takes nothing of nothing and one of anything`() {
        #expect(ClientMessage.pushCount(of: []) == 0)
        let huge = Intent(
            dot: Dot(replica: Samples.replica, counter: 1), context: Samples.contexts[0],
            bodyBytes: Array(repeating: 0, count: Limits.batchByteCountMax + 1), hash: .zero)
        #expect(ClientMessage.pushCount(of: [huge, huge]) == 1)
    }

    @Test func `the largest group there can be fits into one push, and none is cut`() throws {
        let count = Limits.groupIntentsCountMax
        let dependencies = Array(
            repeating: Samples.operation(1), count: Limits.dependenciesCountMax)
        func intent(_ counter: UInt64, _ group: IntentGroup?, byteCount: Int) -> Intent {
            var body = Samples.create
            body.group = group
            body.changes = [.write(.description, .text(""))]
            let rest = byteCount - codec.encode(body).count - 16
            body.changes = [
                .write(.description, .text(String(repeating: "x", count: max(rest, 0))))
            ]
            return Intent(
                dot: Dot(replica: Samples.replica, counter: counter),
                context: CausalContext(
                    epoch: Samples.epoch, sequence: .max / 2, dependencies: dependencies),
                bodyBytes: codec.encode(body), hash: .zero)
        }
        let group = (0..<count).map { index in
            intent(
                UInt64(2 + index),
                IntentGroup(id: Samples.operation(1), index: index, count: count),
                byteCount: Limits.batchByteCountMax / count)
        }
        #expect(group.reduce(0) { $0 + $1.bodyBytes.count } <= Limits.batchByteCountMax)
        #expect(ClientMessage.pushCount(of: group) == count)
        let before = intent(1, nil, byteCount: 1_000)
        #expect(ClientMessage.pushCount(of: [before] + group) == 1, "left for the next one")
        let batch = IntentBatch(
            epoch: Samples.epoch, replica: Samples.replica, previousHash: .zero,
            intents: group.map { ReadIntent(intent: $0, body: nil) },
            signature: Array(repeating: 1, count: 64))
        let bytes = ClientMessage.push(batch).encode(requestID: 1)
        #expect(bytes.count <= Limits.frameByteCountMax)
    }

    @Test func `greetings have their sizes`() throws {
        func hello(_ change: (inout Loopdesk_V1_Hello) -> Void) throws -> ProtocolError? {
            var message: Loopdesk_V1_Hello = try raw(ClientMessage.hello(Samples.hello).body)
            change(&message)
            return try refusal(1, message)
        }
        check(try hello { $0.sessionNonce.append(0) }, says: "nonce has 16 bytes")
        check(try hello { $0.lastHash = Data() }, says: "last_hash has 0 bytes")
        check(try hello { $0.clearCursor() }, says: "position.hash has 0 bytes")
        check(try hello { $0.epoch = Data([1]) }, says: "epoch has 1 bytes")
        #expect(try hello { $0.epoch = Data() } == nil)
        #expect(try hello { $0.software = String(repeating: "s", count: 5_000) } == nil)

        var enroll: Loopdesk_V1_Enroll = try raw(ClientMessage.enroll(try Samples.enroll()).body)
        enroll.label = String(repeating: "l", count: 65)
        check(try refusal(11, enroll), says: "at most 64 bytes")
        enroll.label = ""
        enroll.curveKey.removeLast()
        check(try refusal(11, enroll), says: "32 bytes")
    }

    @Test func `questions have their sizes`() throws {
        var question = Loopdesk_V1_VerdictsGet()
        question.operations = Array(repeating: identifier, count: 1_024)
        #expect(try refusal(9, question) == nil)
        question.operations.append(identifier)
        check(try refusal(9, question), says: "1025 operations, at most 1024")
        question.operations = [Data()]
        check(try refusal(9, question), says: "operation has 0 bytes")
        check(try refusal(5, Loopdesk_V1_Pull()), says: "epoch has 0 bytes")
    }

    @Test func `answers have their sizes`() throws {
        var welcome: Loopdesk_V1_Welcome = try raw(HubMessage.welcome(Samples.welcome).body)
        welcome.scopes = Array(repeating: "all", count: 257)
        check(try refusal(2, welcome), says: "257 scopes, at most 256")
        let verdict = Loopdesk_V1_Verdict()
        var ack = Loopdesk_V1_Ack()
        ack.verdicts = Array(repeating: verdict, count: 257)
        check(try refusal(4, ack), says: "257 verdicts, at most 256")
        var verdicts = Loopdesk_V1_Verdicts()
        verdicts.verdicts = Array(repeating: verdict, count: 1_025)
        check(try refusal(10, verdicts), says: "1025 verdicts, at most 1024")
        var page = Loopdesk_V1_Page()
        page.items = Array(repeating: .with { $0.delta = Data() }, count: 16_385)
        check(try refusal(6, page), says: "16385 items, at most 16384")
        var directory = Loopdesk_V1_Directory()
        directory.staff = Array(repeating: .with { $0.staff = "a" }, count: 20_001)
        check(try refusal(8, directory), says: "20001 people, at most 20000")
        directory.staff = [.with { $0.staff = "no:name" }]
        check(try refusal(8, directory), says: "staff is not a name")
    }
}
