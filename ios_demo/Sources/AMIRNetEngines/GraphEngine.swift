/// What the engines share: graphs that are loaded when first used, a life, and safety under tasks (CONTRACT G7, G8).
import AMIRNetRuntime

/// What a runtime library does for an engine. `Model` is a graph that it has loaded.
public protocol GraphLibrary: Sendable {
    associatedtype Model: Sendable

    /// What runs, for people.
    var title: String { get }

    /// As the manifest names it: "onnx", "coreml", "tflite".
    var backend: String { get }

    /// Of the restorer, as the manifest names it.
    var precision: String { get }

    /// Of the encoder.
    var encoderPrecision: String { get }

    var concurrency: Concurrency { get }

    /// Side in pixels of the only tiles that its restorer takes; nil: any multiple of the alignment.
    var fixedTile: Int? { get }

    var memory: EngineMemory? { get }

    /// The graph, ready to run, of bytes that were checked as they were read. Throws EngineError.
    func load(_ graph: Graph, _ bundle: ModelBundle) async throws -> Model

    /// As `Engine.encode`; of libraries whose calls are in turn, one task is in here at a time.
    func encode(_ model: Model, _ graph: Graph, _ probes: [Pixels]) async throws -> (mask: [[Float]], value: [[Float]])

    /// As `Engine.restore`; of libraries whose calls are in turn, one task is in here at a time.
    func restore(_ model: Model, _ graph: Graph, _ tile: Pixels, _ code: [Float]) async throws -> Answer
}

private let GRAY: UInt8 = 128

/// The engine protocol, but for what a runtime library does. It is the one owner of the loaded graphs.
public actor GraphEngine<Library: GraphLibrary>: Engine {
    public nonisolated let bundle: ModelBundle
    public nonisolated let library: Library
    private nonisolated let models: EngineModels
    private nonisolated let turn: Turn?
    private var loaded: [String: Task<Library.Model, any Error>] = [:]
    private var isWarm = false

    /// Throws EngineError when the bundle holds no such models.
    public init(_ bundle: ModelBundle, _ library: Library) throws {
        self.bundle = bundle
        self.library = library
        models = try EngineModels(
            bundle, library.backend, library.precision, encoderPrecision: library.encoderPrecision)
        turn = library.concurrency == .inTurn ? Turn() : nil
    }

    public nonisolated var title: String { library.title }
    public nonisolated var concurrency: Concurrency { library.concurrency }
    public nonisolated var fixedTile: Int? { library.fixedTile }
    public nonisolated var memory: EngineMemory? { library.memory }

    public var state: EngineState {
        if loaded.isEmpty { return .unloaded }
        return isWarm ? .ready : .loaded
    }

    public func load() async throws {
        _ = try await model(models.encoder)
        if !isFolded(bundle) { _ = try await model(models.restorer(rootCode())) }
    }

    public func prewarm(tile: Int? = nil) async throws {
        let (probe, side) = (bundle.spec.probe.size, tile ?? fixedTile ?? bundle.spec.tile.size)
        _ = try await encode([Pixels(height: probe, width: probe, level: GRAY)])
        if !isFolded(bundle) {
            _ = try await restore(Pixels(height: side, width: side, level: GRAY), code: rootCode())
        }
        isWarm = true
    }

    public func unload() async {
        await turn?.take()
        loaded.removeAll()
        isWarm = false
        await turn?.give()
    }

    public nonisolated func encode(_ probes: [Pixels]) async throws -> (mask: [[Float]], value: [[Float]]) {
        let graph = models.encoder
        let (mask, value) = try await running(graph) { try await self.library.encode($0, graph, probes) }
        try checkEncoded(graph.where, mask, value, probes.count, bundle.tree.size)
        return (mask, value)
    }

    public nonisolated func restore(_ tile: Pixels, code: [Float]) async throws -> Answer {
        let graph = try models.restorer(code)
        let restored = try await running(graph) { try await self.library.restore($0, graph, tile, code) }
        try checkRestored(graph.where, restored, tile)
        return restored
    }

    private nonisolated func rootCode() throws -> [Float] {
        try bundle.tree.codeFor(bundle.tree.root.id)
    }

    /// Runs `work` on the loaded graph, in turn where the library wants that. A graph that ran out of memory is let go
    /// of.
    private nonisolated func running<Result: Sendable>(
        _ graph: Graph, _ work: @Sendable (Library.Model) async throws -> Result
    ) async throws -> Result {
        await turn?.take()
        do {
            let result = try await work(try await model(graph))
            await turn?.give()
            return result
        } catch {
            if error is OutOfMemoryError { await drop(graph) }
            await turn?.give()
            throw error
        }
    }

    /// The loaded graph. Two tasks that need it at once load it once.
    private func model(_ graph: Graph) async throws -> Library.Model {
        let loading = loaded[graph.path] ?? Task { try await library.load(graph, bundle) }
        loaded[graph.path] = loading
        do {
            return try await loading.value
        } catch {
            if loaded[graph.path] == loading { loaded[graph.path] = nil }
            throw error
        }
    }

    /// Let go of a graph, and of the memory that it holds on to.
    private func drop(_ graph: Graph) {
        loaded[graph.path] = nil
    }
}

/// Lets one task in at a time, in the order in which they came. (An actor alone does not: while one task waits in it
/// for a library, another comes in.)
private actor Turn {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        if !isTaken {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        if waiting.isEmpty {
            isTaken = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
