/// Actions to run at given instants, nearest first; a binary heap with lazy removal.
package struct DeadlineHeap {
    /// Names one scheduled action.
    package struct ID: Hashable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let instant: ContinuousClock.Instant
        let number: UInt64

        func isBefore(_ other: Entry) -> Bool {
            instant == other.instant ? number < other.number : instant < other.instant
        }
    }

    /// Cancelled entries stay in the heap until they are this many and outnumber the live ones.
    private static let cancelledCountMin = 64

    private var heap: [Entry] = []
    private var actions: [UInt64: () -> Void] = [:]
    private var lastNumber: UInt64 = 0

    /// Holds nothing yet.
    package init() {}

    /// The instants and numbers held, cancelled ones included.
    package var entryCount: Int { heap.count }

    /// The nearest live deadline.
    package var nearest: ContinuousClock.Instant? {
        mutating get {
            dropCancelledTop()
            return heap.first?.instant
        }
    }

    /// Adds an action; actions of the same instant run in the order they were added.
    package mutating func schedule(
        at instant: ContinuousClock.Instant, _ action: @escaping () -> Void
    )
        -> ID
    {
        lastNumber += 1
        actions[lastNumber] = action
        heap.append(Entry(instant: instant, number: lastNumber))
        siftUp(heap.count - 1)
        return ID(number: lastNumber)
    }

    /// Forgets an action; no effect when it was already taken.
    package mutating func cancel(_ id: ID) {
        actions[id.number] = nil
        guard heap.count - actions.count > max(Self.cancelledCountMin, actions.count) else {
            return
        }
        let live = heap.filter { actions[$0.number] != nil }
        heap.removeAll(keepingCapacity: true)
        for entry in live {
            heap.append(entry)
            siftUp(heap.count - 1)
        }
    }

    /// Takes the next action that is due at `now`.
    package mutating func popDue(at now: ContinuousClock.Instant) -> (() -> Void)? {
        dropCancelledTop()
        guard let top = heap.first, top.instant <= now else { return nil }
        removeTop()
        return actions.removeValue(forKey: top.number)
    }

    private mutating func dropCancelledTop() {
        while let top = heap.first, actions[top.number] == nil { removeTop() }
    }

    private mutating func removeTop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].isBefore(heap[least]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
