import Glibc

/// A standard stream of the process, which may be a terminal, a file or a pipe.
package enum StandardStream: Int32, CaseIterable, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// Whether a person sits at the other end.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// The width in columns that the terminal behind this stream reports; nil if there is none.
    package var reportedColumnCount: Int? {
        var size = winsize()
        guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

/// The width to assume when nothing tells it.
package let columnCountDefault = 80

/// No width beyond this one is believed.
package let columnCountMax = 1_000

/// The width to print for: what the terminal reports, else `COLUMNS`, else 80 columns.
package func columnCount(reported: Int?, environment: [String: String]) -> Int {
    let stated = reported ?? environment["COLUMNS"].flatMap { Int($0) }
    guard let stated, stated > 0 else { return columnCountDefault }
    return min(stated, columnCountMax)
}
