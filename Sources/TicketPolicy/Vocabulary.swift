import TicketModel

/// One entry of a closed list: what tickets store and what people read.
package struct Choice: Hashable, Sendable {
    /// The text in the ticket's field.
    package var key: String
    /// What people read; of a class within a class the way to it: `技术类-前端问题`.
    package var label: LocalizedText
    /// What belongs here, as the manual words it (判定标准); nil where it says nothing.
    package var criteria: LocalizedText?
    /// The key of the class that this one is part of; nil at the top of a tree (domain.md A4).
    package var parent: String?

    package init(
        key: String, label: LocalizedText, criteria: LocalizedText? = nil, parent: String? = nil
    ) {
        self.key = key
        self.label = label
        self.criteria = criteria
        self.parent = parent
    }
}

/// One urgency class (domain.md A5).
package struct Priority: Hashable, Sendable {
    /// The name in files, flags and `--json`.
    package var key: String
    /// The number in the ticket's field; larger is more urgent.
    package var rank: Int64
    /// What people read.
    package var label: LocalizedText
    /// What belongs into this class, as the manual words it.
    package var criteria: LocalizedText

    package init(key: String, rank: Int64, label: LocalizedText, criteria: LocalizedText) {
        self.key = key
        self.rank = rank
        self.label = label
        self.criteria = criteria
    }
}

/// One level that a ticket can be escalated to (domain.md A9).
package struct EscalationLevel: Hashable, Sendable {
    /// From 1; 0 is a ticket that was not escalated.
    package var level: Int64
    /// What people read.
    package var label: LocalizedText
    /// Who is told.
    package var roles: [Role]
}
