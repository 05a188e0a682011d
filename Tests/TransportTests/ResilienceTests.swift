import Foundation
import Glibc
import Testing
import Transport

extension TransportTests {
    @Suite(.serialized) struct ResilienceTests {
        @Test(.hangGuard)
        func `raw garbage does not disturb an honest client`() async throws {
            let hub = try await TestHub.start()
            let echo = hub.echo()
            let field = try await TestField.connected(to: hub, name: "honest")
            for seed in 0..<40 {
                let raw = try RawConnection(hub.endpoints.sync)
                raw.send(garbage(seed: UInt64(seed)))
                _ = try await field.transport.send([bytes(of: seed)])
                #expect(try await field.frame() == bytes(of: seed))
                raw.close()
            }
            #expect(await hub.transport.statistics().receivedFrameCount == 40)
            await field.transport.close()
            await hub.transport.shutdown()
            await echo.value
        }

        @Test(.hangGuard)
        func `an oversized frame disconnects only its sender`() async throws {
            var limits = TestHub.quickLimits
            limits.frameByteCountMax = 1000
            let hub = try await TestHub.start(limits: limits)
            let echo = hub.echo()
            let honest = try await TestField.connected(to: hub, name: "honest")
            let sender = try await TestField.connected(to: hub, name: "oversized")
            _ = try await sender.transport.send([[UInt8](repeating: 1, count: 2000)])
            try await sender.wait(for: .disconnected)
            try await sender.wait(for: .connected)
            let exact = [UInt8](repeating: 2, count: 1000)
            _ = try await honest.transport.send([exact])
            #expect(try await honest.wait { _ in true } == .frame(exact))
            await sender.transport.close()
            await honest.transport.close()
            await hub.transport.shutdown()
            await echo.value
        }

