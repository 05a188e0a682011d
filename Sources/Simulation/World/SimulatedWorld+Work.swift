import FieldClient
import Replication
import TicketModel
import TicketPolicy
import Wire

/// What people do: verbs of the shipped `Desk`, on tickets that they see.
extension SimulatedWorld {
    func work(_ host: Int, _ verb: Verb, _ step: Step) throws {
        let field = field(host)
        guard field.isOn else { return note(.refused, host, 0, 0, "the machine is off") }
        var random = random(.step, step.id, 0)
        field.momentsCount = UInt64(step.id) << 16
        checkers.setPersonActing(true)
        do {
            let written = try DeskWork(world: self, field: field).perform(verb, &random)
            metrics.operationsCount += written.count
            for one in written {
                note(
                    .verb, host, Int64(truncatingIfNeeded: one.operation.rawValue), 0,
                    "\(verb.rawValue) \(one.ticket.displayNumber) as \(one.operation.shortName)")
                checkers.observe(.wrote(member: host, one))
            }
            if !written.isEmpty { noteLocalChange(host) }
        } catch let refusal as ReplicaWriter.Refusal {
            metrics.refusedCount += 1
            note(
                .refused, host, Int64(refusal.rejection.code.rawValue), 0,
                "\(verb.rawValue): \(refusal.rejection.code.name) \(refusal.rejection.detail)")
        } catch let failure as Desk.Failure {
            note(.refused, host, 0, 0, "\(verb.rawValue): \(failure)")
        } catch let error as StoreError {
            note(.failed, host, 0, 0, "\(verb.rawValue): \(error)")
        } catch is PowerCut {
            note(.failed, host, 0, 0, "\(verb.rawValue): power failed")
            losePower(host)
        }
        checkers.setPersonActing(false)
    }

    /// A running program hears that something was written, as from a watcher of files.
    private func noteLocalChange(_ host: Int) {
        let field = field(host)
        guard field.program?.isLive == true else { return }
        schedule(.localChange(host: host, generation: field.generation), after: 20)
    }

    /// A moment as the host's own clock shows it.
    func moment(of field: SimulatedField) -> ReplicaWriter.Moment {
        field.momentsCount += 1
        var random = random(.identity, field.index, field.momentsCount << 8 | 4)
        return ReplicaWriter.Moment(
            now: field.clock.now(at: time), random: random.next128())
    }

    // MARK: Followers of the feeds

    /// Takes what the feeds hold, as `loopdesk watch` does, and says so afterwards; or dies first.
    func consume(_ host: Int, dies: Bool) throws {
        let field = field(host)
        guard field.isOn else { return }
        do {
            for feed in FeedEvent.Feed.allCases {
                try consume(feed, of: field, dies: dies)
            }
        } catch is StoreError {
            note(.failed, host, 0, 0, "the feeds cannot be read")
        } catch is PowerCut {
            losePower(host)
        }
    }

    private static let feedCountMax = 3

    private func consume(_ feed: FeedEvent.Feed, of field: SimulatedField, dies: Bool) throws {
        while true {
            let items = try field.storage.read { store in
                let cursor = try store.feedCursor(feed, consumer: SimulatedField.consumer) ?? 0
                return try store.feed(feed, after: cursor, countMax: Self.feedCountMax)
            }
            guard let last = items.last else { return }
            for item in items where plan.sabotage != .skippedDelivery || item.sequence % 3 != 0 {
                metrics.deliveriesCount += 1
                checkers.observe(.delivered(member: field.index, item))
            }
            note(.consumed, field.index, Int64(items.count), last.sequence, "\(feed.name)")
            if dies { return }
            try field.storage.transaction {
                try $0.acknowledgeFeed(
                    feed, consumer: SimulatedField.consumer, through: last.position)
            }
        }
    }
}
