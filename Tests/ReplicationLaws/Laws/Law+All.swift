extension Law {
    package static let all: [Law] = [
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
    ]
}
