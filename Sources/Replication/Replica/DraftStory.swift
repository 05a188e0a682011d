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
    static func of(_ draft: Draft, in store: any ReplicaReader) throws -> DraftStory {
        let stories = all(of: try store.drafts())
        return stories.first { $0.drafts.contains { $0.operation == draft.operation } }
            ?? DraftStory(main: draft, drafts: [draft])
    }
}
