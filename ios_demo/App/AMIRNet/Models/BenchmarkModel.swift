/// The benchmark screen's model.
import AMIRNetApp
import AMIRNetEngines
import AMIRNetRuntime
import Foundation
import Observation

@MainActor
@Observable
final class BenchmarkModel {
    private(set) var stage: BenchmarkStage?
    private(set) var minutes: [Minute] = []
    private(set) var result: PhoneResult?
    private(set) var file: URL?
    var problem: Problem?
    private let room: EngineRoom
    private var task: Task<Void, Never>?
    private var stayedInFront = true
    private var wasTethered = false

    init(_ room: EngineRoom) {
        self.room = room
    }

    var isRunning: Bool { stage != nil }

    func start(long: Bool) {
        guard !isRunning else { return }
        (stage, minutes, result, file, problem) = (.loading, [], nil, nil, nil)
        (stayedInFront, wasTethered) = (true, Phone.isTethered)
        task = Task {
            do { try await measure(BenchmarkPlan(long: long)) } catch is CancellationError {
            } catch { problem = Problem(error, otherwise: "error_engine") }
            stage = nil
        }
    }

    func stop() {
        task?.cancel()
    }

    /// The app is no longer in front: the numbers may not be quoted.
    func leftFront() {
        if isRunning { stayedInFront = false }
    }

    private func measure(_ plan: BenchmarkPlan) async throws {
        let (began, heat) = (Date(), Phone.thermal)
        let (bundle, chain) = try await room.engines()
        let engine = try await chain.ready()
        let bench = try PhoneBench(bundle, engine, room.cache)
        let (stream, told) = AsyncStream.makeStream(of: (BenchmarkStage, [Minute]).self)
        async let measuring = measured(bench, plan, told)
        for await (stage, minutes) in stream {
            (self.stage, self.minutes) = (stage, minutes)
            wasTethered = wasTethered || Phone.isTethered
        }
        guard let measured = try await measuring else { return }
        let conditions = Conditions(
            tethered: wasTethered || Phone.isTethered, batteryPercent: Phone.batteryPercent,
            lowPower: ProcessInfo.processInfo.isLowPowerModeEnabled, thermalStart: heat, thermalEnd: Phone.thermal,
            foreground: stayedInFront, debuggable: Phone.isDebuggable)
        let ran = MeasuredEngine(
            choice: engine.choice, version: engine.version, ran: engine.ran,
            strict: room.settings.strict && room.settings.engine != nil, failures: await chain.failures,
            plan: await engine.plan())
        let result = PhoneResult(
            app: Phone.app, taken: began, device: room.device, engine: ran, model: bench.model, conditions: conditions,
            measured: measured)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(result.fileName)
        try result.json().write(to: file, options: .atomic)
        (self.result, self.file) = (result, file)
        await room.look()
    }
}

private nonisolated func measured(
    _ bench: PhoneBench, _ plan: BenchmarkPlan, _ told: AsyncStream<(BenchmarkStage, [Minute])>.Continuation
) async throws -> Measured? {
    defer { told.finish() }
    return try await Measurement(bench, plan) { told.yield(($0, $1)) }.run()
}
