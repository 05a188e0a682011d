import Foundation

/// A path as a shell would read it.
package enum HomePath {
    /// `path` with a leading `~` replaced by `HOME`, as in every shell, also where that is not the
    /// account's own directory; without `HOME` by the account's directory.
    package static func expanded(_ path: String, environment: [String: String]) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = environment["HOME"], !home.isEmpty
        else { return NSString(string: path).expandingTildeInPath }
        return home + path.dropFirst()
    }
}
