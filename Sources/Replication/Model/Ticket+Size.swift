import TicketModel

extension Ticket {
    /// About how many bytes the ticket takes in a frame; never less than its texts.
    var byteCountEstimate: Int {
        let stampByteCount = 80
        var count = 256
        for register in registers.values {
            count += register.value.byteCount + stampByteCount
            count += register.alternates.reduce(0) { $0 + $1.value.byteCount + stampByteCount }
        }
        for element in sets.values.joined() {
            count += element.value.byteCount + element.stamps.count * stampByteCount
        }
        for comment in comments {
            count += comment.text.utf8.count + 2 * stampByteCount
            count += comment.earlierTexts.reduce(0) { $0 + $1.utf8.count + 4 }
        }
        for number in formerNumbers { count += number.utf8.count + 4 }
        for rating in ratings { count += rating.remark.utf8.count + stampByteCount }
        return count + clocks.count * stampByteCount
    }
}
