import Terminal
import Testing

@Suite struct TableTests {
    static let plain = Painter(isEnabled: false)

    static func tickets() -> Table {
        var table = Table(columns: [
            Table.Column("编号"), Table.Column("标题", widthMin: 6, canShrink: true),
            Table.Column("剩余", alignment: .trailing),
        ])
        table.append(["S042-17", "商品A无法开机", "1小时05分"])
        table.append(["S042-9", "late", Table.Cell("3m", style: .alarm)])
        return table
    }

    @Test func `Chinese and Latin cells stand in columns`() {
        #expect(
            Self.tickets().lines(columnCount: nil, painter: Self.plain) == [
                "编号     标题                剩余", "S042-17  商品A无法开机  1小时05分",
                "S042-9   late                  3m",
            ])
    }

    @Test(arguments: 28...33)
    func `a column gives way until the table fits`(width: Int) {
        let lines = Self.tickets().lines(columnCount: width, painter: Self.plain)
        #expect(lines.allSatisfy { displayWidth(of: $0) == width })
        #expect(lines[1].contains("…") == (width < 33))
    }

    @Test func `no column becomes narrower than its least width`() {
        let lines = Self.tickets().lines(columnCount: 5, painter: Self.plain)
        #expect(lines[1] == "S042-17  商品A…  1小时05分")
    }

    @Test func `columns are left out in their order where shrinking does not suffice`() {
        var table = Table(columns: [
            Table.Column("number"), Table.Column("owner", leavesOutAs: 2),
            Table.Column("shop", leavesOutAs: 1),
            Table.Column("subject", widthMin: 4, canShrink: true),
        ])
        table.append(["S042-17", "A17", "S001", "does not switch on"])
        let heads = { (width: Int) in
            table.lines(columnCount: width, painter: Self.plain)[0].split(separator: " ").count
        }
        // 7 + 5 + 4 + 4 columns and three gaps of two.
        #expect(heads(26) == 4)
        #expect(heads(25) == 3)
        #expect(heads(20) == 3)
        #expect(heads(19) == 2)
        #expect(table.lines(columnCount: 19, painter: Self.plain)[1] == "S042-17  does not …")
        #expect(heads(1) == 2, "what must stay stays")
        #expect(table.lines(columnCount: nil, painter: Self.plain)[0].contains("shop"))
    }

    @Test func `a table of nothing but columns that can go keeps one`() {
        var table = Table(columns: [
            Table.Column("a", leavesOutAs: 1), Table.Column("b", leavesOutAs: 1),
        ])
        table.append(["xxxx", "yyyy"])
        #expect(table.lines(columnCount: 2, painter: Self.plain) == ["b", "yyyy"])
    }

    @Test func `the widest column gives way first and equals share the loss`() {
        var table = Table(columns: [
            Table.Column("a", canShrink: true), Table.Column("b", canShrink: true),
        ])
        table.append([
            Table.Cell(String(repeating: "x", count: 100_000)),
            Table.Cell(String(repeating: "y", count: 12)),
        ])
        #expect(table.lines(columnCount: 24, painter: Self.plain)[1] == "xxxxxxxxxx…  yyyyyyyyyy…")
    }

    @Test func `a greatest width cuts even without a terminal`() {
        var table = Table(columns: [Table.Column("note", widthMax: 5)])
        table.append(["退货申请"])
        #expect(table.lines(columnCount: nil, painter: Self.plain) == ["note", "退货…"])
    }

    @Test func `colour changes no width`() {
        let painted = Self.tickets().lines(columnCount: 40, painter: Painter(isEnabled: true))
        #expect(painted[2] == "S042-9   late                  \u{1B}[1;31m3m\u{1B}[0m")
        #expect(painted[0].hasPrefix("\u{1B}[1m编号\u{1B}[0m     \u{1B}[1m标题"))
    }

    @Test func `a cell from outside stays one safe line`() {
        var table = Table(columns: [Table.Column("t")])
        table.append(["a\n\u{1B}[2J"])
        #expect(table.lines(columnCount: nil, painter: Self.plain)[1] == "a↵␛[2J")
    }

    @Test func `empty cells at the end leave no blanks`() {
        var table = Table(columns: [Table.Column("one"), Table.Column("two")])
        table.append(["x", ""])
        table.append(["", "y"])
        #expect(table.lines(columnCount: 80, painter: Self.plain) == ["one  two", "x", "     y"])
    }
}
