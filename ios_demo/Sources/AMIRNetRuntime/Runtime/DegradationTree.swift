/// The tree of degradations: nodes, the walk from the root, and the code of a node (CONTRACT T1-T9, C1-C3).

/// Which code a photo gets (CONTRACT C1, C2).
public enum Conditioning: String, Sendable {
    case node
    case soft
}

/// One kind (and severity) of degradation that training found.
public struct TreeNode: Sendable, Equatable {
    public let id: Int
    /// 0 is the root.
    public let level: Int
    /// Within the level, 0 ..< 2^level.
    public let index: Int
    public let parent: Int?
    public let children: [Int]
    /// The smallest step probability at which the walk enters this node.
    public let confidence: Double
    /// Its prototype: 2^levels - 1 numbers.
    public let code: [Double]
    /// The part of the training photos that fell here.
    public let share: Double
    /// A few words for people, possibly empty.
    public let label: String
    /// Which kinds of damage those photos had, each with its part of them, 0...1; empty where the model does not say.
    public let kinds: [String: Double]

    public init(
        id: Int, level: Int, index: Int, parent: Int?, children: [Int], confidence: Double, code: [Double],
        share: Double = 1, label: String = "", kinds: [String: Double] = [:]
    ) {
        (self.id, self.level, self.index, self.parent, self.children) = (id, level, index, parent, children)
        (self.confidence, self.code, self.share, self.label, self.kinds) = (confidence, code, share, label, kinds)
    }

    /// Where this node's number stands in a mask or a code (CONTRACT T2).
    public var entry: Int { (1 << level) - 1 + index }
}

/// Where a photo went: node ids from the root to the chosen one, and each step's probability (the root's is 1).
public struct Walk: Sendable, Equatable {
    public let path: [Int]
    public let confidences: [Double]

    public init(path: [Int], confidences: [Double]) {
        (self.path, self.confidences) = (path, confidences)
    }

    public var node: Int { path[path.count - 1] }

    /// The product of the steps' probabilities, multiplied in path order (CONTRACT T6).
    public var confidence: Double { confidences.reduce(1, *) }
}

/// A checked tree.
public struct DegradationTree: Sendable, Equatable {
    public let levels: Int
    /// A code's numbers are multiples of 1 / codeSteps (the manifest's `tree.grid`).
    public let codeSteps: Int
    public let conditioning: Conditioning
    public let nodes: [TreeNode]
    private let byId: [Int: Int]

    /// Throws ManifestError when the nodes are not one tree of at most `levels` levels (CONTRACT T1).
    public init(levels: Int, codeSteps: Int, conditioning: Conditioning, nodes: [TreeNode]) throws {
        (self.levels, self.codeSteps, self.conditioning, self.nodes) = (levels, codeSteps, conditioning, nodes)
        byId = Dictionary(nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { $1 })
        try check(self)
    }

    /// K, the length of masks and codes: 1 + 2 + 4 + ... over the levels.
    public var size: Int { (1 << levels) - 1 }

    public var root: TreeNode { nodes.first { $0.level == 0 }! }

    /// The node of that number. Throws NodeError where there is none.
    public func node(_ nodeId: Int) throws -> TreeNode {
        guard let place = byId[nodeId] else {
            let known = nodes.map { String($0.id) }.joined(separator: ", ")
            throw NodeError("node \(nodeId): the tree has no such node; choose one of \(known)")
        }
        return nodes[place]
    }

    /// Node ids from the root to that node, both included. Throws NodeError.
    public func pathTo(_ nodeId: Int) throws -> [Int] {
        var node = try node(nodeId)
        var path = [node.id]
        while let parent = node.parent {
            node = try self.node(parent)
            path.append(node.id)
        }
        return path.reversed()
    }

    /// The node's children in their order, each with the probability of the step to it (CONTRACT T4).
    public func steps(_ node: TreeNode, _ mask: Doubles) -> [(child: TreeNode, probability: Double)] {
        let children = node.children.map { nodes[byId[$0]!] }
        if children.count == 1 { return [(children[0], 1)] }
        var total = 0.0
        for child in children { total += mask[child.entry] }
        return children.map { ($0, total > 0 ? mask[$0.entry] / total : 0) }
    }

