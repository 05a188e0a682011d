import RandomValues
import Replication
import Wire

extension Law {
    /// Every law; the shares are of 1,000.
    package static let all: [Law] = merging + applying + paging + encoding + asking

    private static let merging: [Law] = [
        Law("a random history of a ticket is what the model says", share: 150) { seed in
            var history = RandomMerges(seed: seed)
            try history.run()
            return 1
        },
        Law("a random world converges on what the model says", share: 60) { seed in
            var random = try RandomWorld(seed: seed)
            try random.run()
            try random.world.checkAgreement()
            try random.world.checkRepetition()
            var reference = ReferenceHub()
            try reference.check(random.world)
            return 1
        },
        Law("the order of neighbours that do not know each other has no say", share: 150) {
            var neighbours = Neighbours(seed: $0)
            return try neighbours.check()
        },
    ]

    private static let applying: [Law] = [
        Law("an effect that is applied twice has happened once", share: 60) { seed in
            var effects = ApplyingEffects(seed: seed)
            try effects.checkRepetition()
            return 1
        },
        Law("an entry that is applied twice has happened once", share: 40) { seed in
            var effects = ApplyingEffects(seed: seed)
            try effects.checkRepetitionOfEntry()
            return 1
        },
        Law("effects on different places come in any order", share: 40) { seed in
            var effects = ApplyingEffects(seed: seed)
            try effects.checkOrder()
            return 1
        },
        Law("comments and tags find their place in any order", share: 40) { seed in
            var effects = ApplyingEffects(seed: seed)
            try effects.checkArrival()
            return 1
        },
    ]

    private static let paging: [Law] = [
        Law("from every cursor on, pages of any size lead to what the log says", share: 40) {
            var pages = try PagesOfALog(seed: $0)
            return try pages.checkContinuation()
        },
        Law("pages of any size say together what one page says", share: 20) { seed in
            var pages = try PagesOfALog(seed: seed)
            return try (0..<20).reduce(0) { count, _ in try count + pages.checkCutting() }
        },
        Law("a snapshot and what follows it are what the log says, from every cursor", share: 20) {
            try PagesOfALog.checkSnapshots(seed: $0)
        },
        Law("an outbox is one chain however it is cut", share: 10) { seed in
            try CutsOfAnOutbox.check(seed: seed)
            return 1
        },
    ]

    private static let encoding: [Law] = [
        Law("a ticket reads back as it was and is written as the same bytes", share: 40) {
            var random = RandomValues(seed: $0)
            try Encoding.check(random.ticket(), Encoding.codec.encode) {
                try Encoding.codec.decodeTicket($0)
            }
            return 1
        },
        Law("an entry of the log reads back and is written as the same bytes", share: 40) {
            var random = RandomValues(seed: $0)
            try Encoding.check(random.entry(), Encoding.codec.encode) {
                try Encoding.codec.decodeEntry($0)
            }
            return 1
        },
        Law("an intent reads back and is written as the same bytes", share: 40) {
            var random = RandomValues(seed: $0)
            try Encoding.check(random.body(), Encoding.codec.encode) {
                Encoding.codec.decodeBody($0)
            }
            return 1
        },
        Law("contexts and verdicts read back and are written as the same bytes", share: 20) {
            var random = RandomValues(seed: $0)
            try Encoding.check(random.context(), Encoding.codec.encode) {
                try Encoding.codec.decodeContext($0)
            }
            try Encoding.check(random.disposition(), Encoding.codec.encode) {
                try Encoding.codec.decodeDisposition($0)
            }
            return 1
        },
    ]

    private static let asking: [Law] = [
        Law("lists and searches in memory are what a plain array says", share: 90) { seed in
            let store = InMemoryReplicaStorage(codec: ProtobufCodec())
            var replica = try RandomReplica(seed: seed, store: store)
            return try replica.check(stepsCount: 60, questionsCount: 50)
        },
        Law("lists and searches on SQLite are what a plain array says", share: 100) { seed in
            try LawStores.withReplica { store in
                var replica = try RandomReplica(seed: seed, store: store)
                return try replica.check(stepsCount: 150, questionsCount: 500)
            }
        },
        Law("a hub on SQLite answers as one in memory", share: 40) { seed in
            try LawStores.withHub { hub in
                var hubs = try HubsSideBySide(seed: seed, hub: hub)
                return try hubs.check()
            }
        },
    ]
}
