import TicketModel

/// What one profile says otherwise than another, section by section, for whoever is about to load
/// it.
///
/// ```swift
/// for change in ProfileDifference(from: running, to: next).changes { print(change.text.en) }
/// ```
package struct ProfileDifference: Hashable, Sendable {
    /// One thing that is said otherwise.
    package struct Change: Hashable, Sendable {
        /// The section of the file, by its key.
        package var section: String
        /// What it is about within the section: a clock, a calendar, an act; empty for the section
        /// itself.
        package var name: String
        /// What about it, by the file's word; empty where it is there or not.
        package var aspect: String
        /// As files write it; nil where there was none.
        package var old: String?
        /// As files write it; nil where there is none any more.
        package var new: String?
    }

    /// By section in the order of files, then by name.
    package let changes: [Change]
    /// Calendars that are not what they were, under the version that they had: a hub does not load
    /// them (domain.md T19).
    package let silentCalendars: [String]

    /// Compares two profiles.
    package init(from old: Profile, to new: Profile) {
        var changes: [Change] = []
        for (before, after) in zip(old.sections, new.sections) {
            let keys = before.entries.map(\.key) + after.entries.map(\.key)
            var seen: Set<ProfileSection.Key> = []
            for key in keys where seen.insert(key).inserted {
                let (was, now) = (before.value(of: key), after.value(of: key))
                guard was != now else { continue }
                changes.append(
                    Change(
                        section: before.name, name: key.name, aspect: key.aspect, old: was,
                        new: now))
            }
        }
        self.changes = changes
        silentCalendars = new.calendars.filter { calendar in
            old.calendar(calendar.mark).map { $0 != calendar } ?? false
        }.map(\.name)
    }
}

extension ProfileDifference.Change {
    /// `response, limits of urgent: 1h -> 2h`, without the section.
    package var text: LocalizedText {
        let subject = [name, aspect].filter { !$0.isEmpty }.joined(separator: ", ")
        return switch (old, new) {
        case (let old?, let new?):
            LocalizedText(zh: "\(subject)：\(old) → \(new)", en: "\(subject): \(old) -> \(new)")
        case (nil, let new?):
            LocalizedText(zh: "新增 \(subject)：\(new)", en: "new: \(subject): \(new)")
        case (let old?, nil):
            LocalizedText(zh: "删除 \(subject)（原为 \(old)）", en: "gone: \(subject), was \(old)")
        case (nil, nil): LocalizedText(zh: subject, en: subject)
        }
    }
}
