import Replication
import TicketModel
import TicketPolicy

extension HubAdministrator {
    /// A department by its name, or by what the policy calls it: people type what they read.
    ///
    /// - Throws: a refusal when the text can be no name; `StoreError`.
    func department(_ text: String?, in store: any HubReader) throws -> DepartmentID? {
        let known = try departments(in: store).first {
            $0.key == text || $0.label.zh == text || $0.label.en == text
        }
        return try name(known?.key ?? text, "--department")
    }

    /// A department that the policy does not know leads to a queue that nobody fills.
    func doubts(about department: DepartmentID?, in store: any HubReader) throws -> [AdminText] {
        let known = try departments(in: store).map(\.key)
        guard let department, !known.isEmpty, !known.contains(department.rawValue) else {
            return []
        }
        let names = known.joined(separator: ", ")
        return [
            AdminText(
                zh: "规则中没有部门 \(department)；现有：\(names)。",
                en: "The policy has no department \(department); it has: \(names).")
        ]
    }

    private func departments(in store: any HubReader) throws -> [Choice] {
        guard let policy = try store.policy() else { return [] }
        return (try? PolicyReader().profile(of: policy))?.departments ?? []
    }
}
