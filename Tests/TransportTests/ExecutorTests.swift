import Glibc
import Synchronization
import Testing
import Transport

private actor Pinned {
    private let thread: BlockingThread
    private var count = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ thread: BlockingThread) { self.thread = thread }

    func add() -> Int {
        count += 1
        return count
    }

    func threadNumber() -> UInt { UInt(pthread_self()) }

    /// Traps when the executor does not know its own thread.
    func assumesItsIsolation() -> Int { synchronousDouble() }

    private nonisolated func synchronousDouble() -> Int {
        assumeIsolated { $0.count * 2 }
    }

    func blockedSignalCount() -> Int {
        var set = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &set)
        return [SIGINT, SIGTERM, SIGHUP, SIGCHLD].filter { sigismember(&set, $0) == 1 }.count
    }
}

@Suite struct ExecutorTests {
    @Test(.hangGuard)
    func `an actor on a blocking thread stays on it`() async throws {
        let actor = Pinned(try BlockingThread(name: "test"))
        let first = await actor.threadNumber()
        for _ in 0..<100 {
            #expect(await actor.threadNumber() == first)
            await Task.yield()
        }
        #expect(await actor.blockedSignalCount() == 4)
    }

    @Test(.hangGuard)
    func `a thousand concurrent calls are serialised`() async throws {
        let actor = Pinned(try BlockingThread(name: "test"))
        let results = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<1000 { group.addTask { await actor.add() } }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(results == Set(1...1000))
        #expect(await actor.assumesItsIsolation() == 2000)
    }

    @Test(.hangGuard)
    func `isolation is assumed inside and denied outside`() async throws {
        let thread = try BlockingThread(name: "test")
        #expect(thread.isIsolatingCurrentContext() == false)
        let loop = try LoopThread(name: "test")
        #expect(loop.isIsolatingCurrentContext() == false)
    }

    @Test(.hangGuard)
    func `many threads come and go`() async throws {
        for round in 1...100 {
            let actor = Pinned(try BlockingThread(name: "test-\(round)"))
            #expect(await actor.add() == 1)
        }
    }

    @Test func `the back-off doubles up to its bound, with full jitter`() {
        var backOff = BackOff(
            delayMin: .seconds(1), delayMax: .seconds(60), jitter: { 0.5 })
        let delays = (0..<8).map { _ in backOff.nextDelay() }
        #expect(delays == [0.5, 1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        backOff.reset()
        #expect(backOff.nextDelay() == .seconds(0.5))
    }

    @Test func `deadlines come in order, cancelled ones never, and leave no litter`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        var heap = DeadlineHeap()
        let start = ContinuousClock.now
        let fired = Mutex<[Int]>([])
        var expected: [(Int, Int)] = []
        for number in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let offset = Int(state >> 40) % 500
            let id = heap.schedule(at: start + .milliseconds(offset)) {
                fired.withLock { $0.append(number) }
            }
            if number.isMultiple(of: 4) {
                expected.append((offset, number))
            } else {
                heap.cancel(id)
            }
        }
        #expect(heap.entryCount <= 2 * 500 + 65, "seed \(seed)")
        while let action = heap.popDue(at: start + .seconds(1)) { action() }
        let order = expected.sorted { $0 < $1 }.map(\.1)
        #expect(fired.withLock { $0 } == order, "seed \(seed)")
        #expect(heap.nearest == nil)
    }
}
