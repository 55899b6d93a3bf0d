import AMIRNetEngines
import AMIRNetRuntime
import Foundation
import XCTest

@testable import AMIRNetApp

/// A phone whose clock goes on by its work alone.
private actor FakeBench: Bench {
    private let clock = Clock()
    private let tile: @Sendable (Int) -> Double
    private let clears: Bool
    private(set) var steps: [String] = []
    private var tiles = 0
    private var cold = true

    init(clears: Bool = true, tile: @escaping @Sendable (Int) -> Double) {
        (self.clears, self.tile) = (clears, tile)
    }

    nonisolated func now() -> Double { clock.seconds }

    func emptyCache() -> Bool {
        steps.append("empty")
        cold = clears
        return clears
    }

    func load() {
        steps.append("load")
        clock.add(cold ? 4 : 0.25)
        cold = false
    }

    func unload() { steps.append("unload") }

    func runTile() {
        tiles += 1
        clock.add(tile(tiles))
    }

    func runPhoto() { clock.add(7.5) }

    func thermal() -> Thermal { clock.seconds > 300 ? .severe : .light }
}

private final class Clock: @unchecked Sendable {
    private let lock = NSLock()
    private var now = 0.0

    var seconds: Double { lock.withLock { now } }
    func add(_ seconds: Double) { lock.withLock { now += seconds } }
}

private let CALM = Conditions(
    tethered: false, batteryPercent: 80, lowPower: false, thermalStart: .none, thermalEnd: .light, foreground: true,
    debuggable: false)

final class SummaryTests: XCTestCase {
    func testQuantilesAreRunsThatTookPlace() throws {
        let summary = try XCTUnwrap(Summary((1...100).reversed().map { Double($0) }))
        XCTAssertEqual([summary.p50, summary.p90, summary.p99], [50.5, 90, 99])
        XCTAssertEqual(summary.seconds.first, 100, "in the order in which they ran")
        let few = try XCTUnwrap(Summary([0.03125, 0.03125, 0.03, 0.034]))
        XCTAssertEqual([few.p50, few.p90, few.p99], [0.03125, 0.034, 0.034])
        XCTAssertNil(Summary([]))
        XCTAssertNil(Summary([1, 0]))
        XCTAssertEqual(Summary.rounded(1e-9), 1e-6)
    }
}

final class VerdictTests: XCTestCase {
    private let steady = Summary([Double](repeating: 0.03, count: 30))!

    private func verdict(
        _ conditions: Conditions = CALM, ran: Accelerator? = .cpu, steady: Summary? = nil, thermal: Thermal = .light,
        fellBack: Bool = false, stopped: Bool = false
    ) -> Verdict {
        Verdict(
            conditions, asked: .cpu, ran: ran, steady: steady ?? self.steady, thermalSteady: thermal,
            fellBack: fellBack,
            stopped: stopped)
    }

    func testEachReasonStandsAloneAndRefuses() {
        func changed(_ change: (inout Conditions) -> Void) -> Conditions {
            var conditions = CALM
            change(&conditions)
            return conditions
        }
        let few = Summary([Double](repeating: 0.03, count: 29))
        let spread = Summary([Double](repeating: 0.03, count: 26) + [Double](repeating: 0.0376, count: 4))
        let cases: [(Reason, Verdict)] = [
            (.tethered, verdict(changed { $0.tethered = true })),
            (.hotStart, verdict(changed { $0.thermalStart = .light })),
            (.throttled, verdict(thermal: .severe)),
            (.lowPower, verdict(changed { $0.lowPower = true })),
            (.fewRuns, verdict(steady: few)),
            (.spread, verdict(steady: spread)),
            (.fellBack, verdict(fellBack: true)),
            (.fellBack, verdict(ran: .gpu)),
            (.background, verdict(changed { $0.foreground = false })),
            (.debuggable, verdict(changed { $0.debuggable = true })),
            (.stopped, verdict(stopped: true)),
        ]
        for (reason, verdict) in cases {
            XCTAssertEqual(verdict.reasons, [reason])
            XCTAssertFalse(verdict.valid, "\(reason)")
        }
        XCTAssertEqual(Set(cases.map(\.0)).count, Reason.allCases.count - 1)
    }

    func testAnUnknownAcceleratorIsToldAndRefusesNothing() throws {
        XCTAssertTrue(verdict().valid && verdict().reasons.isEmpty)
        let unknown = verdict(ran: nil)
        XCTAssertEqual(unknown.reasons, [.acceleratorUnknown])
        XCTAssertTrue(unknown.valid)
        let texts = try strings("de")
        for reason in Reason.allCases { XCTAssertNotNil(texts["verdict_\(reason.rawValue)"]) }
        XCTAssertEqual(unknown.lines, [Words("verdict_valid"), Words("verdict_accelerator_unknown")])
        XCTAssertEqual(verdict(fellBack: true).lines.first, Words("verdict_invalid"))
    }
}

