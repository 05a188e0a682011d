import Replication

/// A store that fails when it is told to, and counts its transactions.
final class FaultyStorage: HubStorage {
    private let base: any HubStorage
    var writeFault: StoreError?
    var readFault: StoreError?
    private(set) var transactionsCount = 0

    static let diskIsFull = StoreError(.notWritable, "The disk is full.")

    init(_ base: any HubStorage) { self.base = base }

    func transaction<Value>(_ body: (any HubTransaction) throws -> Value) throws -> Value {
        if let writeFault {
            // The work is done and then lost, as with a commit that fails.
            _ = try? base.transaction { store -> Value in
                _ = try body(store)
                throw writeFault
            }
            throw writeFault
        }
        transactionsCount += 1
        return try base.transaction(body)
    }

    func read<Value>(_ body: (any HubReader) throws -> Value) throws -> Value {
        if let readFault { throw readFault }
        return try base.read(body)
    }
}
