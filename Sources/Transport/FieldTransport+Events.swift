/// The bounded buffer between the sockets and the one consumer.
extension FieldTransport {
    func takeEvents() -> [LinkEvent] {
        let taken = events
        events = []
        bufferedByteCount = 0
        resumeReading()
        return taken
    }

    /// Ends the wait with `result`, unless it already ended.
    func finishWaiter(_ number: UInt64, with result: [LinkEvent]?) {
        guard let waiter, waiter.number == number else { return }
        self.waiter = nil
        if let deadline = waiter.deadline { loop.cancel(deadline) }
        waiter.continuation.resume(returning: result)
    }

    /// Hands the buffered events to a waiting consumer.
    func deliver() {
        guard let waiter, !events.isEmpty else { return }
        finishWaiter(waiter.number, with: takeEvents())
    }

    /// A state change; a repetition of the last one says nothing new.
    func report(_ event: LinkEvent) {
        guard events.last != event else { return }
        guard events.count < limits.bufferEventCountMax + Self.stateEventCountMax else {
            counters.droppedStateCount += 1
            return
        }
        events.append(event)
    }

    var hasRoom: Bool {
        events.count < limits.bufferEventCountMax && bufferedByteCount < limits.bufferByteCountMax
    }

    func pauseReading() {
        guard !isReadingPaused else { return }
        isReadingPaused = true
        counters.pausedReadingCount += 1
        updateSyncEvents()
    }

    private func resumeReading() {
        guard isReadingPaused else { return }
        isReadingPaused = false
        updateSyncEvents()
    }

    func waitForRoom() {
        isWaitingForRoom = true
        updateSyncEvents()
    }

    func updateSyncEvents() {
        guard let socket = syncLink?.socket else { return }
        var wanted: SocketEvents = isReadingPaused ? [] : .readable
        if isWaitingForRoom { wanted.insert(.writable) }
        loop.setEvents(wanted, for: socket)
    }
}
