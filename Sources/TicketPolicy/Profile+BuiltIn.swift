import TicketModel

extension Profile {
    /// The names that `builtIn(_:)` knows: the default one first, then one for each manual, and a
    /// small one to begin with.
    package static let builtInNames = [
        "unified", "feedback", "qa", "tracking", "complaint", "basic",
    ]

    /// The profile of a hub that is given none.
    package static let defaultName = "unified"

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
        let bytes =
            switch name {
            case "unified": PackageResources.unified_yaml
            case "feedback": PackageResources.feedback_yaml
            case "qa": PackageResources.qa_yaml
            case "tracking": PackageResources.tracking_yaml
            case "complaint": PackageResources.complaint_yaml
            case "basic": PackageResources.basic_yaml
            default: throw unknown(name)
            }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unknown(_ name: String) -> ProfileError {
        let names = builtInNames.joined(separator: ", ")
        let problem = ProfileProblem(
            file: "builtin:\(name)", line: 1, column: 1,
            message: LocalizedText(
                zh: "没有这个名称的内置规则", en: "there is no built-in profile of this name"),
            remedy: LocalizedText(zh: "可用：\(names)", en: "use one of: \(names)"))
        return ProfileError(problems: [problem])
    }
}
