import TicketModel

/// The place of an intent among consecutive ones of one replica that are accepted together or not
/// at all (replication.md 3.4).
package struct IntentGroup: Hashable, Sendable {
    /// The operation of the first.
    package var id: OperationID
    /// From 0.
    package var index: Int
    /// At least 2, at most `Limits.groupIntentsCountMax`.
    package var count: Int

    package init(id: OperationID, index: Int, count: Int) {
        self.id = id
        self.index = index
        self.count = count
    }
}

extension IntentGroup {
    /// Whether these consecutive bodies are one group from its first intent to its last.
    static func isWhole(_ bodies: [IntentBody]) -> Bool {
        guard let first = bodies.first, let group = first.group, group.id == first.operation,
            group.count == bodies.count
        else { return false }
        return bodies.enumerated().allSatisfy { index, body in
            body.group == IntentGroup(id: group.id, index: index, count: group.count)
        }
    }
}

extension [Intent] {
    /// The first of these consecutive intents, as many as the limits allow and at least one; no
    /// group is cut.
    package func batch(
        countMax: Int, byteCountMax: Int, codec: any ReplicationCodec
    ) -> [Intent] {
        var byteCount = 0
        let fitting = prefix(Swift.max(0, countMax)).prefix { intent in
            byteCount += intent.bodyBytes.count
            return byteCount <= byteCountMax
        }
        let count = Swift.max(fitting.count, Swift.min(self.count, countMax, 1))
        return Array(prefix(countWithoutCutGroup(fitting: count, codec: codec)))
    }

    /// How many of these consecutive intents, from the first, may be sent when `fitting` of them
    /// fit: as many, but never a part of a group. A group that comes first comes whole, whatever
    /// fits; these intents must reach to its end.
    package func countWithoutCutGroup(
        fitting: Int, codec: any ReplicationCodec
    ) -> Int {
        guard fitting > 0, let group = codec.decodeBody(self[fitting - 1].bodyBytes)?.group,
            group.index < group.count - 1
        else { return fitting }
        let start = fitting - 1 - group.index
        return start > 0 ? start : Swift.min(count, start + group.count)
    }
}
