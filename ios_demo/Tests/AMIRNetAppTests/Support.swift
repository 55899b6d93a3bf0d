/// What the tests share: a phone's engine that computes next to nothing, and the app's words as they lie in the
/// project.
import AMIRNetEngines
import AMIRNetRuntime
import Foundation

@testable import AMIRNetApp

/// Restores by turning levels around, and may fail on order.
actor FakeEngine: PhoneEngine {
    nonisolated let title = "fake"
    nonisolated let fixedTile: Int? = 384
    nonisolated let memory: EngineMemory? = nil
    nonisolated let concurrency = Concurrency.inTurn
    nonisolated let version = "1"
    nonisolated let ran: Accelerator? = nil
    nonisolated let choice: EngineChoice
    private(set) var state = EngineState.unloaded
    private(set) var life = EngineLife.unloaded
    private(set) var unloaded = 0
    private let fails: EngineError?
    /// How many numbers a mask has.
    private let size: Int
    /// The first tile that fails.
    private let failsAt: Int
    private var tiles = 0
    private var report: (@Sendable (EngineLife) -> Void)?

    /// `fails`: as it loads; or from a tile on, where `failsAt` is one.
    init(_ choice: EngineChoice, fails: EngineError? = nil, failsAt: Int = 0, size: Int = 1) {
        (self.choice, self.fails, self.failsAt, self.size) = (choice, fails, failsAt, size)
    }

    func watch(_ report: @escaping @Sendable (EngineLife) -> Void) {
        self.report = report
        report(life)
    }

    func load() throws {
        turn(.specializing)
        if let fails, failsAt == 0 { throw fails }
        state = .loaded
    }

    func prewarm(tile: Int?) throws {
        try load()
        turn(.warming)
        state = .ready
        turn(.ready)
    }

    func unload() {
        state = .unloaded
        unloaded += 1
        turn(.unloaded)
    }

    func encode(_ probes: [Pixels]) -> (mask: [[Float]], value: [[Float]]) {
        (
            probes.map { _ in [Float](repeating: 0.5, count: size) },
            probes.map { _ in [Float](repeating: 0, count: size) }
        )
    }

    func restore(_ tile: Pixels, code: [Float]) throws -> Answer {
        tiles += 1
        if let fails, failsAt > 0, tiles >= failsAt { throw fails }
        return answer(tile)
    }

    private func answer(_ tile: Pixels) -> Answer {
        .levels(Pixels(height: tile.height, width: tile.width, bytes: tile.bytes.map { 255 - $0 }))
    }

    func plan() -> PhonePlan? { nil }

    private func turn(_ next: EngineLife) {
        life = next
        report?(next)
    }
}

/// A value that closures of several tasks add to.
final class Log<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [Value] = []

    func add(_ value: Value) { lock.withLock { kept.append(value) } }
    var values: [Value] { lock.withLock { kept } }
}

func choice(_ accelerator: Accelerator, _ precision: Precision = .int8) -> EngineChoice {
    EngineChoice(name: "Core ML", accelerator: accelerator, precision: precision)
}

let PROJECT = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// Localizable.strings of a language: key -> text.
func strings(_ language: String) throws -> [String: String] {
    let file = PROJECT.appendingPathComponent("App/AMIRNet/\(language).lproj/Localizable.strings")
    let text = try String(contentsOf: file, encoding: .utf8)
    let line = /^"(\w+)" = "((?:[^"\\]|\\.)*)";/.anchorsMatchLineEndings()
    return Dictionary(uniqueKeysWithValues: text.matches(of: line).map { (String($0.1), String($0.2)) })
}

func phrasebook(_ language: String) throws -> Phrasebook {
    let texts = try strings(language)
    return Phrasebook(locale: Locale(identifier: language)) { texts[$0] }
}

/// A folder of the test's own.
func freshFolder() throws -> URL {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent("amirnet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    return place
}

/// Pixels that differ from each other, of any seed.
func noisy(_ height: Int, _ width: Int, seed: UInt32 = 1) -> Pixels {
    var state = seed
    let bytes = (0..<(height * width * 3)).map { _ -> UInt8 in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
    return Pixels(height: height, width: width, bytes: bytes)
}
