/// Kinds of damage, as a tree's nodes state them: which leaves are for which, how likely each is (CONTRACT T8-T10).

public let LOW_LIGHT = "lowlight"
/// Kinds that training tells apart and nobody else does: for a user both are the second.
private let MEANS = ["camera": "noise"]

/// A kind of damage, and how likely it is, 0...1.
public struct Likelihood: Sendable, Equatable {
    public let kind: String
    public let likelihood: Double
}

/// What a user means by the name of a kind.
public func kindOf(_ name: String) -> String {
    MEANS[name] ?? name
}

/// The node's share of each of the users' kinds, names rising; empty where it states none.
public func shares(_ node: TreeNode) -> [(kind: String, share: Double)] {
    var found: [String: Double] = [:]
    for name in node.kinds.keys.sorted() { found[kindOf(name), default: 0] += node.kinds[name]! }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
}

/// The kind of the largest share, of several the first by name; nil where no share is above 0.
public func commonest(_ node: TreeNode) -> String? {
    var best: (kind: String, share: Double)?
    for each in shares(node) where each.share > best?.share ?? 0 { best = each }
    return best?.kind
}

/// Every kind that a node states, names rising.
public func kindsOf(_ tree: DegradationTree) -> [String] {
    Set(tree.nodes.flatMap { shares($0).map(\.kind) }).sorted()
}

/// Throws NodeError unless a walk can be restricted to that kind.
public func checkKind(_ tree: DegradationTree, _ name: String) throws {
    let known = kindsOf(tree)
    if known.isEmpty {
        let problem = "this model does not state what its nodes are for"
        throw NodeError("kind \(name): \(problem); leave it out, or give a node")
    }
    if !known.contains(kindOf(name)) {
        let choice = known.joined(separator: ", ")
        throw NodeError("kind \(name): this model knows no such kind; choose one of \(choice)")
    }
    _ = try allowedFor(tree, [kindOf(name)])
}

/// The leaves that belong to one of the kinds, and the nodes above them, by their ids (CONTRACT T8, T9).
///
/// Throws NodeError where no leaf has a share of any.
public func allowedFor(_ tree: DegradationTree, _ wanted: Set<String>) throws -> Set<Int> {
    let leaves = tree.nodes.filter(\.children.isEmpty)
    var found = leaves.filter { leaf in commonest(leaf).map(wanted.contains) ?? false }
    if found.isEmpty {
        let parts = leaves.map { leaf in added(shares(leaf).filter { wanted.contains($0.kind) }.map(\.share)) }
        let most = parts.max() ?? 0
        found = zip(leaves, parts).filter { $1 == most && most > 0 }.map(\.0)
    }
    if found.isEmpty {
        let named = wanted.sorted().joined(separator: " or ")
        throw NodeError("kind \(named): no leaf of this model's tree is for it; leave it out")
    }
    return Set(try found.flatMap { try tree.pathTo($0.id) })
}

/// How likely each kind is by the averaged mask of K numbers; they add up to 1, and the likeliest comes first.
///
/// Empty where the tree states no kinds, or the mask says nothing (CONTRACT T10).
public func likelihoods(_ tree: DegradationTree, _ mask: Doubles) -> [Likelihood] {
    let kinds = kindsOf(tree)
    var sums = [String: Double](uniqueKeysWithValues: kinds.map { ($0, 0) })
    for (leaf, likelihood) in leaves(tree, tree.root, 1, mask) {
        for (kind, share) in shares(leaf) { sums[kind]! += likelihood * share }
    }
    let total = added(kinds.map { sums[$0]! })
    if total <= 0 { return [] }
    let order = kinds.sorted { sums[$0]! > sums[$1]! || (sums[$0]! == sums[$1]! && $0 < $1) }
    return order.map { Likelihood(kind: $0, likelihood: sums[$0]! / total) }
}

/// Their sum, in their order from 0, rounded at each step.
public func added(_ numbers: some Sequence<Double>) -> Double {
    numbers.reduce(0, +)
}

/// The leaves below a node, children in their order, each with the product of the steps that lead to it.
private func leaves(
    _ tree: DegradationTree, _ node: TreeNode, _ reached: Double, _ mask: Doubles
) -> [(leaf: TreeNode, likelihood: Double)] {
    if node.children.isEmpty { return [(node, reached)] }
    return tree.steps(node, mask).flatMap { leaves(tree, $0.child, reached * $0.probability, mask) }
}
