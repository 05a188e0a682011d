import Foundation

/// What tests need of an event.
struct EventOutput: Decodable, Hashable {
    let id: String
    let sequence: Int
    let number: String
    let level: Int

    /// The whole lines of an output that may have been cut off.
    static func lines(_ output: String) throws -> [EventOutput] {
        guard let end = output.lastIndex(of: "\n") else { return [] }
        return try output[..<end].split(separator: "\n").map {
            try JSONDecoder().decode(EventOutput.self, from: Data($0.utf8))
        }
    }
}
