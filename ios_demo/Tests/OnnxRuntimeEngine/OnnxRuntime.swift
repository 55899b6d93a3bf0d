/// ONNX Runtime's C interface: one environment, sessions, tensors. For tests and the command line on a desk.
import AMIRNetRuntime
import COnnxRuntime
import Foundation

/// The variable that names the library's file.
public let ONNX_RUNTIME_LIBRARY = "AMIRNET_ONNXRUNTIME"

/// The functions of the library and its environment, alive as long as the process.
final class OnnxRuntime: @unchecked Sendable {
    /// Opened when first used; why not, where it cannot be.
    static let shared = Result { try OnnxRuntime() }

    let api: OrtApi
    let environment: OpaquePointer

    private init() throws {
        setenv("ORT_DISABLE_TELEMETRY", "1", 1)  // read once, as the library loads: nothing here phones anybody
        guard let path = ProcessInfo.processInfo.environment[ONNX_RUNTIME_LIBRARY] else {
            throw EngineError("ONNX Runtime: \(ONNX_RUNTIME_LIBRARY) is not set; let it name libonnxruntime's file")
        }
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(library, "OrtGetApiBase") else {
            let reason = oneLine(dlerror().map { String(cString: $0) } ?? "no such library")
            throw EngineError("ONNX Runtime: cannot be loaded (\(reason)); let \(ONNX_RUNTIME_LIBRARY) name its file")
        }
        typealias Base = @convention(c) () -> UnsafePointer<OrtApiBase>?
        let base = unsafeBitCast(symbol, to: Base.self)()
        guard let api = base?.pointee.GetApi(UInt32(ORT_API_VERSION)) else {
            throw EngineError("ONNX Runtime: \(path) is older than its header; take a later library")
        }
        self.api = api.pointee
        var environment: OpaquePointer?
        try Self.check(api.pointee, api.pointee.CreateEnv(ORT_LOGGING_LEVEL_FATAL, "amirnet", &environment))
        _ = api.pointee.DisableTelemetryEvents(environment)
        self.environment = environment!
    }

    /// Throws what a status says.
    static func check(_ api: OrtApi, _ status: OpaquePointer?) throws {
        guard let status else { return }
        let message = String(cString: api.GetErrorMessage(status)!)
        api.ReleaseStatus(status)
        throw OnnxFailure(message: oneLine(message))
    }

    func check(_ status: OpaquePointer?) throws {
        try Self.check(api, status)
    }

    /// A tensor over memory that the caller keeps.
    func tensor(
        _ place: UnsafeMutableRawBufferPointer, _ shape: [Int64], _ type: ONNXTensorElementDataType
    ) throws -> OpaquePointer {
        var (memory, value): (OpaquePointer?, OpaquePointer?)
        try check(api.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory))
        defer { api.ReleaseMemoryInfo(memory) }
        try check(
            api.CreateTensorWithDataAsOrtValue(
                memory, place.baseAddress, place.count, shape, shape.count, type, &value))
        return value!
    }

    /// A tensor's shape, its type, and its numbers, which are the library's own.
    func read(_ value: OpaquePointer?) throws -> OnnxTensor {
        var info: OpaquePointer?
        try check(api.GetTensorTypeAndShape(value, &info))
        defer { api.ReleaseTensorTypeAndShapeInfo(info) }
        var (axes, type, data): (Int, ONNXTensorElementDataType, UnsafeMutableRawPointer?) = (
            0, ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED, nil
        )
        try check(api.GetDimensionsCount(info, &axes))
        try check(api.GetTensorElementType(info, &type))
        var shape = [Int64](repeating: 0, count: axes)
        try check(api.GetDimensions(info, &shape, axes))
        try check(api.GetTensorMutableData(value, &data))
        return OnnxTensor(shape: shape.map { Int($0) }, type: type, data: data!)
    }
}

/// What the library said.
struct OnnxFailure: Error {
    let message: String

    /// How ONNX Runtime says that there is no memory left.
    var isMemory: Bool {
        let signs = ["bad alloc", "bad_alloc", "badalloc", "out of memory", "failed to allocate", "not enough memory"]
        let text = message.lowercased()
        return signs.contains { text.contains($0) } || text.contains("allocaterawinternal")
    }
}

struct OnnxTensor {
    let shape: [Int]
    let type: ONNXTensorElementDataType
    let data: UnsafeMutableRawPointer

    func numbers<Number>(of: Number.Type) -> UnsafeBufferPointer<Number> {
        let count = shape.reduce(1, *)
        return UnsafeBufferPointer(start: data.assumingMemoryBound(to: Number.self), count: count)
    }
}

/// A session: any number of tasks may run it at once, as ONNX Runtime promises.
final class OnnxSession: @unchecked Sendable {
    private let runtime: OnnxRuntime
    private let session: OpaquePointer

    init(_ content: [UInt8], threads: Int, arena: Bool) throws {
        let runtime = try OnnxRuntime.shared.get()
        let api = runtime.api
        var (options, session): (OpaquePointer?, OpaquePointer?)
        try runtime.check(api.CreateSessionOptions(&options))
        defer { api.ReleaseSessionOptions(options) }
        try runtime.check(api.SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL))
        try runtime.check(api.SetIntraOpNumThreads(options, Int32(threads)))
        try runtime.check(arena ? api.EnableCpuMemArena(options) : api.DisableCpuMemArena(options))
        try runtime.check(api.DisableMemPattern(options))  // it plans memory anew for every tile size
        try runtime.check(
            content.withUnsafeBytes {
                api.CreateSessionFromArray(runtime.environment, $0.baseAddress, $0.count, options, &session)
            })
        self.runtime = runtime
        self.session = session!
    }

    deinit { runtime.api.ReleaseSession(session) }

    /// Runs the graph; `take` gets the outputs, in the order of their names, which it may read until it returns.
    func run<Result>(
        _ inputs: [(name: String, tensor: OpaquePointer)], _ outputs: [String],
        _ take: ([OpaquePointer?]) throws -> Result
    ) throws -> Result {
        let names = (inputs.map(\.name) + outputs).map { strdup($0) }
        var results = [OpaquePointer?](repeating: nil, count: outputs.count)
        defer {
            names.forEach { free($0) }
            results.forEach { runtime.api.ReleaseValue($0) }
            inputs.forEach { runtime.api.ReleaseValue($0.tensor) }
        }
        let given = names[..<inputs.count].map { UnsafePointer($0) }
        let wanted = names[inputs.count...].map { UnsafePointer($0) }
        try runtime.check(
            runtime.api.Run(
                session, nil, given, inputs.map { Optional($0.tensor) }, inputs.count, wanted, wanted.count, &results))
        return try take(results)
    }
}
