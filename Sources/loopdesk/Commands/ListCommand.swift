import ArgumentParser
import FieldClient
import FoundationEssentials
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// `list`: the tickets of this device.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: said(
            zh: "列出工单；默认只列未结案的，最紧迫的在前。",
            en: "Lists tickets: open ones, the most pressing first."))

    @OptionGroup var common: CommonOptions
    @Flag(
        help: help(
            "由我负责的，含我此刻代理之人的。",
            "Those I am responsible for, also for somebody for whom I stand in."))
    var mine = false
    @Flag(help: help("负责人外出且无人代理的。", "Those whose owner is away while nobody stands in."))
    var away = false
    @Flag(help: help("待接单的：无负责人，且属于本部门（若已知）。", "Those that wait for somebody, in my department."))
    var queue = false
    @Flag(help: help("已超时的。", "Those with a promise that is overdue.")) var overdue = false
    @Option(help: help("负责人。", "Who is responsible.")) var assignee: String?
    @Option(help: help("责任部门。", "The department.")) var department: String?
    @Option(help: help("门店。", "The store.")) var store: String?
    @Option(
        help: help(
            "状态，可重复，如 new、in_progress。", "A status, such as new or in_progress; may be repeated."))
    var status: [String] = []
    @Flag(help: help("包括已结案的。", "Closed tickets too.")) var all = false
    @Option(
        help: help(
            "某日登记的，如 2024-03-10、今天、昨天（规则时区）。",
            "Logged on this day of the policy's zone: 2024-03-10, today, yesterday."))
    var day: String?
    @Flag(
        help: help(
            "质检复核：当日送达、分类无人确认的，含已结案；不写 --day 则为昨天。",
            "For the inspector: classes that nobody has confirmed, by the day the hub got them."))
    var recheck = false
    @Option(help: help("全文查找，中文可查任意词。", "Words to find in any text.")) var text: String?
    @Option(help: help("标签。", "A tag.")) var tag: String?
    @Option(help: help("至少这样紧急。", "At least this urgent.")) var priority: String?
    @Flag(help: help("有尚未同步修改的。", "Those with changes that the hub does not have."))
    var unsent = false
    @Flag(help: help("包括已转出本机范围的。", "Also those that moved out of this device's scope."))
    var left = false
    @Option(help: help("排序：due、updated 或 created。", "Order: due, updated or created."))
    var sort = TicketQuery.Order.due
    @Option(help: help("最多列出几条。", "How many to list.")) var limit = 50
    @Option(help: help("跳过前几条。", "How many to skip.")) var offset = 0

    func validate() throws {
        guard !mine || (assignee == nil && !away) else {
            throw ValidationError(
                said(
                    zh: "--mine 不能与 --assignee 或 --away 同用。",
                    en: "--mine goes neither with --assignee nor with --away."))
        }
        guard (1...10_000).contains(limit), offset >= 0 else {
            throw ValidationError(
                said(
                    zh: "--limit 为 1–10000，--offset 不小于 0。",
                    en: "--limit is 1 to 10000, --offset not below 0."))
        }
    }

    func run() throws {
        let place = try common.open()
        let profile = try place.profile()
        let query = try query(place, profile)
        let (found, count) =
            try recheck
            ? place.desk.unconfirmed(query)
            : place.store.read { (try $0.list(query), try $0.count(query)) }
        let attendance = try place.desk.attendance(at: place.now)
        let table = TicketTable(
            profile: profile, language: place.language, now: place.now, attendance: attendance)
        if found.isEmpty {
            place.console.say(zh: "没有符合条件的工单。", en: "No ticket matches.")
        } else {
            place.console.show(table.table(found))
            if count > found.count {
                place.console.say(
                    zh: "共 \(count) 条，列出 \(found.count) 条（--limit、--offset）",
                    en: "\(found.count) of \(count) (--limit, --offset)")
            }
        }
        if recheck, day == nil, count > 0, let dueAt = profile.recheckDueAt(on: place.now) {
            let left = DurationText.countdown(
                to: dueAt, now: place.now, language: place.language)
            place.console.say(zh: "今日复核时限：\(left)", en: "to be confirmed today: \(left)")
        }
        let json = TicketJSON(profile: profile)
        place.console.emit([
            "count": .integer(Int64(count)),
            "tickets": .array(found.map { json.summary($0, attendance) }),
        ])
    }

    private func query(_ place: Workplace, _ profile: Profile) throws -> TicketQuery {
        var query = TicketQuery()
        query.order = sort
        query.countMax = limit
        query.offset = offset
        query.text = text
        query.tag = tag
        query.isUnsent = unsent
        query.includesLeft = left
        query.statuses = try statuses()
        query.assignee = try assignee.map { try name($0) }
        let attendance = try place.desk.attendance(at: place.now)
        if away { query.assignees = attendance.unrepresented }
        if mine {
            let actor = try place.actor()
            let others = attendance.represented(by: actor).map(\.staff)
            if others.isEmpty {
                query.assignee = actor
            } else {
                query.assignees = Set(others + [actor])
            }
        }
        query.department = try department.map { try name($0) }
        query.store = try store.map { try name($0) }
        if queue {
            query.isUnassigned = true
            let own = try place.store.read { try $0.setting(HomeSetting.department) }
            query.department = query.department ?? own.flatMap { DepartmentID($0) }
        }
        if overdue { query.dueBefore = place.now }
        // What the rules classified on a day, whenever it was captured (domain.md K26).
        let chosen = try chosenDay(place)
        if recheck { query.receivedIn = chosen } else { query.capturedIn = chosen }
        if let priority {
            let value = try FieldInput(profile: profile, now: place.now).read(.priority, priority)
            query.priorityMin = value.integer
        }
        return query
    }

    /// The day whose tickets are asked for; without one, all.
    private func chosenDay(_ place: Workplace) throws -> Range<Timestamp>? {
        if let day {
            // A day of the policy's zone, wherever this device is.
            let zone = WorkingCalendar.timeZone(named: try place.profile().zone) ?? .gmt
            let time = try TimeParser(now: place.now, zone: zone).parse(day)
            return try place.desk.businessDay(of: time)
        }
        guard recheck else { return nil }
        let today = try place.desk.businessDay(of: place.now)
        return try place.desk.businessDay(of: today.lowerBound.adding(milliseconds: -1))
    }

    private func statuses() throws -> Set<TicketStatus> {
        let named = try status.flatMap { $0.split(separator: ",") }.map { text in
            // What the list shows of a case that waits is a way to ask for it.
            if ["paused", "已暂停"].contains(text) { return TicketStatus.pending }
            let shown = TicketStatus.allCases.first { $0.label.zh == text || $0.label.en == text }
            guard let status = shown ?? TicketStatus(name: text) else {
                let list = TicketStatus.allCases.map(\.name).joined(separator: ", ")
                throw CommandFailure(
                    .usage, zh: "没有状态“\(printable(text))”；可用：\(list)",
                    en: "There is no status “\(printable(text))”; use \(list).")
            }
            return status
        }
        if !named.isEmpty { return Set(named) }
        return all || recheck ? [] : Set(TicketStatus.allCases).subtracting([.closed])
    }

    private func name<Name: ChosenName>(_ text: String) throws -> Name {
        guard let name = Name(text) else {
            throw CommandFailure(
                .usage, zh: "“\(printable(text))”不是有效的名称。",
                en: "“\(printable(text))” is not a name.")
        }
        return name
    }
}

extension TicketQuery.Order: ExpressibleByArgument {}
