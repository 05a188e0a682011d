// swift-tools-version: 6.2
import PackageDescription

// Folder = target. Arrows point down only (ARCHITECTURE.md, "Layers"); the build checks it with
// --explicit-target-dependency-import-check error, TidyTests with the table of allowed imports.

/// Warnings are errors in our own targets only, never in a dependency.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "loopdesk",
    products: [
        .executable(name: "loopdesk", targets: ["loopdesk"]),
        .executable(name: "loopdesk-hub", targets: ["loopdesk-hub"]),
        .executable(name: "loopdesk-bench", targets: ["loopdesk-bench"]),
        .executable(name: "loopdesk-sim", targets: ["loopdesk-sim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // L0: pure values and the module maps of system libraries.
        .systemLibrary(
            name: "CZeroMQ", pkgConfig: "libzmq", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CFileBirth"),
        .target(name: "Sodium", dependencies: ["CSodium"], swiftSettings: strict),
        .target(name: "TicketModel", swiftSettings: strict),
        .target(
            name: "TicketPolicy", dependencies: ["TicketModel", yams],
            resources: [
                .embedInCode("Profiles/basic.yaml"), .embedInCode("Profiles/complaint.yaml"),
                .embedInCode("Profiles/feedback.yaml"), .embedInCode("Profiles/qa.yaml"),
                .embedInCode("Profiles/tracking.yaml"), .embedInCode("Profiles/unified.yaml"),
            ], swiftSettings: strict),

        // L1: the replication rules, pure.
        .target(
            name: "Replication", dependencies: ["Sodium", "TicketModel", "TicketPolicy"],
            swiftSettings: strict),

        // L2: bytes, files and sockets.
        .target(
            name: "Wire", dependencies: ["Replication", "Sodium", "TicketModel", protobuf],
            swiftSettings: strict),
        .target(
            name: "StoreSupport",
            dependencies: [
                "CFileBirth", "CSQLite", "Replication", "Sodium", "TicketModel", grdb,
            ],
            swiftSettings: strict),
        .target(
            name: "HubStore",
            dependencies: ["Replication", "Sodium", "StoreSupport", "TicketModel", "Wire", grdb],
            resources: [
                .embedInCode("Migrations/0001.sql"), .embedInCode("Migrations/0002.sql"),
                .embedInCode("Migrations/0003.sql"), .embedInCode("Migrations/0004.sql"),
                .embedInCode("Migrations/0005.sql"), .embedInCode("Migrations/0006.sql"),
            ],
            swiftSettings: strict),
        .target(
            name: "ReplicaStore",
            dependencies: ["Replication", "Sodium", "StoreSupport", "TicketModel", "Wire", grdb],
            resources: [
                .embedInCode("Migrations/0001.sql"), .embedInCode("Migrations/0002.sql"),
                .embedInCode("Migrations/0003.sql"), .embedInCode("Migrations/0004.sql"),
                .embedInCode("Migrations/0005.sql"), .embedInCode("Migrations/0006.sql"),
                .embedInCode("Migrations/0007.sql"), .embedInCode("Migrations/0008.sql"),
            ],
            swiftSettings: strict),
        .target(name: "Transport", dependencies: ["CZeroMQ"], swiftSettings: strict),

        // L3: the loops that the product and the simulator share.
        .target(
            name: "HubService",
            dependencies: ["Replication", "Sodium", "TicketModel", "TicketPolicy", "Wire"],
            swiftSettings: strict),
        .target(
            name: "FieldClient",
            dependencies: ["Replication", "Sodium", "TicketModel", "TicketPolicy", "Wire"],
            swiftSettings: strict),

        // L4: what only terminals need, and the world that the loops are tried in.
        .target(name: "Terminal", dependencies: ["TicketModel"], swiftSettings: strict),
        .target(
            name: "Simulation",
            dependencies: [
                "FieldClient", "HubService", "Replication", "Sodium", "TicketModel",
                "TicketPolicy", "Wire",
            ], swiftSettings: strict),

        // L5: executables parse, assemble and run.
        .executableTarget(
            name: "loopdesk",
            dependencies: [
                "FieldClient", "ReplicaStore", "Replication", "Sodium", "StoreSupport", "Terminal",
                "TicketModel", "TicketPolicy", "Transport", "Wire", arguments, logging,
            ], swiftSettings: strict),
        .executableTarget(
            name: "loopdesk-hub",
            dependencies: [
                "HubService", "HubStore", "Replication", "Sodium", "StoreSupport", "Terminal",
                "TicketModel", "TicketPolicy", "Transport", "Wire", arguments, logging,
            ], swiftSettings: strict),
        .executableTarget(
            name: "loopdesk-bench",
            dependencies: [
                "FieldClient", "HubService", "HubStore", "ReplicaStore", "Replication", "Sodium",
                "StoreSupport", "TicketModel", "TicketPolicy", "Transport", "Wire", arguments,
                sqlite,
            ], swiftSettings: strict),

        .executableTarget(
            name: "loopdesk-sim",
            dependencies: ["Simulation", "Sodium", "Terminal", arguments],
            swiftSettings: strict),

        // Tests mirror the targets; the conformance suites are shared by every adapter of a port.
        .target(
            name: "StoreConformance",
            dependencies: ["Replication", "Sodium", "TicketModel", "TicketPolicy", "Wire"],
            path: "Tests/StoreConformance", swiftSettings: strict),
        .target(
            name: "RandomValues", dependencies: ["Replication", "Sodium", "TicketModel"],
            path: "Tests/RandomValues", swiftSettings: strict),
        .target(
            name: "ReplicationLaws",
            dependencies: [
                "HubStore", "RandomValues", "ReplicaStore", "Replication", "Sodium",
                "StoreSupport", "TicketModel", "TicketPolicy", "Wire",
            ],
            path: "Tests/ReplicationLaws", swiftSettings: strict),
        .target(
            name: "ClockLaws", dependencies: ["TicketModel", "TicketPolicy"],
            path: "Tests/ClockLaws", swiftSettings: strict),
        .executableTarget(
            name: "loopdesk-laws", dependencies: ["ClockLaws", "ReplicationLaws", arguments],
            path: "Tests/loopdesk-laws", swiftSettings: strict),
        .testTarget(name: "SodiumTests", dependencies: ["Sodium"], swiftSettings: strict),
        .testTarget(name: "TicketModelTests", dependencies: ["TicketModel"], swiftSettings: strict),
        .testTarget(
            name: "TicketPolicyTests",
            dependencies: ["ClockLaws", "TicketModel", "TicketPolicy", yams],
            swiftSettings: strict),
        .testTarget(
            name: "ReplicationTests",
            dependencies: [
                "RandomValues", "Replication", "Sodium", "StoreConformance", "TicketModel",
                "TicketPolicy", "Wire",
            ], exclude: ["Scenarios"], swiftSettings: strict),
        .testTarget(
            name: "WireTests",
            dependencies: [
                "RandomValues", "Replication", "Sodium", "TicketModel", "Wire", protobuf,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HubStoreTests",
            dependencies: [
                "HubStore", "Replication", "Sodium", "StoreConformance", "StoreSupport",
                "TicketModel", "TicketPolicy", "Wire", grdb,
            ], swiftSettings: strict),
        .testTarget(
            name: "ReplicaStoreTests",
            dependencies: [
                "ReplicaStore", "Replication", "Sodium", "StoreConformance", "StoreSupport",
                "TicketModel", "TicketPolicy", "Wire", grdb,
            ], swiftSettings: strict),
        .testTarget(
            name: "TransportTests", dependencies: ["CZeroMQ", "Transport"], swiftSettings: strict),
        .testTarget(
            name: "LawTests", dependencies: ["ReplicationLaws"], swiftSettings: strict),
        .testTarget(
            name: "HubServiceTests",
            dependencies: [
                "HubService", "Replication", "Sodium", "StoreConformance", "TicketModel",
                "TicketPolicy", "Wire",
            ], swiftSettings: strict),
        .testTarget(
            name: "FieldClientTests",
            dependencies: [
                "FieldClient", "HubService", "Replication", "Sodium", "TicketModel",
                "TicketPolicy", "Wire",
            ], swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["Terminal", "TicketModel"],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["loopdesk-sim", "Simulation"],
            swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "loopdesk", "loopdesk-hub", "FieldClient", "Replication", "Terminal",
                "TicketModel", "TicketPolicy",
            ], exclude: ["Snapshots"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["loopdesk", "loopdesk-hub", "loopdesk-bench", "Transport", grdb],
            swiftSettings: strict),
        // Crashes of the real stores. The C target records what happens to files, through a VFS
        // that wraps SQLite's own and through fsync, rename and unlink in front of the C library's:
        // only test programs may link it.
        .target(name: "CCrashVFS", dependencies: ["CSQLite"], path: "Tests/CCrashVFS"),
        .testTarget(
            name: "CrashTests",
            dependencies: [
                "CCrashVFS", "CSQLite", "FieldClient", "HubService", "HubStore", "ReplicaStore",
                "Replication", "Sodium", "StoreSupport", "TicketModel", "TicketPolicy", "Wire",
                grdb,
            ], swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
