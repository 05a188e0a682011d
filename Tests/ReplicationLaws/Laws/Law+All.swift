import RandomValues
import Replication
import Wire

extension Law {
    /// Every law.
    ///
    /// - Parameter stores: makes empty stores on files, and says where.
    package static func all(_ stores: LawStores) -> [Law] {
        merging + applying + paging + encoding + asking(stores)
    }

    private static let merging: [Law] = [
        Law("a random history of a ticket is what the model says", share: 100) { seed in
            var history = RandomMerges(seed: seed)
            try history.run()
            return 1
        },
        Law("a random world converges on what the model says", share: 20) { seed in
            var random = try RandomWorld(seed: seed)
            try random.run()
            try random.world.checkAgreement()
            try random.world.checkRepetition()
            var reference = ReferenceHub()
            try reference.check(random.world)
            return 1
        },
        Law("the order of neighbours that do not know each other has no say", share: 200) {
            var neighbours = Neighbours(seed: $0)
            return try neighbours.check()
        },
    ]

    private static let applying: [Law] = [
        Law("an effect that is applied twice has happened once", share: 100) { seed in
            var effects = ApplyingEffects(seed: seed)
            try effects.checkRepetition()
            return 1
        },
        Law("an entry that is applied twice has happened once", share: 50) { seed in
            var effects = ApplyingEffects(seed: seed)
            try effects.checkRepetitionOfEntry()
            return 1
        },
        Law("effects on different places come in any order", share: 50) { seed in
            var effects = ApplyingEffects(seed: seed)
            try effects.checkOrder()
            return 1
        },
        Law("comments and tags find their place in any order", share: 50) { seed in
            var effects = ApplyingEffects(seed: seed)
            try effects.checkArrival()
            return 1
        },
    ]

    private static let paging: [Law] = [
        Law("from every cursor on, pages of any size lead to what the log says", share: 50) {
            var pages = try PagesOfALog(seed: $0)
            return try pages.checkContinuation()
        },
        Law("pages of any size say together what one page says", share: 10) { seed in
            var pages = try PagesOfALog(seed: seed)
            return try (0..<20).reduce(0) { count, _ in try count + pages.checkCutting() }
        },
        Law("a snapshot and what follows it are what the log says, from every cursor", share: 30) {
            try PagesOfALog.checkSnapshots(seed: $0)
        },
        Law("an outbox is one chain however it is cut", share: 5) { seed in
            try CutsOfAnOutbox.check(seed: seed)
            return 1
        },
    ]

    private static let encoding: [Law] = [
        Law("a ticket reads back as it was and is written as the same bytes", share: 70) {
            var random = RandomValues(seed: $0)
            try Encoding.check(random.ticket(), Encoding.codec.encode) {
                try Encoding.codec.decodeTicket($0)
            }
            return 1
        },
        Law("an entry of the log reads back and is written as the same bytes", share: 70) {
            var random = RandomValues(seed: $0)
            try Encoding.check(random.entry(), Encoding.codec.encode) {
                try Encoding.codec.decodeEntry($0)
            }
            return 1
        },
        Law("an intent reads back and is written as the same bytes", share: 70) {
            var random = RandomValues(seed: $0)
            try Encoding.check(random.body(), Encoding.codec.encode) {
                Encoding.codec.decodeBody($0)
            }
            return 1
        },
        Law("contexts and verdicts read back and are written as the same bytes", share: 40) {
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

    private static func asking(_ stores: LawStores) -> [Law] {
        [
            Law("lists and searches in memory are what a plain array says", share: 100) { seed in
                var replica = try RandomReplica(
                    seed: seed, store: InMemoryReplicaStorage(codec: ProtobufCodec()))
                return try replica.check(stepsCount: 60, questionsCount: 50)
            },
            Law("lists and searches on SQLite are what a plain array says", share: 150) { seed in
                try stores.withReplica { store in
                    var replica = try RandomReplica(seed: seed, store: store)
                    return try replica.check(stepsCount: 150, questionsCount: 500)
                }
            },
            Law("a hub on SQLite gives the pages that one in memory gives", share: 50) { seed in
                try stores.withHub { try HubsSideBySide(seed: seed, hub: $0).check() }
            },
        ]
    }
}

/// Makes empty stores on files.
package struct LawStores: Sendable {
    let withReplica: @Sendable ((any ReplicaStorage) throws -> Int) throws -> Int
    let withHub: @Sendable ((any HubStorage) throws -> Int) throws -> Int

    /// - Parameters:
    ///   - withReplica: hands an empty replica's store to its argument.
    ///   - withHub: hands an empty hub's store to its argument.
    package init(
        withReplica: @escaping @Sendable ((any ReplicaStorage) throws -> Int) throws -> Int,
        withHub: @escaping @Sendable ((any HubStorage) throws -> Int) throws -> Int
    ) {
        self.withReplica = withReplica
        self.withHub = withHub
    }
}
