/// What is wrong with a photo, what a user wants of it, and so what is done to it (CONTRACT T, C, E, R3, R7).

/// What is wrong with a photo.
public struct Diagnosis: Sendable {
    /// The chosen node.
    public let node: Int
    /// The ids of the nodes from the root to it.
    public let path: [Int]
    /// Each step's probability; the root's is 1.
    public let confidences: [Double]
    /// Their product.
    public let confidence: Double
    /// The restorer's code, K numbers.
    public let code: [Float]
    /// The averaged mask, K numbers.
    public let mask: Doubles
    /// Kinds of damage, each with how likely it is, the likeliest first; they add up to 1. Empty where the model states
    /// no kinds, or a node was forced.
    public let kinds: [Likelihood]
    /// The curves that the photo is brightened by; nil: this model has no such step.
    public let light: LightCurve?
    /// How often each level occurs in the probes, 256 numbers a channel; nil where nobody looked.
    public let levels: [[Int64]]?

    /// The probes' mean level, 0...255, before and after `light`; nil where there is no light, or no levels.
    public var meanLevels: (before: Double, after: Double)? {
        guard let light, let levels else { return nil }
        return (meanLevel(levels), meanLevel(levels, light.tables))
    }
}

/// Throws NodeError and OptionError for what the model has nothing for, before a photo is looked at.
public func checkOptions(_ model: ModelSpec, _ options: RestoreOptions) throws {
    let (tree, head) = (model.tree, model.light)
    if let node = options.node { _ = try tree.node(node) }
    if let kind = options.kind { try checkKind(tree, kind) }
    if options.light == .brighten { try checkKind(tree, LOW_LIGHT) }
    let led = options.kind != nil || options.node != nil
    if head == nil && options.light == .keep && !led && kindsOf(tree).isEmpty {
        let problem = "this model does not state which of its nodes brighten"
        throw OptionError("light keep: \(problem); leave it out, or give a node (see amirnet inspect)")
    }
    if head == nil, case .times(let number) = options.light, number != 1 {
        throw OptionError("light \(number): this model has no curve to scale; take auto, keep or brighten")
    }
}

/// The diagnosis of a photo. Throws EngineError, NodeError, OptionError.
public func diagnose(
    _ model: ModelSpec, _ engine: any Engine, _ photo: some PhotoRows, _ options: RestoreOptions
) async throws -> Diagnosis {
    try checkOptions(model, options)
    let (tree, head, probe) = (model.tree, model.light, model.probe)
    let wantsLight = head != nil && options.light != .keep
    var squares: [Pixels]?
    if options.node == nil || wantsLight {
        let plan = ProbePlan(photo.width, photo.height, size: probe.size, probesPerSide: probe.probesPerSide)
        squares = try plan.gather(photo.read)
    }
    let walks: Walks
    var (mask, likely) = ([Double](repeating: 0, count: tree.size), [Likelihood]())
    if let node = options.node {
        let path = try tree.pathTo(node)
        let walk = Walk(path: path, confidences: path.map { _ in 1 })
        let code = try tree.codeFor(node)
        walks = Walks(chosen: walk, code: code, lightCode: code)
    } else {
        let (masks, values) = try await engine.encode(squares!)
        let soft: Doubles
        (mask, soft) = average(masks, values, trim: probe.trim)
        if !(mask + soft).allSatisfy(\.isFinite) {
            throw EngineError("\(model.where): the encoder returned NaN or infinity; export the bundle again")
        }
        walks = try Walks(tree, mask, soft, options)
        likely = likelihoods(tree, mask)
    }
    let levels = squares.map(countLevels)
    var light: LightCurve? = head == nil ? nil : NO_LIGHT
    if let head, let levels, options.light != .keep {
        light = try head.curve(walks.lightCode, levelStatistics(levels), model.where)
        if case .times(let number) = options.light { light = light!.scaled(number) }
    }
    let walk = walks.chosen
    return Diagnosis(
        node: walk.node, path: walk.path, confidences: walk.confidences, confidence: walk.confidence, code: walks.code,
        mask: mask, kinds: likely, light: light, levels: levels)
}

/// The walk that the options ask for, the restorer's code, and the code that the light is asked with (CONTRACT T9, E7).
private struct Walks {
    let chosen: Walk
    let code: [Float]
    let lightCode: [Float]

    init(chosen: Walk, code: [Float], lightCode: [Float]) {
        (self.chosen, self.code, self.lightCode) = (chosen, code, lightCode)
    }

    init(_ tree: DegradationTree, _ mask: Doubles, _ soft: Doubles, _ options: RestoreOptions) throws {
        let free = tree.walk(mask)

        func towards(_ kinds: Set<String>) throws -> Walk {
            tree.walk(mask, allowed: try allowedFor(tree, kinds))
        }

        func codeOf(_ walk: Walk) throws -> [Float] {
            try tree.codeFor(walk.node, soft: walk.path == free.path ? soft : nil)
        }

        var chosen = free
        if let kind = options.kind {
            chosen = try towards([kindOf(kind)])
        } else if options.light == .brighten {
            chosen = try towards([LOW_LIGHT])
        } else if try options.light == .keep && commonest(tree.node(free.node)) == LOW_LIGHT {
            chosen = try towards(Set(kindsOf(tree)).subtracting([LOW_LIGHT]))
        }
        let bright = options.light == .brighten ? try towards([LOW_LIGHT]) : chosen
        self.init(chosen: chosen, code: try codeOf(chosen), lightCode: try codeOf(bright))
    }
}
