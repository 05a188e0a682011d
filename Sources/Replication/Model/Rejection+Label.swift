import TicketModel
import TicketPolicy

extension Profile {
    /// What people call what a refusal is about, where it is a word of the policy: an approval
    /// step, a kind of ticket.
    ///
    /// - Parameter act: what was refused, if that is known: the name of a step may be that of an
    ///   act too.
    package func label(of rejection: Rejection, in act: Act?) -> LocalizedText? {
        switch rejection.code {
        case .approvalMissing: approvalStep(named: rejection.detail)?.label
        case .unauthorised where act == .approve: approvalStep(named: rejection.detail)?.label
        case .wrongKind: kinds.first { $0.key == rejection.detail }?.label
        default: nil
        }
    }
}
