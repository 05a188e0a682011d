/// Rows of short texts in aligned columns, for people.
///
/// Widths are counted in terminal columns, so Chinese and Latin cells stand below each other. Cells
/// may hold anything from outside: they are made safe by ``printable(_:)`` and take one line.
package struct Table: Sendable {
    /// One column: its head, its side, and how wide it may be.
    package struct Column: Sendable {
        /// The text over the column; may be empty.
        package var title: String
        /// The side at which the cells stand.
        package var alignment: TextAlignment
        /// Never narrower, not even on a narrow terminal.
        package var widthMin: Int
        /// Never wider, however long a cell is; nil for no limit.
        package var widthMax: Int?
        /// Whether it gives way when the table is wider than the terminal.
        package var canShrink: Bool
        /// Whether it is left out when that does not suffice: the lowest first; nil for never.
        package var leavesOutAs: Int?

        /// A column; `widthMin` must be at least 1 and not above `widthMax`.
        package init(
            _ title: String, alignment: TextAlignment = .leading, widthMin: Int = 1,
            widthMax: Int? = nil, canShrink: Bool = false, leavesOutAs: Int? = nil
        ) {
            precondition(widthMin >= 1 && widthMin <= widthMax ?? widthMin, "widths of \(title)")
            self.title = title
            self.alignment = alignment
            self.widthMin = widthMin
            self.widthMax = widthMax
            self.canShrink = canShrink
            self.leavesOutAs = leavesOutAs
        }
    }

    /// One text of a row and its style.
    package struct Cell: Sendable, ExpressibleByStringLiteral {
        /// Any text, also one from outside.
        package var text: String
        /// How it is emphasised; never counted as width.
        package var style: Style

        /// A cell; plain unless a style is given.
        package init(_ text: String, style: Style = .plain) {
            self.text = text
            self.style = style
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    /// The columns from left to right.
    package let columns: [Column]
    /// Every row has one cell per column.
    package private(set) var rows: [[Cell]] = []

    /// The blank columns between two columns.
    static let gapColumnCount = 2

    /// An empty table; it needs at least one column.
    package init(columns: [Column]) {
        precondition(!columns.isEmpty, "a table without columns")
        self.columns = columns
    }

    /// Adds a row at the end; it must have one cell per column.
    package mutating func append(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "\(cells.count) cells, \(columns.count) columns")
        rows.append(cells)
    }

    /// The head and the rows as lines without line breaks.
    ///
    /// With a width, the columns that can shrink give way, the widest first, until the table fits
    /// or all are at their least width; where that does not suffice, columns are left out by
    /// `leavesOutAs`, and if none is left to go, it stays wider than asked. Without a width, as in
    /// a pipe, nothing is cut except by `widthMax`. There is no blank at the end of a line.
    package func lines(columnCount: Int?, painter: Painter) -> [String] {
        if let columnCount, let narrower = narrowed(to: columnCount) {
            return narrower.lines(columnCount: columnCount, painter: painter)
        }
        let heads = columns.map { Cell($0.title, style: .heading) }
        let safeRows = safe([heads] + rows)
        let widths = fittedWidths(for: safeRows, columnCount: columnCount)
        return safeRows.map { line(of: $0, widths: widths, painter: painter) }
    }

    func safe(_ rows: [[Cell]]) -> [[Cell]] {
        rows.map { row in row.map { Cell(printable($0.text), style: $0.style) } }
    }

    /// Without the columns of these positions.
    func leavingOut(_ positions: Set<Int>) -> Table {
        let kept = columns.indices.filter { !positions.contains($0) }
        var table = Table(columns: kept.map { columns[$0] })
        table.rows = rows.map { row in kept.map { row[$0] } }
        return table
    }

    private func line(of cells: [Cell], widths: [Int], painter: Painter) -> String {
        let lastIndex = cells.lastIndex { !$0.text.isEmpty } ?? 0
        let gap = String(repeating: " ", count: Self.gapColumnCount)
        var line = ""
        for index in 0...lastIndex {
            let text = cells[index].text.truncated(toColumns: widths[index])
            let fill = String(repeating: " ", count: widths[index] - displayWidth(of: text))
            let isTrailing = columns[index].alignment == .trailing
            line += (index > 0 ? gap : "") + (isTrailing ? fill : "")
            line += painter.paint(text, cells[index].style)
            line += isTrailing || index == lastIndex ? "" : fill
        }
        return line
    }
}
