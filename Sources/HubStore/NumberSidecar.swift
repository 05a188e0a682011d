import Foundation
import Glibc
import Replication
import TicketModel

/// How far official numbers were handed out ahead, in a small file that is never part of a backup.
///
/// A block is written to disk before its first number is used. After a start the rest of the last
/// block is given up: a gap costs nothing, a number given twice cannot be taken back.
final class NumberSidecar {
    /// Numbers that are reserved at once, at first and at most: each block is twice the one before
    /// it, because a busy hub should not wait for this file and a quiet one should not leave gaps.
    static let blockSizes = 16...512
    /// Days that the file remembers.
    static let daysCountMax = 400

    /// Numbers that are skipped on a day whose file is gone: some of those that the store does not
    /// know may have been given.
    static let missingFileGap = 5_000

    private let path: String
    private var reserved: [Int: Int]?
    private var available: [Int: ClosedRange<Int>] = [:]
    private var blockSize = NumberSidecar.blockSizes.lowerBound

    init(path: String) { self.path = path }

    /// The next ordinal of a day, larger than `last` and than any that was ever reserved.
    ///
    /// - Throws: `StoreError` (`notWritable`) when the reservation cannot be made durable,
    ///   (`corrupt`) when the file cannot be read.
    func next(businessDate: Int, after last: Int) throws -> Int {
        if let block = available[businessDate], block.upperBound > last {
            let ordinal = max(block.lowerBound, last + 1)
            available[businessDate] =
                ordinal < block.upperBound ? (ordinal + 1)...block.upperBound : nil
            return ordinal
        }
        let isFileMissing = reserved == nil && !FileManager.default.fileExists(atPath: path)
        var days = try reserved ?? read()
        let gap = isFileMissing && last > 0 ? Self.missingFileGap : 0
        let first = max(days[businessDate] ?? 0, last + gap) + 1
        let end = first + blockSize - 1
        days[businessDate] = end
        try write(days)
        reserved = days
        available[businessDate] = (first + 1)...end
        blockSize = min(2 * blockSize, Self.blockSizes.upperBound)
        return first
    }

    /// Sees to it that no later number of its day is this one or a smaller one.
    ///
    /// - Throws: as `next`.
    func reserve(_ number: TicketNumber) throws {
        let (date, ordinal) = (number.businessDate, number.ordinal)
        var days = try reserved ?? read()
        if let block = available[date] {
            available[date] =
                ordinal < block.upperBound
                ? max(block.lowerBound, ordinal + 1)...block.upperBound : nil
        }
        guard days[date] ?? 0 < ordinal else { return reserved = days }
        days[date] = ordinal
        try write(days)
        reserved = days
    }

    private func read() throws -> [Int: Int] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw StoreError(.corrupt, "\(path) cannot be read.")
        }
        var days: [Int: Int] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ").compactMap { Int($0) }
            guard words.count == 2 else {
                throw StoreError(
                    .corrupt,
                    "\(path): “\(line)” is not a day and its last reserved number. Put the file "
                        + "back from its last state, or write the largest number in use for the "
                        + "day.")
            }
            days[words[0]] = words[1]
        }
        return days
    }

    private func write(_ days: [Int: Int]) throws {
        let kept = days.sorted { $0.key > $1.key }.prefix(Self.daysCountMax)
        let text =
            "# Official numbers that are reserved, by business day. Do not restore from a backup.\n"
            + kept.map { "\($0.key) \($0.value)\n" }.joined()
        let unfinished = path + ".unfinished"
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0, rename(unfinished, path) == 0
        else { throw failure() }
        try syncDirectory()
    }

    private func syncDirectory() throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure() }
    }

    private func failure() -> StoreError {
        StoreError(
            .notWritable, "\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
}
