/// Runs of one thing, in seconds.
import Foundation

/// The median, and p90 and p99 by nearest rank, which are runs that took place; with fewer than 100 runs p99 is the
/// slowest one. All are rounded to a microsecond, as the desk's benchmark does.
public struct Summary: Sendable, Equatable {
    public let runs: Int
    public let p50: Double
    public let p90: Double
    public let p99: Double
    /// Every run, in order.
    public let seconds: [Double]

    /// nil where there are no runs, or one took no time.
    public init?(_ seconds: [Double]) {
        guard !seconds.isEmpty, seconds.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        self.seconds = seconds.map(Summary.rounded)
        let sorted = self.seconds.sorted()
        let middle = sorted.count / 2
        runs = sorted.count
        p50 = Summary.rounded(sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
        p90 = sorted[Summary.rank(sorted.count, 90)]
        p99 = sorted[Summary.rank(sorted.count, 99)]
    }

    /// To a microsecond, and never to nothing.
    public static func rounded(_ seconds: Double) -> Double {
        max(1, (seconds * 1e6).rounded()) / 1e6
    }

    private static func rank(_ count: Int, _ percent: Int) -> Int {
        (count * percent + 99) / 100 - 1
    }

    public var words: Words {
        Words(
            "benchmark_quantiles", .decimal(p50 * 1000, digits: 1), .decimal(p90 * 1000, digits: 1),
            .decimal(p99 * 1000, digits: 1))
    }
}
