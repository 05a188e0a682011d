import Foundation
import Replication

/// A private directory that is gone when its owner is.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// - Throws: an error of the file system.
    package init() throws {
        let manager = FileManager.default
        let name = "loopdesk-\(UUID().uuidString)"
        let url = manager.temporaryDirectory.appendingPathComponent(name)
        try manager.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in this directory.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Every file with its bytes, by name.
    ///
    /// - Throws: an error of the file system.
    package func contents() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        return try names.reduce(into: [:]) { contents, name in
            contents[name] = try Data(contentsOf: URL(fileURLWithPath: file(name)))
        }
    }
}
