import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

extension HubConnection {
    func epoch() throws -> EpochID {
        if let epoch = store.caches.epoch { return epoch }
        guard let epoch = try sql.first("SELECT epoch FROM hub", read: { $0.blob(0) }),
            let id = EpochID(bytes: epoch)
        else { throw damaged("the epoch") }
        store.caches.epoch = id
        return id
    }

    func head() throws -> LogPosition {
        if let head = store.caches.head { return head }
        let head = try sql.first("SELECT head_sequence, head_hash FROM hub") { row in
            LogPosition(sequence: row.sequence(0), hash: try digest(row.blob(1)))
        }
        guard let head else { throw damaged("the head") }
        store.caches.head = head
        return head
    }

    func position(at sequence: UInt64) throws -> LogPosition? {
        if sequence == 0 { return .start }
        let base = try sql.first(
            "SELECT base_hash FROM hub WHERE log_base = ?1", .sequence(sequence)
        ) { LogPosition(sequence: sequence, hash: try digest($0.blob(0))) }
        if let base { return base }
        return try sql.first(
            "SELECT hash FROM entry WHERE sequence = ?1", .sequence(sequence)
        ) { LogPosition(sequence: sequence, hash: try digest($0.blob(0))) }
    }

    func entry(at sequence: UInt64) throws -> EncodedEntry? {
        try sql.first("SELECT bytes FROM entry WHERE sequence = ?1", .sequence(sequence)) {
            EncodedEntry($0.blob(0))
        }
    }

    func ticket(_ id: TicketID) throws -> Ticket? {
        if let ticket = store.caches.unwritten.tickets[id] { return ticket }
        return try sql.first("SELECT bytes FROM ticket WHERE id = ?1", .id(id)) { $0.blob(0) }
            .map { try decode($0) { try store.codec.decodeTicket($0) } }
    }

    func ticket(numbered number: String) throws -> TicketID? {
        try sql.first("SELECT ticket FROM ticket_number WHERE number = ?1", .text(number)) {
            try $0.id(0)
        }
    }

    func scopes(of ticket: TicketID, at sequence: UInt64) throws -> [Scope] {
        let list = try sql.first(
            """
            SELECT scopes FROM scope_version WHERE ticket = ?1 AND since <= ?2
            ORDER BY since DESC LIMIT 1
            """, .id(ticket), .sequence(sequence)
        ) { $0.text(0) }
        return try list.map(scopes) ?? []
    }

    func verdict(on operation: OperationID) throws -> Verdict? {
        try sql.first(
            "SELECT disposition, sequence FROM intent WHERE operation = ?1", .id(operation)
        ) { row in
            Verdict(
                operation: operation,
                disposition: try decode(row.blob(0)) { try store.codec.decodeDisposition($0) },
                sequence: row.sequence(1))
        }
    }

    func hash(at dot: Dot) throws -> Digest? {
        guard let replica = try replicaRow(dot.replica) else { return nil }
        return try sql.first(
            """
            SELECT hash FROM intent WHERE replica = ?1 AND counter = ?2
            UNION ALL SELECT hash FROM twin WHERE replica = ?1 AND counter = ?2
            """, .integer(replica), .sequence(dot.counter)
        ) { try digest($0.blob(0)) }
    }

    /// Reads what we encoded ourselves; anything else means that the file is damaged.
    func decode<Value>(_ bytes: [UInt8], _ read: ([UInt8]) throws -> Value) throws -> Value {
        do { return try read(bytes) } catch let error as CodecError {
            throw damaged(error.description)
        }
    }
}

// MARK: - Writing

extension HubConnection {
    func append(_ committed: CommittedEntry) throws -> LogPosition {
        let entry = committed.entry
        let head = try head()
        precondition(
            entry.sequence == head.sequence + 1,
            "the next entry is \(head.sequence + 1), got \(entry.sequence)")
        let bytes = store.codec.encode(entry)
        let position = LogPosition(
            sequence: entry.sequence, hash: head.hash.chained(with: bytes))
        try insert(committed, bytes, position.hash)
        if committed.isEntering, let ticket = committed.ticket {
            try sql.run(
                "INSERT INTO entering_ticket VALUES (?1, ?2)", .sequence(entry.sequence),
                .blob(store.codec.encode(ticket)))
        }
        for scope in committed.audience {
            try sql.run(
                "INSERT INTO entry_scope VALUES (?1, ?2)", .integer(try makeScopeID(scope)),
                .sequence(entry.sequence))
        }
        if let ticket = committed.ticket {
            store.caches.unwritten.tickets[ticket.id] = ticket
            for case .unnamed(let numbers) in entry.effects {
                try forget(numbers, of: ticket.id)
            }
            let isNamed = entry.effects.contains(where: \.isNaming)
            if committed.scopesBefore.isEmpty || isNamed {
                try saveNumbers(of: ticket, isNew: committed.scopesBefore.isEmpty)
            }
            if committed.scopesAfter != committed.scopesBefore {
                try sql.run(
                    "INSERT INTO scope_version VALUES (?1, ?2, ?3)", .id(ticket.id),
                    .sequence(entry.sequence), .text(try list(committed.scopesAfter)))
            }
        }
        try saveIntent(committed)
        store.caches.head = position
        store.caches.unwritten.isHeadNew = true
        return position
    }

