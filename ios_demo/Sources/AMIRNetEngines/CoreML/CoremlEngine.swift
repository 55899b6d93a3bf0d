#if canImport(CoreML)
    /// The Core ML engine: a bundle's packages on the Neural Engine, the GPU or the CPU. One probe at a time, one tile
    /// size.
    import AMIRNetRuntime
    import Foundation

    /// Core ML has no strict mode: the CPU may always take over what the accelerator asked for cannot do, and no app
    /// sees what ran. `plan` is what the system says that it would do.
    public actor CoremlEngine: PhoneEngine {
        public static let NAME = "Core ML"

        public nonisolated let choice: EngineChoice
        public private(set) var life = EngineLife.unloaded {
            didSet { if life != oldValue { report?(life) } }
        }
        private let engine: GraphEngine<CoremlLibrary>
        private var report: (@Sendable (EngineLife) -> Void)?

        /// `system`: the exact build of the system. Throws EngineError when the bundle holds no such models.
        public init(_ bundle: ModelBundle, _ choice: EngineChoice, cache: CompileCache, system: String) throws {
            self.choice = choice
            engine = try GraphEngine(bundle, CoremlLibrary(bundle, choice, cache, system: system))
        }

        public nonisolated var title: String { engine.title }
        public nonisolated var version: String { CoremlLibrary.version }
        public nonisolated var concurrency: Concurrency { engine.concurrency }
        public nonisolated var fixedTile: Int? { engine.fixedTile }
        public nonisolated var memory: EngineMemory? { engine.memory }

        /// Of what was asked for only "the CPU alone" is a promise of Core ML's.
        public nonisolated var ran: Accelerator? { choice.accelerator == .cpu ? .cpu : nil }

        public var state: EngineState {
            get async { await engine.state }
        }

        public func watch(_ report: @escaping @Sendable (EngineLife) -> Void) {
            self.report = report
            report(life)
        }

        public func load() async throws {
            life = .specializing
            do { try await engine.load() } catch {
                life = .unloaded
                throw error
            }
            life = .warming
        }

        /// Ready only after a run whose answer is thrown away: nothing else tells when the system has specialized a
        /// model.
        public func prewarm(tile: Int?) async throws {
            try await load()
            do { try await engine.prewarm(tile: tile) } catch {
                life = .unloaded
                throw error
            }
            life = .ready
        }

        public func unload() async {
            await engine.unload()
            life = .unloaded
        }

        public func encode(_ probes: [Pixels]) async throws -> (mask: [[Float]], value: [[Float]]) {
            try await engine.encode(probes)
        }

        public func restore(_ tile: Pixels, code: [Float]) async throws -> Answer {
            try await engine.restore(tile, code: code)
        }

        public func plan() async -> PhonePlan? {
            await engine.library.plan()
        }
    }
#endif
