import Foundation
import Testing

/// The files of the repository that this test file stands in.
struct Repository: Sendable {
    let root: String
    /// All Swift files of `Sources`, `Tests` and `Package.swift`.
    let swift: [SourceFile]
    /// All Markdown files.
    let markdown: [SourceFile]
    /// Every file and folder, relative to the root; what a link may lead to.
    let paths: Set<String>

    /// Folders that hold nothing of ours.
    private static let skipped = [".git", ".build", ".swiftpm"]

    static let current = Result { try Repository(containing: #filePath) }

    var sources: [SourceFile] { swift.filter { $0.target != nil && !$0.isGenerated } }

    init(containing path: String) throws {
        let root = URL(filePath: path).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        self.root = root.path(percentEncoded: false)
        let all = try #require(FileManager.default.enumerator(atPath: self.root))
        var paths: Set<String> = []
        var files: [SourceFile] = []
        while let relative = all.nextObject() as? String {
            let name = String(relative.split(separator: "/").last ?? "")
            if Self.skipped.contains(name) || name.hasPrefix(".build-") {
                all.skipDescendants()
                continue
            }
            paths.insert(relative)
            guard name.hasSuffix(".swift") || name.hasSuffix(".md") else { continue }
            let text = try String(contentsOf: root.appending(path: relative), encoding: .utf8)
            files.append(SourceFile(path: relative, text: text))
        }
        files.sort { $0.path < $1.path }
        self.paths = paths
        swift = files.filter { $0.path.hasSuffix(".swift") }
        markdown = files.filter { $0.path.hasSuffix(".md") }
    }
}
