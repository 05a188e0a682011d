import CCrashVFS
import CSQLite
import Foundation
import Glibc
import Testing

/// The recording sees what happens to the files, and its crashes are those of a disk.
@Suite struct RecordedDiskTests {
    private let scratch: Scratch
    private let directory: String

    init() throws {
        scratch = try Scratch()
        directory = try scratch.directory("disk")
    }

    // MARK: Whole transactions

    @Test(arguments: CanonicalTransaction.all)
    func `a recording ends with the files as they are and begins with those that were`(
        transaction: CanonicalTransaction
    ) throws {
        let fixture = try Fixture.shared().prepared(for: transaction)
        let before = try CrashImage(directory: fixture.world().directory(transaction.machine))
        let recording = try CrashRecording(transaction, on: fixture)
        let states = CrashStates(events: recording.disk.events)
        let end = recording.disk.image(after: states.kill(states.events.count)).files
        #expect(end == recording.finalImage.files)
        #expect(recording.disk.image(after: states.kill(0)).files == before.files)
        #expect(recording.disk.image(after: states.lost(0)).files == before.files)
        let acknowledgements = recording.histories[transaction.machine.fileName]?.moments.count ?? 0
        #expect(acknowledgements > transaction.roundsCount)
    }

    @Test func `SQLite's syncs are seen, also that of the directory with a new log in it`() throws {
        let transaction = CanonicalTransaction.makeHub
        let recording = try CrashRecording(
            transaction, on: try Fixture.shared().prepared(for: transaction))
        let events = recording.disk.events
        let log = try #require(
            events.firstIndex {
                $0.kind == .CRASH_CREATE && recording.disk.name(of: $0.file) == "hub.sqlite-wal"
            })
        #expect(events[log].durable_at < events.count)
        #expect(events[events[log].durable_at].kind == .CRASH_DIRECTORY_SYNC)
        let sync = events[log...].first { $0.kind == .CRASH_SYNC }
        #expect(sync?.file == events[log].file)
    }

    @Test func `the file of reserved numbers is seen from its first byte to its durable name`()
        throws
    {
        let recording = try CrashRecording(
            .push, on: try Fixture.shared().prepared(for: .push))
        let events = recording.disk.events
        let kinds = events.filter {
            recording.disk.name(of: $0.file).hasPrefix("hub.sqlite.numbers")
        }.map(\.kind)
        #expect(kinds.starts(with: [.CRASH_CREATE, .CRASH_WRITE, .CRASH_SYNC, .CRASH_RENAME]))
    }

    // MARK: Single calls

    private func write(_ text: String, to name: String, syncs: Bool) {
        let descriptor = open(directory + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        #expect(Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count)
        if syncs { #expect(fsync(descriptor) == 0) }
        #expect(Glibc.close(descriptor) == 0)
    }

    private func renameNew() {
        #expect(rename(directory + "/new", directory + "/file") == 0)
    }

    private func syncDirectory() {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY)
        #expect(fsync(descriptor) == 0)
        #expect(Glibc.close(descriptor) == 0)
    }

    /// The text of each file after a crash at the end of what `body` does.
    private func texts(
        _ outcome: (CrashStates, Int) -> CrashState, after body: () -> Void
    ) throws -> [String: String] {
        let disk = try RecordedDisk(directory)
        body()
        disk.stop()
        let states = CrashStates(events: disk.events)
        let files = disk.image(after: outcome(states, disk.events.count)).files
        return files.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a file that is written, synced, renamed and synced in its directory is there`()
        throws
    {
        write("old", to: "file", syncs: false)
        let texts = try texts({ $0.lost($1) }) {
            write("new", to: "new", syncs: true)
            renameNew()
            syncDirectory()
        }
        #expect(texts == ["file": "new"])
    }

    @Test func `without the sync of the directory the old name may be back`() throws {
        write("old", to: "file", syncs: false)
        let body = {
            write("new", to: "new", syncs: true)
            renameNew()
        }
        #expect(try texts({ $0.lost($1) }, after: body) == ["file": "old"])
        #expect(try texts({ $0.kill($1) }, after: body) == ["file": "new"])
    }

    @Test func `without the sync of the file its name may be there and its content not`() throws {
        let texts = try texts({ $0.lost($1) }) {
            write("new", to: "new", syncs: false)
            renameNew()
            syncDirectory()
        }
        #expect(texts == ["file": ""])
    }

    @Test func `a deletion that was not synced may or may not have happened`() throws {
        write("old", to: "file", syncs: true)
        let body = { #expect(unlink(directory + "/file") == 0) }
        #expect(try texts({ $0.lost($1) }, after: body) == ["file": "old"])
        try "old".write(toFile: directory + "/file", atomically: false, encoding: .utf8)
        #expect(try texts({ $0.kill($1) }, after: body) == [:])
    }

    @Test func `a long write is torn between sectors`() throws {
        let text = String(repeating: "x", count: 1_300)
        let disk = try RecordedDisk(directory)
        write(text, to: "file", syncs: true)
        disk.stop()
        let states = CrashStates(events: disk.events)
        let sizes = states.torn(2).map {
            disk.image(after: $0).files["file"]?.split(separator: 0).map(\.count) ?? []
        }
        #expect(sizes == [[512], [788], [1_024], [276]], "front and back of each cut")
    }

    @Test func `reordered writes are some of those that were not synced`() throws {
        let disk = try RecordedDisk(directory)
        for name in ["a", "b", "c"] { write(name, to: name, syncs: false) }
        disk.stop()
        let states = CrashStates(events: disk.events)
        let found = (0..<400).map { seed in
            disk.image(after: states.reordered(disk.events.count, seed: seed)).files.mapValues {
                String(decoding: $0, as: UTF8.self)
            }
        }
        #expect(Set(found.map { $0.count }) == [0, 1, 2, 3])
        #expect(found.contains(["a": "a", "b": "", "c": "c"]))
        #expect(found.allSatisfy { $0.allSatisfy { $1.isEmpty || $0 == $1 } })
    }
}
