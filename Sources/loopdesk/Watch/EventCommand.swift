import Foundation
import Glibc
import Replication
import Terminal
import TicketModel

/// Runs a person's command for one event.
struct EventCommand {
    let command: String

    /// - Returns: the command's exit status; 128 and the signal when a signal ended it.
    /// - Throws: `CommandFailure` when no shell can be started.
    func run(on item: FeedItem) async throws -> Int32 {
        // A command that does not read its input must not end us.
        signal(SIGPIPE, SIG_IGN)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.environment = environment(for: item)
        let input = Pipe()
        process.standardInput = input
        do {
            try await start(process, input, EventJSON.value(item).text() + "\n")
        } catch {
            throw CommandFailure(
                .refused, zh: "无法执行 /bin/sh:\(error)", en: "/bin/sh cannot be run: \(error)")
        }
        return process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Comes back when the command has ended.
    private func start(_ process: Process, _ input: Pipe, _ text: String) async throws {
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                return continuation.resume(throwing: error)
            }
            // The command has its own; left open it would cost a descriptor for every event.
            try? input.fileHandleForReading.close()
            // A text of one event fits into the pipe, so this never waits for the command.
            try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? input.fileHandleForWriting.close()
        }
    }

    private func environment(for item: FeedItem) -> [String: String] {
        var environment = processEnvironment
        environment["LOOPDESK_EVENT_ID"] = EventJSON.identity(item)
        environment["LOOPDESK_EVENT_FEED"] = item.event.feed.name
        environment["LOOPDESK_EVENT_NUMBER"] = item.number
        environment["LOOPDESK_EVENT_LEVEL"] = item.event.level.map(String.init) ?? ""
        environment["LOOPDESK_EVENT_TO"] = item.event.to
        environment["LOOPDESK_EVENT_RECIPIENTS"] = item.event.recipients.map(\.rawValue)
            .joined(separator: " ")
        environment["LOOPDESK_EVENT_QUIET"] = EventJSON.quiet(item.event).map { role, time in
            "\(role.rawValue)@\(TimestampText.iso8601(time, zone: .current))"
        }.joined(separator: " ")
        return environment
    }
}
