import ArgumentParser
import FieldClient
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// `rate`: what the customer thinks of how it was handled.
struct RateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: said(zh: "记录回访与满意度。", en: "Records the customer's satisfaction."),
        usage: "loopdesk rate [options] <ticket> <answer>",
        discussion: said(
            zh: "处理人不能评价自己的工单。客户不满意（unsatisfied）时，已解决而未关闭的工单立即退回处理，计为一次未解决；"
                + "已关闭的工单不会自动重新打开。",
            en: "Whoever solved the case does not rate it. With unsatisfied a resolved case goes "
                + "back to work at once, as one failed attempt; a closed one stays closed."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(
        help: help(
            "satisfied 满意、unsatisfied 不满意、remarks 有其他补充意见。",
            "satisfied, unsatisfied or remarks."))
    var answer: RatingWord
    @Option(help: help("评分 0–10。", "A score from 0 to 10.")) var score: Int?
    @Option(
        name: .customLong("dimension"),
        help: help("单项评分，写作 名称=0…10，可重复，见 fields。", "NAME=0…10, a score of its own; see fields."))
    var dimensions: [String] = []
    @Option(help: help("客户原话。", "What the customer said.")) var remark = ""
    @Option(help: etaHelp) var eta: String?

    func validate() throws {
        guard score.map({ Rating.scores.contains($0) }) ?? true else {
            throw ValidationError(said(zh: "--score 为 0 到 10。", en: "--score is 0 to 10."))
        }
        guard answer == .unsatisfied || eta == nil else {
            throw ValidationError(
                said(zh: "--eta 只与 unsatisfied 同用。", en: "--eta goes with unsatisfied only."))
        }
    }

    /// The scores of the survey that were given.
    ///
    /// - Throws: `CommandFailure` for a name that the policy does not ask for, or no score.
    private func dimensionScores(_ profile: Profile) throws -> [FieldID: Int] {
        var result: [FieldID: Int] = [:]
        for text in dimensions {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let field = parts.first.flatMap { name in
                profile.survey.first {
                    [
                        profile.name(of: $0), profile.label(of: $0, .zh),
                        profile.label(of: $0, .en),
                    ].contains(name)
                }
            }
            let score = parts.count == 2 ? Int(parts[1]) : nil
            guard let field, let score, Rating.scores.contains(score) else {
                let names = profile.survey.map { profile.name(of: $0) }.joined(separator: ", ")
                throw CommandFailure(
                    .usage,
                    zh: "--dimension 应写作 名称=0…10，得到“\(printable(text))”；名称：\(names)",
                    en: "--dimension is NAME=0…10, not “\(printable(text))”; names: \(names)")
            }
            result[field] = score
        }
        return result
    }

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let rated = try place.desk.rate(
            found.ticket.id, answer.outcome, score: score,
            dimensions: dimensionScores(try place.profile()), remark: remark,
            survey: "callback", expected: place.expectedText(eta), by: place.actor())
        let text = outcomeText(rated)
        try place.report(
            rated.asOne, from: found, zh: "已记录满意度" + text.zh, en: "satisfaction noted" + text.en,
            more: [.init("sent_back", .boolean(rated.sentBack != nil))])
    }

    /// What became of the case by it, after the first words; empty if nothing did.
    private func outcomeText(_ rated: Desk.Rated) -> LocalizedText {
        let number = rated.rating.ticket.displayNumber
        if let ticket = rated.sentBack?.ticket {
            let count = ticket.failedVerificationsCount
            let holder = ticket.assignee.map { printable($0.rawValue) }
            return LocalizedText(
                zh: "；客户第 \(count) 次表示未解决，已退回\(holder.map { " \($0) " } ?? "")处理",
                en: "; not solved (\(count)), back to work" + (holder.map { " with \($0)" } ?? ""))
        }
        guard answer == .unsatisfied, rated.rating.ticket.status == .closed else {
            return LocalizedText(zh: "", en: "")
        }
        return LocalizedText(
            zh: "；工单已关闭，如需重新处理：loopdesk reopen \(number) --reason …",
            en: "; the case is closed. To take it up again: "
                + "loopdesk reopen \(number) --reason …")
    }
}

extension Desk.Rated {
    /// Both as one, for an answer: how the ticket stands, and what the hub would not just apply.
    fileprivate var asOne: ReplicaWriter.Written {
        guard let sentBack else { return rating }
        var written = rating
        written.ticket = sentBack.ticket
        if rating.foretold.outcome == .applied { written.foretold = sentBack.foretold }
        return written
    }
}

/// The words for the three answers (domain.md H7).
enum RatingWord: String, CaseIterable, ExpressibleByArgument {
    case satisfied
    case unsatisfied
    case remarks

    var outcome: Rating.Outcome {
        switch self {
        case .satisfied: .satisfied
        case .unsatisfied: .unsatisfied
        case .remarks: .furtherRemarks
        }
    }
}
