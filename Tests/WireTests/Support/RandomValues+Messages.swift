import RandomValues
import Replication
import Sodium
import TicketModel
import Wire

extension RandomValues {
    mutating func batch() -> IntentBatch {
        let (replica, previous, first) = (identifier(ReplicaID.self), digest(), dot().counter)
        var hash = previous
        let counter = max(1, first / 4)
        let reads = list(1...4) { $0.body() }.enumerated().map { index, body in
            let bytes = ProtobufCodec().encode(body)
            hash = hash.chained(with: bytes)
            let intent = Intent(
                dot: Dot(replica: replica, counter: counter + UInt64(index)), context: context(),
                bodyBytes: bytes, hash: hash)
            return ReadIntent(intent: intent, body: body)
        }
        return IntentBatch(
            epoch: identifier(), replica: replica, previousHash: previous, intents: reads,
            signature: bytes(SigningKeyPair.signatureByteCount))
    }

    mutating func position() -> LogPosition { LogPosition(sequence: place(), hash: digest()) }

    mutating func hello() -> Hello {
        var hello = Hello(
            protocolMin: integer32(), protocolMax: integer32(), replica: identifier(),
            lastCounter: place(), lastHash: digest(), epoch: maybe { $0.identifier() },
            cursor: position(), sessionNonce: bytes(16), wallClock: timestamp(),
            software: "loopdesk \(integer(UInt8.self))", staffVersion: integer(),
            policyVersion: integer32())
        hello.cursorProof = flag() ? bytes(16) : []
        hello.locator = list { $0.position() }
        hello.snapshot = maybe { $0.position() }
        hello.snapshotProof = hello.snapshot != nil && flag() ? bytes(16) : []
        hello.formerReplica = maybe { $0.identifier() }
        return hello
    }

    mutating func enroll() -> Enroll {
        Enroll(
            curveKey: bytes(32), signingKey: signingKey(), replica: identifier(), label: "柜台 2",
            protocolMin: integer32(), protocolMax: integer32())
    }

    /// One of each message of a client.
    mutating func clientMessages() -> [ClientMessage] {
        [
            .hello(hello()), .push(batch()),
            .pull(Pull(epoch: identifier(), cursor: place(), bytesMax: integer32())),
            .directoryGet, .verdictsGet(list { $0.identifier() }), .enroll(enroll()),
            .ping(Ping(nonce: integer())),
            .snapshotGet(
                SnapshotGet(
                    epoch: identifier(), after: maybe { $0.identifier() },
                    through: maybe { $0.identifier() }, bytesMax: integer32())),
            .refill(
                Refill(
                    epoch: identifier(), origin: identifier(), entries: list { $0.encodedEntry() },
                    refused: list { $0.verdict() }, isLast: flag())),
            .digestGet(
                DigestGet(
                    epoch: identifier(),
                    scope: maybe { Scope(rawValue: "store:\($0.name() as StoreID)") },
                    range: range())),
        ]
    }

    mutating func welcome() -> Welcome {
        var welcome = Welcome(
            protocolVersion: integer32(), epoch: identifier(), head: integer(),
            logBase: integer(), durableSequence: integer(), watermark: integer(),
            watermarkHash: digest(), serverTime: timestamp(), windowBatches: integer32(),
            batchIntentsMax: integer32(), batchBytesMax: integer32(),
            frameBytesMax: integer32(), staffVersion: integer(), policyVersion: integer32(),
            scopes: scopes(), feedEndpoint: text(), hubSoftware: text())
        welcome.shared = maybe { $0.position() }
        welcome.isRecovering = flag()
        welcome.assignment = maybe {
            Assignment(
                store: $0.maybe { $0.name() }, region: $0.maybe { $0.name() }, roles: $0.roles())
        }
        welcome.run = integer()
        return welcome
    }

    mutating func verdict() -> Verdict {
        Verdict(operation: identifier(), disposition: disposition(), sequence: place())
    }

    mutating func encodedEntry() -> EncodedEntry {
        EncodedEntry(ProtobufCodec().encode(entry()), proof: flag() ? bytes(16) : [])
    }

