import Synchronization

/// Tells work on one task that it was asked to end on another.
final class StopFlag: Sendable {
    private let isSet = Atomic(false)

    var isRaised: Bool { isSet.load(ordering: .sequentiallyConsistent) }

    func raise() { isSet.store(true, ordering: .sequentiallyConsistent) }
}
