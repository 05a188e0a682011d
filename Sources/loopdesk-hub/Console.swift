import Foundation
import HubService
import Terminal
import TicketModel

/// Where a command prints, in which language and in which form.
struct Console {
    var language: Language
    var isJSON: Bool

    init(language: Language, isJSON: Bool) {
        self.language = language
        self.isJSON = isJSON
    }

    /// For errors that come before or without parsed options.
    init(arguments: [String]) {
        isJSON = arguments.contains("--json")
        var chosen: Language?
        for (index, argument) in arguments.enumerated() {
            if argument == "--lang", index + 1 < arguments.count {
                chosen = Language(rawValue: arguments[index + 1])
            } else if argument.hasPrefix("--lang=") {
                chosen = Language(rawValue: String(argument.dropFirst(7)))
            }
        }
        language = chosen ?? Language(environment: processEnvironment)
    }

    /// A line for people; nothing under `--json`.
    func say(zh: @autoclosure () -> String, en: @autoclosure () -> String) {
        guard !isJSON else { return }
        print(language.choose(zh: zh(), en: en()))
    }

    /// The result for scripts; nothing without `--json`.
    func emit(_ value: @autoclosure () -> JSONValue) {
        guard isJSON else { return }
        print(value().text(pretty: true))
    }

    /// A table for people; nothing under `--json`.
    func show(_ table: Table) {
        guard !isJSON else { return }
        let stream = StandardStream.output
        let painter = Painter(
            mode: .auto, environment: processEnvironment, isTerminal: stream.isTerminal)
        let width =
            stream.isTerminal
            ? columnCount(reported: stream.reportedColumnCount, environment: processEnvironment)
            : nil
        for line in table.lines(columnCount: width, painter: painter) { print(line) }
    }

    /// The reason of a failure on the error stream, as text or as one JSON object.
    func report(_ failure: HubFailure) {
        let message = text(failure.text)
        guard isJSON else { return Self.writeError("loopdesk-hub: " + message) }
        let value: JSONValue = [
            "error": ["status": .string(failure.status.name), "message": .string(message)]
        ]
        Self.writeError(value.text())
    }

    func text(_ text: AdminText) -> String { language.choose(zh: text.zh, en: text.en) }

    static func writeError(_ text: String) {
        let line = text.hasSuffix("\n") ? text : text + "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
