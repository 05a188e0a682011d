import ArgumentParser
import Foundation
import HubService
import HubStore
import Replication
import StoreSupport
import Terminal
import TicketModel
import TicketPolicy
import Wire

extension PolicyCommand {
    /// `policy simulate`: what another policy would have made of recent tickets.
    struct Simulate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "推演一份规则会如何处理近来的工单。",
                en: "Says what a policy would have made of recent tickets."),
            discussion: said(
                zh: """
                    在存储的拷贝上进行，Hub 可以继续运行；不改动任何内容。
                    按日志的记载，让现行规则与该文件各自重走人员所做的一切：
                    哪些时限开始，哪些超时，工单分派到哪里。
                    假如当时得到的通知不同，人员会有什么不同的做法，无从得知。
                    """,
                en: """
                    On a copy of the store, so that the hub may go on running; nothing is \
                    changed. Both the policy in force and the file are led through what people \
                    did, as the log has it: which promises begin and break, and where tickets go. \
                    What people would have done otherwise, had they been told otherwise, nobody \
                    knows.
                    """))

        @OptionGroup var common: CommonOptions
        @Argument(help: help("规则文件；- 为标准输入。", "A policy file; - for the standard input."))
        var file: String
        @Option(help: help("只推演这张工单，写编号。", "Only this ticket, by its number.")) var ticket: String?
        @Option(help: help("推演最近几天内登记的工单。", "Tickets that were logged in the last so many days."))
        var last = 7

        func validate() throws {
            guard (1...3_650).contains(last) else {
                throw ValidationError(said(zh: "--last 为 1 到 3650", en: "--last is 1 to 3650"))
            }
        }

        func run() async throws {
            let new = try PolicyFile.profile(try PolicyFile.read(file), file: file)
            let home = common.hubHome
            _ = try home.settings()
            let copy = home.storePath + ".simulating-\(ProcessInfo.processInfo.processIdentifier)"
            defer { HubBackup.removeFiles(of: copy) }
            try StoreDatabase.copy(of: home.storePath, to: copy)
            let store = try SQLiteHubStore(path: copy, createsFile: false)
            let (old, rehearsal) = try store.read { reader in
                let old = try profileInForce(reader)
                return (
                    old,
                    try PolicyRehearsal(
                        from: old, to: new, of: try choice(reader), in: reader,
                        codec: ProtobufCodec(), until: .now)
                )
            }
            try store.close()
            let output = PolicyRehearsalOutput(old: old, new: new, rehearsal: rehearsal)
            let console = common.console
            for line in output.lines(console.language) { console.say(zh: line, en: line) }
            console.emit(output.json)
        }

        private func profileInForce(_ reader: any HubReader) throws -> Profile {
            guard let profile = try PolicyReader().profile(in: reader) else {
                throw HubFailure(
                    .refused, zh: "尚未载入规则。请运行：loopdesk-hub policy load FILE",
                    en: "No policy is loaded. Load one with: loopdesk-hub policy load FILE")
            }
            return profile
        }

        private func choice(_ reader: any HubReader) throws -> PolicyRehearsal.Choice {
            guard let ticket else {
                return .since(Timestamp.now.adding(milliseconds: -Int64(last) * 86_400_000))
            }
            guard let id = try reader.ticket(numbered: ticket) else {
                throw HubFailure(
                    .refused, zh: "没有工单 \(printable(ticket))；请写完整的编号。",
                    en: "There is no ticket \(printable(ticket)); give the whole number.")
            }
            return .ticket(id)
        }
    }
}

/// A rehearsal for people and for scripts.
struct PolicyRehearsalOutput {
    let old: Profile
    let new: Profile
    let rehearsal: PolicyRehearsal

    /// How many tickets are told one by one; scripts get all.
    private static let ticketsCountMax = 50

    private var clocks: [String] {
        Set(rehearsal.old.startedCounts.keys).union(rehearsal.new.startedCounts.keys)
            .union(rehearsal.old.brokenCounts.keys).union(rehearsal.new.brokenCounts.keys).sorted()
    }

