import Foundation
import Replication
import SwiftProtobuf
import TicketModel

extension Loopdesk_V1_Disposition {
    init(_ disposition: Disposition) {
        self.init()
        outcome = UInt32(disposition.outcome.rawValue)
        if let refused = disposition.rejection {
            rejection = UInt32(refused.code.rawValue)
            detail = refused.detail
        }
        notes = disposition.notes.map { note in
            .with {
                $0.changeIndex = UInt32(clamping: note.changeIndex)
                $0.outcome = UInt32(note.outcome.rawValue)
                $0.field = note.field?.rawValue ?? 0
                $0.detail = note.detail
            }
        }
    }
}
