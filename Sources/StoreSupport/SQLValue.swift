import Replication
import TicketModel

/// A value that goes into a statement.
package enum SQLValue: Sendable, Hashable, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByNilLiteral
{
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(nilLiteral: ()) { self = .null }

    /// A count, an index or a raw value.
    package static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }
    package static func integer(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    /// A log sequence or a counter. What no column can hold counts as the largest that it can: by
    /// its bits it would come before everything.
    package static func sequence(_ value: UInt64) -> SQLValue { .integer(Int64(clamping: value)) }
    /// A number whose order does not matter, by its bits.
    package static func bits(_ value: UInt64) -> SQLValue { .integer(Int64(bitPattern: value)) }
    package static func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    package static func blob(_ value: [UInt8]?) -> SQLValue { value.map { .blob($0) } ?? .null }
    /// Milliseconds since 1970.
    package static func time(_ value: Timestamp?) -> SQLValue {
        value.map { .integer($0.milliseconds) } ?? .null
    }
    /// Sixteen bytes whose order is the order of the identifiers.
    package static func id(_ value: some Identifier128) -> SQLValue { .blob(value.bytes) }
    /// 0 or 1.
    package static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}
