#if canImport(CoreML)
    /// The Core ML engine: a bundle's packages on the Neural Engine, the GPU or the CPU. One probe at a time, one tile size.
    import AMIRNetRuntime
    import CoreML
    import Foundation

    /// Core ML has no strict mode: the CPU may always take over what the accelerator asked for cannot do, and no app sees
    /// what ran. `plan` is what the system says that it would do.
    public actor CoremlEngine: PhoneEngine {
        public static let NAME = "Core ML"

        public nonisolated let title = CoremlEngine.NAME
        public nonisolated let concurrency = Concurrency.inTurn
        public nonisolated let memory: EngineMemory? = nil
        public nonisolated let choice: EngineChoice
        public nonisolated let version: String
        public nonisolated let fixedTile: Int?
        public private(set) var life = EngineLife.unloaded {
            didSet { if life != oldValue { report?(life) } }
        }

        private let bundle: ModelBundle
        private let models: EngineModels
        private let library: CoremlLibrary
        private let turn = Turn()
        private var graphs: [String: CoremlGraph] = [:]
        private var loading: [String: Task<CoremlGraph, any Error>] = [:]
        private var report: (@Sendable (EngineLife) -> Void)?

        /// Throws EngineError when the bundle holds no such models.
        public init(_ bundle: ModelBundle, _ choice: EngineChoice, cache: CompileCache, system: String) throws {
            (self.bundle, self.choice) = (bundle, choice)
            models = try EngineModels(bundle, "coreml", choice.precision.rawValue)
            version = CoremlLibrary.version
            library = CoremlLibrary(bundle, choice.accelerator, cache, system: system)
            fixedTile = bundle.manifest.tile.size
        }

        /// Of what was asked for only "the CPU alone" is a promise of Core ML's.
        public nonisolated var ran: Accelerator? { choice.accelerator == .cpu ? .cpu : nil }

        public var state: EngineState {
            if graphs.isEmpty { return .unloaded }
            return life == .ready ? .ready : .loaded
        }

        public func watch(_ report: @escaping @Sendable (EngineLife) -> Void) {
            self.report = report
            report(life)
        }

        public func load() async throws {
            _ = try await graph(models.encoder)
            if !isFolded(bundle) { _ = try await graph(models.restorer(rootCode)) }
        }

        public func prewarm(tile: Int?) async throws {
            do {
                life = .specializing
                try await load()
                life = .warming
                let side = bundle.spec.probe.size
                _ = try await encode([Pixels(height: side, width: side, level: 128)])
                if !isFolded(bundle) {
                    let side = tile ?? bundle.manifest.tile.size
                    _ = try await restore(Pixels(height: side, width: side, level: 128), code: rootCode)
                }
                life = .ready
            } catch {
                life = .unloaded
                throw error
            }
        }

        public func unload() async {
            _ = try? await turn {}  // the calls at work in the graphs come first
            graphs.removeAll()
            life = .unloaded
        }

        public func encode(_ probes: [Pixels]) async throws -> (mask: [[Float]], value: [[Float]]) {
            let wanted = models.encoder
            let graph = try await graph(wanted)
            var (mask, value): ([[Float]], [[Float]]) = ([], [])
            for probe in probes {
                let answer = try await turn { try await graph.encode(probe) }
                mask.append(answer.mask)
                value.append(answer.value)
            }
            try checkEncoded(wanted.where, mask, value, probes.count, bundle.tree.size)
            return (mask, value)
        }

        public func restore(_ tile: Pixels, code: [Float]) async throws -> Answer {
            let wanted = try models.restorer(code)
            let graph = try await graph(wanted)
            let answer = Answer.numbers(try await turn { try await graph.restore(tile, code: code) })
            try checkRestored(wanted.where, answer, tile)
            return answer
        }

        public func plan() async -> PhonePlan? {
            guard let encoder = await library.plan(models.encoder), let code = try? rootCode,
                let wanted = try? models.restorer(code), let restorer = await library.plan(wanted)
            else { return nil }
            return encoder.adding(restorer)
        }

        private var rootCode: [Float] {
            get throws { try bundle.tree.codeFor(bundle.tree.root.id) }
        }

        /// The loaded graph. Two callers who need it at once load it once.
        private func graph(_ wanted: Graph) async throws -> CoremlGraph {
            if let graph = graphs[wanted.path] { return graph }
            let task = loading[wanted.path] ?? Task { [library] in try await library.load(wanted) }
            loading[wanted.path] = task
            defer { loading[wanted.path] = nil }
            let graph = try await task.value
            graphs[wanted.path] = graph
            return graph
        }
    }
#endif
