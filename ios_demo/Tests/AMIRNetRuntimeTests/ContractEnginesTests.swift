/// Vectors of engines and errors, replayed (CONTRACT G, B7).
import AMIRNetEngines
import XCTest

@testable import AMIRNetRuntime

/// A library whose graphs do nothing.
struct IdleLibrary: GraphLibrary {
    let title = "idle"
    let backend = "onnx"
    let precision = "float32"
    let encoderPrecision = "float32"
    let concurrency: Concurrency
    let fixedTile: Int? = nil
    let memory: EngineMemory? = nil
    let loads = Calls()
    /// What a restorer does with a tile.
    let answer: @Sendable (Pixels) async throws -> Answer

    init(
        concurrency: Concurrency = .inTurn,
        answer: @escaping @Sendable (Pixels) async throws -> Answer = { .levels($0) }
    ) {
        (self.concurrency, self.answer) = (concurrency, answer)
    }

    func load(_ graph: Graph, _ bundle: ModelBundle) async throws -> Int {
        await Task.yield()
        return loads.add(try bundle.read(graph.path).count)
    }

    func encode(_ model: Int, _ graph: Graph, _ probes: [Pixels]) async throws -> (mask: [[Float]], value: [[Float]]) {
        let answers = probes.map { _ in [Float](repeating: 0, count: 3) }
        return (answers, answers)
    }

    func restore(_ model: Int, _ graph: Graph, _ tile: Pixels, _ code: [Float]) async throws -> Answer {
        try await answer(tile)
    }
}

final class ContractEnginesTests: XCTestCase {
    func testLife() throws {
        try replay("engines", "life") { given, expected in
            let states = try waited {
                let engine = try GraphEngine(smallBundle(), IdleLibrary())
                let before = await engine.state
                XCTAssertEqual(before, .unloaded)
                var states: [String] = []
                for call in given["calls"].strings {
                    switch call {
                    case "load": try await engine.load()
                    case "prewarm": try await engine.prewarm()
                    case "unload": await engine.unload()
                    case "encode": _ = try await engine.encode([Pixels(height: 64, width: 64)])
                    case "restore":
                        let code = try engine.bundle.tree.codeFor(0)
                        _ = try await engine.restore(Pixels(height: 56, width: 56), code: code)
                    default: XCTFail("no such call: \(call)")
                    }
                    states.append(await engine.state.rawValue)
                }
                return states
            }
            XCTAssertEqual(states, expected["states"].strings)
        }
    }

    func testEncoded() throws {
        let canSay = { (given: JsonValue) in ["mask", "value"].allSatisfy { given[$0].ints.count == 2 } }
        try replay("engines", "encoded", canSay: canSay) { given, _ in
            let answers = ["mask", "value"].map { key in
                let shape = given[key].ints
                return [[Float]](repeating: [Float](repeating: 0, count: shape[1]), count: shape[0])
            }
            try checkEncoded("toy", answers[0], answers[1], given["count"].int, given["size"].int)
        }
    }

    func testRestored() throws {
        let canSay = { (given: JsonValue) in
            let shape = given["restored"].ints
            return ["uint8", "float32"].contains(given["type"].string) && shape.count == 3 && shape[2] == 3
        }
        try replay("engines", "restored", canSay: canSay) { given, _ in
            let (tile, shape, isNumbers) = (
                given["tile"].ints, given["restored"].ints, given["type"].string == "float32"
            )
            let numbers = [Float](repeating: 0, count: shape.reduce(1, *))
            let answer: Answer =
                isNumbers
                ? .numbers(Floats(height: shape[0], width: shape[1], values: numbers))
                : .levels(Pixels(height: shape[0], width: shape[1]))
            try checkRestored("toy", answer, Pixels(height: tile[0], width: tile[1]))
        }
    }

    func testErrors() throws {
        try replay("errors", "errors") { given, expected in
            let source = String(
                decoding: try bytesOf("\(REPOSITORY)/ios_demo/Sources/AMIRNetRuntime/Errors.swift"), as: UTF8.self)
            let base = expected["base"].isNull ? "AmirnetError" : expected["base"].string
            XCTAssertTrue(source.contains("class \(given["error"].string): \(base), "))
        }
    }
}

/// The small bundle of the vectors, which runs nowhere.
func smallBundle() throws -> ModelBundle {
    let sound = try document("bundles")["groups"]["zip"]["cases"].items.first { $0["name"].string == "sound" }!
    return try inNewFolder { folder in
        try Data(content(sound["given"]["content"])).write(to: URL(fileURLWithPath: "\(folder)/small.zip"))
        return try ModelBundle.open("\(folder)/small.zip")
    }
}
