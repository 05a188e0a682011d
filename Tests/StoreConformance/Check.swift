import Replication
import Testing

/// One promise of a port, as a sentence and the test that it is kept.
///
/// ```swift
/// @Test(arguments: HubStorageConformance.checks)
/// func `it keeps the contract`(check: Check<any HubStorage>) throws {
///     try check.run { InMemoryHubStorage(codec: ProtobufCodec()) }
/// }
/// ```
package struct Check<Store>: Sendable, CustomTestStringConvertible {
    /// What the port promises.
    package let sentence: String
    private let body: @Sendable (Store) throws -> Void

    init(_ sentence: String, _ body: @escaping @Sendable (Store) throws -> Void) {
        self.sentence = sentence
        self.body = body
    }

    package var testDescription: String { sentence }

    /// Tests the promise on an empty store that `makeStore` gives.
    ///
    /// - Throws: what the store throws where it should not; broken promises are recorded as issues.
    package func run(on makeStore: () throws -> Store) throws { try body(try makeStore()) }
}

/// Ends a transaction for no fault of the store.
struct Abandoned: Error {}

/// Every check of `HubStorage`, for each of its adapters.
package enum HubStorageConformance {
    package static let checks: [Check<any HubStorage>] =
        logChecks + pageChecks + sizeChecks + recordChecks + timerChecks + recoveryChecks
}

/// Every check of `ReplicaStorage`, for each of its adapters.
package enum ReplicaStorageConformance {
    package static let checks: [Check<any ReplicaStorage>] =
        recordChecks + ticketChecks + changeChecks + feedChecks + listChecks + searchChecks
        + recoveryChecks
}
