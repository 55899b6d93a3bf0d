#if canImport(CoreML)
    /// Core ML's models out of a bundle's packages: compiled once, kept, loaded for the accelerator asked for.
    import AMIRNetRuntime
    @preconcurrency import CoreML
    import Foundation

    struct CoremlLibrary: GraphLibrary {
        let title = CoremlEngine.NAME
        let backend = "coreml"
        let encoderPrecision = "float32"
        let concurrency = Concurrency.inTurn
        let memory: EngineMemory? = nil
        let precision: String
        let fixedTile: Int?
        private let bundle: ModelBundle
        private let accelerator: Accelerator
        private let cache: CompileCache
        private let system: String

        init(_ bundle: ModelBundle, _ choice: EngineChoice, _ cache: CompileCache, system: String) {
            (self.bundle, accelerator, self.cache, self.system) = (bundle, choice.accelerator, cache, system)
            precision = choice.precision.rawValue
            fixedTile = bundle.manifest.tile.size
        }

        /// Core ML comes with the system; its framework states a version of its own.
        static var version: String {
            let framework = Bundle(for: MLModel.self)
            return framework.object(forInfoDictionaryKey: "CFBundleVersion") as? String ?? "unknown"
        }

        func load(_ graph: Graph, _ bundle: ModelBundle) async throws -> CoremlGraph {
            do {
                if let kept = cache.find(key(graph)), let model = try? await open(kept) {
                    return CoremlGraph(model, graph)
                }
                // It was not kept, or the system cannot read it any more.
                return CoremlGraph(try await open(try await compiled(graph)), graph)
            } catch let error as AmirnetError {
                throw error
            } catch {
                let reason = oneLine(error.localizedDescription)
                throw EngineError("\(graph.where): Core ML cannot load it (\(reason)); choose another accelerator")
            }
        }

        func encode(
            _ model: CoremlGraph, _ graph: Graph, _ probes: [Pixels]
        ) async throws -> (mask: [[Float]], value: [[Float]]) {
            var (mask, value): ([[Float]], [[Float]]) = ([], [])
            for probe in probes {
                let answer = try await model.encode(probe)
                mask.append(answer.mask)
                value.append(answer.value)
            }
            return (mask, value)
        }

        func restore(_ model: CoremlGraph, _ graph: Graph, _ tile: Pixels, _ code: [Float]) async throws -> Answer {
            .numbers(try await model.restore(tile, code: code))
        }

        /// What the system says it would run where, of encoder and restorer; nil where it does not say, or one of them
        /// was never compiled.
        func plan() async -> PhonePlan? {
            guard let models = try? EngineModels(bundle, backend, precision, encoderPrecision: encoderPrecision),
                let code = try? bundle.tree.codeFor(bundle.tree.root.id), let restorer = try? models.restorer(code),
                let first = await plan(models.encoder), let second = await plan(restorer)
            else { return nil }
            return first.adding(second)
        }

        private func plan(_ graph: Graph) async -> PhonePlan? {
            guard #available(iOS 17.4, macOS 14.4, *), let kept = cache.find(key(graph)) else { return nil }
            return await phonePlan(kept, configuration)
        }

        private var configuration: MLModelConfiguration {
            let configuration = MLModelConfiguration()
            configuration.computeUnits =
                switch accelerator {
                case .npu: .cpuAndNeuralEngine
                case .gpu: .cpuAndGPU
                case .cpu: .cpuOnly
                }
            return configuration
        }

        private func open(_ compiled: URL) async throws -> MLModel {
            try await MLModel.load(contentsOf: compiled, configuration: configuration)
        }

        /// The names of a package's files below its folder, and their places in the bundle.
        private func files(_ graph: Graph) -> [(name: String, path: String)] {
            let folder = graph.path + "/"
            return bundle.manifest.files.keys.filter { $0.hasPrefix(folder) }.sorted()
                .map { (String($0.dropFirst(folder.count)), $0) }
        }

        private func key(_ graph: Graph) -> CompileKey {
            let seals = files(graph).map { ($0.name, bundle.manifest.files[$0.path]!.sha256) }
            let model = CompileKey.model(Dictionary(uniqueKeysWithValues: seals))
            return CompileKey(model: model, system: system, runtime: CoremlLibrary.version)
        }

        /// Sealed bytes only: each file is verified as it is read, and written to a folder that is thrown away.
        private func compiled(_ graph: Graph) async throws -> URL {
            let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            let package = place.appendingPathComponent("model.mlpackage")
            defer { try? FileManager.default.removeItem(at: place) }
            for (name, path) in files(graph) {
                let file = package.appendingPathComponent(name)
                let folder = file.deletingLastPathComponent()
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data(try bundle.read(path)).write(to: file)
            }
            return try cache.keep(try await MLModel.compileModel(at: package), key(graph))
        }
    }
#endif
