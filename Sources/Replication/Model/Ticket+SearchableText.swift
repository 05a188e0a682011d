import TicketModel

extension Ticket {
    /// Everything that a person may remember of a ticket, a line each.
    package var searchableText: String {
        var lines = [displayNumber, provisionalNumber]
        lines += formerNumbers
        let said = registers.filter { !FieldID.links.contains($0.key) }
        lines += said.sorted { $0.key < $1.key }.flatMap { _, register in
            [register.value.text ?? ""] + register.alternates.compactMap(\.value.text)
        }
        lines += tags
        lines += comments.map(\.text)
        lines += ratings.map(\.remark)
        return lines.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
