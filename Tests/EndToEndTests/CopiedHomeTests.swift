import Foundation
import Testing

/// A home was copied to a second place, or put back from a backup, with the real programs: both go
/// on, nothing is lost, nothing is doubled, and the people concerned are told.
@Suite struct CopiedHomeTests {
    @Test func `a home copied to a second place goes on there under an identity of its own`()
        async throws
    {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let original = try await hub.join("lina", role: "clerk", store: "S001")
        let before = try await original.log([TicketInput(description: "两份都有")])
        let copy = try TestClient()
        try FileManager.default.copyItem(atPath: original.home, toPath: copy.home)

        let first = try await original.log([TicketInput(description: "原件的")])
        let result = try await copy.run(["note", before[0].provisionalNumber, "副本的备注"])
        #expect(result.status == 0, "\(result)")
        #expect(result.errors.contains("This database is a copy"), "\(result)")
        let second = try await copy.log([TicketInput(description: "副本的")])
        #expect(first[0].provisionalNumber != second[0].provisionalNumber)

        for client in [copy, original, copy] { try await client.runChecked(["sync"]) }
        for client in [copy, original] {
            let tickets = try await client.list()
            #expect(tickets.count == 3, "\(tickets)")
            #expect(Set(tickets.map(\.number)).count == 3)
            #expect(try await client.status().queued == 0)
            let verified = try await client.read(VerifyOutput.self, ["verify"])
            #expect(verified.whole && verified.compared && verified.mended == 0)
        }
        let shown = try await original.read(
            TicketOutput.self, ["show", before[0].provisionalNumber])
        #expect(shown.comments.map(\.text) == ["副本的备注"], "the note is there once")
        #expect(process.errors.contains("its database is a copy"), "the operator is told")
        #expect(try await hub.stop(process).status == 0)
        try checkIntegrity(of: copy.replicaPath)
    }

    @Test func `a home that is only used keeps its identity, whatever its times say`()
        async throws
    {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let client = try await hub.join("lina", role: "clerk", store: "S001")
        let number = try await client.log([TicketInput(description: "第一")])[0].provisionalNumber
        for round in 0..<3 {
            // The time of the last change of the inode is another one after this.
            try FileManager.default.setAttributes(
                [.posixPermissions: round % 2 == 0 ? 0o640 : 0o600],
                ofItemAtPath: client.replicaPath)
            let note = try await client.run(["note", number, "第 \(round)"])
            #expect(note.status == 0 && note.errors.isEmpty, "\(note)")
            // What a program leaves in the log goes into the file when the next one syncs.
            let result = try await client.run(["sync"])
            #expect(result.status == 0 && !result.errors.contains("copy"), "\(result)")
        }
        let next = try await client.log([TicketInput(description: "第二")])[0].provisionalNumber
        #expect(next.dropLast(4) == number.dropLast(4), "the same number code")
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `a home without its device.json joins again, and sends what waited in it`()
        async throws
    {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let client = try await hub.join("lina", role: "clerk", store: "S001")
        let sent = try await client.log([TicketInput(description: "已送达")])[0]
        try await client.runChecked(["sync"])
        try await client.runChecked(["note", sent.provisionalNumber, "离线的备注"])
        let waiting = try await client.log([TicketInput(description: "还没有送达")])[0]
        try FileManager.default.removeItem(atPath: client.devicePath)
        let lost = try await client.run(["sync"])
        #expect(lost.status == 3 && lost.errors.contains("has not joined a hub"), "\(lost)")

        let invite = try await hub.invite(["--staff", "lina", "--role", "clerk", "--store", "S001"])
        let joined = try await client.runChecked(["join", invite])
        #expect(joined.contains("2 changes to be sent"), "\(joined)")
        #expect(try await client.status().queued == 0)
        let next = try await client.log([TicketInput(description: "之后")])[0]
        #expect(next.provisionalNumber.dropLast(4) != waiting.provisionalNumber.dropLast(4))
        try await client.runChecked(["sync"])
        let verified = try await client.read(VerifyOutput.self, ["verify"])
        #expect(verified.whole && verified.compared && verified.mended == 0)

        let boss = try await hub.join("zhao", role: "supervisor")
        let tickets = try await boss.list()
        #expect(
            Set(tickets.map(\.provisionalNumber))
                == Set([sent, waiting, next].map(\.provisionalNumber)))
        let shown = try await boss.read(TicketOutput.self, ["show", sent.provisionalNumber])
        #expect(shown.comments.map(\.text) == ["离线的备注"])
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `a replica file put back from an old copy overwrites nothing`() async throws {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let client = try await hub.join("lina", role: "clerk", store: "S001")
        let number = try await client.log([TicketInput(description: "第一")])[0].provisionalNumber
        try await client.runChecked(["sync"])
        let old = client.directory.file("old.db")
        // The log of the database is in the file once a sync of a long life has ended.
        try await Self.copyDatabase(client.replicaPath, to: old)
        try await client.runChecked(["note", number, "备份之后"])
        let later = try await client.log([TicketInput(description: "备份之后的")])
        try await client.runChecked(["sync"])

        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: client.replicaPath + suffix)
        }
        // In place, so that the file is the same and only its content is old.
        try Data(contentsOf: URL(fileURLWithPath: old)).write(
            to: URL(fileURLWithPath: client.replicaPath), options: [])
        let note = try await client.run(["note", number, "恢复之后"])
        let result = try await client.run(["sync"])
        #expect(note.status == 0 && result.status == 0, "\(note) \(result)")
        let told = note.errors + result.errors
        #expect(told.contains("put back to an earlier state"), "\(note) \(result)")

        let shown = try await client.read(TicketOutput.self, ["show", number])
        #expect(shown.comments.map(\.text) == ["备份之后", "恢复之后"])
        let numbers = try await client.list().map(\.provisionalNumber)
        #expect(Set(numbers) == [number, later[0].provisionalNumber])
        let verified = try await client.read(VerifyOutput.self, ["verify"])
        #expect(verified.whole && verified.compared)
        #expect(try await hub.stop(process).status == 0)
        try checkIntegrity(of: client.replicaPath)
    }

    /// A consistent copy of a database that nobody writes to.
    private static func copyDatabase(_ path: String, to copy: String) async throws {
        try checkpointed(path)
        try FileManager.default.copyItem(atPath: path, toPath: copy)
    }
}

struct VerifyOutput: Decodable {
    let whole: Bool
    let compared: Bool
    let mended: Int
}
