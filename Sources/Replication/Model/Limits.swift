import TicketPolicy

/// The limits by design, enforced on both sides (architecture.md 6). Bytes are of the encoded form.
package enum Limits {
    /// The encoded body of one intent.
    package static let intentByteCountMax = 64 * 1024
    /// Changes of one intent.
    package static let changesCountMax = 64
    /// Open operations that a context names.
    package static let dependenciesCountMax = 512
    /// Intents that stand or fall together; they travel in one batch.
    package static let groupIntentsCountMax = 16
    /// Earlier entries of a ticket that come with it when it enters a scope.
    package static let enterHistoryByteCountMax = 256 * 1024
    /// Entries of one refill, and their bytes together.
    package static let refillEntriesCountMax = 256
    package static let refillByteCountMax = 512 * 1024
    /// Refused intents that one refill names.
    package static let refillRefusalsCountMax = 1_024
    /// Refilled entries that wait for the making of their ticket.
    package static let parkedEntriesCountMax = 100_000
    /// Page ends that a replica remembers, to find what it shares with a restored hub.
    package static let locatorPositionsCountMax = 32
    /// Tickets of one piece of a snapshot, in bytes.
    package static let snapshotByteCountMax = 256 * 1024
    /// Ranges that one question for digests is answered with.
    package static let digestRangesCountMax = 16
    /// Work made longer ago than this is quarantined (replication.md, "Decided").
    package static let offlineHorizonMilliseconds: Int64 = 30 * 24 * 3_600 * 1_000
    /// Entries of the log younger than this are not compacted away.
    package static let logRetentionMilliseconds: Int64 = 90 * 24 * 3_600 * 1_000
    /// Entries that carry events stay at least this long, for feeds that fell behind.
    package static let eventRetentionMilliseconds: Int64 = 400 * 24 * 3_600 * 1_000
    /// Entries that one transaction of compaction looks at, so that it holds up nobody.
    package static let compactionEntriesCountMax = 2_000
    /// What one revoked device may hand over for review: intents, and their bytes together.
    package static let handedOverIntentsCountMax = 1_000
    package static let handedOverByteCountMax = 1024 * 1024
    /// Intents under one signature.
    package static let batchIntentsCountMax = 256
    /// The intents of one batch.
    package static let batchByteCountMax = 256 * 1024
    /// Batches that may wait for their answer on one connection.
    package static let windowBatchesCountMax = 4
    /// Entries of one page; a transaction that is larger comes whole.
    package static let pageByteCountMax = 256 * 1024
    /// Any frame, header included.
    package static let frameByteCountMax = 1024 * 1024
    /// What a page or a piece of a snapshot may hold, so that its frame has room for the rest.
    package static let frameContentByteCountMax = frameByteCountMax - 1_024
    /// A ticket must fit into one frame with its entry.
    package static let ticketByteCountMax = 640 * 1024
    /// One entry of the log: what an intent of `intentByteCountMax` may come to.
    package static let entryByteCountMax = 256 * 1024
    /// The entries of a group and the tickets that come with them: readers get them in one page,
    /// which must fit into one frame.
    package static let transactionByteCountMax = ticketByteCountMax + entryByteCountMax
    /// The survey that an answer of the customer belongs to.
    package static let ratingTokenByteCountMax = 256
    /// Tags of one ticket.
    package static let tagsCountMax = 20
    /// One tag.
    package static let tagByteCountMax = 128
    /// Attachments of one ticket.
    package static let attachmentsCountMax = 50
    /// Elements of a custom set.
    package static let setElementsCountMax = 200
    /// Comments of one ticket.
    package static let commentsCountMax = 5_000
    /// Answers of the customer on one ticket.
    package static let ratingsCountMax = 100
    /// Numbers that one ticket answers to besides its own.
    package static let formerNumbersCountMax = 1_000
    /// Concurrent texts that one field keeps beside the shown one.
    package static let alternatesCountMax = 20
    /// Texts of one comment, edits included.
    package static let commentVersionsCountMax = 50
    /// One text: a field, a comment, a remark.
    package static let textByteCountMax = 32 * 1024
    /// What people call a person, and the number to call them by.
    package static let personNameByteCountMax = 128
    package static let phoneByteCountMax = 64
    /// People that one directory names.
    package static let directoryPeopleCountMax = 20_000
    /// A clock further ahead of the hub than this does not win ties with its reading
    /// (replication.md 3.13).
    package static let clockAheadMillisecondsMax: Int64 = 5 * 60 * 1_000
    /// How long a timer waits for another try that could not be acted upon, and one whose ticket
    /// cannot be read: that will not pass by itself.
    package static let timerRetryMilliseconds: Int64 = 5 * 1_000
    package static let damagedTimerRetryMilliseconds: Int64 = 15 * 60 * 1_000
    /// Intents of one replica that wait for the hub.
    package static let outboxIntentsCountMax = 100_000
    /// The clock offset that a person is warned of (replication.md 3.13).
    package static let clockOffsetWarningMilliseconds: Int64 = 2 * 60 * 1_000
    /// How far ahead of when it was told a customer can be promised something: as far as any limit.
    package static let promiseAheadMillisecondsMax: Int64 = Limit.dayCountMax * 86_400_000
    /// How far behind a promise may seem to be: devices have clocks that are wrong.
    package static let promisePastMillisecondsMax: Int64 = 86_400_000
}
