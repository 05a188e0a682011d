/// How concurrent writes of one field come together (replication.md 3.3).
///
/// Raw values are the words in policy files.
package enum MergePolicy: String, Sendable, CaseIterable {
    /// Later sight replaces; of two concurrent values the one committed last stays.
    case last
    /// The larger number stays; lowering must have seen the value it lowers.
    case max
    /// An OR-set: additions win over concurrent removals.
    case set
    /// Later sight replaces; of two concurrent values one is shown and the other kept beside it.
    case keepBoth = "keep-both"
    /// A write that has not seen the current value is refused.
    case compareAndSet = "cas"
    /// Of two concurrent values the one with more authority stays, else the one committed first.
    case authority
    /// Guarded by the table of transitions; of two concurrent values the one that asks for more
    /// attention stays.
    case status

    /// The policy of a built-in field, or of a custom field whose declaration is unknown.
    package static func builtIn(_ field: FieldID) -> MergePolicy {
        switch field {
        case .status: .status
        case .assignee, .store, .region, .department: .authority
        case .escalation, .priority, .classStage: .max
        case .tags, .attachments, .approvals, .cooperating: .set
        case .kind, .channel, .category, .expectedTime, .planKind, .pauseReason, .promisedTime,
            .step:
            .last
        case .verdict: .compareAndSet
        case .mergedInto, .statusBeforeMerge, .splitFrom: .compareAndSet
        default: .keepBoth
        }
    }
}
