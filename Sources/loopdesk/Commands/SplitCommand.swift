import ArgumentParser
import FieldClient
import Replication
import Terminal
import TicketModel

/// `split`: a part of a case becomes a ticket of its own.
struct SplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: said(zh: "把工单的一部分拆成新工单。", en: "Makes a part of a ticket a ticket of its own."),
        discussion: said(
            zh: """
                用 --description 写明拆出的内容。客户、产品、订单等取自原工单，除非另行给出；\
                负责人、标签和备注不沿用，时限重新计算。两张工单互相注明编号。
                撤销：loopdesk merge 新工单 原工单。
                """,
            en: """
                Say with --description what the part is. Customer, product, order and the like \
                come from the ticket unless given here; owner, tags and notes do not, and promises \
                start anew. Each ticket names the other.
                To undo it: loopdesk merge NEW-TICKET TICKET.
                """))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @OptionGroup var fields: NewFieldOptions

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let form = TicketForm(
            profile: try place.profile(), now: place.now, owner: place.desk.owner(named:))
        var part = try form.filledIn(from: fields)
        form.addSubject(&part)
        let split = try place.desk.split(found.ticket.id, into: part, by: place.actor())
        let number = split.original.ticket.displayNumber
        try place.report(
            split.part, from: found, zh: "已从 \(number) 拆分出来", en: "split from \(number)",
            more: [
                .init(
                    "original",
                    TicketJSON(profile: try place.profile()).value(split.original.ticket))
            ])
    }
}
