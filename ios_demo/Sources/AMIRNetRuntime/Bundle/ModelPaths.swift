/// Which models of a bundle an engine runs: one restorer that takes a code, or one a node (CONTRACT G2, G3, G5).

/// What a graph does.
public enum Role: String, Sendable {
    case encoder
    case restorer
}

/// Role -> the graph's input and output names. A restorer that was folded for a node has no `code`.
private let GRAPH_INPUTS: [Role: [String]] = [.encoder: ["probes"], .restorer: ["tile", "code"]]
private let GRAPH_OUTPUTS: [Role: [String]] = [.encoder: ["mask", "value"], .restorer: ["restored"]]

private let TITLES = ["onnx": "ONNX", "tflite": "TFLite", "coreml": "Core ML"]

/// One model.
public struct Graph: Sendable, Equatable {
    public let role: Role
    /// Its place in the bundle.
    public let path: String
    /// Names bundle and file in messages.
    public let `where`: String
    public let inputs: [String]
    public let outputs: [String]
}

/// A bundle's models for one backend.
public struct EngineModels: Sendable {
    public let encoder: Graph
    private let whole: Graph?
    private let folded: [[Float]: Graph]
    private let bundle: ModelBundle

    /// `precision`: the restorer's; `encoderPrecision`: the encoder's, which is float in every precision. Throws
    /// EngineError when the bundle lacks one.
    public init(
        _ bundle: ModelBundle, _ backend: String, _ precision: String, encoderPrecision: String = "float32"
    ) throws {
        self.bundle = bundle
        encoder = try graph(bundle, .encoder, "encoder", backend, encoderPrecision)
        whole = isFolded(bundle) ? nil : try graph(bundle, .restorer, "restorer", backend, precision)
        var folded: [[Float]: Graph] = [:]
        for node in whole == nil ? bundle.tree.nodes : [] {
            let role = foldedRole(node.id)
            if bundle.manifest.models[role] == nil { continue }
            folded[key(try bundle.tree.codeFor(node.id))] = try graph(bundle, .restorer, role, backend, precision)
        }
        self.folded = folded
    }

    /// The restorer for a code of K numbers. Throws EngineError when nothing was folded for it: a folded bundle holds
    /// its nodes' stored codes only.
    public func restorer(_ code: [Float]) throws -> Graph {
        guard let graph = whole ?? folded[key(code)] else {
            let held = bundle.manifest.models.keys.filter { $0 != "encoder" }.sorted().joined(separator: ", ")
            let remedy = "take one of these nodes, or export the bundle with --fold none"
            throw EngineError("\(bundle.where): no restorer was folded for this code (it holds: \(held)); \(remedy)")
        }
        return graph
    }
}

/// The manifest's role of the restorer that was folded for a node (CONTRACT G5).
public func foldedRole(_ node: Int) -> String {
    "restorer.\(node)"
}

/// Whether a bundle holds a restorer for each node instead of one that takes a code.
public func isFolded(_ bundle: ModelBundle) -> Bool {
    bundle.manifest.models["restorer"] == nil
}

/// The path of a model in the bundle, by its role in the manifest. Throws EngineError.
public func modelPath(_ bundle: ModelBundle, _ backend: String, _ role: String, _ precision: String) throws -> String {
    let backends = bundle.manifest.models[role] ?? [:]
    guard let path = backends[backend]?[precision] else {
        let all = backends.flatMap { name, kinds in kinds.keys.map { "\(name) \($0)" } }.sorted()
        let held = all.isEmpty ? "none" : all.joined(separator: ", ")
        let missing = "no \(TITLES[backend] ?? backend) \(precision) \(role) (it holds: \(held))"
        throw EngineError("\(bundle.where): \(missing); export the bundle with one")
    }
    return path
}

private func graph(
    _ bundle: ModelBundle, _ role: Role, _ name: String, _ backend: String, _ precision: String
) throws -> Graph {
    let path = try modelPath(bundle, backend, name, precision)
    let inputs = name == role.rawValue ? GRAPH_INPUTS[role]! : ["tile"]
    return Graph(
        role: role, path: path, where: "\(bundle.where): \(path)", inputs: inputs, outputs: GRAPH_OUTPUTS[role]!)
}

/// A negative zero is the same code.
private func key(_ code: [Float]) -> [Float] {
    code.map { $0 + 0 }
}
