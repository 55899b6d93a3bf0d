/** Kinds of damage, as a tree's nodes state them: which leaves are for which, how likely each is (CONTRACT T8-T10). */
package amirnet.runtime

import amirnet.NodeError

const val LOW_LIGHT: String = "lowlight"

/** Kinds that training tells apart and nobody else does: for a user both are the second. */
private val MEANS = mapOf("camera" to "noise")

/** What a user means by the name of a kind. */
fun kindOf(name: String): String = MEANS[name] ?: name

/** The node's share of each of the users' kinds, names rising; empty where it states none. */
fun shares(node: TreeNode): Map<String, Double> {
    val found = sortedMapOf<String, Double>()
    for ((name, share) in node.kinds.toSortedMap()) found[kindOf(name)] = (found[kindOf(name)] ?: 0.0) + share
    return found
}

/** The kind of the largest share, of several the first by name; null where no share is above 0. */
fun commonest(node: TreeNode): String? = shares(node).maxByOrNull { it.value }?.takeIf { it.value > 0.0 }?.key

/** Every kind that a node states, names rising. */
fun kindsOf(tree: DegradationTree): List<String> = tree.nodes.flatMap { shares(it).keys }.distinct().sorted()

/** Raises NodeError unless a walk can be restricted to that kind. */
fun checkKind(tree: DegradationTree, name: String) {
    val known = kindsOf(tree)
    if (known.isEmpty()) {
        throw NodeError("kind $name: this model does not state what its nodes are for; leave it out, or give a node")
    }
    if (kindOf(name) !in known) {
        throw NodeError("kind $name: this model knows no such kind; choose one of ${known.joinToString()}")
    }
    allowedFor(tree, setOf(kindOf(name)))
}

/**
 * The leaves that belong to one of the kinds, and the nodes above them, by their ids (CONTRACT T8, T9).
 *
 * Raises NodeError where no leaf has a share of any.
 */
fun allowedFor(tree: DegradationTree, wanted: Collection<String>): Set<Long> {
    val leaves = tree.nodes.filter { it.children.isEmpty() }
    var found = leaves.filter { commonest(it) in wanted }
    if (found.isEmpty()) {
        val parts = leaves.map { leaf -> added(shares(leaf).filterKeys { it in wanted }.values) }
        val most = parts.max()
        found = leaves.filterIndexed { place, _ -> most > 0.0 && parts[place] == most }
    }
    if (found.isEmpty()) {
        val kinds = wanted.sorted().joinToString(" or ")
        throw NodeError("kind $kinds: no leaf of this model's tree is for it; leave it out")
    }
    return found.flatMap { tree.pathTo(it.id) }.toSet()
}

/**
 * How likely each kind is by the averaged mask, K numbers; they add up to 1, and the likeliest comes first.
 *
 * Empty where the tree states no kinds, or the mask says nothing (CONTRACT T10).
 */
fun likelihoods(tree: DegradationTree, mask: Doubles): Map<String, Double> {
    val sums = kindsOf(tree).associateWithTo(sortedMapOf()) { 0.0 }
    for ((leaf, likelihood) in leaves(tree, tree.root, 1.0, mask)) {
        for ((kind, share) in shares(leaf)) sums[kind] = sums.getValue(kind) + likelihood * share
    }
    val total = added(sums.values)
    if (!(total > 0.0)) return emptyMap()
    val likeliest = compareByDescending<Map.Entry<String, Double>> { it.value }.thenBy { it.key }
    return sums.entries.sortedWith(likeliest).associate { it.key to it.value / total }
}

/** Their sum, in their order from 0, rounded at each step. */
fun added(numbers: Iterable<Double>): Double {
    var total = 0.0
    for (number in numbers) total += number
    return total
}

/** The leaves below a node, children in their order, each with the product of the steps that lead to it. */
private fun leaves(
    tree: DegradationTree,
    node: TreeNode,
    reached: Double,
    mask: Doubles,
): List<Pair<TreeNode, Double>> {
    if (node.children.isEmpty()) return listOf(node to reached)
    return tree.steps(node, mask).flatMap { (child, step) -> leaves(tree, child, reached * step, mask) }
}
