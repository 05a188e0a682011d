/// What the program says in a comment about how tickets belong together: a key and a number, and
/// why if a person said so. Scripts read the keys, people their own words for them.
package struct SystemNote: Hashable, Sendable {
    /// Raw values are the keys in comments: never another meaning, only added to.
    package enum Key: String, CaseIterable, Sendable {
        /// On the duplicate: its case goes on there.
        case mergedInto = "merged_into"
        /// On the survivor: the case of that ticket goes on here.
        case mergedFrom = "merged_from"
        /// On the duplicate: it stands for itself again.
        case unmergedFrom = "unmerged_from"
        /// On the survivor: that ticket stands for itself again.
        case unmerged = "unmerged"
        /// On a new ticket: a part of that one goes on here.
        case splitFrom = "split_from"
        /// On the original: a part of it goes on there.
        case splitInto = "split_into"
    }

    /// What happened.
    package var key: Key
    /// The number of the other ticket, as it was then.
    package var number: String
    /// As it was typed; may be empty.
    package var reason: String

    package init(_ key: Key, _ number: String, reason: String = "") {
        self.key = key
        self.number = number
        self.reason = reason
    }

    /// The text of the comment.
    package var text: String {
        "\(key.rawValue): \(number)" + (reason.isEmpty ? "" : "\n\(Self.reasonPrefix)\(reason)")
    }

    /// Reads the text of a comment; nil if it is no such note.
    package init?(_ text: some StringProtocol) {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = lines.first, let colon = first.firstIndex(of: ":"),
            let key = Key(rawValue: String(first[..<colon])),
            first[colon...].hasPrefix(": ")
        else { return nil }
        let rest = lines.dropFirst().first ?? ""
        guard rest.isEmpty || rest.hasPrefix(Self.reasonPrefix) else { return nil }
        self.key = key
        number = String(first[colon...].dropFirst(2))
        reason = String(rest.dropFirst(Self.reasonPrefix.count))
    }

    private static let reasonPrefix = "reason: "
}

extension Ticket {
    /// What the program has noted on this ticket, in the order of its comments.
    package var systemNotes: [SystemNote] {
        comments.filter { $0.kind == .system }.compactMap { SystemNote($0.text) }
    }

    /// Numbers of the tickets that were merged into this one and still are, as its notes tell; each
    /// once, though two lives of the log may tell of it twice.
    package var mergedNumbers: [String] {
        systemNotes.reduce(into: []) { numbers, note in
            switch note.key {
            case .mergedFrom: if !numbers.contains(note.number) { numbers.append(note.number) }
            case .unmerged: numbers.removeAll { $0 == note.number }
            default: break
            }
        }
    }
}
