/// Waiting for frames no longer than until a deadline.
extension HubTransport {
    /// Like `nextBatch()`, but gives an empty batch when `deadline` comes first.
    ///
    /// The deadline lives in the loop's own heap: no timer task and no polling (transport.md 2.3).
    package func nextBatch(until deadline: ContinuousClock.Instant) async -> [InboundFrame]? {
        let timer = loop.schedule(at: deadline) { self.assumeIsolated { $0.finishEmpty() } }
        defer { loop.cancel(timer) }
        return await nextBatch()
    }

    private func finishEmpty() {
        guard let waiter else { return }
        self.waiter = nil
        waiter.continuation.resume(returning: [])
    }
}
