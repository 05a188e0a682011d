import Foundation
import Replication
import Terminal
import TicketModel

/// The parts that several outputs share. The shapes are documented in `JSON.md` and only grow.
enum JSONShape {
    /// ISO 8601 in the local zone, or null.
    static func time(_ time: Timestamp?) -> JSONValue {
        JSONValue(time.map { TimestampText.iso8601($0, zone: .current) })
    }

    /// What a clock counts by; null where the hub has not said it.
    static func calendar(_ calendar: CalendarMark?) -> JSONValue {
        guard let calendar else { return .null }
        return [
            "name": .string(calendar.name), "version": .integer(Int64(calendar.version)),
        ]
    }

    static func integer(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }

    static func integer(_ value: Int64?) -> JSONValue { value.map(JSONValue.integer) ?? .null }

    static func names(_ roles: some Sequence<Role>) -> JSONValue {
        .array(roles.map(\.rawValue).sorted().map(JSONValue.string))
    }

    static func value(_ value: FieldValue) -> JSONValue {
        switch value {
        case .text(let text): .string(text)
        case .integer(let integer): .integer(integer)
        case .opaque(let bytes): .string("opaque:\(bytes.count)")
        }
    }

    /// The customer's answer in the spelling of every other name.
    static func outcome(_ outcome: Rating.Outcome) -> String {
        switch outcome {
        case .satisfied: "satisfied"
        case .unsatisfied: "unsatisfied"
        case .furtherRemarks: "further_remarks"
        }
    }

    static func disposition(_ disposition: Disposition) -> JSONValue {
        [
            "outcome": .string(disposition.outcome.name),
            "code": JSONValue(disposition.rejection?.code.name),
            "detail": JSONValue(disposition.rejection?.detail),
            "notes": .array(
                disposition.notes.map {
                    [
                        "change": .integer(Int64($0.changeIndex)),
                        "outcome": .string($0.outcome.name), "detail": .string($0.detail),
                    ]
                }),
        ]
    }
}
