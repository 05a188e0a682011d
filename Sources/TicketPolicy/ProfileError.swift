/// One thing in a policy file that must be put right.
package struct ProfileProblem: Hashable, Sendable, CustomStringConvertible {
    /// The name that the reader was given.
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1, in Unicode scalars.
    package var column: Int
    /// What is wrong.
    package var message: String
    /// What to write instead.
    package var remedy: String

    /// `file:line:column: message; remedy`, which editors can jump to.
    package var description: String { "\(file):\(line):\(column): \(message); \(remedy)" }
}

/// A policy file is refused as a whole; this lists everything found wrong with it.
package struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In the order of the file; never empty.
    package var problems: [ProfileProblem]

    /// One problem a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
