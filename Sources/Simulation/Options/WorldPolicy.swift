/// By which of the shipped policies people of a world work.
package enum WorldPolicy: String, CaseIterable, Sendable {
    /// One promise, no approvals: most of what happens is replication.
    case basic
    /// The default: all promises, approvals and customers' answers of the manuals.
    case unified
}
