import Replication
import Sodium
import TicketModel
import Wire

// The story as frames.
extension Samples {
    /// The number of every request of the story.
    static let requestID: UInt64 = 0x0102_0304_0506_0708

    /// One of each message of a client, with the name of its vector and its body's message type.
    static func clientMessages() throws -> [(name: String, type: String, message: ClientMessage)] {
        [
            ("client-hello", "Hello", .hello(hello)),
            ("client-push", "Push", .push(try batch())),
            ("client-pull", "Pull", .pull(Pull(epoch: epoch, cursor: 40, bytesMax: 262_144))),
            ("client-directory-get", "DirectoryGet", .directoryGet),
            ("client-verdicts-get", "VerdictsGet", .verdictsGet([operation(1), operation(2)])),
            ("client-enroll", "Enroll", .enroll(try enroll())),
            ("client-ping", "Ping", .ping(Ping(nonce: 99))),
            (
                "client-snapshot-get", "SnapshotGet",
                .snapshotGet(
                    SnapshotGet(epoch: epoch, after: ticketID, through: nil, bytesMax: 262_144))
            ),
            ("client-refill", "Refill", .refill(refill)),
            (
                "client-digest-get", "DigestGet",
                .digestGet(
                    DigestGet(epoch: epoch, scope: .store(store), range: .allTickets))
            ),
        ]
    }

    /// One of each message of a hub, with the name of its vector and its body's message type.
    static var hubMessages: [(name: String, type: String, message: HubMessage)] {
        [
            ("hub-welcome", "Welcome", .welcome(welcome)),
            (
                "hub-ack", "Ack",
                .ack(Ack(epoch: epoch, watermark: 8, verdicts: verdicts, head: 42))
            ),
            ("hub-page", "Page", .page(page)),
            ("hub-directory", "Directory", .directory(directory)),
            ("hub-verdicts", "Verdicts", .verdicts(verdicts)),
            ("hub-enrolled", "Enrolled", .enrolled(enrolled)),
            ("hub-snapshot", "Snapshot", .snapshot(snapshot)),
            (
                "hub-refilled", "Refilled",
                .refilled(Refilled(epoch: epoch, taken: 3, known: 1, parked: 1, refused: 1))
            ),
            ("hub-digests", "Digests", .digests(digests)),
            (
                "hub-pong", "Pong",
                .pong(
                    Pong(
                        nonce: 99, head: 42, serverTime: after(10),
                        directory: DirectoryVersion(staff: 3, policy: 2)))
            ),
            (
                "hub-failure", "Failure",
                .failure(Failure(code: .need, message: "Send from intent 7.", counter: 7))
            ),
            (
                "hub-bye", "Failure",
                .bye(
                    Failure(
                        code: .busy, message: "The hub is shutting down.",
                        retryAfterMilliseconds: 3_500))
            ),
        ]
    }

    static var hello: Hello {
        var hello = Hello(
            protocolMin: 1, protocolMax: 2, replica: replica, lastCounter: 8,
            lastHash: previousHash, epoch: epoch,
            cursor: LogPosition(sequence: 40, hash: position.hash),
            sessionNonce: Array(0...15), wallClock: after(5), software: "example 1.0",
            staffVersion: 3, policyVersion: 2)
        hello.cursorProof = proof
        hello.locator = [LogPosition(sequence: 24, hash: position.hash)]
        hello.snapshot = position
        hello.snapshotProof = proof
        hello.formerReplica = ReplicaID(rawValue: replica.rawValue ^ 1)
        return hello
    }

    static func enroll() throws -> Enroll {
        Enroll(
            curveKey: Array(65...96), signingKey: try key().publicKey, replica: replica,
            label: "柜台 2", protocolMin: 1, protocolMax: 1)
    }

    static var welcome: Welcome {
        var welcome = Welcome(
            protocolVersion: 2, epoch: epoch, head: 42, logBase: 0, durableSequence: 30,
            watermark: 6, watermarkHash: previousHash, serverTime: after(5), windowBatches: 4,
            batchIntentsMax: 256, batchBytesMax: 262_144, frameBytesMax: 1_048_576,
            staffVersion: 3, policyVersion: 2, scopes: [.store(store), .replica(replica)],
            feedEndpoint: "tcp://*:7402", hubSoftware: "loopdesk-hub 1.0")
        welcome.shared = LogPosition(sequence: 40, hash: position.hash)
        welcome.isRecovering = true
        welcome.assignment = Assignment(store: store, region: nil, roles: [.clerk])
        welcome.run = 7
        return welcome
    }

    static var directory: Directory {
        Directory(
            staffVersion: 3,
            staff: [
                StaffRecord(
                    staff: clerk, name: "王丽", roles: [.supervisor, .clerk], store: store,
                    department: department, phone: "+86 10 5555 0100", isActive: true,
                    absence: Absence(
                        from: after(3_600), until: after(90_000),
                        substitute: StaffID(unchecked: "B07"), note: "培训"))
            ],
            policy: PolicyRecord(version: 2, yaml: "name: example\n", loadedAt: start))
    }

    static var enrolled: Enrolled {
        Enrolled(
            device: DeviceID(unchecked: "dev-0123456789ab"), store: store, region: region,
            department: nil, staff: clerk, roles: [.clerk], scopes: [.store(store), .agent(clerk)],
            replicaCode: "K7", epoch: epoch, serverTime: after(0))
    }
}
