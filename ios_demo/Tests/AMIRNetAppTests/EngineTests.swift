import AMIRNetRuntime
import Foundation
import XCTest

@testable import AMIRNetApp
@testable import AMIRNetEngines

final class EngineChainTests: XCTestCase {
    private let choices = [choice(.npu), choice(.gpu), choice(.cpu)]

    private func chain(_ choices: [EngineChoice], failing: Set<Accelerator>) -> (EngineChain, Log<FakeEngine>) {
        let made = Log<FakeEngine>()
        let chain = EngineChain(choices) { choice in
            let fails = failing.contains(choice.accelerator)
            let engine = FakeEngine(choice, fails: fails ? EngineError("m: no \(choice.accelerator);\n try") : nil)
            made.add(engine)
            return engine
        }
        return (chain, made)
    }

    func testTheFirstThatGetsReadyIsTakenAndTheOthersAreTold() async throws {
        let (chain, made) = chain(choices, failing: [.npu])
        let engine = try await chain.ready()
        let life = await engine.life
        XCTAssertEqual([engine.choice.accelerator.rawValue, life.rawValue], ["gpu", "ready"])
        let failures = await chain.failures
        XCTAssertEqual(failures, [EngineFailure(choice: choice(.npu), reason: "m: no npu; try")])
        let left = await made.values[0].unloaded
        XCTAssertEqual(left, 1, "the one that failed lets go of its memory")
        _ = try await chain.ready()
        XCTAssertEqual(made.values.count, 2, "and the ready one is kept")
    }

    func testOneAloneIsStrict() async throws {
        let (chain, _) = chain([choice(.gpu)], failing: [.gpu])
        do {
            _ = try await chain.ready()
            XCTFail("it failed, and nothing else was asked for")
        } catch let error as EngineError {
            XCTAssertTrue(error.message.hasPrefix("m: no gpu"))
        }
        let failures = await chain.failures
        XCTAssertEqual(failures, [])
    }

    func testAnEngineThatFailsInTheMiddleIsLeft() async throws {
        let (chain, _) = chain(choices, failing: [])
        _ = try await chain.ready()
        let next = try await chain.next(after: EngineError("m: lost; try"))
        XCTAssertEqual(next.choice, choice(.gpu))
        let failures = await chain.failures
        XCTAssertEqual(failures.map(\.reason), ["m: lost; try"])
    }

    func testTwoCallersGetOneEngine() async throws {
        let (chain, made) = chain(choices, failing: [])
        async let one = chain.ready()
        async let other = chain.ready()
        let both = try await [one.choice, other.choice]
        XCTAssertEqual(both[0], both[1])
        XCTAssertEqual(made.values.count, 1)
    }

    func testLivesAreTold() async throws {
        let (chain, _) = chain(choices, failing: [.npu])
        let seen = Log<String>()
        await chain.watching { seen.add("\($0.accelerator.rawValue) \($1.rawValue)") }
        _ = try await chain.ready()
        XCTAssertEqual(
            seen.values,
            [
                "npu unloaded", "npu specializing", "npu unloaded", "gpu unloaded", "gpu specializing", "gpu warming",
                "gpu ready",
            ])
    }
}

final class CompileCacheTests: XCTestCase {
    private let key = CompileKey(model: "m", system: "23A341", runtime: "1")

    func testKeepsFindsAndClears() throws {
        let folder = try freshFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let cache = CompileCache(folder.appendingPathComponent("cache"))
        XCTAssertNil(cache.find(key))
        XCTAssertEqual(cache.bytes, 0)
        for content in ["12345", "1234567"] {
            let compiled = folder.appendingPathComponent("model.mlmodelc")
            try FileManager.default.createDirectory(at: compiled, withIntermediateDirectories: true)
            try Data(content.utf8).write(to: compiled.appendingPathComponent("weights"))
            let kept = try cache.keep(compiled, key)
            XCTAssertEqual(cache.find(key), kept)
            XCTAssertFalse(FileManager.default.fileExists(atPath: compiled.path))
        }
        XCTAssertEqual(cache.bytes, 7, "the new one took the old one's place")
        try cache.clear()
        XCTAssertNil(cache.find(key))
        XCTAssertNoThrow(try cache.clear())
    }

    func testAnythingThatACompiledModelDependsOnChangesItsKey() {
        let keys = [
            key, CompileKey(model: "n", system: "23A341", runtime: "1"),
            CompileKey(model: "m", system: "23B85", runtime: "1"),
            CompileKey(model: "m", system: "23A341", runtime: "2"),
            CompileKey(model: "m2", system: "3A341", runtime: "1"),
        ]
        XCTAssertEqual(Set(keys.map(\.folder)).count, keys.count)
        let model = CompileKey.model(["a": "1", "b": "2"])
        XCTAssertEqual(model, CompileKey.model(["b": "2", "a": "1"]))
        XCTAssertNotEqual(model, CompileKey.model(["a": "2", "b": "1"]))
    }
}

final class PlanesTests: XCTestCase {
    func testPlanesWithAndWithoutGaps() {
        let pixels = noisy(5, 7)
        let tensor = toTensor(pixels)
        for strides in [(channel: 35, row: 7, column: 1), (channel: 80, row: 16, column: 2)] {
            var numbers = [Float](repeating: -1, count: 240)
            for (place, number) in tensor.enumerated() {
                let (channel, row, column) = (place / 35, place % 35 / 7, place % 7)
                numbers[channel * strides.channel + row * strides.row + column * strides.column] = number
            }
            let found = numbers.withUnsafeBufferPointer { takePlanes($0, height: 5, width: 7, strides: strides) }
            XCTAssertEqual(found.values, pixels.bytes.map { Float($0) / 255 })
        }
    }
}
