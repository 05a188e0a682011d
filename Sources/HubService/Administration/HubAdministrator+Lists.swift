import Foundation
import Replication
import TicketModel

/// A list that may be longer than one answer.
package enum AdminList: String, Codable, Sendable {
    case invites
    case devices
    case staff
    case quarantined
}

extension AdminCommand {
    /// The list that the command asks for; nil for everything else.
    package var list: AdminList? {
        switch self {
        case .invites: .invites
        case .devices: .devices
        case .staff: .staff
        case .quarantined: .quarantined
        default: nil
        }
    }
}

extension AdminReply {
    /// The largest part of a list, encoded; one item alone may exceed it.
    package static let partByteCountMax = 512 * 1024

    /// The lists of several parts as one; nil when they are not parts of one list.
    package static func joined(_ parts: [AdminReply]) -> AdminReply? {
        var (invites, devices): ([InviteView], [DeviceView]) = ([], [])
        var (staff, quarantined): ([StaffRequest], [QuarantineView]) = ([], [])
        for part in parts {
            switch part {
            case .invites(let more): invites += more
            case .devices(let more): devices += more
            case .staff(let more): staff += more
            case .quarantined(let more): quarantined += more
            default: return nil
            }
        }
        switch parts.first {
        case .invites?: return .invites(invites)
        case .devices?: return .devices(devices)
        case .staff?: return .staff(staff)
        case .quarantined?: return .quarantined(quarantined)
        default: return nil
        }
    }
}

/// Lists, a part at a time: a running hub answers in one message, and others wait meanwhile.
extension HubAdministrator {
    /// Pieces of quarantined work that one part looks at.
    static var quarantinePartCountMax: Int { 64 }

    /// The part of a list behind the item with the key `after`; nil: the first.
    ///
    /// - Throws: `Refusal` when there is no such item any more, `StoreError`.
    func part(of list: AdminList, after key: String?) throws -> AdminReply {
        try store.read { reader in
            switch list {
            case .invites:
                let invites = try reader.invites().map(InviteView.init)
                return try part(of: invites, after: key, \.key) { .invites($0) }
            case .devices:
                let devices = try reader.devices().map(DeviceView.init)
                return try part(of: devices, after: key, \.device) { .devices($0) }
            case .staff:
                let staff = try reader.staff().map(StaffRequest.init)
                return try part(of: staff, after: key, \.staff) { .staff($0) }
            case .quarantined: return try quarantined(after: key, reader)
            }
        }
    }

    private func part<Item: Encodable>(
        of items: [Item], after key: String?, hasMore: Bool = false,
        _ keyOf: (Item) -> String, _ reply: ([Item]) -> AdminReply
    ) throws -> AdminReply {
        var rest = items[...]
        if let key {
            guard let index = items.firstIndex(where: { keyOf($0) == key }) else {
                throw hasChanged
            }
            rest = items[(index + 1)...]
        }
        var byteCount = 0
        let encoder = JSONEncoder()
        let fitting = try rest.prefix { item in
            byteCount += try encoder.encode(item).count + 1
            return byteCount <= AdminReply.partByteCountMax
        }
        let part = rest.prefix(max(fitting.count, 1))
        let isCut = part.count < rest.count || hasMore
        return .part(reply(Array(part)), next: isCut ? part.last.map(keyOf) : nil)
    }

    private func quarantined(after key: String?, _ reader: any HubReader) throws -> AdminReply {
        var last: OperationID?
        if let key {
            last = OperationID(hexadecimal: key)
            guard let last, try reader.quarantined(last) != nil else { throw hasChanged }
        }
        let countMax = Self.quarantinePartCountMax
        let work = try reader.quarantined(after: last, countMax: countMax + 1)
        let views = try work.prefix(countMax).map { try view($0, reader).shortened }
        return try part(of: views, after: nil, hasMore: work.count > countMax, \.operation) {
            .quarantined($0)
        }
    }

    private var hasChanged: Refusal {
        Refusal(
            zh: "列表在读取期间已变化；请重试。", en: "The list has changed meanwhile; try again.")
    }
}

extension QuarantineView {
    /// Changes that a list shows of one piece of work, and characters of each.
    private static let listedChangesCountMax = 16
    private static let listedCharactersCountMax = 200

    /// The work as a list shows it: long texts, and what follows many changes, end in `…`.
    var shortened: QuarantineView {
        var view = self
        view.changes = changes.prefix(Self.listedChangesCountMax).map { change in
            var change = change
            if let text = change.text, text.count > Self.listedCharactersCountMax {
                change.text = text.prefix(Self.listedCharactersCountMax) + "…"
            }
            return change
        }
        if changes.count > view.changes.count {
            view.changes.append(Change(kind: "…", field: nil, text: nil))
        }
        return view
    }
}
