import Foundation
import ReplicaStore
import Replication
import StoreSupport
import TicketModel
import TicketPolicy
import Wire

/// What a clerk waits for: `loopdesk new` from the start of the process to its end, durable, on a
/// replica that holds tickets already.
struct NewProcessRow: BenchRow {
    let size: BenchSize

    let name = "new-process"
    let unit = "processes, each one ticket"
    let floorDescription = "a process that makes one row durable"

    private var processesCount: Int { size.choose(tiny: 2, canonical: 30) }
    private var ticketsCount: Int { size.choose(tiny: 10, canonical: 2_000) }

    func measureOurs(in directory: URL) throws -> Measurement {
        try prepareHome(directory)
        let arguments = [
            "--home", directory.path, "new", "--as", Workload.staff.rawValue, "--kind",
            "consultation", "--channel", "store", "--category", "inquiry", "--subject", "保修",
            "--description", "如何申请售后保修?", "--demand", "答复", "--contact", "王女士",
            "--priority", "normal", "--reported-time", "2024-03-10 10:30",
        ]
        let (_, seconds) = try timed {
            for _ in 0..<processesCount { try run("loopdesk", arguments) }
        }
        return Measurement(operationsCount: processesCount, seconds: seconds, resultHash: "")
    }

    func measureFloor(in directory: URL) throws -> Measurement {
        let arguments = ["insert-once", directory.appendingPathComponent("floor.db").path]
        let (_, seconds) = try timed {
            for _ in 0..<processesCount { try run("loopdesk-bench", arguments) }
        }
        return Measurement(operationsCount: processesCount, seconds: seconds, resultHash: "")
    }

    /// A home that has joined and synced, without a hub: the verbs never need one.
    private func prepareHome(_ directory: URL) throws {
        let store = try SQLiteReplicaStore(
            path: directory.appendingPathComponent("replica.db").path, mode: .daemon,
            createsFile: true)
        let workload = try Workload(clientsCount: 1)
        let device = workload.clients[0].device
        let person = StaffRecord(
            staff: Workload.staff, name: "Clerk", roles: [.clerk, .handler])
        try store.transaction { store in
            try store.save(
                ReplicaIdentity(
                    replica: ReplicaID(rawValue: 99), device: device.device, store: device.store,
                    region: nil, replicaCode: "ZZ", roles: device.roles))
            try store.save(
                Directory(
                    staffVersion: 1, staff: [person],
                    policy: PolicyRecord(
                        version: 1, yaml: try Profile.builtInText("basic"),
                        loadedAt: Workload.start)))
            for index in 0..<ticketsCount { try store.saveBase(ticket(index)) }
        }
    }

    private func ticket(_ index: Int) -> Ticket {
        var ticket = Ticket(
            id: TicketID(rawValue: UInt128(index + 1)), provisionalNumber: "S001-ZZ-\(index)",
            capturedAt: Workload.start, createdBy: Workload.staff)
        let stamp = Stamp(
            sequence: UInt64(index + 1),
            dot: Dot(replica: ReplicaID(rawValue: 5), counter: UInt64(index + 1)),
            operation: OperationID(rawValue: UInt128(index + 1)),
            time: HybridTimestamp(Workload.start), authority: .store, actor: Workload.staff)
        ticket.registers[.status] = Register(value: .integer(1), stamp: stamp)
        ticket.registers[.store] = Register(value: .text("S001"), stamp: stamp)
        ticket.registers[.subject] = Register(value: .text("商品无法开机 \(index)"), stamp: stamp)
        return ticket
    }

    /// Runs a program that was built beside this one and expects it to succeed.
    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent(program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CocoaError(
                .executableLoad,
                userInfo: ["program": program, "status": process.terminationStatus])
        }
    }
}
