import Foundation
import Glibc

/// A program at a real pseudo-terminal, and somebody who reads the screen and types.
///
/// `@unchecked Sendable`: one conversation at a time uses it.
final class Screen: @unchecked Sendable {
    private let terminal: Int32
    private let process: Process
    private let guarded: Guarded
    private(set) var text = ""
    private var bytes: [UInt8] = []

    /// The longest wait for one text to appear.
    private static let timeLimit = Duration.seconds(30)

    /// Starts the program with its three streams on the terminal.
    init(_ process: Process) throws {
        let (terminal, slave) = try Self.openPair()
        let stream = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        (process.standardInput, process.standardOutput) = (stream, stream)
        process.standardError = stream
        self.terminal = terminal
        self.process = process
        guarded = Guarded(process)
        try process.run()
        try? stream.close()
    }

    /// The two ends of a new pseudo-terminal: ours, and the program's.
    private static func openPair() throws -> (Int32, Int32) {
        var (terminal, slave): (Int32, Int32) = (-1, -1)
        guard openpty(&terminal, &slave, nil, nil, nil) == 0 else {
            throw Failed("no pseudo-terminal: errno \(errno)")
        }
        for end in [terminal, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (terminal, slave)
    }

    deinit {
        guarded.kill()
        close(terminal)
    }

    /// Waits for each text to appear after the one before, and answers it; then for the end.
    ///
    /// - Returns: the exit status.
    func converse(_ answers: [(question: String, answer: String)]) async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { [self] in
                continuation.resume(with: Result { try talk(answers) })
            }
        }
    }

    private func talk(_ answers: [(question: String, answer: String)]) throws -> Int32 {
        var seen = 0
        for (question, answer) in answers {
            let deadline = ContinuousClock.now + Self.timeLimit
            while !text.dropFirst(seen).contains(question) {
                guard try read(until: deadline) else {
                    throw Failed("“\(question)” did not appear on:\n\(text)")
                }
            }
            seen = text.count
            let typed = Array((answer + "\n").utf8)
            guard write(terminal, typed, typed.count) == typed.count else {
                throw Failed("the terminal takes no text: errno \(errno)")
            }
        }
        let deadline = ContinuousClock.now + Self.timeLimit
        while try read(until: deadline) {}
        guarded.kill()
        process.waitUntilExit()
        return process.terminationStatus + (process.terminationReason == .exit ? 0 : 128)
    }

    /// Reads what the program wrote; false once it has ended, or the time is over.
    private func read(until deadline: ContinuousClock.Instant) throws -> Bool {
        var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
        guard left > 0, poll(&waiting, 1, Int32(left)) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(terminal, &buffer, buffer.count)
        guard count > 0 else { return false }
        bytes += buffer[..<count]
        text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        return true
    }
}
