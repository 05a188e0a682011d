import ArgumentParser
import FieldClient
import FoundationEssentials
import Replication
import Sodium
import Terminal
import TicketModel
import TicketPolicy

/// `log`: the change log of this replica.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: said(
            zh: "本机的修改记录：向量时钟与结果，最新在前。",
            en: "What was written here, with vector clocks and answers, newest first."),
        discussion: said(
            zh: """
                时钟一栏写作 {hub:N self:M}，表示写下时看到了 Hub 的前 N 条和本机的前 M 条；+K 是当时已见、\
                但 Hub 尚未确认的同一工单的修改数。操作后的 1/2 表示：一组两条中的第一条，同时生效或都不生效。
                """,
            en: """
                A clock {hub:N self:M} says that the first N entries of the hub and the first M of \
                this replica had been seen; +K counts the changes on the same ticket that were \
                seen and that the hub had not confirmed. 1/2 behind an act: the first of two \
                that are accepted together or not at all.
                """))
    @OptionGroup var common: CommonOptions
    @Argument(help: help("只看这张工单。", "Only this ticket.")) var ticket: String?
    @Option(help: help("最多列出几条。", "How many to list.")) var limit = 50

    func validate() throws {
        guard (1...100_000).contains(limit) else {
            throw ValidationError(said(zh: "--limit 为 1–100000。", en: "--limit is 1 to 100000."))
        }
    }

    func run() throws {
        let place = try common.open()
        let profile = try place.profile()
        let id = try ticket.map { try place.find($0).ticket.id }
        let (records, numbers) = try place.store.read { store in
            let records = try store.changes(on: id, countMax: limit)
            var numbers: [TicketID: String] = [:]
            for ticket in Set(records.map(\.body.ticket)) {
                numbers[ticket] = try store.visible(ticket)?.displayNumber
            }
            return (records, numbers)
        }
        if records.isEmpty {
            place.console.say(zh: "还没有修改。", en: "Nothing was written here yet.")
        } else {
            place.console.show(table(records, numbers, profile, place))
        }
        place.console.emit(.array(records.map { json($0, numbers, profile) }))
    }

    private func table(
        _ records: [ChangeRecord], _ numbers: [TicketID: String], _ profile: Profile,
        _ place: Workplace
    ) -> Table {
        let choose = { (zh: String, en: String) in place.language.choose(zh: zh, en: en) }
        var table = Table(columns: [
            .init("#", alignment: .trailing), .init(choose("时间", "TIME")),
            .init(choose("工单", "TICKET")), .init(choose("操作", "ACT")),
            .init(choose("人员", "BY")), .init(choose("时钟", "CLOCK")),
            .init(choose("结果", "ANSWER"), canShrink: true),
        ])
        for record in records {
            table.append([
                .init(String(record.intent.dot.counter)),
                .init(
                    TimestampText.short(
                        record.body.captured.wall, now: place.now, zone: .current,
                        language: place.language)),
                .init(numbers[record.body.ticket] ?? ""),
                .init(actLabel(record.body.act, place.language) + ordinal(in: record.body.group)),
                .init(record.body.actor.rawValue), .init(clock(record)),
                answer(record, profile, place.language),
            ])
        }
        return table
    }

    /// Which one of how many it is that stand or fall together.
    private func ordinal(in group: IntentGroup?) -> String {
        group.map { " \($0.index + 1)/\($0.count)" } ?? ""
    }

    private func clock(_ record: ChangeRecord) -> String {
        let context = record.intent.context
        let seen = "{hub:\(context.sequence) self:\(record.intent.dot.counter - 1)}"
        return context.dependencies.isEmpty ? seen : "\(seen)+\(context.dependencies.count)"
    }

    private func answer(
        _ record: ChangeRecord, _ profile: Profile, _ language: Language
    ) -> Table.Cell {
        switch record.state {
        case .queued: .init(language.choose(zh: "待同步", en: "queued"), style: .warning)
        case .acknowledged: .init(language.choose(zh: "已送达", en: "at the hub"), style: .quiet)
        case .settled(let disposition, _):
            .init(
                DispositionText(profile: profile, language: language).line(disposition),
                style: disposition.isAccepted ? .plain : .alarm)
        }
    }

    private func json(
        _ record: ChangeRecord, _ numbers: [TicketID: String], _ profile: Profile
    ) -> JSONValue {
        let (intent, body) = (record.intent, record.body)
        let changes = ChangeText(profile: profile, language: .en)
        return [
            "replica": .string(intent.dot.replica.description),
            "counter": JSONShape.integer(intent.dot.counter),
            "operation": .string(body.operation.description),
            "hash": .string(intent.hash.description), "ticket": .string(body.ticket.description),
            "number": JSONValue(numbers[body.ticket]), "act": .string(body.act.name),
            "actor": .string(body.actor.rawValue), "at": JSONShape.time(body.captured.wall),
            "clock": [
                "epoch": .string(intent.context.epoch.description),
                "hub": JSONShape.integer(intent.context.sequence),
                "self": JSONShape.integer(intent.dot.counter - 1),
                "operations": .array(
                    intent.context.dependencies.map { .string($0.description) }),
            ],
            "group": group(body.group), "changes": .array(body.changes.map(changes.json)),
            "state": .string(state(record)),
            "sequence": sequence(record), "disposition": disposition(record),
        ]
    }

    private func group(_ group: IntentGroup?) -> JSONValue {
        guard let group else { return .null }
        return [
            "id": .string(group.id.description), "index": .integer(Int64(group.index)),
            "count": .integer(Int64(group.count)),
        ]
    }

    private func state(_ record: ChangeRecord) -> String {
        switch record.state {
        case .queued: "queued"
        case .acknowledged: "acknowledged"
        case .settled: "settled"
        }
    }

    private func sequence(_ record: ChangeRecord) -> JSONValue {
        guard case .settled(_, let sequence?) = record.state else { return .null }
        return JSONShape.integer(sequence)
    }

    private func disposition(_ record: ChangeRecord) -> JSONValue {
        guard case .settled(let disposition, _) = record.state else { return .null }
        return JSONShape.disposition(disposition)
    }
}
