import TicketModel

/// A world of a store, a handler and a supervisor in step.
struct RestoreScene {
    let world: SyncWorld
    let store: SyncClient
    let agent: SyncClient
    let office: SyncClient

    init() throws {
        world = try SyncWorld()
        (store, agent, office) = (try world.clerk(), try world.agent(), try world.supervisor())
    }
}

/// What was written to a ticket, in order.
func texts(_ ticket: Ticket?) -> [String] { ticket?.comments.map(\.text) ?? [] }
