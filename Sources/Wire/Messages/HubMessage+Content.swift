import Foundation
import Replication
import Sodium
import SwiftProtobuf
import TicketModel

/// The most items of one page; the byte limit is reached long before.
private let pageItemsCountMax = 16_384

extension Loopdesk_V1_Page {
    init(_ page: EncodedPage) {
        self.init()
        epoch = Data(page.epoch.bytes)
        from = page.from
        to = Loopdesk_V1_Position(page.to, proof: page.toProof)
        items = page.items.map(Loopdesk_V1_PageItem.init)
        head = page.head
        more = page.hasMore
        durableSequence = page.durableSequence
    }

    func value() throws(CodecError) -> EncodedPage {
        try check(items.count, atMost: pageItemsCountMax, "items")
        var page = EncodedPage(
            epoch: try EpochID(wire: epoch, "epoch"), from: from, to: try to.value(),
            items: try map(items) { (item) throws(CodecError) in try item.value() }, head: head,
            hasMore: more)
        page.toProof = try proof(to.proof)
        page.durableSequence = durableSequence
        return page
    }
}

extension Loopdesk_V1_PageItem {
    init(_ item: EncodedPageItem) {
        self.init()
        switch item {
        case .delta(let entry):
            delta = Data(entry.bytes)
            proof = Data(entry.proof)
        case .enter(let entry, let ticket, let history):
            enter = .with {
                $0.entry = Data(entry.bytes)
                $0.ticket = Data(ticket)
                $0.history = history.map(Loopdesk_V1_Witness.init)
            }
            proof = Data(entry.proof)
        case .leave(let sequence, let ticket, let number):
            leave = .with {
                $0.sequence = sequence
                $0.ticket = Data(ticket.bytes)
                $0.number = number
            }
        case .verdict(let sequence, let ticket, let operation, let disposition):
            verdict = .with {
                $0.sequence = sequence
                $0.ticket = Data(ticket.bytes)
                $0.operation = Data(operation.bytes)
                $0.disposition = Loopdesk_V1_Disposition(disposition)
            }
        }
    }

    func value() throws(CodecError) -> EncodedPageItem {
        switch kind {
        case .delta(let bytes):
            return .delta(EncodedEntry(Array(bytes), proof: try Wire.proof(proof)))
        case .enter(let enter):
            return .enter(
                EncodedEntry(Array(enter.entry), proof: try Wire.proof(proof)),
                ticket: Array(enter.ticket),
                history: try map(enter.history) { (past) throws(CodecError) in try past.value() })
        case .leave(let leave):
            return .leave(
                sequence: leave.sequence, ticket: try TicketID(wire: leave.ticket, "ticket"),
                number: leave.number)
        case .verdict(let verdict):
            return .verdict(
                sequence: verdict.sequence, ticket: try TicketID(wire: verdict.ticket, "ticket"),
                operation: try OperationID(wire: verdict.operation, "operation"),
                disposition: try verdict.disposition.value())
        case nil: throw CodecError("a page item that this version does not know; upgrade")
        }
    }
}

extension Loopdesk_V1_Directory {
    init(_ directory: Directory) {
        self.init()
        staffVersion = directory.staffVersion
        staff = directory.staff.map { person in
            .with {
                $0.staff = person.staff.rawValue
                $0.name = person.name
                $0.roles = person.roles.map(\.rawValue).sorted()
                $0.store = person.store?.rawValue ?? ""
                $0.department = person.department?.rawValue ?? ""
                $0.phone = person.phone
                $0.active = person.isActive
                if let absence = person.absence { $0.absence = Loopdesk_V1_Absence(absence) }
            }
        }
        policyVersion = UInt32(clamping: directory.policy.version)
        policyYaml = directory.policy.yaml
        policyLoadedAt = directory.policy.loadedAt.milliseconds
    }

    func value() throws(CodecError) -> Directory {
        try check(staff.count, atMost: Limits.directoryPeopleCountMax, "people")
        return Directory(
            staffVersion: staffVersion,
            staff: try map(staff) { (person) throws(CodecError) in
                StaffRecord(
                    staff: try StaffID(wire: person.staff, "staff"), name: person.name,
                    roles: Set(person.roles.compactMap(Role.init(rawValue:))),
                    store: try name(person.store, "store"),
                    department: try name(person.department, "department"), phone: person.phone,
                    isActive: person.active,
                    absence: person.hasAbsence ? try person.absence.value() : nil)
            },
            policy: PolicyRecord(
                version: Int(policyVersion), yaml: policyYaml,
                loadedAt: Timestamp(milliseconds: policyLoadedAt)))
    }
}

extension Loopdesk_V1_Absence {
    init(_ absence: Absence) {
        self.init()
        from = absence.from.milliseconds
        until = absence.until.milliseconds
        substitute = absence.substitute?.rawValue ?? ""
        note = absence.note
    }

    func value() throws(CodecError) -> Absence {
        guard from < until else { throw CodecError("an absence that ends before it begins") }
        try check(note.utf8.count, atMost: Absence.noteByteCountMax, "bytes of a note")
        return Absence(
            from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until),
            substitute: try name(substitute, "substitute"), note: note)
    }
}
