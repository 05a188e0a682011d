import Synchronization

/// Which public keys may connect and the name each one gets (the ZAP User-Id).
///
/// The authentication handler reads it on the loop thread, so it is held in memory and never waits
/// for a database (transport.md 1.4). A change takes effect on the next handshake; connections that
/// exist go on, so the hub also checks revocation on every message.
package final class CurveKeyTable: Sendable {
    /// libzmq hands the name on in one metadata field.
    package static let nameByteCountMax = 255

    private struct Content {
        var names: [CurvePublicKey: String]
        /// Keys that may speak but not follow the feed.
        var feedless: Set<CurvePublicKey> = []
    }

    private let content: Mutex<Content>

    /// Starts with these keys; names are 1 to 255 bytes of UTF-8 without a zero byte.
    package init(_ names: [CurvePublicKey: String] = [:]) {
        names.values.forEach(Self.check)
        content = Mutex(Content(names: names))
    }

    /// Replaces the whole table at once; the keys in `feedless` may not follow the feed.
    package func replace(
        with names: [CurvePublicKey: String], feedless: Set<CurvePublicKey> = []
    ) {
        names.values.forEach(Self.check)
        content.withLock { $0 = Content(names: names, feedless: feedless) }
    }

    /// Lets a key in under `name`; an earlier name of the key is replaced.
    package func insert(_ key: CurvePublicKey, name: String) {
        Self.check(name)
        content.withLock { content in
            content.names[key] = name
            content.feedless.remove(key)
        }
    }

    /// Refuses a key from its next handshake on.
    package func remove(_ key: CurvePublicKey) {
        content.withLock { _ = $0.names.removeValue(forKey: key) }
    }

    /// The number of keys that may connect.
    package var count: Int { content.withLock { $0.names.count } }

    /// The name of a key, or nil when it may not connect.
    package func name(of key: CurvePublicKey) -> String? {
        content.withLock { $0.names[key] }
    }

    /// The name of a key for the feed, or nil when it may not follow that.
    func feedName(of key: CurvePublicKey) -> String? {
        content.withLock { $0.feedless.contains(key) ? nil : $0.names[key] }
    }

    private static func check(_ name: String) {
        precondition(
            (1...nameByteCountMax).contains(name.utf8.count) && !name.utf8.contains(0),
            "a peer's name has 1 to 255 bytes and no zero byte, not \(name.utf8.count)")
    }
}
