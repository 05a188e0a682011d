import Glibc
import Testing
import Transport

extension TransportTests {
    @Suite(.serialized) struct LocalSocketTests {
        @Test(.hangGuard)
        func `a local request is answered and marked as local`() async throws {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            let hub = try await TestHub.start(localSocketPath: directory.socketPath)
            let echo = hub.echo()
            let client = try LocalClient(context: testContext(), path: directory.socketPath)
            for number in 0..<20 {
                let request = bytes(of: number)
                #expect(try await client.request(request, timeout: .seconds(10)) == request)
            }
            #expect(mode(of: directory.socketPath) == 0o600)
            await hub.transport.shutdown()
            await echo.value
        }

        @Test(.hangGuard)
        func `frames of the local socket carry the local name`() async throws {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            let hub = try await TestHub.start(localSocketPath: directory.socketPath)
            let client = try LocalClient(context: testContext(), path: directory.socketPath)
            async let answer = client.request([1], timeout: .seconds(10))
            let frame = try #require(try await hub.frames(count: 1).first)
            #expect(frame.origin == .local)
            #expect(frame.peer == InboundFrame.localPeer)
            await hub.transport.send([OutboundFrame(route: frame.route, bytes: [2])])
            #expect(try await answer == [2])
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `nobody listens and no answer in time are told apart`() async throws {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            let client = try LocalClient(context: testContext(), path: directory.socketPath)
            #expect(await code(of: client) == .nobodyListens)
            let hub = try await TestHub.start(localSocketPath: directory.socketPath)
            #expect(await code(of: client) == .noAnswerInTime)
            await hub.transport.shutdown()
        }

        private func code(of client: LocalClient) async -> TransportError.Code? {
            do {
                _ = try await client.request([1], timeout: .milliseconds(200))
                return nil
            } catch {
                return (error as? TransportError)?.code
            }
        }

        @Test(.hangGuard)
        func `the socket file of a process that died is replaced`() async throws {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            try leaveStaleSocket(at: directory.socketPath)
            let client = try LocalClient(context: testContext(), path: directory.socketPath)
            #expect(await code(of: client) == .nobodyListens)
            let hub = try await TestHub.start(localSocketPath: directory.socketPath)
            #expect(await code(of: client) == .noAnswerInTime)
            await hub.transport.shutdown()
        }

        @Test(.hangGuard)
        func `a live socket, a plain file and an open directory are refused`() async throws {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            let listener = try leaveStaleSocket(at: directory.socketPath, listening: true)
            #expect(await startCode(directory.socketPath) == .addressInUse)
            close(listener)
            unlink(directory.socketPath)
            let file = open(directory.socketPath, O_CREAT | O_WRONLY, 0o600)
            close(file)
            #expect(await startCode(directory.socketPath) == .unsafeLocalPath)
            #expect(mode(of: directory.socketPath) == 0o600)
            unlink(directory.socketPath)
            chmod(directory.path, 0o755)
            #expect(await startCode(directory.socketPath) == .unsafeLocalPath)
            #expect(await startCode("relative/path") == .invalidEndpoint)
        }

        private func startCode(_ path: String) async -> TransportError.Code? {
            var limits = TestHub.quickLimits
            limits.bindRetryDuration = .zero
            do {
                let hub = try await TestHub.start(localSocketPath: path, limits: limits)
                await hub.transport.shutdown()
                return nil
            } catch {
                return (error as? TransportError)?.code
            }
        }
    }
}

private func mode(of path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
}

@discardableResult
private func leaveStaleSocket(at path: String, listening: Bool = false) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let status = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    try #require(status == 0)
    if listening { try #require(listen(descriptor, 8) == 0) } else { close(descriptor) }
    return descriptor
}

/// A directory of mode 0700 that goes with the test.
struct TemporaryDirectory {
    let path: String
    var socketPath: String { path + "/admin.sock" }

    init() throws {
        var template = Array("/tmp/loopdesk-XXXXXX".utf8CString)
        let made = mkdtemp(&template)
        path = String(cString: try #require(made))
    }

    func remove() {
        unlink(socketPath)
        rmdir(path)
    }
}
