import Replication
import Wire

/// Values as bytes and back.
enum Encoding {
    static let codec = ProtobufCodec()

    static func check<Value: Equatable>(
        _ value: Value, _ encode: (Value) -> [UInt8], _ decode: ([UInt8]) throws -> Value?
    ) throws {
        let bytes = encode(value)
        guard let read = try decode(bytes), read == value else {
            throw LawViolation("\(value) does not read back")
        }
        guard encode(read) == bytes else { throw LawViolation("\(value) has two encodings") }
    }
}
