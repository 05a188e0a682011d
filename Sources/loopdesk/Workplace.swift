import FieldClient
import Foundation
import ReplicaStore
import Replication
import Sodium
import StoreSupport
import Terminal
import TicketModel
import TicketPolicy
import Wire

/// An opened home: the replica, its desk, and how to print.
struct Workplace {
    let home: FieldHome
    let console: Console
    let store: any ReplicaStorage
    let desk: Desk
    let now = SystemClock.now()
    private let actorOption: String?

    /// - Throws: `CommandFailure` when the home has not joined, `StoreError`.
    init(
        _ home: FieldHome, console: Console, actorOption: String?, mode: StoreMode
    ) throws {
        self.home = home
        self.console = console
        self.actorOption = actorOption
        guard FileManager.default.fileExists(atPath: home.replicaPath) else {
            guard try home.readDevice()?.device != nil else { throw CommandFailure.notJoined(home) }
            throw CommandFailure(
                .storageFault,
                zh: "\(home.path) 已加入，但 \(home.replicaPath) 不见了。请恢复该文件，或在新目录用新邀请码加入。",
                en: "\(home.path) has joined, but \(home.replicaPath) is missing. Put the file "
                    + "back, or join in a new folder with a new invite.")
        }
        store = try SQLiteReplicaStore(path: home.replicaPath, mode: mode, createsFile: false)
        if let notice = try HomeBinding(home: home).check(store) {
            Console.writeError(console.language.choose(zh: notice.zh, en: notice.en))
        }
        desk = Desk(store: store, codec: ProtobufCodec()) {
            ReplicaWriter.Moment(now: SystemClock.now(), random: SecureRandom.uint128())
        }
    }

    var language: Language { console.language }

    /// The policy in force here.
    ///
    /// - Throws: as `Desk.profile()`.
    func profile() throws -> Profile { try desk.profile() }

    /// Who acts: `--as`, `LOOPDESK_AS`, or the person that the invite named.
    ///
    /// - Throws: `CommandFailure` when nobody is named, `StoreError`.
    func actor() throws -> StaffID {
        let named =
            try actorOption ?? processEnvironment["LOOPDESK_AS"].flatMap { $0.isEmpty ? nil : $0 }
            ?? store.read { try $0.setting(HomeSetting.staff) }
        guard let named else {
            throw CommandFailure(
                .usage, zh: "请说明是谁在操作：加 --as 工号，或设置 LOOPDESK_AS。",
                en: "Say who acts: add --as STAFF, or set LOOPDESK_AS.")
        }
        guard let staff = StaffID(named) else {
            throw CommandFailure(
                .usage, zh: "“\(printable(named))”不是有效的人员编号。",
                en: "“\(printable(named))” is not the name of a person.")
        }
        return staff
    }

    /// Finds the one ticket that a person means; says so when its number leads to another one.
    ///
    /// - Throws: as `Desk.find(_:followingMerges:)`.
    func find(_ reference: String) throws -> FoundTicket {
        let found = try desk.find(reference)
        if let number = found.redirectedFrom {
            console.say(
                zh: "\(printable(number)) 现归入 \(found.ticket.displayNumber)",
                en: "\(printable(number)) goes on as \(found.ticket.displayNumber)")
        }
        return found
    }

    /// Prints what a verb did to a ticket.
    ///
    /// - Parameter more: members for scripts besides those of every verb.
    func report(
        _ written: ReplicaWriter.Written, from found: FoundTicket? = nil, zh: String, en: String,
        more: [JSONValue.Member] = []
    ) throws {
        let profile = try profile()
        console.say(
            zh: "\(written.ticket.displayNumber) \(zh)", en: "\(written.ticket.displayNumber) \(en)"
        )
        if let person = written.actedFor {
            console.say(
                zh: "代 \(printable(person.rawValue)) 办理",
                en: "done for \(printable(person.rawValue))")
        }
        if written.foretold.outcome != .applied {
            let note = DispositionText(profile: profile, language: language)
                .line(written.foretold)
            console.say(zh: "注意：\(note)", en: "Note: \(note)")
        }
        let members: [JSONValue.Member] = [
            .init("operation", .string(written.operation.description)),
            .init("foretold", JSONShape.disposition(written.foretold)),
            .init("acted_for", JSONValue(written.actedFor?.rawValue)),
            .init("ticket", TicketJSON(profile: profile).value(written.ticket)),
            .init("redirected_from", JSONValue(found?.redirectedFrom)),
        ]
        console.emit(.object(members + more))
    }
}

/// Names of what a home remembers in its replica.
enum HomeSetting {
    /// Who works here unless somebody else is named.
    static let staff = "staff"
    /// The department whose queue is "mine".
    static let department = "department"
    /// What the daemon last said about its link.
    static let link = "link"
}
