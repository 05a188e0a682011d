/// What is to happen at which virtual time: earliest first, and in the order of asking among
/// events of the same millisecond.
struct EventQueue<Event> {
    private struct Entry {
        var at: Int64
        var order: UInt64
        var event: Event

        static func < (left: Entry, right: Entry) -> Bool {
            left.at != right.at ? left.at < right.at : left.order < right.order
        }
    }

    private var heap: [Entry] = []
    private var asked: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }
    var count: Int { heap.count }
    /// When the next event happens.
    var nextAt: Int64? { heap.first?.at }

    mutating func add(_ event: Event, at time: Int64) {
        asked += 1
        heap.append(Entry(at: time, order: asked, event: event))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() -> (at: Int64, event: Event)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.at, first.event)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right] < heap[left] ? right : left
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
