import HubService
import Replication
import StoreSupport
import Terminal
import TicketPolicy
import Transport

/// The one error that ends a command: what to tell the operator, and the exit status.
struct HubFailure: Error {
    var status: ExitStatus
    var text: AdminText

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
        case let error as ProfileError: self.init(.refused, plain: error.description)
        case let error as TransportError: self.init(Self.status(of: error), plain: "\(error)")
        case let error as FileFailure: self.init(.storageFault, plain: error.message)
        default: return nil
        }
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
