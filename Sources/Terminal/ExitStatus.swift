/// How a program of ours ends; scripts rely on the numbers.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    /// The command line is wrong.
    case usage = 2
    /// Refused or invalid: nothing was done, the message says why.
    case refused = 3
    /// No hub answers.
    case unreachable = 4
    /// The store cannot be read or written.
    case storageFault = 5

    /// The name in `--json`.
    package var name: String {
        switch self {
        case .done: "done"
        case .usage: "usage"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .storageFault: "storage_fault"
        }
    }
}