    /// Writes what a transaction changes again and again once, at its end: the head, and each
    /// ticket as the last entry left it.
    func flush() throws {
        var sums: [Int64: DigestSum] = [:]
        for ticket in store.caches.unwritten.tickets.values.sorted(by: { $0.id < $1.id }) {
            try write(ticket, &sums)
        }
        try save(sums)
        store.caches.unwritten.tickets = [:]
        guard store.caches.unwritten.isHeadNew, let head = store.caches.head else { return }
        try sql.run(
            "UPDATE hub SET head_sequence = ?1, head_hash = ?2", .sequence(head.sequence),
            .blob(head.hash.bytes))
        store.caches.unwritten.isHeadNew = false
    }

    func recordTwin(_ intent: Intent, of operation: OperationID) throws {
        try sql.run(
            "INSERT INTO twin VALUES (?1, ?2, ?3, ?4)",
            .integer(try makeReplicaRow(intent.dot.replica)), .sequence(intent.dot.counter),
            .blob(intent.hash.bytes), .id(operation))
    }

    private func insert(_ committed: CommittedEntry, _ bytes: [UInt8], _ hash: Digest) throws {
        let entry = committed.entry
        try sql.run(
            "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            .sequence(entry.sequence), .id(entry.ticket), .flag(entry.isTransactionEnd),
            .text(try list(committed.scopesBefore)), .text(try list(committed.scopesAfter)),
            .integer(try committed.verdictScope.map(makeScopeID)), .blob(hash.bytes),
            .blob(bytes), .flag(!entry.events.isEmpty), .time(entry.hubTime))
    }

    private func list(_ scopes: [Scope]) throws -> String {
        try scopes.map { String(try makeScopeID($0)) }.joined(separator: ",")
    }

    private func saveNumbers(of ticket: Ticket, isNew: Bool) throws {
        for number in ticket.allNumbers {
            try sql.run(
                "INSERT INTO ticket_number VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                .text(number), .id(ticket.id))
            if isNew, sql.changedRowsCount == 0 { try takeOwn(number, for: ticket) }
        }
    }

    /// A ticket that is back after the one that took over its numbers leads there itself, unless
    /// the number is the other one's own too: copies of one replica give the same. What the hub has
    /// given leads to whom it was given, whatever a device had called a ticket before.
    private func takeOwn(_ number: String, for ticket: Ticket) throws {
        guard let holder = try self.ticket(numbered: number).flatMap(self.ticket),
            ticket.outranks(holder, for: number)
        else { return }
        try sql.run(
            "UPDATE ticket_number SET ticket = ?2 WHERE number = ?1", .text(number),
            .id(ticket.id))
    }

    private func forget(_ numbers: [String], of ticket: TicketID) throws {
        for number in numbers {
            try sql.run(
                "DELETE FROM ticket_number WHERE number = ?1 AND ticket = ?2", .text(number),
                .id(ticket))
        }
    }

    private func saveIntent(_ committed: CommittedEntry) throws {
        if committed.isOverruling { return try overrule(committed.entry) }
        let intent = committed.intent
        try sql.run(
            "INSERT INTO intent VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            .integer(try makeReplicaRow(intent.dot.replica)), .sequence(intent.dot.counter),
            .id(committed.entry.operation), .sequence(committed.entry.sequence),
            .blob(intent.hash.bytes), .blob(store.codec.encode(committed.entry.disposition)),
            .blob(store.codec.encode(intent.context)), .blob(intent.bodyBytes))
    }

    /// Replaces a refusal by what `entry` says; the dot and its hash stay.
    private func overrule(_ entry: LogEntry) throws {
        guard let known = try verdict(on: entry.operation), !known.disposition.isAccepted else {
            throw StoreError(.failed, "\(entry.operation) was not refused before.")
        }
        try sql.run(
            "UPDATE intent SET sequence = ?1, disposition = ?2 WHERE operation = ?3",
            .sequence(entry.sequence), .blob(store.codec.encode(entry.disposition)),
            .id(entry.operation))
    }

    func makeScopeID(_ scope: Scope) throws -> Int64 {
        if let id = try scopeID(scope) { return id }
        try sql.run("INSERT INTO scope (name) VALUES (?1)", .text(scope.rawValue))
        store.caches.scopeIDs[scope] = sql.lastInsertedRow
        return sql.lastInsertedRow
    }

    /// A replica's row, made on first sight; its device is set by `save`.
    func makeReplicaRow(_ replica: ReplicaID) throws -> Int64 {
        if let row = try replicaRow(replica) { return row }
        try sql.run(
            "INSERT INTO replica (replica, device, watermark, hash) VALUES (?1, '', 0, ?2)",
            .id(replica), .blob(Digest.zero.bytes))
        store.caches.replicaRows[replica] = sql.lastInsertedRow
        return sql.lastInsertedRow
    }
}

extension Effect {
    /// Whether it gives a number to a ticket, or gives back those that another one had taken over.
    fileprivate var isNaming: Bool {
        switch self {
        case .created, .named, .wrote(.mergedInto, _): true
        default: false
        }
    }
}
