/// The official number: `CS`, business date, then at least four digits (domain.md A13).
///
/// Past 9,999 on one day the sequence grows a digit; it never wraps (replication.md 3.10).
package struct TicketNumber: Hashable, Comparable, Sendable {
    /// The day in the hub's zone, as `yyyyMMdd` read as a number: 20231027.
    package let businessDate: Int
    /// From 1 each day.
    package let ordinal: Int

    package init(businessDate: Int, ordinal: Int) {
        precondition(
            (1_000_01_01...9_999_12_31).contains(businessDate) && ordinal > 0,
            "a ticket number needs a date of eight digits and an ordinal from 1, got "
                + "\(businessDate) and \(ordinal)")
        self.businessDate = businessDate
        self.ordinal = ordinal
    }

    /// Reads the printed form; nil if `text` is not a number of ours.
    package init?(_ text: some StringProtocol) {
        let digits = text.dropFirst(2)
        // By bytes: upper-casing would let letters such as U+017F pass for an S.
        guard Self.prefixes.contains(Array(text.utf8.prefix(2))),
            (12...26).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let date = Int(digits.prefix(8)), let ordinal = Int(digits.dropFirst(8)), ordinal > 0,
            Self.isDate(date), digits.count == 12 || !digits.dropFirst(8).hasPrefix("0")
        else { return nil }
        businessDate = date
        self.ordinal = ordinal
    }

    /// The printed form.
    package var text: String {
        let digits = String(ordinal)
        let padding = String(repeating: "0", count: max(0, 4 - digits.count))
        return "CS\(businessDate)\(padding)\(digits)"
    }

    package static func < (left: TicketNumber, right: TicketNumber) -> Bool {
        (left.businessDate, left.ordinal) < (right.businessDate, right.ordinal)
    }

    private static let prefixes = ["CS", "cs", "Cs", "cS"].map { Array($0.utf8) }

    private static func isDate(_ value: Int) -> Bool {
        let (year, month, day) = (value / 1_00_00, value / 100 % 100, value % 100)
        return year >= 1_000 && (1...12).contains(month)
            && (1...dayCount(month: month, year: year)).contains(day)
    }

    private static func dayCount(month: Int, year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// The number that a replica gives before the hub has spoken: `S042-K7-0012`
/// (replication.md 3.10).
package struct ProvisionalNumber: Hashable, Sendable {
    package let store: StoreID
    /// Two characters that the hub issued at enrolment.
    package let replicaCode: String
    /// From 1, never reused by this replica code.
    package let ordinal: Int

    package init(store: StoreID, replicaCode: String, ordinal: Int) {
        self.store = store
        self.replicaCode = replicaCode
        self.ordinal = ordinal
    }

    /// Reads the printed form; nil if `text` is not one: store, code and ordinal by hyphens, the
    /// code of two to six letters and digits. So no provisional number is ever an official one.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.byteCountMax, parts.count >= 3,
            let store = StoreID(parts.dropLast(2).joined(separator: "-")),
            let digits = parts.last, let code = parts.dropLast().last,
            (2...6).contains(code.utf8.count), code.utf8.allSatisfy(Self.isLetterOrDigit),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let ordinal = Int(digits), ordinal > 0
        else { return nil }
        self.init(store: store, replicaCode: String(code), ordinal: ordinal)
    }

    private static let byteCountMax = 128

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Whether a number that a ticket answers to was given by a replica and not by the hub: an
    /// official one has no hyphen.
    package static func isProvisional(_ text: some StringProtocol) -> Bool { text.contains("-") }

    /// The printed form.
    package var text: String {
        let digits = String(ordinal)
        return "\(store)-\(replicaCode)-" + String(repeating: "0", count: max(0, 4 - digits.count))
            + digits
    }
}
