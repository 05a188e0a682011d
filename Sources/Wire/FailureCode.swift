/// Why a request was not answered with what it asked for. Raw values are wire values: never reused,
/// only reserved.
package enum FailureCode: UInt32, CaseIterable, Sendable {
    /// The frame or its body cannot be read.
    case malformed = 1
    /// No common protocol version.
    case unsupportedProtocol = 2
    /// The hub's log is another life than the request speaks of.
    case epochChanged = 3
    /// Intents before this batch are missing; `counter` says from where.
    case need = 4
    /// The hub knows other content at `counter`.
    case fork = 5
    case badSignature = 6
    case revoked = 7
    case unknownDevice = 8
    case inviteUsed = 9
    case inviteExpired = 10
    case inviteUnknown = 11
    /// Try again after the time given; nothing was taken.
    case busy = 12
    case tooLarge = 13
    /// The connection has not said hello.
    case notHello = 14
    case `internal` = 15
    /// This peer may not ask that.
    case notAllowed = 16
    /// A code of a newer version.
    case unknown = 0
}
