/// What kind of store a file is, and how it came to its present form.
///
/// ```swift
/// let kind = StoreKind(
///     name: "replica", applicationID: 0x4C44_5231, migrations: [script1, script2],
///     missingAdvice: "Run `loopdesk join` first.")
/// ```
package struct StoreKind: Sendable {
    /// The word for messages.
    package var name: String
    /// Marks the file as ours in its header (`PRAGMA application_id`).
    package var applicationID: Int32
    /// SQL scripts, oldest first. Append-only: a script that was shipped is never edited
    /// (style.md 21). The schema's version is the number of scripts that have run.
    package var migrations: [String]
    /// What to do when there is no store.
    package var missingAdvice: String

    package init(
        name: String, applicationID: Int32, migrations: [String], missingAdvice: String
    ) {
        precondition(!migrations.isEmpty, "a kind of store needs a first migration: \(name)")
        self.name = name
        self.applicationID = applicationID
        self.migrations = migrations
        self.missingAdvice = missingAdvice
    }

    /// The version that this program writes.
    package var version: Int { migrations.count }
}

/// How long a store will be open, which decides what opening it may cost.
package enum StoreMode: Sendable {
    /// One verb: nothing is prepared ahead and the log is kept short for the next verb's start.
    case oneShot
    /// A long life: a large cache, and a log that is emptied rarely and at both ends of that life.
    case daemon

    /// The length of the log, in pages of 4 KiB, after which it is copied into the file.
    ///
    /// A long log makes commits cheaper (performance.md: 1.8 times at 16,384) and the next start
    /// after a crash dearer, because that start reads it.
    var logPageCountMax: Int32 {
        switch self {
        case .oneShot: 512
        case .daemon: 16_384
        }
    }

    /// `PRAGMA cache_size`, in KiB.
    var cacheKibibytesMax: Int {
        switch self {
        case .oneShot: 8 * 1024
        case .daemon: 64 * 1024
        }
    }
}
