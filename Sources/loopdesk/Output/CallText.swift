import FieldClient
import Replication
import StoreSupport
import Terminal
import TicketModel
import TicketPolicy

extension Workplace {
    /// How long after the last contact the hub still counts as reached.
    private static let contactMillisecondsMax: Int64 = 60_000

    /// Whether a process of this home keeps it in step and has heard of the hub just now: then the
    /// hub tells whom it concerns.
    private var isInStep: Bool {
        get throws {
            guard try HomeLock.acquire(home.syncLockPath) == nil,
                let synced = try store.read({ try $0.state().syncedAt })
            else { return false }
            return now.millisecondsSince(synced) < Self.contactMillisecondsMax
        }
    }

    /// Says whom to call about a case that must not wait for the network (domain.md B6.4), and how
    /// to write that down.
    ///
    /// - Parameter level: the level of escalation that was reached; nil for a case that is urgent.
    /// - Throws: `StoreError`, and as `Desk.callees(for:level:at:)`.
    func sayWhomToCall(about ticket: Ticket, level: Int64? = nil) throws {
        guard try !isInStep else { return }
        let callees = try desk.callees(for: ticket, level: level, at: now)
        let verb = "loopdesk escalate \(ticket.displayNumber) --by-phone"
        guard !callees.isEmpty else {
            console.say(
                zh: "没有与 Hub 保持连接，名册里也没有可拨打的电话。请当面告知主管，然后登记：\(verb)",
                en:
                    "No link to the hub is kept up, and the directory has no number to call. "
                    + "Tell a supervisor yourself, then log: \(verb)")
            return
        }
        for callee in callees {
            let (name, phone) = (printable(callee.person.name), printable(callee.person.phone))
            let absentee = callee.absentee.map { printable($0.name) }
            let (zh, en) =
                absentee.map { ("，代 \($0)", ", for \($0) who is away") } ?? ("", "")
            console.say(
                zh: "立即致电 \(name)（\(callee.role.label.zh)\(zh)）：\(phone)",
                en: "call \(name) (\(callee.role.label.en)\(en)) at \(phone) now")
        }
        console.say(zh: "接通后登记：\(verb)", en: "then log: \(verb)")
    }

    /// The same for scripts: an empty list where nobody need be called.
    ///
    /// - Throws: as `sayWhomToCall(about:level:)`.
    func calleesJSON(about ticket: Ticket, level: Int64? = nil) throws -> JSONValue {
        let callees = try isInStep ? [] : desk.callees(for: ticket, level: level, at: now)
        return .array(
            callees.map { callee in
                [
                    "staff": .string(callee.person.staff.rawValue),
                    "name": .string(callee.person.name), "role": .string(callee.role.rawValue),
                    "phone": .string(callee.person.phone),
                    "stands_in_for": JSONValue(callee.absentee?.staff.rawValue),
                ]
            })
    }
}

extension Role {
    /// What people call it (domain.md A1).
    var label: LocalizedText {
        switch self {
        case .clerk: LocalizedText(zh: "客服专员", en: "service agent")
        case .handler: LocalizedText(zh: "处理人", en: "handler")
        case .inspector: LocalizedText(zh: "质检专员", en: "quality inspector")
        case .departmentHead: LocalizedText(zh: "部门主管", en: "department head")
        case .supervisor: LocalizedText(zh: "客服主管", en: "supervisor")
        case .dutyManager: LocalizedText(zh: "值班经理", en: "duty manager")
        case .manager: LocalizedText(zh: "管理层", en: "management")
        }
    }
}
