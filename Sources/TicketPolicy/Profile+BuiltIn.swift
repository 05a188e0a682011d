extension Profile {
    /// The names that `builtIn(_:)` knows.
    package static let builtInNames = ["complaint", "unified"]

    /// A profile that ships with Loopdesk.
    ///
    /// - Throws: `ProfileError` if there is none of this name.
    package static func builtIn(_ name: String) throws(ProfileError) -> Profile {
        try Profile(yaml: builtInText(name), file: "\(name).yaml")
    }

    /// The file of a profile that ships with Loopdesk.
    ///
    /// - Throws: `ProfileError` if there is none of this name.
    package static func builtInText(_ name: String) throws(ProfileError) -> String {
        switch name {
        case "complaint": return String(decoding: PackageResources.complaint_yaml, as: UTF8.self)
        case "unified": return String(decoding: PackageResources.unified_yaml, as: UTF8.self)
        default:
            let names = builtInNames.joined(separator: ", ")
            let problem = ProfileProblem(
                file: "builtin:\(name)", line: 1, column: 1,
                message: "there is no built-in profile of this name", remedy: "use one of: \(names)"
            )
            throw ProfileError(problems: [problem])
        }
    }
}
