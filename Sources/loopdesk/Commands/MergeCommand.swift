import ArgumentParser
import FieldClient
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// `merge`: one case that was logged twice becomes one ticket.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: said(zh: "合并重复的工单。", en: "Makes one ticket of two for the same case."),
        discussion: said(
            zh: """
                前一张并入后一张：前一张结束，后一张继续，并沿用两张的全部编号和较早的时限。\
                尚不知情的人写在前一张上的备注、标签和附件会转到后一张；其他修改成为草稿。
                --undo 让并入的工单重新独立。
                """,
            en: """
                The first ticket ends and the second goes on, answers to the numbers of both and \
                keeps the earlier of their promises. Notes, tags and files of people who did not \
                know yet follow to the second ticket; other changes become drafts.
                --undo makes a merged ticket stand for itself again.
                """))
    @OptionGroup var common: CommonOptions
    @Argument(help: help("重复的工单，将结束。", "The ticket that ends: the duplicate."))
    var duplicate: String
    @Argument(help: help("继续处理的工单。", "The ticket that goes on.")) var survivor: String?
    @Option(help: help("合并或撤销的原因。", "Why, for the record.")) var reason = ""
    @Flag(help: help("撤销合并。", "Undo the merge of this ticket.")) var undo = false

    func validate() throws {
        guard undo == (survivor == nil) else {
            throw ValidationError(
                said(
                    zh: undo ? "--undo 只需要一张工单。" : "请给出两张工单：重复的，和继续处理的。",
                    en: undo
                        ? "--undo takes one ticket."
                        : "Two tickets are needed: the one that ends and the one that goes on."))
        }
    }

    func run() throws {
        let place = try common.open()
        let ended = try place.desk.find(duplicate, followingMerges: false).ticket
        guard let survivor else {
            let merged = try place.desk.unmerge(ended.id, reason: reason, by: place.actor())
            let number = merged.survivor.ticket.displayNumber
            return try place.report(
                merged.duplicate, zh: "已不再并入 \(number)", en: "no longer merged into \(number)",
                more: [.init("survivor", try json(merged.survivor, place))])
        }
        let found = try place.find(survivor)
        let merged = try place.desk.merge(
            ended.id, into: found.ticket.id, reason: reason, by: place.actor())
        let number = merged.duplicate.ticket.displayNumber
        try place.report(
            merged.survivor, from: found, zh: "合并了 \(number)", en: "goes on for \(number) too",
            more: [.init("duplicate", try json(merged.duplicate, place))])
        try warn(of: ended, mergedInto: merged.survivor.ticket, place)
    }

    /// The class of the case that goes on is its own: a more urgent one is given by somebody.
    private func warn(of ended: Ticket, mergedInto survivor: Ticket, _ place: Workplace) throws {
        guard let rank = ended.integer(.priority), rank > survivor.integer(.priority) ?? 0 else {
            return
        }
        let label = try place.profile().priority(rank: rank).label
        let (zh, en) = (printable(label.zh), printable(label.en))
        let number = printable(survivor.displayNumber)
        place.console.say(
            zh: "注意：并入的工单是“\(zh)”。如仍是，请更正：loopdesk set \(number) priority \(zh)",
            en: "Note: what was merged is of the class “\(en)”. If the case still is: "
                + "loopdesk set \(number) priority \(en)")
    }

    private func json(_ written: ReplicaWriter.Written, _ place: Workplace) throws -> JSONValue {
        TicketJSON(profile: try place.profile()).value(written.ticket)
    }
}
