/** The tree of degradations: nodes, the walk from the root, and the code of a node (CONTRACT T1-T9, C1-C3). */
package amirnet.runtime

import amirnet.ManifestError
import amirnet.NodeError
import kotlin.math.floor

/** Which code a photo gets (CONTRACT C1, C2): the answer's stored one, or the photo's own in steps. */
enum class Conditioning { NODE, SOFT }

/**
 * One kind (and severity) of degradation that training found.
 *
 * [level] 0 is the root; [index] counts within the level, 0 .. 2^level - 1. [confidence] is the smallest step
 * probability at which the walk enters this node. [code] is its prototype: 2^levels - 1 numbers. [share] is the part of
 * the training photos that fell here; [label] a few words for people, possibly empty; [kinds] which kinds of damage
 * those photos had, each with its part of them, 0..1, and empty where the model does not say.
 */
data class TreeNode(
    val id: Long,
    val level: Int,
    val index: Int,
    val parent: Long?,
    val children: List<Long>,
    val confidence: Double,
    val code: List<Double>,
    val share: Double = 1.0,
    val label: String = "",
    val kinds: Map<String, Double> = emptyMap(),
) {
    /** Where this node's number stands in a mask or a code (CONTRACT T2). */
    val entry: Int
        get() = (1 shl level) - 1 + index
}

/** Where a photo went: node ids from the root to the chosen one, and each step's probability (the root's is 1). */
data class Walk(val path: List<Long>, val confidences: List<Double>) {
    val node: Long
        get() = path.last()

    /** The product of the steps' probabilities, multiplied in path order (CONTRACT T6). */
    val confidence: Double
        get() = confidences.fold(1.0) { product, step -> product * step }
}

/**
 * A checked tree. Raises ManifestError when the nodes are not one tree of at most [levels] levels (CONTRACT T1).
 *
 * [codeSteps]: a code's numbers are multiples of 1 / codeSteps (the manifest's `tree.grid`); [conditioning] is which
 * code a photo gets (CONTRACT C1).
 */
class DegradationTree(val levels: Int, val codeSteps: Int, val conditioning: Conditioning, val nodes: List<TreeNode>) {
    private val byId = nodes.associateBy { it.id }

    init {
        check(this)
    }

    /** K, the length of masks and codes: 1 + 2 + 4 + ... over the levels. */
    val size: Int
        get() = (1 shl levels) - 1

    val root: TreeNode
        get() = nodes.first { it.level == 0 }

    /** The node of that number. Raises NodeError where there is none. */
    fun node(id: Long): TreeNode = byId[id] ?: throw NodeError(
        "node $id: the tree has no such node; choose one of ${nodes.joinToString { it.id.toString() }}",
    )

    /** Node ids from the root to that node, both included. Raises NodeError. */
    fun pathTo(id: Long): List<Long> {
        val path = generateSequence(node(id)) { node -> node.parent?.let { this.node(it) } }
        return path.map { it.id }.toList().reversed()
    }

    /** The node's children in their order, each with the probability of the step to it (CONTRACT T4). */
    fun steps(node: TreeNode, mask: Doubles): List<Pair<TreeNode, Double>> {
        val children = node.children.map { node(it) }
        if (children.size == 1) return listOf(children[0] to 1.0)
        val total = added(children.map { mask[it.entry] })
        return children.map { it to if (total > 0.0) mask[it.entry] / total else 0.0 }
    }

    /**
     * From the root to the deepest confident node, by the averaged mask, K numbers (CONTRACT T3-T6).
     *
     * [allowed]: node ids, leaves and all that is above them: the walk keeps to these, and does not stop before it is
     * at a leaf (CONTRACT T9).
     */
    fun walk(mask: Doubles, allowed: Collection<Long>? = null): Walk {
        var node = root
        val path = mutableListOf(node.id)
        val confidences = mutableListOf(1.0)
        while (node.children.isNotEmpty()) {
            val choice = steps(node, mask).filter { allowed == null || it.first.id in allowed }
            val (best, step) = choice.reduce { one, other ->
                if (isLikelier(other.first, one.first, mask)) other else one
            }
            if (allowed == null && step < best.confidence) break
            node = best
            path += node.id
            confidences += step
        }
        return Walk(path, confidences)
    }

    /**
     * The code, K numbers, that the restorer gets (CONTRACT C1-C3). Raises NodeError.
     *
     * [soft]: the photo's averaged code, K numbers. Without it, or with conditioning by node, the answer is the node's
     * stored code.
     */
    fun codeFor(id: Long, soft: Doubles? = null): Floats {
        val node = node(id)
        val known = if (soft != null && conditioning == Conditioning.SOFT) (1 shl (node.level + 1)) - 1 else 0
        return Floats(size) { place ->
            val isOwn = soft != null && place < known
            (if (isOwn) floor(soft[place] * codeSteps + 0.5) / codeSteps else node.code[place]).toFloat()
        }
    }

    /** For messages only. */
    internal fun has(id: Long): TreeNode? = byId[id]
}

private fun isLikelier(one: TreeNode, other: TreeNode, mask: Doubles): Boolean {
    val (first, second) = mask[one.entry] to mask[other.entry]
    return first > second || (first == second && one.index < other.index)
}

private fun check(tree: DegradationTree) {
    val nodes = tree.nodes
    require(nodes.distinctBy { it.id }.size == nodes.size, "two nodes have the same id")
    require(nodes.distinctBy { it.level to it.index }.size == nodes.size, "two nodes stand at the same level and index")
    require(nodes.count { it.level == 0 } == 1, "exactly one node must be the root (level 0)")
    nodes.forEach { checkNode(tree, it) }
    nodes.forEach { checkLinks(tree, it) }
}

private fun checkNode(tree: DegradationTree, node: TreeNode) {
    val name = "node ${node.id}"
    require(node.level in 0 until tree.levels, "$name is on level ${node.level} of ${tree.levels}")
    require(node.index in 0 until (1 shl node.level), "$name has index ${node.index}, outside its level")
    require((node.parent == null) == (node.level == 0), "$name must have a parent unless it is the root")
    require(node.confidence in 0.0..1.0, "$name has a confidence outside 0 to 1")
    require(node.code.size == tree.size, "$name has ${node.code.size} code numbers, not ${tree.size}")
    require(isInSteps(node.code, tree.codeSteps), "$name has a code off the steps of 1/${tree.codeSteps}")
    require(node.children.distinct().size == node.children.size, "$name lists a child twice")
    for ((kind, share) in node.kinds) {
        require(KIND.matches(kind), "$name has a kind of an odd name, '$kind'")
        require(share in 0.0..1.0, "$name has a share of $kind outside 0 to 1")
    }
}

private val KIND = Regex("[a-z0-9_+-]{1,32}")

private fun checkLinks(tree: DegradationTree, node: TreeNode) {
    val name = "node ${node.id}"
    for (child in node.children) {
        val below = tree.has(child)
        require(below != null, "$name lists child $child, which is not in the tree")
        val agree = below?.parent == node.id && below.level == node.level + 1
        require(agree, "$name and its child $child disagree")
    }
    val siblings = node.parent?.let { tree.has(it)?.children.orEmpty() }
    require(siblings == null || node.id in siblings, "$name is not among its parent's children")
}

private fun isInSteps(code: List<Double>, steps: Int): Boolean =
    code.all { (it * steps).isFinite() && it * steps == floor(it * steps) }

private fun require(holds: Boolean, problem: String) {
    if (!holds) throw ManifestError("tree: $problem; export the bundle again")
}