        @Test(.hangGuard)
        func `a client reconnects by itself when the hub starts again`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "store-1")
            await hub.transport.shutdown()
            try await field.wait(for: .disconnected)
            try await field.wait(for: .unreachable)
            let again = try await TestHub.start(
                keys: hub.keys, table: hub.table, syncEndpoint: hub.endpoints.sync,
                feedEndpoint: hub.endpoints.feed)
            #expect(again.endpoints.sync == hub.endpoints.sync)
            try await field.wait(for: .connected)
            #expect(try await field.transport.send([[9]]) == 1)
            #expect(try await again.frames(count: 1).first?.bytes == [9])
            await field.transport.close()
            await again.transport.shutdown()
        }

        @Test(.hangGuard)
        func `nobody there is reported at once`() async throws {
            let field = try TestField()
            let key = try CurveKeyPair.generate().publicKey
            try await field.transport.connect(
                FieldTransportConfiguration(
                    syncEndpoint: "tcp://127.0.0.1:1", serverKey: key, keys: field.keys,
                    limits: TestField.quickLimits))
            let started = ContinuousClock.now
            #expect(try await field.wait { _ in true } == .unreachable)
            #expect(started.duration(to: .now) < .seconds(2))
            await field.transport.close()
        }

        @Test(.hangGuard)
        func `a hub that does not read slows its senders down within bounds`() async throws {
            var limits = TestHub.quickLimits
            limits.bufferFrameCountMax = 100
            limits.receiveQueueCountMax = 100
            let hub = try await TestHub.start(limits: limits)
            let field = try await TestField.connected(to: hub, name: "eager")
            let frame = [UInt8](repeating: 3, count: 16_384)
            let accepted = try await fill(field, with: frame)
            // Buffer, both queues, and what the kernel's socket buffers hold.
            #expect(accepted < 100 + 100 + 100 + (32 << 20) / frame.count)
            let counters = await hub.transport.statistics()
            #expect(counters.pausedReadingCount >= 1)
            #expect(counters.receivedFrameCount <= 100)
            let all = try await hub.frames(count: accepted)
            #expect(all.count == accepted)
            #expect(all.allSatisfy { $0.bytes == frame })
            try await field.wait(for: .writable)
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `one connection leaves no more unread than a few large frames`() async throws {
            var limits = TestHub.quickLimits
            limits.bufferFrameCountMax = 4
            let hub = try await TestHub.start(limits: limits)
            let field = try await TestField.connected(to: hub, name: "eager")
            let frame = [UInt8](repeating: 3, count: 1 << 18)
            let accepted = try await fill(field, with: frame)
            let senderCount = FieldTransportConfiguration.Limits().sendQueueCountMax
            // Kernel buffers hold some too.
            #expect(accepted < 4 + 16 + senderCount + (32 << 20) / frame.count)
            #expect(try await hub.frames(count: accepted).count == accepted)
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a reply that no client takes is dropped, and the hub goes on`() async throws {
            let hub = try await TestHub.start()
            let field = try await TestField.connected(to: hub, name: "till")
            _ = try await field.transport.send([[1]])
            let route = try #require(try await hub.frames(count: 1).first).route
            let large = [UInt8](
                repeating: 0, count: TransportLimits.replyFrameByteCountMax + 1)
            let lost = await hub.transport.send([OutboundFrame(route: route, bytes: large)])
            #expect(lost == [route])
            #expect(await hub.transport.statistics().oversizedFrameCount == 1)
            #expect(await hub.transport.send([OutboundFrame(route: route, bytes: [2])]).isEmpty)
            await field.transport.close()
            await hub.transport.shutdown()
        }

        /// Sends until nothing more is taken for a while.
        private func fill(_ field: TestField, with frame: [UInt8]) async throws -> Int {
            var accepted = 0
            var quietRounds = 0
            while quietRounds < 20 {
                let count = try await field.transport.send([[UInt8]](repeating: frame, count: 50))
                accepted += count
                quietRounds = count == 0 ? quietRounds + 1 : 0
                try #require(accepted < 100_000, "the sender is never slowed down")
                if count == 0 { try await Task.sleep(for: .milliseconds(20)) }
            }
            return accepted
        }

        @Test(.hangGuard)
        func `a client that does not read bounds its buffer and loses no frame`() async throws {
            let hub = try await TestHub.start()
            let field = try TestField()
            hub.table.insert(field.keys.publicKey, name: "busy")
            var limits = TestField.quickLimits
            limits.bufferEventCountMax = 10
            try await field.connect(to: hub, limits: limits)
            try await field.wait(for: .connected)
            _ = try await field.transport.send([[1]])
            let route = try #require(try await hub.frames(count: 1).first).route
            let frames = (0..<150).map { OutboundFrame(route: route, bytes: bytes(of: $0)) }
            #expect(await hub.transport.send(frames).isEmpty)
            let deadline = ContinuousClock.now + .seconds(10)
            while await field.transport.statistics().pausedReadingCount == 0, .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(await field.transport.statistics().receivedFrameCount == 10)
            for number in 0..<150 { #expect(try await field.frame() == bytes(of: number)) }
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `two hundred connections come and go without harm`() async throws {
            let hub = try await TestHub.start(welcome: Array("W:1".utf8))
            let echo = hub.echo()
            let started = ContinuousClock.now
            let before = (try entryCount("/proc/self/task"), try socketCount())
            for cycle in 0..<200 {
                let field = try await TestField.connected(to: hub, name: "c", feed: true)
                await field.transport.subscribe([bytes(of: cycle)])
                _ = try await field.transport.send([bytes(of: cycle)])
                if !cycle.isMultiple(of: 3) {
                    #expect(try await field.frame() == bytes(of: cycle))
                }
                await field.transport.close()
            }
            print("200 cycles: \(started.duration(to: .now))")
            // Other suites of this process open files and threads as well, so the bounds are those
            // of a leak: one per cycle would be 200.
            let deadline = ContinuousClock.now + .seconds(10)
            while try entryCount("/proc/self/task") > before.0 + 100, .now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try entryCount("/proc/self/task") <= before.0 + 100)
            #expect(try socketCount() <= before.1 + 150)
            let field = try await TestField.connected(to: hub, name: "last")
            _ = try await field.transport.send([[1]])
            #expect(try await field.frame() == [1])
            await field.transport.close()
            await hub.transport.shutdown()
            await echo.value
        }
    }
}

/// The number of sockets and event descriptors of this process: what a transport could leave open.
private func socketCount() throws -> Int {
    let folder = "/proc/self/fd"
    return try FileManager.default.contentsOfDirectory(atPath: folder).count { name in
        let target = try? FileManager.default.destinationOfSymbolicLink(
            atPath: folder + "/" + name)
        return target?.hasPrefix("socket:") == true || target?.hasPrefix("anon_inode:") == true
    }
}

/// The number of threads of this process.
private func entryCount(_ path: String) throws -> Int {
    let directory = try #require(opendir(path))
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

/// Random bytes, sometimes behind a real greeting so that the parser gets further.
private func garbage(seed: UInt64) -> [UInt8] {
    var state = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var bytes: [UInt8] = (0..<512).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
    }
    guard seed.isMultiple(of: 2) else { return bytes }
    let signature: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0]
    let mechanism = Array("CURVE".utf8) + [UInt8](repeating: 0, count: 15)
    bytes.replaceSubrange(
        0..<64, with: signature + mechanism + [UInt8](repeating: 0, count: 32))
    return bytes
}

/// A TCP connection that speaks no protocol.
struct RawConnection {
    private let descriptor: Int32

    init(_ endpoint: String) throws {
        let port = try #require(endpoint.split(separator: ":").last.flatMap { UInt16($0) })
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
    }

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func close() { Glibc.close(descriptor) }
}
