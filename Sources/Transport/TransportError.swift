import CZeroMQ
import Glibc

/// Why the transport could not do what it was asked.
///
/// A code exists only where some caller reacts to it (style.md 16). The message is one sentence for
/// the operator and ends with the remedy; the cause is the `errno` value, when there was one.
package struct TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller may react to.
    package enum Code: String, Sendable {
        /// Another socket, or another hub of this process, owns the address.
        case addressInUse
        /// The endpoint text or the local path cannot be used.
        case invalidEndpoint
        /// A key is not 32 bytes, or its Z85 text is not 40 characters.
        case invalidKey
        /// The start-up self-test saw a stranger's key accepted, or no decision in time.
        case authenticationNotEnforced
        /// Nothing listens on the local path.
        case nobodyListens
        /// Somebody listens on the local path but did not answer in time.
        case noAnswerInTime
        /// The local socket's directory is open to other users, or its path is not a socket.
        case unsafeLocalPath
        /// A frame is larger than the hub takes.
        case frameTooLarge
        /// The transport was closed.
        case closed
        /// Threads, descriptors or sockets ran out.
        case resourcesExhausted
        /// Any other failure of libzmq or of the kernel.
        case unexpected
    }

    /// What a caller may react to.
    package let code: Code
    /// One sentence for the operator, ending with the remedy.
    package let message: String
    /// The `errno` value behind it, if any.
    package let causeErrno: Int32?

    /// Makes an error with its sentence and cause.
    package init(_ code: Code, _ message: String, causeErrno: Int32? = nil) {
        self.code = code
        self.message = message
        self.causeErrno = causeErrno
    }

    /// The message, and the cause in the system's words.
    package var description: String {
        guard let causeErrno else { return message }
        return "\(message) (\(String(cString: zmq_strerror(causeErrno))))"
    }

    /// Reads `zmq_errno()`, so it must be called directly after the call that failed.
    static func last(_ action: String) -> TransportError {
        let cause = zmq_errno()
        switch cause {
        case EADDRINUSE:
            return TransportError(
                .addressInUse, "\(action): the address is taken; stop its owner or choose another",
                causeErrno: cause)
        case EINVAL, ENODEV, EADDRNOTAVAIL, EPROTONOSUPPORT, ENAMETOOLONG, ENOENT:
            return TransportError(
                .invalidEndpoint, "\(action): the address cannot be used here; check its spelling",
                causeErrno: cause)
        case EMFILE, ENFILE, ENOMEM, EAGAIN:
            return TransportError(
                .resourcesExhausted, "\(action): out of descriptors or memory; raise the limits",
                causeErrno: cause)
        case ETERMINATED:
            return TransportError(
                .closed, "\(action): the messaging context was shut down", causeErrno: cause)
        default:
            return TransportError(
                .unexpected, "\(action) failed; report it with the cause", causeErrno: cause)
        }
    }
}

/// libzmq's own error numbers start here (zmq.h); the header's macros are expressions that Swift
/// does not import.
private let errorNumberBase: Int32 = 156_384_712
/// ETERM: the context was shut down.
let ETERMINATED: Int32 = errorNumberBase + 53
