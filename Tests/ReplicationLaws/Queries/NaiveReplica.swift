import Replication
import TicketModel

/// What a replica holds, as a plain array: the third answer to every list and search.
struct NaiveReplica {
    struct Line {
        var id: TicketID
        /// Counts the tickets in the order in which they came here.
        var arrival: Int
        var base: Ticket?
        var overlay: Ticket?
        var hasLeft = false
        /// Every number it has shown, in lower case.
        var numbers: Set<String> = []

        var shown: Ticket? { overlay ?? base }
    }

    private(set) var lines: [Line] = []
    private var arrivalsCount = 0
    /// The tickets of own intents without an answer.
    private var unanswered: [UInt64: TicketID] = [:]

    // MARK: - What happens to it

    mutating func saveBase(_ ticket: Ticket) {
        change(ticket.id) {
            $0.base = ticket
            $0.hasLeft = false
        }
    }

    mutating func saveOverlay(_ ticket: Ticket?, of id: TicketID) {
        change(id) { $0.overlay = ticket }
    }

    mutating func markLeft(_ id: TicketID) {
        if lines.contains(where: { $0.id == id }) { change(id) { $0.hasLeft = true } }
    }

    mutating func append(_ counter: UInt64, on id: TicketID) { unanswered[counter] = id }

    mutating func settle(_ counter: UInt64) { unanswered[counter] = nil }

    private mutating func change(_ id: TicketID, _ body: (inout Line) -> Void) {
        let index = lines.firstIndex { $0.id == id }
        var line = index.map { lines[$0] } ?? Line(id: id, arrival: arrivalsCount + 1)
        body(&line)
        lines.removeAll { $0.id == id }
        guard let shown = line.shown else { return }
        line.numbers.insert(shown.provisionalNumber.lowercased())
        if let number = shown.number { line.numbers.insert(number.text.lowercased()) }
        arrivalsCount = max(arrivalsCount, line.arrival)
        lines.append(line)
    }

    // MARK: - What it answers

    func list(_ query: TicketQuery) -> [TicketSummary] {
        let found = found(query).sorted { isBefore($0, $1, query.order) }
        return found.dropFirst(query.offset).prefix(query.countMax).map(summary)
    }

    func count(_ query: TicketQuery) -> Int { found(query).count }

    /// By whole number, else by its ending, those that show first, else by the start of the
    /// identity; newest first.
    func tickets(numbered text: String) -> [TicketID] {
        let number = text.lowercased()
        let byNumber = lines.filter { $0.numbers.contains(number) }
        let byShownEnding = lines.filter { line in
            line.numbers.contains { ending in
                ending.hasSuffix(number) && (ending.hasPrefix("cs") || line.shown?.number == nil)
            }
        }
        let byEnding = lines.filter { $0.numbers.contains { $0.hasSuffix(number) } }
        let byIdentity = lines.filter { $0.id.description.hasPrefix(number) }
        let found = [byNumber, byShownEnding, byEnding, byIdentity].first { !$0.isEmpty } ?? []
        return found.map(\.id).sorted(by: >)
    }

    private func found(_ query: TicketQuery) -> [Line] {
        var found = lines
        if let wanted = query.assignee {
            found.removeAll { text($0, .assignee) != wanted.rawValue }
        }
        if let people = query.assignees?.map(\.rawValue) {
            found.removeAll { !people.contains(text($0, .assignee)) }
        }
        if query.isUnassigned { found.removeAll { text($0, .assignee) != "" } }
        if let wanted = query.department {
            found.removeAll { text($0, .department) != wanted.rawValue }
        }
        if let wanted = query.store { found.removeAll { text($0, .store) != wanted.rawValue } }
        if !query.statuses.isEmpty {
            found.removeAll { !query.statuses.contains(status($0)) }
        }
        if let least = query.priorityMin {
            found.removeAll { (number($0, .priority) ?? 0) < least }
        }
        if let tag = query.tag {
            found.removeAll { line in
                let tags = line.shown?.sets[.tags]?.compactMap(\.value.text) ?? []
                return !tags.contains { NaiveText.folded($0) == NaiveText.folded(tag) }
            }
        }
        if let limit = query.dueBefore {
            found.removeAll { due($0).map { $0.dueAt >= limit } ?? true }
        }
        if let text = query.text, text.contains(where: { !$0.isWhitespace }) {
            found.removeAll { !NaiveText.finds(text, in: texts($0)) }
        }
        if query.isUnsent { found.removeAll { unsentCount($0) == 0 } }
        if !query.includesLeft { found.removeAll { $0.hasLeft } }
        return found
    }

