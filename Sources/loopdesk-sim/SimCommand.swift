import ArgumentParser

/// Tries the shipped loops in simulated worlds where everything goes wrong.
@main
struct SimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loopdesk-sim",
        abstract: "Tries the shipped loops in simulated worlds where everything goes wrong.",
        discussion: """
            A seed and a commit are a run: the same things happen at the same virtual times, to \
            the byte. One thread, no real clock, network or disk.
            """,
        subcommands: [RunCommand.self, TraceCommand.self, ListFaultsCommand.self])
}
