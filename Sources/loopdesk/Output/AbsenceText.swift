import FoundationEssentials
import Replication
import Terminal
import TicketModel

/// An absence for people (domain.md G30).
struct AbsenceText {
    let language: Language
    let now: Timestamp

    /// `away until 18:00 → C08`; nobody is named who does not stand in.
    func until(_ absence: Absence, _ standIn: StaffRecord?) -> String {
        let until = TimestampText.short(
            absence.until, now: now, zone: .current, language: language)
        return language.choose(zh: "外出至 \(until)", en: "away until \(until)") + arrow(standIn)
    }

    /// `away from 9:00 until 18:00 → C08`, for what is to come.
    func ahead(_ absence: Absence) -> String {
        let short = { (time: Timestamp) in
            TimestampText.short(time, now: now, zone: .current, language: language)
        }
        let (from, until) = (short(absence.from), short(absence.until))
        let substitute = absence.substitute.map { " → \(printable($0.rawValue))" } ?? ""
        return language.choose(
            zh: "\(from) 起外出至 \(until)", en: "away from \(from) until \(until)") + substitute
    }

    private func arrow(_ standIn: StaffRecord?) -> String {
        standIn.map { " → \(printable($0.staff.rawValue))" } ?? ""
    }
}