    private func isBefore(_ left: Line, _ right: Line, _ order: TicketQuery.Order) -> Bool {
        guard let one = left.shown, let other = right.shown else { return false }
        switch order {
        case .due:
            let dues = (due(left)?.dueAt.milliseconds, due(right)?.dueAt.milliseconds)
            if dues.0 != dues.1 { return (dues.0 ?? .max) < (dues.1 ?? .max) }
            if one.capturedAt != other.capturedAt { return one.capturedAt < other.capturedAt }
            return left.arrival < right.arrival
        case .updated:
            if one.updatedAt != other.updatedAt { return one.updatedAt > other.updatedAt }
            return left.arrival > right.arrival
        case .created:
            if one.capturedAt != other.capturedAt { return one.capturedAt > other.capturedAt }
            return left.arrival > right.arrival
        }
    }

    private func text(_ line: Line, _ field: FieldID) -> String {
        line.shown?.registers[field]?.value.text ?? ""
    }

    private func number(_ line: Line, _ field: FieldID) -> Int64? {
        line.shown?.registers[field]?.value.integer
    }

    /// One of a newer version reads as in progress.
    private func status(_ line: Line) -> TicketStatus {
        guard let number = number(line, .status) else { return .new }
        return TicketStatus(rawValue: number) ?? .inProgress
    }

    /// The promise that runs out first.
    private func due(_ line: Line) -> ClockState? {
        let running = (line.shown?.clocks ?? [:]).values.filter { clock in
            switch clock.phase {
            case .running: true
            case .breached: clock.stoppedAt == nil
            case .met, .cancelled: false
            }
        }
        return running.sorted { ($0.dueAt, $0.name) < ($1.dueAt, $1.name) }.first
    }

    private func unsentCount(_ line: Line) -> Int { unanswered.values.count { $0 == line.id } }

    private func texts(_ line: Line) -> [String] {
        guard let ticket = line.shown else { return [] }
        var texts = [ticket.provisionalNumber] + [ticket.number?.text].compactMap { $0 }
        for register in ticket.registers.values {
            texts += ([register.value] + register.alternates.map(\.value)).compactMap(\.text)
        }
        texts += (ticket.sets[.tags] ?? []).compactMap(\.value.text)
        return texts + ticket.comments.map(\.text) + ticket.ratings.map(\.remark)
    }

    private func summary(_ line: Line) -> TicketSummary {
        let ticket = line.shown
        let due = due(line)
        return TicketSummary(
            id: line.id, number: ticket?.number?.text ?? ticket?.provisionalNumber ?? "",
            provisionalNumber: ticket?.provisionalNumber ?? "",
            status: status(line),
            priority: number(line, .priority) ?? 0,
            escalationLevel: number(line, .escalation) ?? 0,
            assignee: StaffID(text(line, .assignee)),
            department: DepartmentID(text(line, .department)), store: StoreID(text(line, .store)),
            subject: text(line, .subject), dueAt: due?.dueAt, dueClock: due?.name ?? "",
            dueStartedAt: due?.startedAt,
            pauseReason: status(line) == .pending
                ? PauseReason(rawValue: text(line, .pauseReason)) : nil,
            capturedAt: ticket?.capturedAt ?? Timestamp(milliseconds: 0),
            updatedAt: ticket?.updatedAt ?? Timestamp(milliseconds: 0),
            unsentCount: unsentCount(line), hasLeft: line.hasLeft)
    }
}

/// Searching without an index: Han words anywhere in a text, other words whole, the last one also
/// begun.
enum NaiveText {
    static func finds(_ query: String, in texts: [String]) -> Bool {
        let texts = texts.map(folded)
        let words = folded(query).split(separator: " ").filter { word in
            word.contains { $0.isLetter || $0.isNumber }
        }
        guard !words.isEmpty else { return false }
        return words.enumerated().allSatisfy { index, word in
            if word.contains(where: isHan) { return texts.contains { $0.contains(word) } }
            let isLast = index == words.count - 1
            return texts.contains { text in
                text.split { !($0.isLetter || $0.isNumber) || isHan($0) }.contains { token in
                    token == word || isLast && token.hasPrefix(word)
                }
            }
        }
    }

    /// Lower case, and full-width letters as plain ones.
    static func folded(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isWide = (0xFF01...0xFF5E).contains(scalar.value)
            let plain = isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
            result.append(plain)
        }
        return String(result).lowercased()
    }

    private static func isHan(_ character: Character) -> Bool {
        character.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    }
}
