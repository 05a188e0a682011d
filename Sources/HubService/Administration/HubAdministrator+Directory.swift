import Replication
import TicketModel
import Wire

/// The people and the policy go to every client in one message.
extension HubAdministrator {
    /// Refuses what has just made the directory larger than a client can be sent: nobody could work
    /// with this hub any more. The transaction must then be abandoned.
    ///
    /// - Throws: `Refusal`, `StoreError`.
    func checkDirectory(in store: any HubReader) throws {
        guard let policy = try store.policy() else { return }
        let people = try store.staff()
        let directory = Directory(
            staffVersion: try store.staffVersion(), staff: people, policy: policy)
        let byteCount = HubMessage.directory(directory).frameByteCount
        guard
            byteCount > Limits.frameByteCountMax
                || people.count > Limits.directoryPeopleCountMax
        else { return }
        let (countMax, byteCountMax) = (
            Limits.directoryPeopleCountMax, Limits.frameByteCountMax
        )
        throw Refusal(
            zh: "人员与规则合计 \(people.count) 人、\(byteCount) 字节，最多 \(countMax) 人、"
                + "\(byteCountMax) 字节，否则客户端无法获取。请缩短姓名、电话、外出备注"
                + "（loopdesk-hub staff add），或载入更短的规则（loopdesk-hub policy load）。",
            en: "People and policy would be \(people.count) people in \(byteCount) bytes; clients "
                + "can be sent \(countMax) in \(byteCountMax). Shorten names, phones or notes of "
                + "absences (loopdesk-hub staff add), or load a shorter policy (policy load).")
    }

    func checkLengths(of request: StaffRequest) throws {
        let texts = [
            ("--name", request.name, Limits.personNameByteCountMax),
            ("--phone", request.phone, Limits.phoneByteCountMax),
        ]
        for (option, text, byteCountMax) in texts where text.utf8.count > byteCountMax {
            throw Refusal(
                zh: "\(option) 最多 \(byteCountMax) 字节，现为 \(text.utf8.count) 字节。",
                en: "\(option) takes at most \(byteCountMax) bytes, not \(text.utf8.count).")
        }
    }
}
