import CZeroMQ
import Testing
import Transport

extension TransportTests {
    @Suite(.serialized) struct ExchangeTests {
        @Test(.hangGuard)
        func `a frame comes back unchanged, with the sender's name at the hub`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-7")
            let sent: [UInt8] = [0, 1, 2, 255]
            #expect(try await field.transport.send([sent]) == 1)
            let frame = try #require(try await hub.frames(count: 1).first)
            #expect(frame.peer == "store-7")
            #expect(frame.bytes == sent)
            #expect(frame.origin == .remote)
            let lost = await hub.transport.send([
                OutboundFrame(route: frame.route, bytes: frame.bytes)
            ])
            #expect(lost.isEmpty)
            #expect(try await field.frame() == sent)
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `ten thousand frames arrive complete and in order`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-1")
            let count = 10_000
            let started = ContinuousClock.now
            async let arrived = hub.frames(count: count)
            _ = try await field.sendAll((0..<count).map(bytes(of:)))
            let numbers = try await arrived.map(\.bytes)
            print("10,000 frames one way: \(started.duration(to: .now))")
            #expect(numbers == (0..<count).map(bytes(of:)))
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `echoes within the window come back complete and in order`() async throws {
            let hub = try await TestHub.start()
            let echo = hub.echo()
            let field = try await TestField.connected(to: hub, name: "store-1")
            var received: [[UInt8]] = []
            for window in 0..<100 {
                let frames = (0..<64).map { bytes(of: window * 64 + $0) }
                received += try await field.sendAll(frames)
                while received.count < (window + 1) * 64 {
                    received.append(try await field.frame())
                }
            }
            #expect(received == (0..<6400).map(bytes(of:)))
            await field.transport.close()
            await hub.transport.shutdown()
            await echo.value
        }

        @Test(.hangGuard)
        func `an immediate reply is sent without the consumer`() async throws {
            let hub = try await TestHub.start(immediateReply: { frame in
                frame.bytes == [7] ? [8] : nil
            })
            let field = try await TestField.connected(to: hub, name: "store-1")
            _ = try await field.transport.send([[7]])
            #expect(try await field.frame() == [8])
            #expect(await hub.transport.statistics().immediateReplyCount == 1)
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a frame for a route that is gone is dropped and named`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-1")
            _ = try await field.transport.send([[1]])
            let route = try #require(try await hub.frames(count: 1).first).route
            await field.transport.close()
            let deadline = ContinuousClock.now + .seconds(10)
            var lost: Set<RouteID> = []
            while lost.isEmpty, .now < deadline {
                lost = await hub.transport.send([OutboundFrame(route: route, bytes: [2])])
            }
            #expect(lost == [route])
            #expect(await hub.transport.statistics().unreachableFrameCount == 1)
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a message of several frames is dropped and counted`() async throws {
            let hub = try await TestHub.start()
            let keys = try CurveKeyPair.generate()
            hub.table.insert(keys.publicKey, name: "odd")
            let odd = try RawDealer(hub: hub, keys: keys)
            odd.send([[1], [2]])
            odd.send([[3]])
            let frames = try await hub.frames(count: 1)
            #expect(frames.map(\.bytes) == [[3]])
            #expect(await hub.transport.statistics().malformedMessageCount == 1)
            odd.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a peer that chooses its own address is not served`() async throws {
            let hub = try await TestHub.start()
            let keys = try CurveKeyPair.generate()
            hub.table.insert(keys.publicKey, name: "odd")
            let odd = try RawDealer(hub: hub, keys: keys, routingID: Array("admin".utf8))
            odd.send([[1]])
            _ = try await hub.statistics { $0.malformedMessageCount == 1 }
            #expect(await hub.transport.statistics().receivedFrameCount == 0)
            odd.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a frame above the limit is refused before it is sent`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-1")
            let large = [UInt8](repeating: 0, count: TransportLimits.frameByteCountMax + 1)
            await #expect {
                _ = try await field.transport.send([[1], large])
            } throws: {
                ($0 as? TransportError)?.code == .frameTooLarge
            }
            let exact = [UInt8](repeating: 1, count: TransportLimits.frameByteCountMax)
            #expect(try await field.transport.send([exact]) == 1)
            #expect(try await hub.frames(count: 1).first?.bytes == exact)
            await field.transport.close()
            await hub.transport.shutdown()
        }
    }
}

/// A DEALER without our client's care, to send what it never would.
final class RawDealer {
    private let handle: UnsafeMutableRawPointer

    init(hub: TestHub, keys: CurveKeyPair, routingID: [UInt8]? = nil) throws {
        let context = try #require(rawContext)
        handle = try #require(zmq_socket(context, ZMQ_DEALER))
        var linger: Int32 = 0
        zmq_setsockopt(handle, ZMQ_LINGER, &linger, 4)
        zmq_setsockopt(handle, ZMQ_CURVE_SERVERKEY, hub.keys.publicKey.rawBytes, 32)
        zmq_setsockopt(handle, ZMQ_CURVE_PUBLICKEY, keys.publicKey.rawBytes, 32)
        zmq_setsockopt(handle, ZMQ_CURVE_SECRETKEY, keys.secretKey.rawBytes, 32)
        if let routingID { zmq_setsockopt(handle, ZMQ_ROUTING_ID, routingID, routingID.count) }
        #expect(zmq_connect(handle, hub.endpoints.sync) == 0)
    }

    func send(_ frames: [[UInt8]]) {
        for (index, frame) in frames.enumerated() {
            let flags = index < frames.count - 1 ? ZMQ_SNDMORE : 0
            #expect(zmq_send(handle, frame, frame.count, flags) == frame.count)
        }
    }

    func close() { zmq_close(handle) }
}

/// Never terminated, as the other one of this process: see transport.md 1.3 q.
nonisolated(unsafe) private let rawContext = zmq_ctx_new()
