import Testing
import Transport

extension TransportTests {
    @Suite(.serialized) struct FeedTests {
        private let topic = Array("S-scope".utf8)

        @Test(.hangGuard)
        func `a hint reaches the subscribers of its topic only`() async throws {
            let hub = try await TestHub.start()
            let field = try TestField()
            hub.table.insert(field.keys.publicKey, name: "board")
            await field.transport.subscribe([topic])
            try await field.connect(to: hub, feed: true)
            try await field.wait(for: .feedConnected)
            _ = try await hub.statistics { $0.subscribedCount >= 1 }
            await hub.transport.publish([
                FeedFrame(topic: Array("other".utf8), body: [1]),
                FeedFrame(topic: topic, body: [2]),
            ])
            let event = try await field.wait { if case .hint = $0 { true } else { false } }
            #expect(event == .hint(topic + [2]))
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a new subscriber gets the welcome`() async throws {
            let welcome = Array("W:instance".utf8)
            let hub = try await TestHub.start(welcome: welcome)
            let field = try TestField()
            hub.table.insert(field.keys.publicKey, name: "board")
            await field.transport.subscribe([Array("W:".utf8)])
            try await field.connect(to: hub, feed: true)
            try await field.wait(for: .hint(welcome))
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `subscriptions survive a new connection`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "board", feed: true)
            try await field.wait(for: .feedConnected)
            await field.transport.subscribe([topic])
            _ = try await hub.statistics { $0.subscribedCount >= 1 }
            await hub.transport.shutdown()
            try await field.wait(for: .feedDisconnected)
            let again = try await TestHub.start(
                keys: hub.keys, table: hub.table, syncEndpoint: hub.endpoints.sync,
                feedEndpoint: hub.endpoints.feed)
            try await field.wait(for: .feedConnected)
            _ = try await again.statistics { $0.subscribedCount >= 1 }
            await again.transport.publish([FeedFrame(topic: topic, body: [3])])
            try await field.wait(for: .hint(topic + [3]))
            await field.transport.close()
            await again.transport.shutdown()
        }

        @Test(.hangGuard)
        func `hints beyond the buffer are dropped and counted`() async throws {
            let hub = try await TestHub.start()
            let field = try TestField()
            hub.table.insert(field.keys.publicKey, name: "board")
            var limits = TestField.quickLimits
            limits.bufferEventCountMax = 10
            await field.transport.subscribe([topic])
            try await field.connect(to: hub, feed: true, limits: limits)
            try await field.wait(for: .feedConnected)
            _ = try await hub.statistics { $0.subscribedCount >= 1 }
            await hub.transport.publish(
                (0..<100).map { FeedFrame(topic: topic, body: bytes(of: $0)) })
            let deadline = ContinuousClock.now + .seconds(10)
            var counters = await field.transport.statistics()
            while counters.receivedHintCount < 100, .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
                counters = await field.transport.statistics()
            }
            #expect(counters.receivedHintCount == 100)
            #expect(counters.droppedHintCount >= 88)
            await field.transport.close()
            await hub.transport.shutdown()
        }
    }
}
