import Foundation
import Testing

/// A device called counter that several people share, with two complaints that have not been sent.
struct Counter {
    let folder: Folder

    /// - Parameters:
    ///   - policy: the file of the hub's policy, in `folder`; the default one if nil.
    ///   - prepare: what the office does before the device joins.
    init(
        in folder: Folder, policy: String? = nil, prepare: (Story) async throws -> Void = { _ in }
    ) async throws {
        self.folder = folder
        let story = Story(folder: folder)
        try await story.prepareHub(policy: policy)
        try await prepare(story)
        try await story.serve { story in
            let invite = try await story.hub(
                words("invite --store S001 --staff lina --role clerk --role handler")
                    + ["--role", "supervisor"])
            try folder.write(invite.output.trimmingCharacters(in: .newlines), to: "invite")
            try await story.at("counter", ["join", "--label", "counter", "-"])
            try await story.at("counter", ["sync", "--quiet"])
        }
        for description in ["台灯不亮", "台灯很烫"] {
            try await story.at(
                "counter",
                Story.complaint + words("--category product --priority normal --demand 换货")
                    + words("--product 台灯 --contact 孙女士") + ["--description", description])
        }
    }

    /// Runs a line with these words behind it.
    ///
    /// - Parameter line: a command line in which `N1` and `N2` are the tickets; what stands before
    ///   `: ` is the exit status that it must have, 0 without one.
    @discardableResult
    func run(_ line: String, _ options: [String]) async throws -> (arguments: [String], Ended) {
        let parts = line.split(separator: ": ", maxSplits: 1)
        let arguments = words(String(parts.last ?? "")).map(Self.argument) + options
        let ended = try await Tool.client.run(arguments + ["--home", "counter"], in: folder)
        #expect(ended.status == (parts.count == 2 ? Int32(parts[0]) : 0), "\(line): \(ended)")
        return (arguments, ended)
    }

    /// The same, and keeps what was printed.
    func run(_ line: String, _ options: [String], into snapshot: inout Snapshot) async throws {
        let (arguments, ended) = try await run(line, options)
        snapshot.add(arguments, ended)
    }

    private static func argument(_ word: String) -> String {
        ["N1": "S001-AA-0001", "N2": "S001-AA-0002"][word] ?? word
    }
}
