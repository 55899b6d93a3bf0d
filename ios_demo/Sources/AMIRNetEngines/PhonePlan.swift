/// What a platform says it *would* run where. A plan, and not a measurement: no app can see what ran.

/// Of the operations of a model, how many the system prefers to run on which accelerator.
public struct PhonePlan: Sendable, Equatable {
    /// Operations that do work; constants are none.
    public let operations: Int
    /// Accelerator -> how many of them it is preferred for. What the system leaves open is in none.
    public let preferred: [Accelerator: Int]
    /// Accelerator -> its part of the estimated cost, 0...1; empty where the system estimates none.
    public let cost: [Accelerator: Double]

    public init(operations: Int, preferred: [Accelerator: Int], cost: [Accelerator: Double]) {
        (self.operations, self.preferred, self.cost) = (operations, preferred, cost)
    }

    /// Counts what a model's operations say, one entry an operation: the preferred accelerator, nil where it is left
    /// open, and the weight of its cost, 0 where it has none.
    public static func counted(_ operations: [(accelerator: Accelerator?, weight: Double)]) -> PhonePlan {
        var preferred: [Accelerator: Int] = [:]
        var cost: [Accelerator: Double] = [:]
        let total = operations.reduce(0) { $0 + $1.weight }
        for (accelerator, weight) in operations {
            guard let accelerator else { continue }
            preferred[accelerator, default: 0] += 1
            if total > 0 { cost[accelerator, default: 0] += weight / total }
        }
        return PhonePlan(operations: operations.count, preferred: preferred, cost: cost)
    }

    /// Both together: a photo takes the encoder and the restorer.
    public func adding(_ other: PhonePlan) -> PhonePlan {
        PhonePlan(
            operations: operations + other.operations,
            preferred: preferred.merging(other.preferred, uniquingKeysWith: +), cost: [:])
    }
}
