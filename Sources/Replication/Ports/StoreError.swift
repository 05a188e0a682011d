/// A store could not do what it was asked. Nothing of the transaction has happened.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds that some caller reacts to.
    package enum Code: Hashable, Sendable {
        /// The file is not a Loopdesk store of this kind.
        case notAStore
        /// The store was written by a newer version.
        case newerSchema
        /// The disk is full or may not be written.
        case notWritable
        /// The file is damaged.
        case corrupt
        /// Another process holds the store and did not let go in time.
        case busy
        /// The engine has undone the whole transaction: no part of it can go on.
        case undone
        /// Anything else the storage engine reported.
        case failed
    }

    package var code: Code
    /// What failed and what to do about it.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

extension Error {
    /// Whether what was stored cannot be read: trying again alone does not help.
    var isDamage: Bool { (self as? StoreError)?.code == .corrupt || self is CodecError }

    /// Whether the error may lie in what was read or written and not in the store as a whole: then
    /// other work of the same transaction can still succeed.
    var mayConcernOneWorkOnly: Bool {
        switch (self as? StoreError)?.code {
        case .corrupt, .failed: true
        case nil: self is CodecError
        case .notAStore, .newerSchema, .notWritable, .busy, .undone: false
        }
    }
}
