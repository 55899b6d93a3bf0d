#if canImport(CoreML)
    /// Core ML's compute plan of a compiled model, counted.
    import CoreML
    import Foundation

    /// nil where Core ML gives none for this model.
    @available(iOS 17.4, macOS 14.4, *)
    func phonePlan(_ compiled: URL, _ configuration: MLModelConfiguration) async -> PhonePlan? {
        guard let plan = try? await MLComputePlan.load(contentsOf: compiled, configuration: configuration),
            case .program(let program) = plan.modelStructure, let main = program.functions["main"]
        else { return nil }
        return PhonePlan.counted(
            operations(main.block).map { operation in
                (
                    accelerator(plan.deviceUsage(for: operation)?.preferred),
                    plan.estimatedCost(of: operation)?.weight ?? 0
                )
            })
    }

    /// All that do work, those of inner blocks included.
    @available(iOS 17.4, macOS 14.4, *)
    private func operations(_ block: MLModelStructure.Program.Block) -> [MLModelStructure.Program.Operation] {
        block.operations.flatMap { operation in
            (operation.operatorName == "const" ? [] : [operation]) + operation.blocks.flatMap(operations)
        }
    }

    @available(iOS 17.4, macOS 14.4, *)
    private func accelerator(_ device: MLComputeDevice?) -> Accelerator? {
        switch device {
        case .neuralEngine: .npu
        case .gpu: .gpu
        case .cpu: .cpu
        default: nil
        }
    }
#endif
