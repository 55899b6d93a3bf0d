/// What may be asked to run a model, by the names that a benchmark's JSON has on every platform.

/// Where a model is asked to run.
public enum Accelerator: String, Sendable, Codable, CaseIterable {
    case npu
    case gpu
    case cpu
}

/// The restorer's arithmetic.
public enum Precision: String, Sendable, Codable, CaseIterable {
    case int8
    case float16
    case float32
}

/// One engine on one accelerator in one precision.
public struct EngineChoice: Sendable, Codable, Hashable {
    /// The engine's name, as a benchmark's JSON has it: "Core ML", "ONNX Runtime".
    public let name: String
    public let accelerator: Accelerator
    public let precision: Precision

    public init(name: String, accelerator: Accelerator, precision: Precision) {
        (self.name, self.accelerator, self.precision) = (name, accelerator, precision)
    }
}

/// A choice that failed, and what its engine said.
public struct EngineFailure: Sendable, Equatable {
    public let choice: EngineChoice
    /// One line.
    public let reason: String

    public init(choice: EngineChoice, reason: String) {
        (self.choice, self.reason) = (choice, reason)
    }
}

/// Where an engine on a phone is: a finer view of the contract's states (CONTRACT G7), for people.
public enum EngineLife: String, Sendable, CaseIterable {
    /// It holds no graph: cold.
    case unloaded
    /// The system compiles the graphs for this phone, which takes seconds to minutes; nothing tells how far it is.
    case specializing
    /// The graphs are loaded, and run once with an answer that is thrown away.
    case warming
    /// That run is over: the next tile takes no longer than any other.
    case ready
}
