import TicketModel

/// What may stand in a field.
package enum FieldType: Hashable, Sendable {
    /// One line of text.
    case text
    /// Text of several lines.
    case longText
    case integer
    /// One key of a closed list.
    case choice([Choice])
    /// A name as `ChosenName` allows it.
    case name
    /// A set of short texts; a value is one element.
    case words
}

extension FieldType {
    /// The longest single line, in UTF-8 bytes.
    package static let textByteCountMax = 1_024
    /// The longest text, in UTF-8 bytes: an intent carries one and is at most 64 KiB
    /// (architecture.md 6).
    package static let longTextByteCountMax = 48 * 1_024
    /// The longest element of a set, in UTF-8 bytes.
    package static let wordByteCountMax = 128
}

/// A field that a profile adds to the built-in ones (replication.md 3.3, "custom fields").
package struct CustomField: Hashable, Sendable {
    /// From `FieldID.customBase`, never reused.
    package var id: FieldID
    /// The name in files, flags and `--json`.
    package var key: String
    /// What people call it.
    package var label: LocalizedText
    /// What may stand in it.
    package var type: FieldType
    /// How concurrent writes come together.
    package var merge: MergePolicy
}
