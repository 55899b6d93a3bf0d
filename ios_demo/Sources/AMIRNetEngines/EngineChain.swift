/// The engines to try, in order, and which of them failed: falling back is never silent.
import AMIRNetRuntime

/// Gives the first engine of a list that gets ready. One that fails later is left, too, and the next one taken: the
/// caller begins its photo anew then, as one photo comes from one engine (CONTRACT R4).
public actor EngineChain {
    public typealias Make = @Sendable (EngineChoice) throws -> any PhoneEngine
    public typealias Watch = @Sendable (EngineChoice, EngineLife) -> Void

    private let choices: [EngineChoice]
    private let make: Make
    private var place = 0
    private var engine: (any PhoneEngine)?
    private var getting: Task<any PhoneEngine, any Error>?
    private var watch: Watch?
    /// What was tried before the engine at hand, in order.
    public private(set) var failures: [EngineFailure] = []

    /// - Parameters:
    ///   - choices: at least one, in the order in which they are tried. One alone is strict: what it cannot do fails.
    ///   - make: an engine that has loaded nothing yet; throws EngineError.
    public init(_ choices: [EngineChoice], make: @escaping Make) {
        precondition(!choices.isEmpty, "a chain of engines needs one")
        (self.choices, self.make) = (choices, make)
    }

    /// The choice at hand; the last one when all failed.
    public var choice: EngineChoice { choices[min(place, choices.count - 1)] }

    /// Called at each change of an engine's life.
    public func watching(_ report: @escaping Watch) {
        watch = report
    }

    /// The engine at hand, ready: loaded, and run once for nothing (CONTRACT G7). Two callers wait for the same one.
    ///
    /// Throws EngineError of the last choice when all fail, CancellationError.
    public func ready() async throws -> any PhoneEngine {
        if let engine, await engine.state == .ready { return engine }
        if let getting { return try await getting.value }
        let task = Task { try await firstReady() }
        getting = task
        defer { getting = nil }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Leave the engine at hand, which failed, and get the next one ready. Throws `error` itself when there is none.
    public func next(after error: EngineError) async throws -> any PhoneEngine {
        try await leave(error)
        return try await ready()
    }

    /// Let go of the graphs. The choice at hand stays.
    public func unload() async {
        await engine?.unload()
    }

    private func firstReady() async throws -> any PhoneEngine {
        while true {
            try Task.checkCancellation()
            do {
                let made: any PhoneEngine
                if let engine { made = engine } else { made = try make(choice) }
                engine = made
                if let watch {
                    let choice = choice
                    await made.watch { watch(choice, $0) }
                }
                try await made.prewarm(tile: nil)
                return made
            } catch let error as EngineError where !(error is OutOfMemoryError) {
                try await leave(error)
            }
        }
    }

    private func leave(_ error: EngineError) async throws {
        guard place + 1 < choices.count else { throw error }
        failures.append(EngineFailure(choice: choice, reason: oneLine(error.message)))
        let left = engine
        (place, engine) = (place + 1, nil)
        await left?.unload()
    }
}
