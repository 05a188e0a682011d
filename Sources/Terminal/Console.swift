import Foundation
import TicketModel

/// Where a command prints, in which language and in which form.
package struct Console: Sendable {
    package var language: Language
    /// Whether results are printed for scripts instead of for people.
    package var isJSON: Bool
    package var color: ColorMode
    let environment: [String: String]

    package init(
        language: Language, isJSON: Bool, color: ColorMode = .auto, environment: [String: String]
    ) {
        self.language = language
        self.isJSON = isJSON
        self.color = color
        self.environment = environment
    }

    /// For what comes before parsed options: the language and the form that the raw arguments ask
    /// for, else those of the environment.
    package init(arguments: [String], environment: [String: String]) {
        var chosen: Language?
        for (index, argument) in arguments.enumerated() {
            if argument == "--lang", index + 1 < arguments.count {
                chosen = Language(rawValue: arguments[index + 1])
            } else if argument.hasPrefix("--lang=") {
                chosen = Language(rawValue: String(argument.dropFirst(7)))
            }
        }
        self.init(
            language: chosen ?? Language(environment: environment),
            isJSON: arguments.contains("--json"), environment: environment)
    }

    /// A line for people; nothing under `--json`.
    package func say(zh: @autoclosure () -> String, en: @autoclosure () -> String) {
        guard !isJSON else { return }
        Self.write(language.choose(zh: zh(), en: en()) + "\n")
    }

    /// The result for scripts; nothing without `--json`.
    package func emit(_ value: @autoclosure () -> JSONValue) {
        guard isJSON else { return }
        Self.write(value().text(pretty: true) + "\n")
    }

    /// A table for people; nothing under `--json`.
    package func show(_ table: Table) {
        guard !isJSON else { return }
        let lines = table.lines(columnCount: outputColumnCount, painter: painter)
        Self.write(lines.map { $0 + "\n" }.joined())
    }

    /// Colours the standard output, or leaves it plain.
    package var painter: Painter {
        Painter(
            mode: color, environment: environment, isTerminal: StandardStream.output.isTerminal)
    }

    /// The width of the terminal; nil when the output goes elsewhere and nothing should be cut.
    package var outputColumnCount: Int? {
        let stream = StandardStream.output
        guard stream.isTerminal else { return nil }
        return columnCount(reported: stream.reportedColumnCount, environment: environment)
    }

    /// A failure on the error stream: as `program: message`, or as one JSON object whose `error`
    /// has the exit status' name, the message and `details`.
    package func report(
        _ message: String, status: ExitStatus, program: String,
        details: [JSONValue.Member] = []
    ) {
        guard isJSON else { return Self.writeError("\(program): \(message)") }
        let members = [
            JSONValue.Member("status", .string(status.name)),
            JSONValue.Member("message", .string(message)),
        ]
        let value: JSONValue = ["error": .object(members + details)]
        Self.writeError(value.text())
    }

    /// Writes to the standard output at once: who reads a pipe sees whole lines in order.
    ///
    /// Where nothing can be written the program ends with a storage fault: a script must not take
    /// half of a result for all of it.
    package static func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            writeError("the output cannot be written")
            exit(ExitStatus.storageFault.rawValue)
        }
    }

    /// Writes a line to the standard error stream.
    package static func writeError(_ text: String) {
        let line = text.hasSuffix("\n") ? text : text + "\n"
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }
}
