import TicketPolicy

/// Parses stored policies and remembers the ones it has read: a parse costs milliseconds, and a
/// loop that reconnects or a desk that logs many tickets needs the same policy again and again.
///
/// One reader may serve several loops of the same thread.
package final class PolicyReader {
    /// How many policies are remembered; hubs change theirs a few times a year.
    private static let policiesCountMax = 8

    private var known: [(yaml: String, profile: Profile)] = []

    /// A reader that knows nothing yet.
    package init() {}

    /// The profile that `record` holds.
    ///
    /// - Throws: `ProfileError` when this version cannot read it.
    package func profile(of record: PolicyRecord) throws(ProfileError) -> Profile {
        if let found = known.last(where: { $0.yaml == record.yaml }) { return found.profile }
        let profile = try Profile(yaml: record.yaml, file: "policy version \(record.version)")
        if known.count >= Self.policiesCountMax { known.removeFirst() }
        known.append((record.yaml, profile))
        return profile
    }
}
