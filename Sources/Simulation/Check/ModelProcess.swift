import Replication
import TicketModel

/// The process of the unified policy, as the manuals tell it and not as the product computes it
/// (domain.md A8, A11): whose answer counts, and what has to wait for which.
struct ModelProcess {
    let body: IntentBody
    let roles: Set<Role>
    let ticket: ModelTicket?

    private static let leaders: Set<Role> = [
        .departmentHead, .supervisor, .dutyManager, .manager,
    ]
    private static let askers: Set<Role> = [.clerk, .supervisor, .dutyManager, .manager]
    private static let exchangers: Set<Role> = [.supervisor, .manager]

    /// Whose answer it can be.
    private static func answering(_ answer: String) -> Set<Role> {
        if answer.hasPrefix("customer ") { return askers }
        return answer.hasPrefix("exchange ") ? exchangers : leaders
    }

    /// - Throws: `ModelRefusal`.
    func check() throws {
        for change in body.changes { try check(change) }
        guard let ticket else { return }
        if body.act == .verdict, ticket.name(.kind) != "suggestion" {
            throw ModelRefusal(.wrongKind)
        }
        let isComplaint = ticket.name(.kind) == "complaint"
        if isClosing, !ticket.hasContentCustomer { throw ModelRefusal(.approvalMissing) }
        guard isComplaint else { return }
        let isExchange = ticket.name(.category) == "product" && ticket.isUrgent
        let answers = ["plan", "customer"] + (isExchange ? ["exchange"] : [])
        if isResolving, !answers.allSatisfy({ ticket.isApproved($0, .plan) }) {
            throw ModelRefusal(.approvalMissing)
        }
        if isClosing || isVerifying, !ticket.isApproved("solution", .resolution) {
            throw ModelRefusal(.approvalMissing)
        }
    }

    /// A class is audited by an inspector or from a manager up, and the answer of a step comes from
    /// those whom the policy names.
    private func check(_ change: Change) throws {
        switch change {
        case .write(.classStage, .integer(3)):
            let isAudited = ticket?.values[.classStage]?.value == .integer(3)
            let mayAudit = !roles.isDisjoint(with: Self.leaders.union([.inspector]))
            guard isAudited || mayAudit else { throw ModelRefusal(.unauthorised) }
        case .add(.approvals, .text(let answer)):
            guard !roles.isDisjoint(with: Self.answering(answer)) else {
                throw ModelRefusal(.unauthorised)
            }
        default: return
        }
    }

    private var isClosing: Bool { body.act == .close || body.changes.contains(.close) }
    private var isResolving: Bool {
        body.act == .resolve || body.changes.contains(.write(.status, .integer(5)))
    }
    private var isVerifying: Bool { body.act == .verify && !body.bringsNo }
}

extension IntentBody {
    /// Whether the customer says that it is not solved, or who reviews it that it is not.
    var bringsNo: Bool {
        changes.contains { change in
            switch change {
            case .comment(.unsolved, _, _, _): true
            case .add(.approvals, .text(let answer)): answer.contains(" rejected ")
            default: false
            }
        }
    }
}

extension ModelTicket {
    /// Whether it is of the class that nothing comes before.
    var isUrgent: Bool { values[.priority]?.value == .integer(3) }

    /// Whether everybody who answered the value that is shown agreed to it, and somebody did.
    func isApproved(_ step: String, _ field: FieldID) -> Bool {
        guard let subject = values[field]?.origin.operation else { return false }
        let answers = (elements[.approvals] ?? [:]).filter { !$0.value.isEmpty }.keys
        return answers.contains(.text("\(step) approved \(subject)"))
            && !answers.contains(.text("\(step) rejected \(subject)"))
    }

    /// Whether the customer's last word on the solution that is shown was a good one.
    var hasContentCustomer: Bool {
        guard let solution = values[.resolution]?.origin else { return false }
        let words = comments.values.compactMap { words -> (Origin, Bool)? in
            switch words.kind {
            case .verified: (words.origin, true)
            case .unsolved: (words.origin, false)
            default: nil
            }
        }
        let said =
            words
            + ratings.values.compactMap { answer in
                answer.isContent.map { (answer.origin, $0) }
            }
        return said.filter { $0.0.isAfter(solution) }.max { $1.0.isAfter($0.0) }?.1 ?? false
    }
}