    /// From the root to the deepest confident node, by the averaged mask of K numbers (CONTRACT T3-T6).
    ///
    /// `allowed`: node ids, leaves and all that is above them: the walk keeps to these, and does not stop before it is
    /// at a leaf (CONTRACT T9).
    public func walk(_ mask: Doubles, allowed: Set<Int>? = nil) -> Walk {
        var node = root
        var (path, confidences) = ([node.id], [1.0])
        while !node.children.isEmpty {
            let choice = steps(node, mask).filter { allowed?.contains($0.child.id) ?? true }
            let best = choice.min { one, other in
                let (first, second) = (mask[one.child.entry], mask[other.child.entry])
                return first > second || (first == second && one.child.index < other.child.index)
            }!
            if allowed == nil && best.probability < best.child.confidence { break }
            node = best.child
            path.append(node.id)
            confidences.append(best.probability)
        }
        return Walk(path: path, confidences: confidences)
    }

    /// The code of K numbers that the restorer gets (CONTRACT C1-C3). Throws NodeError.
    ///
    /// `soft`: the photo's averaged code, K numbers. Without it, or with `node` conditioning, the answer is the node's
    /// stored code.
    public func codeFor(_ nodeId: Int, soft: Doubles? = nil) throws -> [Float] {
        let node = try node(nodeId)
        var code = node.code
        if let soft, conditioning == .soft {
            for place in 0..<((1 << (node.level + 1)) - 1) {
                code[place] = (soft[place] * Double(codeSteps) + 0.5).rounded(.down) / Double(codeSteps)
            }
        }
        return code.map { Float($0) }
    }
}

private func check(_ tree: DegradationTree) throws {
    let ids = tree.nodes.map(\.id)
    try require(Set(ids).count == ids.count, "two nodes have the same id")
    let places = tree.nodes.map { [$0.level, $0.index] }
    try require(Set(places).count == places.count, "two nodes stand at the same level and index")
    try require(tree.nodes.count { $0.level == 0 } == 1, "exactly one node must be the root (level 0)")
    for node in tree.nodes { try checkNode(tree, node) }
    let byId = Dictionary(uniqueKeysWithValues: tree.nodes.map { ($0.id, $0) })
    for node in tree.nodes { try checkLinks(byId, node) }
}

private func checkNode(_ tree: DegradationTree, _ node: TreeNode) throws {
    let name = "node \(node.id)"
    try require((0..<tree.levels).contains(node.level), "\(name) is on level \(node.level) of \(tree.levels)")
    try require((0..<(1 << node.level)).contains(node.index), "\(name) has index \(node.index), outside its level")
    try require((node.parent == nil) == (node.level == 0), "\(name) must have a parent unless it is the root")
    try require((0...1).contains(node.confidence), "\(name) has a confidence outside 0 to 1")
    try require(node.code.count == tree.size, "\(name) has \(node.code.count) code numbers, not \(tree.size)")
    try require(inSteps(node.code, tree.codeSteps), "\(name) has a code off the steps of 1/\(tree.codeSteps)")
    try require(Set(node.children).count == node.children.count, "\(name) lists a child twice")
    for (kind, share) in node.kinds {
        try require(isKindName(kind), "\(name) has a kind of an odd name, \(quoted(kind))")
        try require((0...1).contains(share), "\(name) has a share of \(kind) outside 0 to 1")
    }
}

private func checkLinks(_ byId: [Int: TreeNode], _ node: TreeNode) throws {
    let name = "node \(node.id)"
    for child in node.children {
        guard let below = byId[child] else {
            return try require(false, "\(name) lists child \(child), which is not in the tree")
        }
        let agree = below.parent == node.id && below.level == node.level + 1
        try require(agree, "\(name) and its child \(child) disagree")
    }
    if let parent = node.parent {
        let listed = byId[parent]?.children.contains(node.id) ?? false
        try require(listed, "\(name) is not among its parent's children")
    }
}

private func inSteps(_ code: [Double], _ codeSteps: Int) -> Bool {
    code.allSatisfy { number in
        let steps = number * Double(codeSteps)
        return steps.isFinite && steps == steps.rounded(.down)
    }
}

/// 1 to 32 of a-z 0-9 _ + - (CONTRACT B4).
private func isKindName(_ name: String) -> Bool {
    (1...32).contains(name.utf8.count)
        && name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
            default: false
            }
        }
}

private func require(_ holds: Bool, _ problem: String) throws {
    if !holds { throw ManifestError("tree: \(problem); export the bundle again") }
}
