import Foundation
import HubService
import Terminal
import TicketModel
import TicketPolicy

extension Console {
    /// Prints what was done.
    ///
    /// - Throws: `HubFailure` when the reply is of another kind.
    func confirm(_ reply: AdminReply) throws {
        guard case .done(let text) = reply else { throw unexpected(reply) }
        say(zh: text.zh, en: text.en)
        emit(["done": .string(self.text(text))])
    }

    /// Says on the error stream which calendars lack the holidays of the time to come.
    func warnOfCalendars(of profile: Profile) {
        for calendar in profile.calendarsToRenew(at: .now) {
            let text = calendar.renewal
            Console.writeError(language.choose(zh: "注意：" + text.zh, en: "Note: " + text.en))
        }
    }
}

extension WorkingCalendar {
    /// For `--json`: when its dates end, ISO 8601 in its own zone; nil for one without dates.
    var datesEndAt: String? {
        knownUntil.map {
            TimestampText.iso8601($0, zone: WorkingCalendar.timeZone(named: zone) ?? .gmt)
        }
    }
}

/// A reply of the wrong kind: the hub that runs is another version.
func unexpected(_ reply: AdminReply) -> HubFailure {
    HubFailure(
        .refused, zh: "正在运行的 Hub 给出了意外的答复；请重启它。",
        en: "The running hub gave an unexpected answer; restart it.")
}

/// An instant for `--json`: ISO 8601 in the local zone, or null.
func jsonTime(_ milliseconds: Int64?) -> JSONValue {
    JSONValue(
        milliseconds.map {
            TimestampText.iso8601(Timestamp(milliseconds: $0), zone: .current)
        })
}

/// An instant for people.
func shortTime(_ milliseconds: Int64, _ language: Language) -> String {
    TimestampText.short(
        Timestamp(milliseconds: milliseconds), now: .now, zone: .current, language: language)
}