    // MARK: For people

    func lines(_ language: Language) -> [String] {
        let choose = { (zh: String, en: String) in language.choose(zh: zh, en: en) }
        let count = rehearsal.ticketsCount
        let names = ["\(old.name) \(old.version)", "\(new.name) \(new.version)"]
        var lines = [
            choose(
                "\(count) 张工单，规则 \(names[0]) → \(names[1])：",
                "\(count) tickets, policy \(names[0]) -> \(names[1]):")
        ]
        if rehearsal.isCut {
            lines.append(choose("（只看了其中最早的这些）", "(the first ones only)"))
        }
        let (before, after) = (rehearsal.old, rehearsal.new)
        for clock in clocks {
            let started = [before, after].map { "\($0.startedCounts[clock] ?? 0)" }
            let broken = [before, after].map { "\($0.brokenCounts[clock] ?? 0)" }
            lines.append(
                choose(
                    "  \(clock)：开始 \(started[0]) → \(started[1])，超时 \(broken[0]) → \(broken[1])",
                    "  \(clock): begun \(started[0]) -> \(started[1]), broken \(broken[0]) -> "
                        + "\(broken[1])"))
        }
        lines.append(
            choose(
                "  预警 \(before.warningsCount) → \(after.warningsCount)",
                "  warnings \(before.warningsCount) -> \(after.warningsCount)"))
        lines += rehearsal.differences.prefix(Self.ticketsCountMax).map { text($0, language) }
        let rest = rehearsal.differences.count - Self.ticketsCountMax
        if rest > 0 {
            lines.append(choose("另有 \(rest) 张不同（--json 列出全部）", "and \(rest) more (--json has all)"))
        }
        return lines
    }

    private func text(_ difference: PolicyRehearsal.Difference, _ language: Language) -> String {
        var parts: [String] = []
        if !difference.broken.isEmpty {
            let clocks = difference.broken.joined(separator: ", ")
            parts.append(language.choose(zh: "多超时：\(clocks)", en: "also broken: \(clocks)"))
        }
        if !difference.kept.isEmpty {
            let clocks = difference.kept.joined(separator: ", ")
            parts.append(language.choose(zh: "少超时：\(clocks)", en: "no longer broken: \(clocks)"))
        }
        if let departments = difference.departments {
            let names = [departments.old, departments.new].map { $0?.rawValue ?? "-" }
            parts.append(
                language.choose(
                    zh: "分派 \(names[0]) → \(names[1])", en: "goes to \(names[1]), not \(names[0])"))
        }
        return printable("\(difference.number)  " + parts.joined(separator: "; "))
    }

    // MARK: For scripts

    var json: JSONValue {
        let clocks = clocks.map { clock -> JSONValue in
            [
                "clock": .string(clock),
                "started_before": number(rehearsal.old.startedCounts[clock]),
                "started_after": number(rehearsal.new.startedCounts[clock]),
                "broken_before": number(rehearsal.old.brokenCounts[clock]),
                "broken_after": number(rehearsal.new.brokenCounts[clock]),
            ]
        }
        let tickets = rehearsal.differences.map { difference -> JSONValue in
            [
                "number": .string(difference.number),
                "broken": .array(difference.broken.map(JSONValue.string)),
                "kept": .array(difference.kept.map(JSONValue.string)),
                "routed_before": JSONValue(difference.departments?.old?.rawValue),
                "routed_after": JSONValue(difference.departments?.new?.rawValue),
            ]
        }
        return [
            "tickets": number(rehearsal.ticketsCount), "cut": .boolean(rehearsal.isCut),
            "clocks": .array(clocks), "warnings_before": number(rehearsal.old.warningsCount),
            "warnings_after": number(rehearsal.new.warningsCount), "differences": .array(tickets),
        ]
    }

    private func number(_ count: Int?) -> JSONValue { .integer(Int64(count ?? 0)) }
}
