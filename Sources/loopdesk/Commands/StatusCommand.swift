import ArgumentParser
import FieldClient
import Foundation
import Replication
import StoreSupport
import Terminal
import TicketModel
import TicketPolicy

/// `status`: this device at a glance, without asking the network.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: said(
            zh: "本机状况：同步时间、待发送、草稿、时钟偏差、连接。",
            en: "This device at a glance: last sync, queue, drafts, clock, link."))
    @OptionGroup var common: CommonOptions
    @Flag(help: help("连接一次 Hub；失败时退出码为 4。", "Also try the link; status 4 when it fails."))
    var check = false

    func run() async throws {
        let place = try common.open()
        let device = try place.home.joinedDevice()
        // First, so that what is told is how things stand after it.
        let failure = check ? await linkFailure(place.home) : nil
        let facts = try place.store.read { store in
            Facts(
                identity: try store.identity(), state: try store.state(),
                counts: try store.counts(), directory: try store.directory(),
                staff: try store.setting(HomeSetting.staff))
        }
        let duty = try duty(facts, place)
        let isFollowed = try HomeLock.acquire(place.home.syncLockPath) == nil
        let report = StatusReport(
            facts: facts, device: device, isFollowed: isFollowed, duty: duty, now: place.now)
        if !place.console.isJSON {
            let lines = report.lines(place.language, place.console.painter)
            Console.write(lines.map { $0 + "\n" }.joined())
        }
        if check, failure == nil { place.console.say(zh: "连接：正常", en: "link: works") }
        place.console.emit(report.json(isReachable: check ? failure == nil : nil))
        if let failure { throw failure }
    }

    /// What an inspector is to do today. A policy of a later program, which this one cannot read,
    /// hides nothing else.
    private func duty(_ facts: Facts, _ place: Workplace) throws -> RecheckDuty? {
        guard let roles = facts.identity?.roles, facts.directory != nil else { return nil }
        do {
            return try place.desk.recheckDuty(of: Set(roles), at: place.now)
        } catch is ProfileError { return nil }
    }

    /// Why the hub cannot be reached; nil when it can.
    private func linkFailure(_ home: FieldHome) async -> (any Error)? {
        do {
            _ = try await SyncSession(home, mode: .oneShot).runOnce { _ in }
            return nil
        } catch { return error }
    }

    struct Facts {
        var identity: ReplicaIdentity?
        var state: ReplicaState
        var counts: ReplicaCounts
        var directory: Directory?
        var staff: String?
    }
}

/// What `status` tells.
struct StatusReport {
    let facts: StatusCommand.Facts
    let device: DeviceFile
    /// Whether a process stays in step for this home.
    let isFollowed: Bool
    /// What an inspector is to do today; nil for others.
    let duty: RecheckDuty?
    let now: Timestamp

    func lines(_ language: Language, _ painter: Painter) -> [String] {
        let choose = { (zh: String, en: String) in language.choose(zh: zh, en: en) }
        let counts = facts.counts
        var lines = [
            choose("设备 ", "device ") + (device.device ?? "") + " · "
                + (facts.identity?.store?.rawValue ?? choose("无门店", "no store")) + " · "
                + (facts.staff ?? choose("未记住人员", "no remembered person")),
            choose("Hub ", "hub ") + printable(device.endpoint)
                + (isFollowed
                    ? choose("，有进程持续同步", ", kept in step by a process") : ""),
            choose("上次同步 ", "last in step ") + synced(language)
                + choose(
                    "，位置 \(facts.state.cursor.sequence)", ", at \(facts.state.cursor.sequence)"),
            choose(
                "工单 \(counts.tickets)（未结 \(counts.openTickets)）",
                "tickets \(counts.tickets) (\(counts.openTickets) open)"),
            queue(language, painter), verified(language),
            choose("草稿 \(counts.drafts)", "drafts \(counts.drafts)"),
        ]
        if let policy = facts.directory?.policy {
            lines.append(choose("规则版本 \(policy.version)", "policy version \(policy.version)"))
        }
        if let duty { lines.append(recheck(duty, language, painter)) }
        if let warning = clockWarning(language) { lines.append(painter.paint(warning, .warning)) }
        return lines
    }

    private func synced(_ language: Language) -> String {
        guard let syncedAt = facts.state.syncedAt else {
            return language.choose(zh: "从未", en: "never")
        }
        return DurationText.age(of: syncedAt, now: now, language: language)
    }

