import HubService
import Replication
import StoreSupport
import Terminal
import TicketModel
import TicketPolicy
import Transport

/// The one error that ends a command: what to tell the operator, and the exit status.
struct HubFailure: Error {
    var status: ExitStatus
    var text: AdminText
    /// More for scripts, inside `error`.
    var details: [JSONValue.Member] = []

    init(_ status: ExitStatus, zh: String, en: String) {
        self.init(status, AdminText(zh: zh, en: en))
    }

    init(_ status: ExitStatus, _ text: AdminText) {
        self.status = status
        self.text = text
    }

    /// What another module's error means for the operator; nil for a command line that is wrong.
    init?(_ error: any Error) {
        switch error {
        case let failure as HubFailure: self = failure
        case let refusal as HubAdministrator.Refusal: self.init(.refused, refusal.text)
        case let error as StoreError: self.init(.storageFault, plain: error.message)
        case let error as ProfileError: self.init(error)
        case let error as TransportError: self.init(Self.status(of: error), plain: "\(error)")
        case let error as FileFailure: self.init(.storageFault, plain: error.message)
        default: return nil
        }
    }

    /// What is wrong with a policy file; for scripts one by one.
    private init(_ error: ProfileError) {
        self.init(.refused, zh: error.text(.zh), en: error.text(.en))
        details = [.init("problems", .array(error.problems.map(\.json)))]
    }

    private init(_ status: ExitStatus, plain: String) {
        self.init(status, zh: plain, en: plain)
    }

    private static func status(of error: TransportError) -> ExitStatus {
        switch error.code {
        case .nobodyListens, .noAnswerInTime: .unreachable
        case .addressInUse, .invalidEndpoint, .unsafeLocalPath, .invalidKey, .frameTooLarge:
            .refused
        case .authenticationNotEnforced, .closed, .resourcesExhausted, .unexpected: .storageFault
        }
    }
}

extension ProfileProblem {
    fileprivate var json: JSONValue {
        [
            "file": .string(file), "line": .integer(Int64(line)),
            "column": .integer(Int64(column)), "message": text(message),
            "remedy": text(remedy),
        ]
    }

    private func text(_ text: LocalizedText) -> JSONValue {
        ["zh": .string(text.zh), "en": .string(text.en)]
    }
}
