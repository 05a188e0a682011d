import RandomValues
import Replication
import Testing
import TicketModel
import Wire

/// Topics and hints: what a subscriber can rely on.
@Suite struct FeedTests {
    @Test(arguments: Seeds.all)
    func `a feed frame comes apart into topic and hint`(seed: UInt64) {
        var random = RandomValues(seed: seed)
        for _ in 0..<200 {
            let hint = Hint(
                epoch: random.identifier(), head: random.integer(), sequence: random.integer(),
                directory: random.maybe { $0.directoryVersion() })
            for topic in [Topic.heartbeat, Topic.of(.replica(random.identifier()))] {
                let read = Topic.split(topic + hint.encode())
                #expect(read?.topic == topic, "seed \(seed)")
                #expect(read?.hint == hint, "seed \(seed)")
            }
        }
    }

    @Test func `no topic is the beginning of another`() {
        let topics = ["store:S1", "store:S12", "store:S", "all", "heartbeat"]
            .map { Topic.of(Scope(rawValue: $0)) }
        for one in topics {
            for other in topics where one != other { #expect(!other.starts(with: one)) }
        }
    }

    @Test func `the topic of a long scope is its digest and fits`() {
        let name = String(repeating: "店", count: 21)
        let scope = Scope.store(StoreID(unchecked: name))
        let topic = Topic.of(scope)
        #expect(topic.first == UInt8(ascii: "#"))
        #expect(topic.count == 34)
        #expect(topic != Topic.of(Scope(rawValue: scope.rawValue + "x")))
        let longest = String(repeating: "a", count: Topic.scopeByteCountMax)
        #expect(Topic.of(Scope(rawValue: longest)) == Array(longest.utf8) + [0])
        #expect(Topic.of(Scope(rawValue: longest + "a")).first == UInt8(ascii: "#"))
    }

    @Test(arguments: [[], [0], Array("all".utf8), Array("all\0x".utf8), [0x61, 0, 0x0A, 1, 7]])
    func `what is no feed frame is nothing`(frame: [UInt8]) {
        #expect(Topic.split(frame) == nil)
    }
}
