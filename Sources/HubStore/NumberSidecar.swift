import Foundation
import Glibc
import Replication
import TicketModel

/// How far official numbers were handed out ahead, in a small file that is never part of a backup.
///
/// A block is written to disk before its first number is used. After a start the rest of the last
/// block is given up: a gap costs nothing, a number given twice cannot be taken back.
///
/// Where the file itself is lost, nobody knows how far the days had come, those least of which the
/// restored store has no number: on each day up to the first number after the loss a wide gap is
/// left, once. The file remembers that, whatever replicas bring back in the meantime.
final class NumberSidecar {
    /// Numbers that are reserved at once, at first and at most: each block is twice the one before
    /// it, because a busy hub should not wait for this file and a quiet one should not leave gaps.
    static let blockSizes = 16...512
    /// Days that the file remembers.
    static let daysCountMax = 400

    /// Numbers that are skipped on a day that a lost file may have known more about.
    static let missingFileGap = 5_000

    private let path: String
    private var reserved: Ledger?
    private var available: [Int: ClosedRange<Int>] = [:]
    private var blockSize = NumberSidecar.blockSizes.lowerBound

    init(path: String) { self.path = path }

    /// The next ordinal of a day, larger than `last` and than any that was ever reserved.
    ///
    /// - Parameter mayHaveGiven: whether the store gave numbers before, or goes on from one that
    ///   may have; asked only where the file is missing.
    /// - Throws: `StoreError` (`notWritable`) when the reservation cannot be made durable,
    ///   (`corrupt`) when the file cannot be read; what `mayHaveGiven` throws.
    func next(
        businessDate: Int, after last: Int, mayHaveGiven: () throws -> Bool
    ) throws -> Int {
        if let block = available[businessDate], block.upperBound > last {
            let ordinal = max(block.lowerBound, last + 1)
            available[businessDate] =
                ordinal < block.upperBound ? (ordinal + 1)...block.upperBound : nil
            return ordinal
        }
        var ledger = try ledger(mayHaveGiven)
        let known = max(ledger.days[businessDate]?.last ?? 0, last)
        let first = known + ledger.gap(on: businessDate) + 1
        let end = first + blockSize - 1
        ledger.days[businessDate] = .init(last: end, hasGap: ledger.isLost(on: businessDate))
        try write(ledger)
        available[businessDate] = (first + 1)...end
        blockSize = min(2 * blockSize, Self.blockSizes.upperBound)
        return first
    }

    /// Sees to it that no later number of its day is this one or a smaller one.
    ///
    /// - Throws: as `next`.
    func reserve(_ number: TicketNumber, mayHaveGiven: () throws -> Bool) throws {
        let (date, ordinal) = (number.businessDate, number.ordinal)
        var ledger = try ledger(mayHaveGiven)
        if let block = available[date] {
            available[date] =
                ordinal < block.upperBound
                ? max(block.lowerBound, ordinal + 1)...block.upperBound : nil
        }
        let day = ledger.days[date] ?? .init(last: 0, hasGap: false)
        guard day.last < ordinal else { return reserved = ledger }
        ledger.days[date] = .init(last: ordinal, hasGap: day.hasGap)
        try write(ledger)
    }

    private func ledger(_ mayHaveGiven: () throws -> Bool) throws -> Ledger {
        if let reserved { return reserved }
        if FileManager.default.fileExists(atPath: path) {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw StoreError(.corrupt, "\(path) cannot be read.")
            }
            return try Ledger(text, path: path)
        }
        return Ledger(lostThrough: try mayHaveGiven() ? .max : nil)
    }

    private func write(_ ledger: Ledger) throws {
        let unfinished = path + ".unfinished"
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        let bytes = Array(ledger.text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0, rename(unfinished, path) == 0
        else { throw failure() }
        try syncDirectory()
        reserved = ledger
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

extension NumberSidecar {
    /// What the file says.
    ///
    /// A line names a day, its last reserved number, and `skipped` once the gap of a lost file was
    /// left on it. Lines that begin with # are passed over, but for the one that tells of the loss:
    /// a build that does not know it reads the rest.
    private struct Ledger {
        struct Day {
            var last: Int
            /// Whether the gap of the lost file was left already.
            var hasGap: Bool
        }

        private static let title =
            "# Official numbers that are reserved, by business day. Do not restore from a backup."
        private static let lossPrefix = "# lost through "
        private static let gapWord = "skipped"

        var days: [Int: Day] = [:]
        /// The last day of which the file that was lost may have known more; `max` until the first
        /// number after the loss tells which day it is. Nil where no file was lost.
        var lostThrough: Int?

        init(lostThrough: Int?) { self.lostThrough = lostThrough }

        /// - Throws: `StoreError` (`corrupt`).
        init(_ text: String, path: String) throws {
            for line in text.split(separator: "\n") {
                if line.hasPrefix(Self.lossPrefix) {
                    lostThrough = Int(line.dropFirst(Self.lossPrefix.count)) ?? .max
                }
                if line.hasPrefix("#") { continue }
                let words = line.split(separator: " ")
                let numbers = words.prefix(2).compactMap { Int($0) }
                let rest = words.dropFirst(2)
                guard numbers.count == 2, rest.isEmpty || rest.elementsEqual([Self.gapWord[...]])
                else {
                    throw StoreError(
                        .corrupt,
                        "\(path): “\(line)” is not a day and its last reserved number. Put the "
                            + "file back from its last state, or write the largest number in use "
                            + "for the day.")
                }
                days[numbers[0]] = Day(last: numbers[1], hasGap: !rest.isEmpty)
            }
        }

        /// Whether more numbers of the day may be in use than anybody here knows.
        func isLost(on date: Int) -> Bool { lostThrough.map { date <= $0 } ?? false }

        /// How many numbers the next one of a day leaves out; the first after a loss dates it.
        mutating func gap(on date: Int) -> Int {
            if lostThrough == .max { lostThrough = date }
            return isLost(on: date) && days[date]?.hasGap != true ? missingFileGap : 0
        }

        var text: String {
            let kept = days.sorted { $0.key > $1.key }.prefix(daysCountMax)
            let loss = lostThrough.map {
                Self.lossPrefix + ($0 == .max ? "the next number" : "\($0)") + "\n"
            }
            return Self.title + "\n" + (loss ?? "")
                + kept.map { date, day in
                    "\(date) \(day.last)\(day.hasGap ? " " + Self.gapWord : "")\n"
                }.joined()
        }
    }
}
