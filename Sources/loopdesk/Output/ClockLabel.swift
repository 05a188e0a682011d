import Terminal
import TicketModel
import TicketPolicy

extension Profile {
    /// What people call a promise. One that a former policy made is called by its name alone, and
    /// said to be of the past: it ends by itself (domain.md T6).
    func clockLabel(_ name: String, _ language: Language) -> String {
        clock(named: name)?.label[language]
            ?? language.choose(zh: "\(name)（规则已取消）", en: "\(name) (no longer in the policy)")
    }
}
