import Testing
import Transport

extension TransportTests {
    @Suite(.serialized) struct AuthenticationTests {
        @Test func `a key survives its text form and gives the same public half`() throws {
            let pair = try CurveKeyPair.generate()
            let secret = try CurveSecretKey(z85: pair.secretKey.z85)
            #expect(try CurveKeyPair(secretKey: secret) == pair)
            #expect(try CurvePublicKey(rawBytes: pair.publicKey.rawBytes) == pair.publicKey)
            #expect(try CurvePublicKey(z85: pair.publicKey.z85) == pair.publicKey)
            #expect("\(pair.secretKey)" == "secret key")
        }

        @Test(arguments: ["", "short", String(repeating: "\"", count: 40)])
        func `a text that is no key is refused`(text: String) {
            #expect { _ = try CurvePublicKey(z85: text) } throws: {
                ($0 as? TransportError)?.code == .invalidKey
            }
        }

        @Test(.hangGuard)
        func `a stranger's key is refused, is told so, and tries again`() async throws {
            let hub = try await TestHub.start()
            let stranger = try TestField()
            try await stranger.connect(to: hub)
            try await stranger.wait(for: .refused(status: HandshakeStatus.unknownKey))
            // Two sockets at most shake hands in one attempt.
            let refusals = try await hub.statistics { $0.refusedHandshakeCount >= 5 }
            #expect(refusals.acceptedHandshakeCount == 0)
            #expect(await stranger.transport.statistics().attemptCount > 1)
            #expect(try await stranger.transport.send([[1]]) == 0)
            await stranger.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a key enrolled later is let in without a new start`() async throws {
            let hub = try await TestHub.start()
            let field = try TestField()
            try await field.connect(to: hub)
            try await field.wait(for: .refused(status: HandshakeStatus.unknownKey))
            hub.table.insert(field.keys.publicKey, name: "late")
            try await field.wait(for: .connected)
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a removed key is refused at its next handshake`() async throws {
            let hub = try await TestHub.start()
            let first = try await TestField.connected(to: hub, name: "store-1")
            hub.table.remove(first.keys.publicKey)
            _ = try await first.transport.send([[1]])
            #expect(try await hub.frames(count: 1).first?.peer == "store-1")
            await first.transport.close()
            let second = try TestField(keys: first.keys)
            try await second.connect(to: hub)
            try await second.wait(for: .refused(status: HandshakeStatus.unknownKey))
            await second.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a wrong server key is reported as such`() async throws {
            let hub = try await TestHub.start()
            let field = try TestField()
            hub.table.insert(field.keys.publicKey, name: "store-1")
            try await field.connect(to: hub, serverKey: try CurveKeyPair.generate().publicKey)
            let first = try await field.wait { _ in true }
            #expect(first == .wrongServerKey)
            #expect(await hub.transport.statistics().acceptedHandshakeCount == 0)
            await field.transport.close()
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a key that shakes hands too often is limited, then let in again`() async throws {
            var limits = TestHub.quickLimits
            limits.handshakeCountMax = 3
            limits.handshakeWindow = .seconds(2)
            let hub = try await TestHub.start(limits: limits)
            let keys = try CurveKeyPair.generate()
            hub.table.insert(keys.publicKey, name: "flapping")
            for cycle in 0..<4 {
                let field = try TestField(keys: keys)
                try await field.connect(to: hub)
                let isLimited = cycle == 3
                let first = try await field.wait { _ in true }
                #expect(first == (isLimited ? .refused(status: HandshakeStatus.busy) : .connected))
                if isLimited { try await field.wait(for: .connected) }
                await field.transport.close()
            }
            #expect(await hub.transport.statistics().limitedHandshakeCount > 0)
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a second hub in one process is refused with a clear code`() async throws {
            let hub = try await TestHub.start()
            await #expect {
                _ = try await TestHub.start()
            } throws: {
                ($0 as? TransportError)?.code == .addressInUse
            }
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `an address without a port is refused with a clear code`() async throws {
            await #expect {
                _ = try await TestHub.start(syncEndpoint: "tcp://127.0.0.1")
            } throws: {
                ($0 as? TransportError)?.code == .invalidEndpoint
            }
            let field = try TestField()
            let key = try CurveKeyPair.generate().publicKey
            await #expect {
                try await field.transport.connect(
                    FieldTransportConfiguration(
                        syncEndpoint: "nonsense", serverKey: key, keys: field.keys))
            } throws: {
                ($0 as? TransportError)?.code == .invalidEndpoint
            }
        }
    }
}
