/// The line that says what runs: engine, accelerator, warm or cold, and how warm the phone is.
import AMIRNetEngines

public struct Chip: Sendable, Equatable {
    public var choice: EngineChoice
    public var ran: Accelerator?
    public var life: EngineLife
    public var thermal: Thermal
    /// What the platform says that it would do; nil: it does not say.
    public var plan: PhonePlan?
    /// What was tried before and failed.
    public var failures: [EngineFailure]

    public init(
        choice: EngineChoice, ran: Accelerator? = nil, life: EngineLife = .unloaded, thermal: Thermal = .unknown,
        plan: PhonePlan? = nil, failures: [EngineFailure] = []
    ) {
        (self.choice, self.ran, self.life, self.thermal) = (choice, ran, life, thermal)
        (self.plan, self.failures) = (plan, failures)
    }

    /// In one line. The accelerator is the one asked for; whether it ran is told by `placement`.
    public var line: Words {
        Words(
            "chip_line", engineWords(choice.name), .words(acceleratorWords(choice.accelerator)),
            .words(Words("state_\(life.rawValue)")), .words(thermal.words))
    }

    /// What is known of where the model runs. A plan is told as one.
    public var placement: Words {
        guard let plan, plan.operations > 0 else { return Words("chip_nodes_unknown") }
        let count = plan.preferred[choice.accelerator] ?? 0
        return Words(
            "chip_plan", .number(count), .number(plan.operations), .words(acceleratorWords(choice.accelerator)))
    }

    /// One line for each engine that was left.
    public var fallbacks: [Words] {
        failures.indices.map { index in
            let left = failures[index].choice
            let taken = index + 1 < failures.count ? failures[index + 1].choice : choice
            return Words(
                "fallback_line", engineWords(left.name), .words(acceleratorWords(left.accelerator)),
                engineWords(taken.name), .words(acceleratorWords(taken.accelerator)), .text(failures[index].reason))
        }
    }
}

/// Engines' names are the same in every language.
func engineWords(_ name: String) -> Argument {
    let keys = ["LiteRT": "engine_litert", "ONNX Runtime": "engine_onnx", "Core ML": "engine_coreml"]
    return keys[name].map { .words(Words($0)) } ?? .text(name)
}

public func acceleratorWords(_ accelerator: Accelerator?) -> Words {
    Words("accelerator_\(accelerator?.rawValue ?? "unknown")")
}
