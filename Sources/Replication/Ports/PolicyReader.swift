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

    /// How many policies a hub looks back for calendars that running clocks may count by; those
    /// of before have no clocks any more, or their due times stand as they are.
    package static let policiesBehindCountMax = 32

    /// The profile in force at a hub, which knows the calendars of those before; nil for none.
    ///
    /// - Throws: `StoreError`, `ProfileError` when this version cannot read the one in force.
    package func profile(in store: any HubReader) throws -> Profile? {
        let records = try store.policies(countMax: 1 + Self.policiesBehindCountMax)
        guard let current = records.first else { return nil }
        // What this version cannot read any more tells it of no calendars.
        let earlier = records.dropFirst().compactMap { try? profile(of: $0) }
        return try profile(of: current).remembering(earlier)
    }

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
