import TicketModel

/// About what a stamp takes, with what stands around it; never less than a quarter.
private let stampByteCount = 80

extension Ticket {
    /// About how many bytes the ticket takes in a frame; never less than its texts.
    var byteCountEstimate: Int {
        var count = 256
        for register in registers.values { count += register.byteCountEstimate }
        for element in sets.values.joined() {
            count += element.value.byteCount + element.stamps.count * stampByteCount
        }
        for comment in comments { count += comment.byteCountEstimate }
        for number in formerNumbers { count += number.utf8.count + 4 }
        for rating in ratings { count += rating.byteCountEstimate }
        return count + clocks.count * stampByteCount
    }
}

extension Register {
    fileprivate var byteCountEstimate: Int {
        standing.reduce(0) { $0 + $1.value.byteCount + stampByteCount }
    }
}

extension Comment {
    fileprivate var byteCountEstimate: Int {
        earlierTexts.reduce(text.utf8.count + 2 * stampByteCount) { $0 + $1.utf8.count + 4 }
    }
}

extension Rating {
    fileprivate var byteCountEstimate: Int {
        token.utf8.count + remark.utf8.count + stampByteCount
    }
}

extension Effect {
    /// About how many bytes the effect takes in an entry.
    fileprivate var byteCountEstimate: Int {
        switch self {
        case .created: 256
        case .wrote(_, let register): register.byteCountEstimate
        case .added(_, let value, _): value.byteCount + stampByteCount
        case .removed(_, let value, let operations): value.byteCount + 20 * operations.count
        case .commented(let comment): comment.byteCountEstimate
        case .rated(let rating): rating.byteCountEstimate
        case .clock: stampByteCount
        case .named(let numbers), .unnamed(let numbers):
            numbers.reduce(0) { $0 + $1.utf8.count + 4 }
        }
    }
}

extension LogEntry {
    /// About how many bytes the entry takes in a page; never less than a quarter of that.
    private var byteCountEstimate: Int {
        disposition.notes.reduce(effects.reduce(256) { $0 + $1.byteCountEstimate }) {
            $0 + $1.detail.utf8.count + 16
        }
    }

    /// Whether readers can be shown it.
    func fits(_ codec: any ReplicationCodec) -> Bool {
        byteCountEstimate <= Limits.entryByteCountMax / 4
            || codec.encode(self).count <= Limits.entryByteCountMax
    }
}

extension Ticket {
    /// Whether it can be stored, sent and read again: nothing in it is beyond what a decoder takes.
    func fits(_ codec: any ReplicationCodec) -> Bool {
        let hasFewParts =
            comments.count <= Limits.commentsCountMax && ratings.count <= Limits.ratingsCountMax
            && formerNumbers.count <= Limits.formerNumbersCountMax
            && sets.values.allSatisfy { $0.count <= Limits.setElementsCountMax }
            && registers.values.allSatisfy { $0.alternates.count <= Limits.alternatesCountMax }
            && comments.allSatisfy { $0.earlierTexts.count <= Limits.commentVersionsCountMax }
        return hasFewParts
            && (byteCountEstimate <= Limits.ticketByteCountMax / 4
                || codec.encode(self).count <= Limits.ticketByteCountMax)
    }
}
