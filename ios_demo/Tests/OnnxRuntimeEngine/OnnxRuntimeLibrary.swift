/// The ONNX engine: a bundle's ONNX models on the CPU, set up as the Python SDK sets ONNX Runtime up.
import AMIRNetEngines
import AMIRNetRuntime
import COnnxRuntime
import Foundation

public typealias OnnxRuntimeEngine = GraphEngine<OnnxRuntimeLibrary>

/// `precision`: "float32" or "int8". Its graphs take planes, so pixels are parted into channels on their way in, and in
/// float divided by 255.
public struct OnnxRuntimeLibrary: GraphLibrary {
    public let title = "ONNX Runtime"
    public let backend = "onnx"
    public let precision: String
    public let encoderPrecision = "float32"
    public let concurrency = Concurrency.parallel
    public let fixedTile: Int? = nil
    public let memory: EngineMemory?
    public let spent = Spent()
    private let threads: Int

    public init(precision: String = "float32", threads: Int = 0) {
        self.precision = precision
        self.threads = threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount
        memory = EngineMemory(runtime: 100_000_000, tilePixel: precision == "int8" ? 420 : 340)  // as Python's
    }

    public func load(_ graph: Graph, _ bundle: ModelBundle) async throws -> OnnxModel {
        let content = try bundle.read(graph.path)
        return try failing(graph, "cannot be loaded") {
            // The encoder need not keep its memory.
            OnnxModel(
                session: try OnnxSession(content, threads: threads, arena: graph.role == .restorer),
                codeSteps: bundle.tree.codeSteps)
        }
    }

    public func encode(
        _ model: OnnxModel, _ graph: Graph, _ probes: [Pixels]
    ) async throws -> (mask: [[Float]], value: [[Float]]) {
        let side = Int64(probes[0].height)
        var planes = probes.flatMap(toTensor)
        return try failing(graph, "failed to run") {
            try planes.withUnsafeMutableBytes { place in
                let shape = [Int64(probes.count), 3, side, side]
                let input = try OnnxRuntime.shared.get().tensor(place, shape, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT)
                return try run(model, [(graph.inputs[0], input)], graph) { outputs in
                    let rows = try outputs.map { output in
                        let tensor = try OnnxRuntime.shared.get().read(output)
                        let numbers = tensor.numbers(of: Float.self)
                        let size = tensor.shape[tensor.shape.count - 1]
                        return stride(from: 0, to: numbers.count, by: size).map { Array(numbers[$0..<($0 + size)]) }
                    }
                    return (rows[0], rows[1])
                }
            }
        }
    }

    public func restore(_ model: OnnxModel, _ graph: Graph, _ tile: Pixels, _ code: [Float]) async throws -> Answer {
        let shape = [1, 3, Int64(tile.height), Int64(tile.width)]
        return try failing(graph, "failed to run") {
            if precision == "int8" {
                return try restore(
                    model, graph, toPlanes(tile), codeBytes(code, model.codeSteps), shape,
                    ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8
                ) { .levels(Pixels(height: $0, width: $1, bytes: channelsLast($2))) }
            }
            return try restore(model, graph, toTensor(tile), code, shape, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
                .numbers(Floats(height: $0, width: $1, values: channelsLast($2)))
            }
        }
    }

    private func restore<Number>(
        _ model: OnnxModel, _ graph: Graph, _ planes: [Number], _ code: [Number], _ shape: [Int64],
        _ type: ONNXTensorElementDataType, _ answer: (Int, Int, UnsafeBufferPointer<Number>) -> Answer
    ) throws -> Answer {
        var (planes, code) = (planes, code)
        let runtime = try OnnxRuntime.shared.get()
        return try planes.withUnsafeMutableBytes { planes in
            try code.withUnsafeMutableBytes { code in
                let pixel = [1, Int64(code.count / MemoryLayout<Number>.stride), 1, 1]
                let places = [(planes, shape), (code, pixel)]
                // A folded restorer takes no code: what is left over is not fed.
                let inputs = try zip(graph.inputs, places).map { ($0, try runtime.tensor($1.0, $1.1, type)) }
                return try run(model, inputs, graph) { outputs in
                    let tensor = try runtime.read(outputs[0])
                    guard tensor.type == type, tensor.shape.count == 4, tensor.shape[1] == 3 else {
                        throw EngineError("\(graph.where): returned \(tensor.shape); export the bundle again")
                    }
                    return answer(tensor.shape[2], tensor.shape[3], tensor.numbers(of: Number.self))
                }
            }
        }
    }

    /// Around the library's own work a clock.
    private func run<Result>(
        _ model: OnnxModel, _ inputs: [(name: String, tensor: OpaquePointer)], _ graph: Graph,
        _ take: ([OpaquePointer?]) throws -> Result
    ) throws -> Result {
        let start = ContinuousClock.now
        return try model.session.run(inputs, graph.outputs) { outputs in
            spent.add(ContinuousClock.now - start)
            return try take(outputs)
        }
    }
}

/// A loaded graph, and the steps per unit of its tree's code.
public struct OnnxModel: Sendable {
    let session: OnnxSession
    let codeSteps: Int
}

/// How long graphs have run, of all tasks.
public final class Spent: @unchecked Sendable {
    private let lock = NSLock()
    private var sum = Duration.zero

    public var seconds: Double {
        lock.lock()
        defer { lock.unlock() }
        return Double(sum.components.seconds) + Double(sum.components.attoseconds) * 1e-18
    }

    func add(_ duration: Duration) {
        lock.lock()
        defer { lock.unlock() }
        sum += duration
    }
}

/// What the library throws becomes an EngineError that names the graph and a remedy.
private func failing<Result>(_ graph: Graph, _ what: String, _ work: () throws -> Result) throws -> Result {
    do {
        return try work()
    } catch let failure as OnnxFailure where failure.isMemory {
        throw OutOfMemoryError("\(graph.where): \(what) (\(failure.message)); choose a smaller tile")
    } catch let failure as OnnxFailure {
        throw EngineError("\(graph.where): \(what) (\(failure.message)); export the bundle again")
    }
}

/// Three planes to RGB after RGB.
private func channelsLast<Number>(_ planes: UnsafeBufferPointer<Number>) -> [Number] {
    let count = planes.count / 3
    return [Number](unsafeUninitializedCapacity: planes.count) { place, filled in
        for at in 0..<count {
            (place.baseAddress! + 3 * at).initialize(to: planes[at])
            (place.baseAddress! + 3 * at + 1).initialize(to: planes[count + at])
            (place.baseAddress! + 3 * at + 2).initialize(to: planes[2 * count + at])
        }
        filled = planes.count
    }
}
