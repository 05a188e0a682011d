import Foundation

extension TimersMeasurement {
    /// What a run came to.
    struct Result {
        /// A hub with open clocks must be there again within this time (seconds).
        static let restartGoal = 5.0
        /// A clock must ring within this time after its instant (seconds).
        static let latenessGoal = 1.0

        var plan: Plan
        /// Seconds until a killed hub could be reached again, and a hub without any clock.
        var restarts: [(ours: Double, floor: Double)]
        /// Seconds by which the clocks that ring one by one were late, by which those that ring
        /// at once, and by which a sleeping thread is late.
        var singles: [Double]
        var burst: [Double]
        var floorSingles: [Double]
        var floorBurstSeconds: Double

        var rows: [Row] { [restart, punctuality, rate] }

        private var restart: Row {
            let ours = restarts.map(\.ours)
            let floor = restarts.map(\.floor)
            return Row(
                name: "timers-restart",
                text: String(
                    format: "%.3f s [%.3f-%.3f], floor %.3f s, x%.2f", ours.median,
                    ours.min() ?? 0, ours.max() ?? 0, floor.median, ours.median / floor.median),
                goal: "within 5 s", isMet: (ours.max() ?? 0) < Self.restartGoal,
                note: "kill -9 until it can be reached again; floor: a hub without clocks",
                members: [
                    ("ours_seconds", ours.median), ("ours_seconds_max", ours.max() ?? 0),
                    ("floor_seconds", floor.median),
                ])
        }

        private var punctuality: Row {
            let (ours, floor) = (Percentiles(singles), Percentiles(floorSingles))
            return Row(
                name: "timers-late", text: "\(ours), floor \(floor)", goal: "within 1 s",
                isMet: ours.max < Self.latenessGoal,
                note: "\(plan.perSecond) a second for \(plan.secondsCount) s, p50/p99/max; "
                    + "floor: a thread that sleeps and makes a row durable",
                members: [
                    ("ours_p50_seconds", ours.p50), ("ours_p99_seconds", ours.p99),
                    ("ours_max_seconds", ours.max), ("floor_p50_seconds", floor.p50),
                    ("floor_p99_seconds", floor.p99), ("floor_max_seconds", floor.max),
                ])
        }

        private var rate: Row {
            let late = Percentiles(burst)
            let (ours, floor) = (
                Double(burst.count) / late.max, Double(burst.count) / floorBurstSeconds
            )
            let inTimeCount = burst.count { $0 < Self.latenessGoal }
            return Row(
                name: "timers-burst",
                text: String(
                    format:
                        "%.0f/s, floor %.0f/s, %.3f; %d of %d within 1 s, the last after %.1f s",
                    ours, floor, ours / floor, inTimeCount, burst.count, late.max),
                goal: "within 1 s", isMet: inTimeCount == burst.count,
                note: "all in one instant; floor: the same rows through the C library, 256 to a "
                    + "commit",
                members: [
                    ("ours_per_second", ours), ("floor_per_second", floor),
                    ("ratio", ours / floor), ("in_time", Double(inTimeCount)),
                    ("ours_max_seconds", late.max),
                ])
        }
    }

    /// A line of the table.
    struct Row {
        var name: String
        var text: String
        var goal: String
        var isMet: Bool
        var note: String
        var members: [(name: String, value: Double)]

        var line: String {
            name.padding(toLength: 16, withPad: " ", startingAt: 0)
                + "\(text); goal \(goal): \(isMet ? "met" : "NOT MET"); \(note)"
        }

        var json: String {
            let values = members.map { "\"\($0.name)\":" + String(format: "%.6f", $0.value) }
            return "{\"row\":\"\(name)\",\(values.joined(separator: ",")),\"is_met\":\(isMet)}"
        }
    }

    /// The middle, the last hundredth and the worst of some durations in seconds.
    struct Percentiles: CustomStringConvertible {
        var p50: Double
        var p99: Double
        var max: Double

        init(_ seconds: [Double]) {
            let sorted = seconds.sorted()
            func value(_ share: Double) -> Double {
                sorted.isEmpty ? 0 : sorted[Int(Double(sorted.count - 1) * share)]
            }
            (p50, p99, max) = (value(0.5), value(0.99), value(1))
        }

        var description: String {
            String(format: "%.1f / %.1f / %.1f ms", p50 * 1_000, p99 * 1_000, max * 1_000)
        }
    }
}
