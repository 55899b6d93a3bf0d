#if canImport(CoreML)
    /// One loaded model, and the arrays that its answers are written to: made once, used again for each tile.
    import AMIRNetRuntime
    @preconcurrency import CoreML

    /// Its methods are called in turn, as `GraphEngine` sees to: the arrays are shared by its calls.
    final class CoremlGraph: @unchecked Sendable {
        private let model: MLModel
        private let graph: Graph
        private var inputs: [String: MLMultiArray] = [:]
        private var backings: [String: MLMultiArray] = [:]

        init(_ model: MLModel, _ graph: Graph) {
            (self.model, self.graph) = (model, graph)
        }

        /// A probe -> its row of the mask and of the value.
        func encode(_ probe: Pixels) async throws -> (mask: [Float], value: [Float]) {
            try putPixels("probes", probe)
            let answer = try await run()
            return (try row(answer, "mask"), try row(answer, "value"))
        }

        /// A tile and a code -> the restored tile's numbers.
        func restore(_ tile: Pixels, code: [Float]) async throws -> Floats {
            try putPixels("tile", tile)
            if graph.inputs.contains("code") {
                let array = try input("code", [1, code.count, 1, 1])
                array.withUnsafeMutableBufferPointer(ofType: Float.self) { numbers, strides in
                    for (index, number) in code.enumerated() { numbers[index * strides[1]] = number }
                }
            }
            let restored = try await run().featureValue(for: "restored")?.multiArrayValue
            guard let restored, restored.shape.map(\.intValue) == [1, 3, tile.height, tile.width],
                restored.dataType == .float32
            else { throw wrong("restored") }
            return restored.withUnsafeBufferPointer(ofType: Float.self) { numbers in
                let strides = restored.strides.map(\.intValue)
                return takePlanes(
                    numbers, height: tile.height, width: tile.width, strides: (strides[1], strides[2], strides[3]))
            }
        }

        private func run() async throws -> any MLFeatureProvider {
            let options = MLPredictionOptions()
            for name in graph.outputs where backings[name] == nil {
                guard let wanted = model.modelDescription.outputDescriptionsByName[name]?.multiArrayConstraint,
                    wanted.dataType == .float32
                else { throw wrong(name) }
                backings[name] = try MLMultiArray(shape: wanted.shape, dataType: .float32)
            }
            options.outputBackings = backings
            do {
                let feeds = try MLDictionaryFeatureProvider(dictionary: inputs)
                return try await model.prediction(from: feeds, options: options)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                let reason = oneLine(error.localizedDescription)
                throw EngineError("\(graph.where): failed to run (\(reason)); choose another accelerator")
            }
        }

        private func putPixels(_ name: String, _ pixels: Pixels) throws {
            let array = try input(name, [1, 3, pixels.height, pixels.width])
            array.withUnsafeMutableBufferPointer(ofType: Float.self) { numbers, _ in
                _ = numbers.update(fromContentsOf: toTensor(pixels))  // one of our own making has no gaps
            }
        }

        private func input(_ name: String, _ shape: [Int]) throws -> MLMultiArray {
            let wanted = shape.map { NSNumber(value: $0) }
            if let array = inputs[name], array.shape == wanted { return array }
            do {
                let array = try MLMultiArray(shape: wanted, dataType: .float32)
                inputs[name] = array
                return array
            } catch {
                throw OutOfMemoryError("\(graph.where): no room for \(name) of \(shape); close other apps")
            }
        }

        private func row(_ answer: any MLFeatureProvider, _ name: String) throws -> [Float] {
            guard let array = answer.featureValue(for: name)?.multiArrayValue, array.dataType == .float32,
                array.shape.count == 2
            else { throw wrong(name) }
            let (count, stride) = (array.shape[1].intValue, array.strides[1].intValue)
            return array.withUnsafeBufferPointer(ofType: Float.self) { numbers in
                (0..<count).map { numbers[$0 * stride] }
            }
        }

        private func wrong(_ name: String) -> EngineError {
            EngineError("\(graph.where): its output \(name) is not what the contract says; export the bundle again")
        }
    }
#endif
