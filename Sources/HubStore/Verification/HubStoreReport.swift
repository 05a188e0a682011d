import Replication
import Sodium
import TicketModel

/// What a check of a hub's store found, and what the store holds.
package struct HubStoreReport: Hashable, Sendable {
    /// One question that was put to every row it concerns.
    package struct Check: Hashable, Sendable {
        /// The questions, in the order in which they are asked.
        package enum Kind: String, CaseIterable, Sendable {
            /// SQLite's own check of the file.
            case file
            /// The hash chain from the log base to the head.
            case log
            /// Each entry answers one intent, with the same words.
            case answers
            /// Each entry is found in the scopes that it concerns.
            case index
            /// Each ticket is what its digest says, and what the log made of it.
            case tickets
            /// The sums and the members of each scope.
            case scopes
            /// No official number on two tickets, and every number finds its ticket.
            case numbers
            /// The hash chain of each replica up to its watermark.
            case replicas
            /// Timers belong to tickets and fire once.
            case timers
            /// What waits aside: parked entries and quarantined work.
            case aside
        }

        /// The question.
        package var kind: Kind
        /// How many rows were looked at.
        package var count = 0
        /// The first problems, as sentences.
        package private(set) var problems: [String] = []
        /// How many problems there are in all.
        package private(set) var problemsCount = 0

        /// How many problems are kept as sentences.
        package static let problemsCountMax = 20

        init(_ kind: Kind) { self.kind = kind }

        mutating func note(_ problem: @autoclosure () -> String) {
            problemsCount += 1
            if problems.count < Self.problemsCountMax { problems.append(problem()) }
        }
    }

    /// The life of the log, 32 hexadecimal digits.
    package internal(set) var epoch: EpochID
    /// The end of the log.
    package internal(set) var head: LogPosition
    /// Entries up to here are gone but for those that carry events.
    package internal(set) var logBase: UInt64
    /// The end of the last verified backup.
    package internal(set) var durableSequence: UInt64
    /// When the last entry was committed; nil for an empty log.
    package internal(set) var lastEntryAt: Timestamp?
    /// How many tickets there are.
    package internal(set) var ticketsCount = 0
    /// Entries up to the log base that are kept for their events; no chain leads through them.
    package internal(set) var keptEntriesCount = 0
    /// Tickets that were made again from the log and compared.
    package internal(set) var rebuiltTicketsCount = 0
    /// What was asked, in order.
    package internal(set) var checks: [Check] = []

    /// Whether no check found anything.
    package var isSound: Bool { problemsCount == 0 }

    /// All problems of all checks.
    package var problemsCount: Int { checks.reduce(0) { $0 + $1.problemsCount } }

    /// The first problem, with the check that found it; nil when there is none.
    package var firstProblem: String? {
        checks.lazy.compactMap { check in
            check.problems.first.map { "\(check.kind.rawValue): \($0)" }
        }.first
    }
}
