import RandomValues
import Replication
import Sodium
import TicketModel

/// A replica's own intents, sent in runs of any size.
enum CutsOfAnOutbox {
    /// However the outbox is cut, the runs together are the chain, each within its limits.
    static func check(seed: UInt64) throws {
        var life = try RandomWorld(seed: seed)
        try life.run()
        var random = RandomIntents(seed: seed)
        for site in life.world.sites {
            try site.store.read { store in
                let all = try store.intents(after: 0, countMax: .max, byteCountMax: .max)
                var sent: [Intent] = []
                while sent.count < all.count {
                    let countMax = random.number(below: 5) + 1
                    let byteCountMax = random.one(of: [0, 100, 250, 1_000])
                    let after = sent.last?.dot.counter ?? 0
                    let run = try store.intents(
                        after: after, countMax: countMax, byteCountMax: byteCountMax)
                    let byteCount = run.reduce(0) { $0 + $1.bodyBytes.count }
                    guard !run.isEmpty, run.count <= countMax,
                        run.count == 1 || byteCount <= byteCountMax,
                        try store.hash(after: after) == (sent.last?.hash ?? .zero)
                    else {
                        throw LawViolation("\(run.count) intents after \(after)")
                    }
                    sent += run
                }
                guard sent == all, all.count == Int(try store.state().counter) else {
                    throw LawViolation("the runs are not the chain")
                }
            }
        }
    }
}