final class MeasurementTests: XCTestCase {
    func testMeasuresEachPartApart() async throws {
        let bench = FakeBench { $0 == 1 ? 0.5 : 0.25 }
        let stages = Log<BenchmarkStage>()
        let found = try await Measurement(bench, BenchmarkPlan()) { stage, _ in stages.add(stage) }.run()
        let measured = try XCTUnwrap(found)
        XCTAssertEqual([measured.cold, measured.warm, measured.firstRun], [4, 0.25, 0.5])
        XCTAssertEqual([measured.steady.runs, measured.wholePhoto?.runs], [60, 3])
        XCTAssertEqual(measured.steady.p50, 0.25)
        XCTAssertEqual(measured.minutes?.map(\.minute), Array(1...10))
        XCTAssertEqual(measured.minutes?.map(\.runs), [Int](repeating: 240, count: 10))
        XCTAssertEqual(measured.minutes?.last?.thermal, .severe)
        XCTAssertEqual(measured.thermalSteady, .light, "heat under load is no fault of the single runs")
        XCTAssertFalse(measured.stopped)
        let steps = await bench.steps
        XCTAssertEqual(steps, ["unload", "empty", "load", "unload", "load"])
        XCTAssertEqual(Array(stages.values.prefix(4)), [.loading, .tiles, .photo, .underLoad(minute: 1, of: 10)])
    }

    func testACacheThatCannotBeEmptiedMakesNoColdLoad() async throws {
        let measured = try await Measurement(FakeBench(clears: false) { _ in 0.25 }, BenchmarkPlan(long: false)).run()
        XCTAssertNil(try XCTUnwrap(measured).cold)
        XCTAssertEqual(measured?.warm, 0.25)
        XCTAssertNil(measured?.minutes)
        XCTAssertEqual(measured?.stopped, false)
    }

    func testStoppedEarlyGivesWhatThereIs() async throws {
        let stopper = Log<Task<Measured?, any Error>>()
        let bench = FakeBench { tile in
            if tile == 14 { stopper.values.first?.cancel() }  // a first run, 3 warm-ups, and 10 that count
            return 0.25
        }
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            for await _ in gate {}
            return try await Measurement(bench, BenchmarkPlan()).run()
        }
        stopper.add(task)
        open.finish()
        let measured = try await task.value
        XCTAssertEqual(measured?.steady.runs, 10)
        XCTAssertNil(measured?.minutes)
        XCTAssertEqual(measured?.stopped, true)
    }
}

final class PhoneResultTests: XCTestCase {
    private func result(failures: [EngineFailure] = []) async throws -> PhoneResult {
        var plan = BenchmarkPlan()
        (plan.tileRuns, plan.minutes) = (4, 2)
        let measured = try await Measurement(FakeBench { _ in 0.25 }, plan).run()
        let model = MeasuredModel(
            name: "mobile", identity: String(repeating: "a", count: 64), fingerprint: String(repeating: "0", count: 64),
            tileSize: 384, halo: 64, photoWidth: 4000, photoHeight: 3000, photoTiles: 221)
        return PhoneResult(
            app: "AMIRNet for iOS 0.1.0", taken: Date(timeIntervalSince1970: 1_795_680_000),
            device: Device(
                model: "not a phone", chip: nil, memoryBytes: 8_000_000_000, systemVersion: "26.1",
                systemBuild: "EXAMPLE"),
            engine: MeasuredEngine(
                choice: choice(.npu), version: "1", ran: nil, strict: false, failures: failures,
                plan: PhonePlan(operations: 90, preferred: [.npu: 80, .cpu: 10], cost: [:])),
            model: model, conditions: CALM, measured: try XCTUnwrap(measured))
    }

    /// The file beside this one is what `python -m amirnet_benchmarks.phone import` reads in the desk's own tests.
    func testIsTheFileThatTheDeskReads() async throws {
        let json = try await result(failures: [EngineFailure(choice: choice(.gpu), reason: "no")]).json()
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "phone_result.json")
        if ProcessInfo.processInfo.environment["AMIRNET_WRITE_EXAMPLES"] != nil { try json.write(to: file) }
        XCTAssertEqual(String(decoding: json, as: UTF8.self), try String(contentsOf: file, encoding: .utf8))
    }

    func testNothingIsGuessed() async throws {
        let result = try await result()
        let json = try XCTUnwrap(try JSONSerialization.jsonObject(with: result.json()) as? [String: Any])
        let engine = try XCTUnwrap(json["engine"] as? [String: Any])
        XCTAssertEqual(engine["ran"] as? String, "unknown")
        XCTAssertTrue(engine["nodes"] is NSNull, "a plan is no count of what ran")
        XCTAssertEqual((engine["plan"] as? [String: Any])?["operations"] as? Int, 90)
        XCTAssertTrue(json["energy"] is NSNull)
        XCTAssertEqual(json["taken"] as? String, "2026-11-26T08:00:00Z")
        XCTAssertEqual(result.fileName, "2026-11-26T080000Z-npu.json")
    }

    func testAFallbackIsInTheVerdict() async throws {
        let failed = EngineFailure(choice: choice(.gpu), reason: "no")
        let reasons = try await result(failures: [failed]).verdict.reasons
        XCTAssertEqual(reasons, [.throttled, .fewRuns, .fellBack, .acceleratorUnknown].filter(reasons.contains))
        XCTAssertTrue(reasons.contains(.fellBack))
    }
}

final class BenchmarkPhotoTests: XCTestCase {
    func testIsTheSameHoweverItIsRead() throws {
        let photo = BenchmarkPhoto(width: 50, height: 40)
        let whole = photo.read(0, 40)
        XCTAssertEqual(whole.block(16, 0, 8, 50), photo.read(16, 24))
        XCTAssertGreaterThan(Set(whole.bytes).count, 200)
        photo.write(0, 0, whole, whole)
        XCTAssertEqual(photo.change.numbers, 6000)
        XCTAssertEqual(photo.reopened().change.numbers, 0)
    }

    func testTheSystemsBuild() {
        XCTAssertEqual(systemBuild("Version 26.1 (Build 23B85)"), "23B85")
        XCTAssertEqual(systemBuild("Debian 13"), "Debian 13")
    }
}