    /// Whether this replica was found to hold what the hub holds: an empty queue alone does not say
    /// so.
    private func verified(_ language: Language) -> String {
        if facts.state.snapshot != nil {
            return language.choose(
                zh: "工单尚未取全，下次同步时继续", en: "the tickets are not all here yet; the next sync goes on")
        }
        guard let verifiedAt = facts.state.verifiedAt else {
            return language.choose(zh: "尚未与 Hub 核对", en: "not compared with the hub yet")
        }
        let age = DurationText.age(of: verifiedAt, now: now, language: language)
        return language.choose(zh: "与 Hub 一致：\(age)核对", en: "found equal to the hub \(age)")
    }

    private func recheck(
        _ duty: RecheckDuty, _ language: Language, _ painter: Painter
    ) -> String {
        guard duty.count > 0 else {
            return language.choose(zh: "昨日没有待复核的分类", en: "no class of yesterday is to be confirmed")
        }
        let left = DurationText.countdown(to: duty.dueAt, now: now, language: language)
        let text = language.choose(
            zh: "昨日 \(duty.count) 条分类待复核（\(left)）：loopdesk list --recheck",
            en: "\(duty.count) of yesterday's classes are to be confirmed (\(left)): "
                + "loopdesk list --recheck")
        return painter.paint(text, duty.dueAt <= now ? .alarm : .warning)
    }

    private func queue(_ language: Language, _ painter: Painter) -> String {
        let counts = facts.counts
        guard counts.queued > 0 else {
            guard counts.acknowledged > 0 else {
                return language.choose(zh: "全部已送达", en: "nothing waits to be sent")
            }
            return language.choose(
                zh: "全部已送达，\(counts.acknowledged) 条等待答复",
                en: "nothing waits to be sent, \(counts.acknowledged) wait for their answer")
        }
        let age = counts.oldestQueuedAt.map {
            DurationText.age(of: $0, now: now, language: language)
        }
        return painter.paint(
            language.choose(
                zh: "待发送 \(counts.queued)，最早的是\(age ?? "")",
                en: "waiting to be sent: \(counts.queued), the oldest \(age ?? "")"), .warning)
    }

    /// Only beyond the limit that is worth a person's attention (replication.md 3.13).
    private func clockWarning(_ language: Language) -> String? {
        guard let offset = facts.state.offsetMilliseconds,
            offset.magnitude >= Limits.clockOffsetWarningMilliseconds.magnitude
        else { return nil }
        let length = DurationText.duration(milliseconds: offset, language: language)
        return offset > 0
            ? language.choose(zh: "本机时钟慢 \(length)，请校准", en: "this clock is \(length) slow; set it")
            : language.choose(zh: "本机时钟快 \(length)，请校准", en: "this clock is \(length) fast; set it")
    }

    func json(isReachable: Bool?) -> JSONValue {
        let (state, counts) = (facts.state, facts.counts)
        return [
            "device": JSONValue(device.device), "label": .string(device.label),
            "replica": .string(facts.identity?.replica.description ?? device.replica),
            "store": JSONValue(facts.identity?.store?.rawValue),
            "region": JSONValue(facts.identity?.region?.rawValue),
            "roles": JSONShape.names(facts.identity?.roles ?? []),
            "staff": JSONValue(facts.staff), "hub": .string(device.endpoint),
            "reachable": isReachable.map(JSONValue.boolean) ?? .null,
            "followed": .boolean(isFollowed), "epoch": JSONValue(state.epoch?.description),
            "cursor": JSONShape.integer(state.cursor.sequence),
            "synced_at": JSONShape.time(state.syncedAt),
            "counter": JSONShape.integer(state.counter),
            "queued": .integer(Int64(counts.queued)),
            "unanswered": .integer(Int64(counts.acknowledged)),
            "oldest_queued_at": JSONShape.time(counts.oldestQueuedAt),
            "drafts": .integer(Int64(counts.drafts)), "tickets": .integer(Int64(counts.tickets)),
            "open_tickets": .integer(Int64(counts.openTickets)),
            "clock_offset_ms": JSONShape.integer(state.offsetMilliseconds),
            "durable_through": JSONShape.integer(state.durableSequence),
            "verified_at": JSONShape.time(state.verifiedAt),
            "fetching": .boolean(state.snapshot != nil),
            "recheck": duty.map {
                ["count": .integer(Int64($0.count)), "due_at": JSONShape.time($0.dueAt)]
            } ?? .null,
            "policy_version": facts.directory.map { .integer(Int64($0.policy.version)) } ?? .null,
        ]
    }
}
