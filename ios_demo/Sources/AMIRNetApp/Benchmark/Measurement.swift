/// Measures one engine: cold load, warm load, first run, steady state and whole photo apart, then ten minutes under
/// load.
import AMIRNetRuntime

/// What a benchmark needs of the phone and its engine.
public protocol Bench: Sendable {
    /// Seconds of a clock that never goes back.
    func now() -> Double

    /// Empty the compile cache. False where that cannot be done: then no load is called cold.
    func emptyCache() async -> Bool

    /// Load both graphs. Throws EngineError.
    func load() async throws

    /// Let go of both.
    func unload() async

    /// One tile, its read-back included.
    func runTile() async throws

    /// One whole photo: probes, encoder, walk, all tiles, blend.
    func runPhoto() async throws

    func thermal() async -> Thermal
}

/// What is done how often.
public struct BenchmarkPlan: Sendable, Equatable {
    public var warmups = 3
    public var tileRuns = 60
    public var photoRuns = 3
    /// Minutes under load; 0: none.
    public var minutes = 10

    public init() {}

    /// With, or without, the minutes under load.
    public init(long: Bool) {
        if !long { minutes = 0 }
    }
}

/// One minute under load.
public struct Minute: Sendable, Equatable {
    public let minute: Int
    public let runs: Int
    /// Median of a tile in it, seconds.
    public let p50: Double
    /// At its end.
    public let thermal: Thermal
}

/// What was measured, in seconds; nil is what was not.
public struct Measured: Sendable, Equatable {
    public let cold: Double?
    public let warm: Double?
    public let firstRun: Double
    public let steady: Summary
    public let wholePhoto: Summary?
    public let minutes: [Minute]?
    /// The hottest state while single runs were measured.
    public let thermalSteady: Thermal
    public let stopped: Bool
}

/// Where a benchmark is, for the screen.
public enum BenchmarkStage: Sendable, Equatable {
    case loading
    case tiles
    case photo
    case underLoad(minute: Int, of: Int)

    public var words: Words {
        switch self {
        case .loading: Words("benchmark_cold_load")
        case .tiles: Words("benchmark_steady")
        case .photo: Words("benchmark_photo")
        case .underLoad(let minute, let all): Words("benchmark_minute", .number(minute), .number(all))
        }
    }
}

/// Cancelling its task stops it between two runs, with what there is.
public struct Measurement: Sendable {
    private static let MINUTE = 60.0

    private let bench: any Bench
    private let plan: BenchmarkPlan
    private let told: @Sendable (BenchmarkStage, [Minute]) -> Void

    /// `told` is called as each stage begins, and after each minute with all there are.
    public init(
        _ bench: any Bench, _ plan: BenchmarkPlan,
        told: @escaping @Sendable (BenchmarkStage, [Minute]) -> Void = { _, _ in }
    ) {
        (self.bench, self.plan, self.told) = (bench, plan, told)
    }

    /// nil where it was stopped before a single run of a tile was counted. Throws EngineError as the engine does.
    public func run() async throws -> Measured? {
        told(.loading, [])
        await bench.unload()
        var cold: Double?
        if await bench.emptyCache() { cold = try await seconds(bench.load) } else { try await bench.load() }
        await bench.unload()
        let warm = try await seconds(bench.load)
        let firstRun = try await seconds(bench.runTile)
        told(.tiles, [])
        for _ in 0..<plan.warmups where !Task.isCancelled { try await bench.runTile() }
        var hottest = Thermal.unknown
        guard let steady = Summary(try await runs(plan.tileRuns, bench.runTile, &hottest)) else { return nil }
        told(.photo, [])
        let photo = Summary(try await runs(plan.photoRuns, bench.runPhoto, &hottest))
        let minutes = try await underLoad()
        return Measured(
            cold: cold, warm: warm, firstRun: firstRun, steady: steady, wholePhoto: photo,
            minutes: minutes.isEmpty ? nil : minutes, thermalSteady: hottest,
            stopped: Task.isCancelled || minutes.count < plan.minutes)
    }

    private func runs(
        _ count: Int, _ work: @Sendable () async throws -> Void, _ hottest: inout Thermal
    ) async throws -> [Double] {
        var found: [Double] = []
        while found.count < count && !Task.isCancelled {
            do { found.append(try await seconds(work)) } catch is CancellationError { break }
            hottest = hotter(hottest, await bench.thermal())
        }
        return found
    }

    private func underLoad() async throws -> [Minute] {
        var found: [Minute] = []
        for minute in 0..<plan.minutes {
            told(.underLoad(minute: minute + 1, of: plan.minutes), found)
            let begun = bench.now()
            var runs: [Double] = []
            while bench.now() - begun < Measurement.MINUTE {
                if Task.isCancelled { return found }  // a minute that was cut short would compare with none
                do { runs.append(try await seconds(bench.runTile)) } catch is CancellationError { return found }
            }
            guard let summary = Summary(runs) else { return found }
            let thermal = await bench.thermal()
            found.append(Minute(minute: minute + 1, runs: summary.runs, p50: summary.p50, thermal: thermal))
        }
        if plan.minutes > 0 { told(.underLoad(minute: plan.minutes, of: plan.minutes), found) }
        return found
    }

    private func seconds(_ work: @Sendable () async throws -> Void) async throws -> Double {
        let begun = bench.now()
        try await work()
        return Summary.rounded(bench.now() - begun)
    }

    private func hotter(_ one: Thermal, _ other: Thermal) -> Thermal {
        let order = Thermal.allCases
        if one == .unknown || other == .unknown { return one == .unknown ? other : one }
        return order.firstIndex(of: other)! > order.firstIndex(of: one)! ? other : one
    }
}
