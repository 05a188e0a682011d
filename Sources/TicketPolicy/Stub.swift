// STUB until the policy branch lands.
import TicketModel

package struct Profile: Sendable, Equatable {
    package var zone: String = "Asia/Shanghai"
    package func missingFields(for fields: [FieldID: FieldValue]) -> [FieldID] { [] }
    package func problem(of field: FieldID, value: FieldValue) -> String? { nil }
    package func mergePolicy(of field: FieldID) -> MergePolicy { MergePolicy.builtIn(field) }
    package func name(of field: FieldID) -> String { "\(field.rawValue)" }
    package func allows(_ act: Act, roles: Set<Role>) -> Bool { true }
    package func recipients(ofLevel level: Int64) -> [Role] { [] }
    package func reactions(
        to act: Act, before: Ticket?, after: Ticket, at now: Timestamp
    ) -> [Reaction] { [] }
    package func reactions(
        toTimer key: TimerKey, on ticket: Ticket, at now: Timestamp
    ) -> [Reaction] { [] }
    package struct Escalation: Equatable, Sendable {
        package var level: Int64; package var clock: String; package var reason: String;
        package var recipients: [Role]; package var key: TimerKey; package var isLate: Bool
    }
}
package enum Reaction: Equatable, Sendable {
    case route(department: DepartmentID, cooperating: [DepartmentID], rule: String)
    case clock(ClockState)
    case schedule(TimerKey, at: Timestamp)
    case cancel(TimerKey)
    case escalate(Profile.Escalation)
    case warn(Profile.Escalation)
}
extension Profile { package init(yaml: String, file: String) throws {} }
