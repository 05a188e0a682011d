import HubService
import Terminal

extension Console {
    /// The reason of a failure on the error stream, as text or as one JSON object.
    func report(_ failure: HubFailure) {
        report(
            text(failure.text), status: failure.status, program: "loopdesk-hub",
            details: failure.details)
    }

    func text(_ text: AdminText) -> String { language.choose(zh: text.zh, en: text.en) }
}
