/// The limits by design, enforced on both sides (architecture.md 6). Bytes are of the encoded form.
package enum Limits {
    package static let intentByteCountMax = 64 * 1024
    package static let changesCountMax = 64
    package static let dependenciesCountMax = 512
    package static let batchIntentsCountMax = 256
    package static let batchByteCountMax = 256 * 1024
    package static let windowBatchesCountMax = 4
    package static let pageByteCountMax = 256 * 1024
    package static let frameByteCountMax = 1024 * 1024
    /// A ticket must fit into one frame with its entry.
    package static let ticketByteCountMax = 640 * 1024
    package static let tagsCountMax = 20
    package static let tagByteCountMax = 128
    package static let attachmentsCountMax = 50
    package static let setElementsCountMax = 200
    package static let commentsCountMax = 5_000
    package static let ratingsCountMax = 100
    package static let alternatesCountMax = 20
    package static let commentVersionsCountMax = 50
    package static let textByteCountMax = 32 * 1024
    /// A clock further ahead of the hub than this does not win ties with its reading
    /// (replication.md 3.13).
    package static let clockAheadMillisecondsMax: Int64 = 5 * 60 * 1_000
    /// Intents of one replica that wait for the hub.
    package static let outboxIntentsCountMax = 100_000
    /// The clock offset that a person is warned of (replication.md 3.13).
    package static let clockOffsetWarningMilliseconds: Int64 = 2 * 60 * 1_000
}
