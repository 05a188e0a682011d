/// Which target may import what: own targets as in ARCHITECTURE.md "Layers", and outside modules.
enum LayerRules {
    struct Allowed: Sendable {
        var own: Set<String>
        var outside: Set<String>
    }

    private static let stores: Set = [
        "Replication", "Sodium", "StoreSupport", "TicketModel", "Wire",
    ]
    private static let loops: Set = [
        "Replication", "Sodium", "TicketModel", "TicketPolicy", "Wire",
    ]
    private static let system: Set = [
        "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
    ]

    /// Pure targets get no clock, thread or lock to import, and each library has one home.
    static let table: [String: Allowed] = [
        "TicketModel": Allowed(own: [], outside: ["Foundation", "FoundationEssentials"]),
        "TicketPolicy": Allowed(
            own: ["TicketModel"], outside: ["Foundation", "FoundationEssentials", "Yams"]),
        "Sodium": Allowed(own: ["CSodium"], outside: []),
        "Replication": Allowed(
            own: ["Sodium", "TicketModel", "TicketPolicy"],
            outside: ["Foundation", "FoundationEssentials"]),
        "Wire": Allowed(
            own: ["Replication", "Sodium", "TicketModel"],
            outside: ["Foundation", "FoundationEssentials", "SwiftProtobuf"]),
        "StoreSupport": Allowed(
            own: ["CFileBirth", "CSQLite", "Replication", "Sodium", "TicketModel"],
            outside: system.union(["GRDB"])),
        "HubStore": Allowed(own: stores, outside: system.union(["GRDB"])),
        "ReplicaStore": Allowed(own: stores, outside: system.union(["GRDB"])),
        "Transport": Allowed(own: ["CZeroMQ"], outside: system),
        "HubService": Allowed(own: loops, outside: system),
        "FieldClient": Allowed(own: loops, outside: system),
        "Terminal": Allowed(own: ["TicketModel"], outside: ["Dispatch", "Foundation", "Glibc"]),
        "Simulation": Allowed(own: loops.union(["FieldClient", "HubService"]), outside: []),
        "loopdesk": Allowed(
            own: loops.union([
                "FieldClient", "ReplicaStore", "StoreSupport", "Terminal", "Transport",
            ]),
            outside: system.union(["ArgumentParser", "Logging"])),
        "loopdesk-hub": Allowed(
            own: loops.union(["HubService", "HubStore", "StoreSupport", "Terminal", "Transport"]),
            outside: system.union(["ArgumentParser", "Logging"])),
        "loopdesk-bench": Allowed(
            own: loops.union([
                "FieldClient", "HubService", "HubStore", "ReplicaStore", "StoreSupport",
                "Transport",
            ]), outside: system.union(["ArgumentParser", "GRDB", "GRDBSQLite"])),
        "loopdesk-sim": Allowed(
            own: ["Simulation", "Sodium", "Terminal"],
            outside: system.union(["ArgumentParser"])),
    ]

    private static let importPattern = Pattern(
        #"^[ \t]*(?:@\w+(?:\([^)\n]*\))?[ \t]+)*(?:\w+[ \t]+)?import[ \t]+(?:(?:struct|class|enum|"#
            + #"protocol|func|var|let|typealias|actor)[ \t]+)?(\w+)"#)

    static func check(_ file: SourceFile) -> [Finding] {
        guard let target = file.target else { return [] }
        guard let allowed = table[target] else {
            return [file.finding(line: 1, "target \(target) has no row in LayerRules.table")]
        }
        return file.matches(importPattern).compactMap { name, line, _ in
            if allowed.own.contains(name) || allowed.outside.contains(name) { return nil }
            let list = allowed.own.union(allowed.outside).sorted().joined(separator: ", ")
            return file.finding(line: line, "\(target) may not import \(name), only: \(list)")
        }
    }
}
