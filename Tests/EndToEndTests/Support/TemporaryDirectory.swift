import Foundation
import Glibc

/// A private directory that is gone when the test is over.
///
/// Its path is short: local sockets in it must fit the kernel's 108 bytes.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let parent = URL(fileURLWithPath: NSTemporaryDirectory()).standardizedFileURL.path
        var template = Array((parent + "/ld-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TestFailure("a temporary directory cannot be made: errno \(errno)")
        }
        path = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in this directory.
    func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Asks `probe` again and again until it gives a value; every wait of the tests is bounded by this.
///
/// - Throws: `TestFailure` when `limit` has passed, and what `probe` throws.
func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(60),
    _ probe: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await probe() { return value }
        guard .now < deadline else { throw TestFailure("\(what) did not happen within \(limit)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}
