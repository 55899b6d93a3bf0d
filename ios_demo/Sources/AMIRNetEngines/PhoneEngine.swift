/// An engine on a phone: beside the contract's interface, what people and benchmarks want to know of it.
import AMIRNetRuntime

public protocol PhoneEngine: Engine {
    var choice: EngineChoice { get }

    /// The runtime library's version.
    var version: String { get }

    /// Where the model is known to have run; nil where the platform does not say. Never guessed from what was asked
    /// for.
    var ran: Accelerator? { get }

    var life: EngineLife { get async }

    /// Called at each change of its life, the present state first.
    func watch(_ report: @escaping @Sendable (EngineLife) -> Void) async

    /// What the platform says it would run where; nil where it does not say, or before the models are compiled.
    func plan() async -> PhonePlan?
}
