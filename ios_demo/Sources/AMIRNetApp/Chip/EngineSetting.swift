/// Which engine a user asks for, and so which are tried in which order.
import AMIRNetEngines

/// In which order engines are tried.
public enum EngineOrder {
    /// Core ML's accelerators, the fastest as a rule first.
    private static let ALL: [Accelerator] = [.npu, .gpu, .cpu]

    /// - Parameters:
    ///   - asked: what the user wants; nil: automatic.
    ///   - strict: only what was asked for: fail instead of falling back.
    ///   - held: the precisions of Core ML's restorers that the bundle holds. One that it lacks gives the one that it
    ///     has: the engine's error says more than an empty list.
    public static func of(
        asked: Accelerator?, strict: Bool, precision: PrecisionSetting, held: Set<Precision>, name: String = "Core ML"
    ) -> [EngineChoice] {
        let wanted = precision.order.first(where: held.contains) ?? precision.order[0]
        let accelerators: [Accelerator] =
            if let asked { strict ? [asked] : [asked] + ALL.filter { $0 != asked } } else { ALL }
        return accelerators.map { EngineChoice(name: name, accelerator: $0, precision: wanted) }
    }
}

public enum PrecisionSetting: String, Sendable, Codable, CaseIterable {
    case int8
    case float

    /// Float is float16 on Core ML, or float32 where the bundle has no other.
    var order: [Precision] {
        switch self {
        case .int8: [.int8, .float16, .float32]
        case .float: [.float16, .float32, .int8]
        }
    }

    public var words: Words { Words("settings_precision_\(rawValue)") }
}
