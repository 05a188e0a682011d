import TicketModel

/// What was refused together and is decided upon together: one draft, or those of one group.
package struct DraftStory: Hashable, Sendable {
    /// The one that says why: the member that was refused for a reason of its own.
    package var main: Draft
    /// All of them in the order in which they were written, `main` included.
    package var drafts: [Draft]

    /// The stories that these drafts tell, in the order of their first drafts.
    package static func all(of drafts: [Draft]) -> [DraftStory] {
        var stories: [DraftStory] = []
        var places: [OperationID: Int] = [:]
        for draft in drafts {
            guard let group = draft.body.group?.id else {
                stories.append(DraftStory(main: draft, drafts: [draft]))
                continue
            }
            if let place = places[group] {
                stories[place].drafts.append(draft)
            } else {
                places[group] = stories.count
                stories.append(DraftStory(main: draft, drafts: [draft]))
            }
        }
        return stories.map(\.inOrder)
    }

    private var inOrder: DraftStory {
        let sorted = drafts.sorted {
            ($0.body.group?.index ?? 0) < ($1.body.group?.index ?? 0)
        }
        let culprit = sorted.first { $0.rejection.code != .dependencyRejected }
        return DraftStory(main: culprit ?? sorted.first ?? main, drafts: sorted)
    }

    /// What is refused with `draft` in it.
    ///
    /// - Throws: `StoreError`.
    package static func of(_ draft: Draft, in store: any ReplicaReader) throws -> DraftStory {
        let stories = all(of: try store.drafts())
        return stories.first { $0.drafts.contains { $0.operation == draft.operation } }
            ?? DraftStory(main: draft, drafts: [draft])
    }

    /// Whether somebody typed anything in it, which can be sent as a note.
    package var isTyped: Bool {
        drafts.contains { $0.body.changes.contains { $0.typedText != nil } }
    }

    /// The one ticket that those which it would merge are already, in this way or the other way
    /// round; nil when it is no merge, or still one to make.
    ///
    /// - Throws: `StoreError`.
    package func alreadyOne(in store: any ReplicaReader) throws -> Ticket? {
        for draft in drafts {
            for case .merge(let survivor, _) in draft.body.changes {
                guard let one = try store.visible(draft.ticket).flatMap(store.end(of:)),
                    let other = try store.visible(survivor).flatMap(store.end(of:)),
                    one.id == other.id
                else { continue }
                return one
            }
        }
        return nil
    }
}
