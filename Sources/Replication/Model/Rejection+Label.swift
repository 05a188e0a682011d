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
        case .staleClose: field(named: rejection.detail).map(label)
        case .missingField: labels(ofFieldsNamed: rejection.detail)
        default: nil
        }
    }

    private func label(of field: FieldID) -> LocalizedText {
        LocalizedText(zh: label(of: field, .zh), en: label(of: field, .en))
    }

    /// Each with its name, by which it is given.
    private func labels(ofFieldsNamed names: String) -> LocalizedText {
        let fields = names.split(separator: " ").map { name in
            let label = field(named: name).map(label)
            return (
                zh: label.map { "\($0.zh)（\(name)）" } ?? String(name),
                en: label.map { $0.en == name ? $0.en : "\($0.en) (\(name))" } ?? String(name)
            )
        }
        return LocalizedText(
            zh: fields.map(\.zh).joined(separator: "、"),
            en: fields.map(\.en).joined(separator: ", "))
    }
}
