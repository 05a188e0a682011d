import Testing
import Transport

extension TransportTests {
    @Suite(.serialized) struct LifecycleTests {
        @Test(.hangGuard)
        func `a cancelled wait for frames ends and loses nothing`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-1")
            let transport = hub.transport
            let waiting = Task { await transport.nextBatch() }
            waiting.cancel()
            #expect(await waiting.value == nil)
            _ = try await field.transport.send([[5]])
            #expect(try await hub.frames(count: 1).first?.bytes == [5])
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a wait for events ends at its deadline, and when cancelled`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-1")
            let started = ContinuousClock.now
            let events = await field.transport.nextEvents(until: started + .milliseconds(50))
            #expect(events == [])
            #expect(started.duration(to: .now) >= .milliseconds(50))
            #expect(started.duration(to: .now) < .seconds(5))
            let transport = field.transport
            let waiting = Task { await transport.nextEvents() }
            waiting.cancel()
            #expect(await waiting.value == nil)
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `shutdown ends every wait and every later call`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-1")
            let (hubTransport, fieldTransport) = (hub.transport, field.transport)
            let batches = Task { await hubTransport.nextBatch() }
            await hub.transport.shutdown()
            await hub.transport.shutdown()
            #expect(await batches.value == nil)
            #expect(await hub.transport.nextBatch() == nil)
            await hub.transport.publish([FeedFrame(topic: [1], body: [2])])
            await field.transport.close()
            await field.transport.close()
            while await fieldTransport.nextEvents() != nil {}
            await #expect { _ = try await fieldTransport.send([[1]]) } throws: {
                ($0 as? TransportError)?.code == .closed
            }
        }

        @Test(.hangGuard)
        func `what was sent directly before the end arrives, and the end after it`() async throws {
            var limits = TestHub.quickLimits
            limits.lingerMilliseconds = 500
            for _ in 0..<5 {
                let hub = try await TestHub.start(limits: limits)
                let field = try await TestField.connected(to: hub, name: "store-1")
                _ = try await field.transport.send([[1]])
                let route = try #require(try await hub.frames(count: 1).first).route
                await hub.transport.send(
                    (0..<100).map { OutboundFrame(route: route, bytes: bytes(of: $0)) })
                await hub.transport.shutdown()
                for number in 0..<100 {
                    #expect(try await field.wait { _ in true } == .frame(bytes(of: number)))
                }
                #expect(try await field.wait { _ in true } == .disconnected)
                await field.transport.close()
            }
        }

        @Test(.hangGuard)
        func `stopping to read still lets the last replies leave`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-1")
            _ = try await field.transport.send([[1], [2]])
            _ = try await hub.statistics { $0.receivedFrameCount == 2 }
            await hub.transport.stopReading()
            let batch = try #require(await hub.transport.nextBatch())
            #expect(batch.map(\.bytes) == [[1], [2]])
            #expect(await hub.transport.nextBatch() == nil)
            let late = try TestField(keys: field.keys)
            try await late.connect(to: hub)
            try await late.wait(for: .refused(status: HandshakeStatus.busy))
            await late.transport.close()
            await hub.transport.send(
                batch.map { OutboundFrame(route: $0.route, bytes: $0.bytes) })
            #expect(try await field.frame() == [1])
            #expect(try await field.frame() == [2])
            await hub.transport.shutdown()
            await field.transport.close()
        }
    }
}
