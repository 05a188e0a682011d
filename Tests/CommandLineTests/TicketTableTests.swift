import Replication
import Terminal
import Testing
import TicketModel
import TicketPolicy

@testable import loopdesk

/// The next promise of each ticket in a list: which, how long, how urgent.
@Suite struct TicketTableTests {
    private let now = Timestamp(milliseconds: 1_700_000_000_000)
    private let minute: Int64 = 60_000

    private func ticket(dueIn minutes: Int64?, pause: PauseReason? = nil) -> TicketSummary {
        TicketSummary(
            id: TicketID(rawValue: 1), number: "CS202311150001", provisionalNumber: "S001-AA-0001",
            status: pause == nil ? .inProgress : .pending, priority: 2, escalationLevel: 0,
            assignee: StaffID(unchecked: "B07"), department: nil, store: nil, subject: "屏幕不亮",
            dueAt: minutes.map { now.adding(milliseconds: $0 * minute) },
            dueClock: minutes == nil ? "" : "response",
            dueStartedAt: minutes.map { now.adding(milliseconds: ($0 - 240) * minute) },
            pauseReason: pause, capturedAt: now, updatedAt: now, unsentCount: 0, hasLeft: false)
    }

    private func lines(
        _ tickets: [TicketSummary], _ language: Language, painter: Painter, width: Int? = nil
    ) throws -> [String] {
        TicketTable(profile: try .builtIn("unified"), language: language, now: now)
            .table(tickets).lines(columnCount: width, painter: painter)
    }

    @Test("a promise is green no more when it is overdue or little is left of it")
    func urgency() throws {
        let painter = Painter(isEnabled: true)
        for (minutes, style) in [
            (-3, Style.alarm), (59, .warning), (60, .plain), (200, .plain),
        ] as [(Int64, Style)] {
            let text = DurationText.countdown(
                to: now.adding(milliseconds: minutes * minute), now: now, language: .zh)
            let line = try lines([ticket(dueIn: minutes)], .zh, painter: painter)[1]
            #expect(
                line.contains(painter.paint("\(text) · 响应", style)),
                "\(minutes): \(line.debugDescription)")
        }
    }

    @Test("on a narrow terminal every row keeps to one line", arguments: [40, 60, 72, 80])
    func narrow(width: Int) throws {
        for language in [Language.zh, .en] {
            let lines = try lines(
                [ticket(dueIn: 30), ticket(dueIn: nil, pause: .supplier)], language,
                painter: Painter(isEnabled: false), width: width)
            for line in lines where width > 40 {
                #expect(displayWidth(of: line) <= width, "\(line)")
            }
            #expect(lines[1].contains("CS202311150001"), "the number is never cut")
            #expect(lines[1].contains("屏幕不亮"), "nor is the subject left out")
        }
    }

    @Test("a case that waits says so, and for whom") func pauses() throws {
        let painter = Painter(isEnabled: false)
        for (language, waits, paused) in [
            (Language.zh, "等待供应商", "已暂停"), (.en, "waits: supplier", "paused"),
        ] {
            let line = try lines(
                [ticket(dueIn: nil, pause: .supplier)], language, painter: painter)[1]
            #expect(line.contains(waits) && line.contains(paused), "\(line)")
            let running = try lines(
                [ticket(dueIn: 30, pause: .customer)], language, painter: painter)[1]
            #expect(running.contains(paused) && running.contains("30"), "\(running)")
            #expect(!running.contains(waits), "another promise runs on: \(running)")
        }
    }

    @Test(
        "columns stand under their heads, Chinese or not, in any width", arguments: [66, 80, 120])
    func widths(width: Int) throws {
        let tickets = [
            ticket(dueIn: 30), ticket(dueIn: -4_000), ticket(dueIn: nil, pause: .customer),
        ]
        for language in [Language.zh, .en] {
            let lines = try lines(
                tickets, language, painter: Painter(isEnabled: false), width: width)
            let starts = try lines.dropFirst().map { line in
                let owner = try #require(line.firstRange(of: "B")).lowerBound
                return displayWidth(of: String(line[..<owner]))
            }
            #expect(Set(starts).count == 1, "\(lines)")
            if width >= 120 {
                let head = language.choose(zh: "负责", en: "OWNER")
                let column = try #require(lines[0].firstRange(of: head)).lowerBound
                #expect(displayWidth(of: String(lines[0][..<column])) == starts[0])
            }
            if width >= 80 {
                #expect(lines.allSatisfy { displayWidth(of: $0) <= width }, "\(lines)")
            }
        }
    }
}
