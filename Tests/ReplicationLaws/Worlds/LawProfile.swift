import TicketPolicy

/// The basic profile with one field of its own for each policy, and next to nothing required.
package enum LawProfile {
    package static let profile: Result<Profile, any Error> = Result {
        try Profile(yaml: text(), file: "laws.yaml")
    }

    private static func text() throws -> String {
        let fields = """
            fields:
              law_last: {id: 1001, zh: last, en: last, type: text, merge: last}
              law_max: {id: 1002, zh: max, en: max, type: integer, merge: max}
              law_set: {id: 1003, zh: set, en: set, type: words, merge: set}
              law_both: {id: 1004, zh: both, en: both, type: text, merge: keep-both}
              law_cas: {id: 1005, zh: cas, en: cas, type: text, merge: cas}

            required:
              all: [priority]

            """
        let complaint = try Profile.builtInText("basic")
        guard let start = complaint.range(of: "\nfields:"),
            let end = complaint.range(of: "\n# RT2.")
        else { throw LawViolation("the basic profile has other sections than the laws know") }
        return complaint[..<start.lowerBound] + "\n" + fields + complaint[end.lowerBound...]
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