    mutating func page() -> EncodedPage {
        var page = EncodedPage(
            epoch: identifier(), from: integer(), to: position(),
            items: list { $0.pageItem() }, head: integer(), hasMore: flag())
        page.toProof = flag() ? bytes(16) : []
        page.durableSequence = integer()
        return page
    }

    mutating func range() -> ClosedRange<TicketID> {
        let (one, other) = (identifier(TicketID.self), identifier(TicketID.self))
        return min(one, other)...max(one, other)
    }

    mutating func pageItem() -> EncodedPageItem {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: .delta(encodedEntry())
        case 1:
            .enter(
                encodedEntry(), ticket: ProtobufCodec().encode(ticket()),
                history: list { $0.encodedEntry() })
        case 2: .leave(sequence: integer(), ticket: identifier(), number: text())
        default:
            .verdict(
                sequence: integer(), ticket: identifier(), operation: identifier(),
                disposition: disposition())
        }
    }

    mutating func directory() -> Directory {
        Directory(
            staffVersion: integer(),
            staff: list {
                StaffRecord(
                    staff: $0.name(), name: $0.text(), roles: $0.roles(),
                    store: $0.maybe { $0.name() }, department: $0.maybe { $0.name() },
                    phone: $0.text(), isActive: $0.flag(), absence: $0.maybe { $0.absence() })
            },
            policy: PolicyRecord(version: integer32(), yaml: text(), loadedAt: timestamp()))
    }

    private mutating func absence() -> Absence {
        let from = Timestamp(milliseconds: Int64(integer32()))
        return Absence(
            from: from, until: from.adding(milliseconds: Int64(max(1, integer32()))),
            substitute: maybe { $0.name() }, note: String(text().prefix(40)))
    }

    mutating func enrolled() -> Enrolled {
        Enrolled(
            device: name(), store: maybe { $0.name() }, region: maybe { $0.name() },
            department: maybe { $0.name() }, staff: maybe { $0.name() }, roles: roles(),
            scopes: scopes(), replicaCode: "K7", epoch: identifier(), serverTime: timestamp())
    }

    mutating func failure(_ code: FailureCode) -> Failure {
        Failure(
            code: code, message: text(), epoch: maybe { $0.identifier() },
            counter: max(1, integer()), retryAfterMilliseconds: integer32())
    }

    private mutating func snapshot() -> Snapshot {
        var piece = SnapshotPiece(
            head: position(), after: maybe { $0.identifier() },
            through: maybe { $0.identifier() },
            tickets: list { ProtobufCodec().encode($0.ticket()) },
            history: list { $0.encodedEntry() }, total: integer())
        piece.headProof = flag() ? bytes(16) : []
        return Snapshot(epoch: identifier(), piece: piece)
    }

    /// One of each message of a hub.
    mutating func hubMessages() -> [HubMessage] {
        [
            .welcome(welcome()),
            .ack(
                Ack(
                    epoch: identifier(), watermark: integer(), verdicts: list { $0.verdict() },
                    head: integer())),
            .page(page()),
            .snapshot(snapshot()),
            .refilled(
                Refilled(
                    epoch: identifier(), taken: integer32(), known: integer32(),
                    parked: integer32(), refused: integer32())),
            .digests(
                Digests(
                    epoch: identifier(), head: integer(),
                    digests: list {
                        RangeDigest(
                            scope: Scope(rawValue: $0.text()), range: $0.range(),
                            digest: DigestSum(
                                count: $0.integer(),
                                sum: $0.identifier(TicketID.self).rawValue))
                    })),
            .directory(directory()), .verdicts(list { $0.verdict() }), .enrolled(enrolled()),
            .pong(
                Pong(
                    nonce: integer(), head: integer(), serverTime: timestamp(),
                    directory: maybe { $0.directoryVersion() })),
            .failure(failure(one(of: FailureCode.allCases))), .bye(failure(.busy)),
        ]
    }

    mutating func directoryVersion() -> DirectoryVersion {
        DirectoryVersion(staff: integer(), policy: integer32())
    }
}
