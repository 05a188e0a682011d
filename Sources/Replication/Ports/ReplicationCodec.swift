import TicketModel

/// Turns what is stored and hashed into bytes and back. `Wire` implements it; the machines and the
/// stores know no format.
///
/// Decoding accepts what this and older versions encoded, and keeps what a newer one added.
package protocol ReplicationCodec: Sendable {
    /// The bytes that are hashed and signed; called once, by the author.
    func encode(_ body: IntentBody) -> [UInt8]
    /// Reads a body; nil when the bytes are not one, or break a limit of `Limits`.
    func decodeBody(_ bytes: [UInt8]) -> IntentBody?
    func encode(_ entry: LogEntry) -> [UInt8]
    /// - Throws: `CodecError` when the bytes are not a log entry.
    func decodeEntry(_ bytes: [UInt8]) throws -> LogEntry
    func encode(_ ticket: Ticket) -> [UInt8]
    /// - Throws: `CodecError` when the bytes are not a ticket.
    func decodeTicket(_ bytes: [UInt8]) throws -> Ticket
    func encode(_ context: CausalContext) -> [UInt8]
    /// - Throws: `CodecError` when the bytes are not a context.
    func decodeContext(_ bytes: [UInt8]) throws -> CausalContext
    func encode(_ disposition: Disposition) -> [UInt8]
    /// - Throws: `CodecError` when the bytes are not a disposition.
    func decodeDisposition(_ bytes: [UInt8]) throws -> Disposition
}

/// Bytes that cannot be read as what they should be.
package struct CodecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong, in a sentence.
    package var description: String

    package init(_ description: String) { self.description = description }
}
