extension Table {
    /// The width of each column: as wide as its widest cell within its limits, then shrunk to fit.
    func fittedWidths(for rows: [[Cell]], columnCount: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            naturalWidth(ofColumn: index, in: rows)
        }
        guard let columnCount else { return widths }
        let gaps = Self.gapColumnCount * (columns.count - 1)
        var excess = widths.reduce(gaps, +) - columnCount
        while excess > 0, let widest = widestShrinkable(widths) {
            let step = shrinkStep(of: widest, widths: widths, excess: excess)
            widths[widest] -= step
            excess -= step
        }
        return widths
    }

    /// The table without as many columns as must be left out; nil if all can stay, or all must.
    func narrowed(to columnCount: Int) -> Table? {
        let heads = columns.map { Cell($0.title) }
        let rows = safe([heads] + rows)
        var needs = columns.indices.map { index in
            let width =
                columns[index].canShrink
                ? columns[index].widthMin : naturalWidth(ofColumn: index, in: rows)
            return width + Self.gapColumnCount
        }
        let candidates = columns.indices.filter { columns[$0].leavesOutAs != nil }
            .sorted { (columns[$0].leavesOutAs ?? 0, $0) < (columns[$1].leavesOutAs ?? 0, $1) }
        var leftOut: Set<Int> = []
        for index in candidates
        where leftOut.count < columns.count - 1
            && needs.reduce(-Self.gapColumnCount, +) > columnCount
        {
            leftOut.insert(index)
            needs[index] = 0
        }
        return leftOut.isEmpty ? nil : leavingOut(leftOut)
    }

    private func naturalWidth(ofColumn index: Int, in rows: [[Cell]]) -> Int {
        let widest = rows.lazy.map { displayWidth(of: $0[index].text) }.max() ?? 0
        let column = columns[index]
        return max(column.widthMin, min(widest, column.widthMax ?? widest))
    }

    private func shrinkable(_ widths: [Int]) -> [Int] {
        columns.indices.filter { columns[$0].canShrink && widths[$0] > columns[$0].widthMin }
    }

    private func widestShrinkable(_ widths: [Int]) -> Int? {
        shrinkable(widths).max { widths[$0] < widths[$1] }
    }

    /// Down to the next narrower column that can shrink at once, so that a huge cell costs no more
    /// rounds than a small one; among equals one column at a time, so that they share the loss.
    private func shrinkStep(of widest: Int, widths: [Int], excess: Int) -> Int {
        let others = shrinkable(widths).filter { $0 != widest }.map { widths[$0] }
        let floor = max(columns[widest].widthMin, others.max() ?? 0)
        return max(1, min(excess, widths[widest] - floor))
    }
}
