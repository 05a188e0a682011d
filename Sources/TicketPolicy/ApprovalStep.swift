import TicketModel

/// One approval that a policy asks for (domain.md A8): whose, of what, and what it holds up.
package struct ApprovalStep: Hashable, Sendable {
    /// The name in files, flags and tickets.
    package var key: String
    /// What people call it.
    package var label: LocalizedText
    /// What is approved: the plan or the solution. An answer holds for the version that it saw.
    package var subject: FieldID
    /// Whose answer counts.
    package var roles: Set<Role>
    /// What may not be done before.
    package var before: Set<Act>
    /// Per field, the values for which it is asked for; empty for every ticket.
    package var conditions: [FieldID: Set<FieldValue>]

    /// Whether tickets like this one need it.
    package func concerns(_ ticket: Ticket) -> Bool { ticket.fits(conditions) }
}

/// After how many failed verifications who takes over (domain.md E5, X8).
package struct VerificationCap: Hashable, Sendable {
    /// The manual's number (003).
    package static let attemptsDefault = 3
    /// More than any customer bears.
    static let attemptsMax: Int64 = 100
    /// What messages call it where others name the clock.
    package static let name = "verification"
    /// What people call what happened.
    package static let label = LocalizedText(zh: "客户验证未通过", en: "verification failed")

    /// At least 1.
    package var attempts: Int
    /// The level of escalation that is reached.
    package var level: Int64
    /// What may not be done before the customer has called it solved (domain.md H6).
    package var before: Set<Act>
}

extension Profile {
    /// Whether `act` has to wait until the customer agrees (domain.md H5, H6).
    package func lacksConsent(before act: Act, on ticket: Ticket) -> Bool {
        verificationCap.before.contains(act) && !ticket.isConsented
    }

    /// The first approval that `ticket` lacks before `act`; nil when nothing is in the way.
    package func missingApproval(before act: Act, on ticket: Ticket) -> ApprovalStep? {
        approvalSteps.first {
            $0.before.contains(act) && $0.concerns(ticket)
                && ticket.approval($0.key, of: $0.subject) != .approved
        }
    }

    /// The step of this name; nil if there is none.
    package func approvalStep(named key: some StringProtocol) -> ApprovalStep? {
        approvalSteps.first { $0.key == key }
    }

    /// The answers that `ticket` waits for, in the order of the file: steps whose subject is there
    /// and has no answer.
    package func openApprovals(of ticket: Ticket) -> [ApprovalStep] {
        approvalSteps.filter { step in
            step.concerns(ticket) && ticket.registers[step.subject]?.value.isEmpty == false
                && ticket.approval(step.key, of: step.subject) == nil
        }
    }

    static let planKinds = [
        Choice(
            key: PlanKind.immediate.rawValue,
            label: LocalizedText(zh: "即时修复", en: "immediate fix")),
        Choice(key: PlanKind.iteration.rawValue, label: LocalizedText(zh: "优化迭代", en: "iteration")),
        Choice(key: PlanKind.external.rawValue, label: LocalizedText(zh: "外部协调", en: "external")),
    ]

    static let verdicts = [
        Choice(
            key: SuggestionVerdict.adopted.rawValue, label: LocalizedText(zh: "采纳", en: "adopted")),
        Choice(
            key: SuggestionVerdict.notAdopted.rawValue,
            label: LocalizedText(zh: "不采纳", en: "not adopted")),
        Choice(
            key: SuggestionVerdict.furtherStudy.rawValue,
            label: LocalizedText(zh: "需进一步研究", en: "needs further study")),
    ]

    /// What lists say of a case that waits.
    package func pauseLabel(of reason: PauseReason) -> LocalizedText {
        switch reason {
        case .customer: LocalizedText(zh: "等待客户", en: "waits: customer")
        case .supplier: LocalizedText(zh: "等待供应商", en: "waits: supplier")
        }
    }

    static let pauseReasons = [
        Choice(
            key: PauseReason.customer.rawValue, label: LocalizedText(zh: "等待客户", en: "customer")),
        Choice(
            key: PauseReason.supplier.rawValue, label: LocalizedText(zh: "等待供应商", en: "supplier")),
    ]
}
