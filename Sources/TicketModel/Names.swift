/// A short name chosen by people: of a store, a person, a department.
///
/// At most 64 UTF-8 bytes, not empty, without white space, control characters, `:` or `/`
/// (both have a meaning in scopes and in provisional numbers).
package protocol ChosenName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as text.
    var rawValue: String { get }
    /// Wraps a text that is known to be a name, for example one read back from our own store.
    init(unchecked rawValue: String)
}

/// The limit that every chosen name obeys.
package let nameByteCountMax = 64

extension ChosenName {
    /// Accepts `text` if it is a name; nil otherwise.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= nameByteCountMax,
            text.utf8.allSatisfy(isPlainNameByte) || text.unicodeScalars.allSatisfy(isNameScalar)
        else { return nil }
        self.init(unchecked: text)
    }

    package var description: String { rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The names that most people choose, told without the tables of Unicode: every stamp has one.
private func isPlainNameByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ":") && byte != UInt8(ascii: "/")
}

private func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == ":" || scalar == "/" || scalar.properties.isWhitespace { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned: return false
    default: return true
    }
}

/// A member of staff, as they sign their work: `A17`, `wang.li`.
package struct StaffID: ChosenName {
    package let rawValue: String
    package init(unchecked rawValue: String) { self.rawValue = rawValue }
    /// The author of what the hub's own rules write.
    package static let hub = StaffID(unchecked: "hub")
}

/// A store (门店): `S042`.
package struct StoreID: ChosenName {
    package let rawValue: String
    package init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A region of stores: `R3`.
package struct RegionID: ChosenName {
    package let rawValue: String
    package init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A department (部门) that tickets are routed to: `售后部` (domain.md RO11).
package struct DepartmentID: ChosenName {
    package let rawValue: String
    package init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// An enrolled device; its name at the hub and its ZAP User-Id (transport.md 1.4).
package struct DeviceID: ChosenName {
    package let rawValue: String
    package init(unchecked rawValue: String) { self.rawValue = rawValue }
}
