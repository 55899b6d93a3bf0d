/** The walk, the code, and trees that are none. */
package amirnet

import amirnet.runtime.Conditioning.NODE
import amirnet.runtime.Conditioning.SOFT
import amirnet.runtime.DegradationTree
import amirnet.runtime.TreeNode
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private fun code(number: Double, size: Int = 7) = List(size) { number }

private val ROOT = TreeNode(0, 0, 0, null, listOf(1, 2), 0.0, code(0.0))
private val NODES = listOf(
    ROOT,
    TreeNode(1, 1, 0, 0, listOf(3, 4), 0.6, code(0.25)),
    TreeNode(2, 1, 1, 0, listOf(5), 0.6, code(0.5)),
    TreeNode(3, 2, 0, 1, emptyList(), 0.6, code(0.75)),
    TreeNode(4, 2, 1, 1, emptyList(), 0.6, code(1.0)),
    TreeNode(5, 2, 3, 2, emptyList(), 1.0, code(-1.0)),
)
private val TREE = DegradationTree(3, 64, SOFT, NODES)

class DegradationTreeTest {
    private fun path(vararg mask: Double) = TREE.walk(mask).path

    @Test
    fun `walk takes the likelier child to the leaf`() {
        val walk = TREE.walk(doubleArrayOf(1.0, 0.75, 0.25, 0.1, 0.3, 0.5, 0.1))
        assertEquals(ids(0, 1, 4), walk.path)
        assertEquals(listOf(1.0, 0.75, 0.3 / (0.1 + 0.3)), walk.confidences)
        assertEquals(1.0 * 0.75 * (0.3 / (0.1 + 0.3)), walk.confidence)
        assertEquals(4, walk.node)
    }

    @Test
    fun `walk stops below the childs confidence and not at it`() {
        assertEquals(ids(0), path(1.0, 0.59, 0.41, 0.0, 1.0, 0.0, 0.0))
        assertEquals(ids(0, 1), path(1.0, 0.6, 0.4, 0.5, 0.5, 0.0, 0.0))
    }

    @Test
    fun `a tie takes the lower index whatever the order of the children`() {
        val brave = NODES.drop(1).map { it.copy(confidence = 0.0) }
        val tree = DegradationTree(3, 64, SOFT, listOf(ROOT.copy(children = listOf(2, 1))) + brave)
        assertEquals(ids(0, 1, 3), tree.walk(doubleArrayOf(1.0, 0.5, 0.5, 0.2, 0.2, 0.0, 0.0)).path)
    }

    @Test
    fun `an only child is certain`() = assertEquals(ids(0, 2, 5), path(1.0, 0.1, 0.9, 0.4, 0.4, 0.2, 0.0))

    @Test
    fun `children without any mask have probability zero`() =
        assertEquals(ids(0), path(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))

    @Test
    fun `soft code is rounded to the grid down to the nodes level`() {
        val found = TREE.codeFor(1, doubleArrayOf(0.1, -0.1, 0.5 / 64, 9.0, 9.0, 9.0, 9.0))
        assertEquals(listOf(6 / 64f, -6 / 64f, 1 / 64f, 0.25f, 0.25f, 0.25f, 0.25f), found.toList())
    }

    @Test
    fun `half steps round up also below zero`() {
        assertEquals(0f, TREE.codeFor(0, DoubleArray(7) { -0.5 / 64 })[0] + 0f)
        assertEquals(-1 / 64f, TREE.codeFor(0, DoubleArray(7) { -1.5 / 64 })[0])
    }

    @Test
    fun `node conditioning and a forced node give the stored code`() {
        val stored = List(7) { 1f }
        assertEquals(stored, DegradationTree(3, 64, NODE, NODES).codeFor(4, DoubleArray(7) { 9.0 }).toList())
        assertEquals(stored, TREE.codeFor(4).toList())
    }

    @Test
    fun `every walk is a path of the tree`() = forSeeds(200) { random, _ ->
        val walk = TREE.walk(DoubleArray(7) { random.nextDouble() })
        assertEquals(TREE.pathTo(walk.node), walk.path)
        assertEquals(walk.path.size, walk.confidences.size)
        assertTrue(walk.path.zip(walk.confidences).all { (node, step) -> step >= TREE.node(node).confidence })
        assertTrue(walk.confidence in 0.0..1.0)
    }

    @Test
    fun `unknown node is named`() {
        val error = assertThrows(NodeError::class.java) { TREE.pathTo(9) }
        assertTrue("node 9: the tree has no such node; choose one of 0, 1" in error.message.orEmpty())
    }

    private fun root(change: (TreeNode) -> TreeNode) = listOf(change(ROOT)) + NODES.drop(1)

    private fun last(change: (TreeNode) -> TreeNode) = NODES.dropLast(1) + change(NODES.last())

    @Test
    fun `what is no tree is refused`() {
        val cases = mapOf(
            NODES + NODES[1] to "same id",
            NODES + NODES[1].copy(id = 9) to "same level and index",
            NODES.drop(1) to "exactly one node must be the root",
            root { it.copy(code = code(0.0, 6)) } to "6 code numbers, not 7",
            root { it.copy(code = code(0.01)) } to "off the steps of 1/64",
            root { it.copy(code = code(Double.NaN)) } to "off the steps of 1/64",
            root { it.copy(confidence = 1.5) } to "outside 0 to 1",
            root { it.copy(children = listOf(1, 7)) } to "lists child 7",
            root { it.copy(children = listOf(1, 1)) } to "lists a child twice",
            root { it.copy(children = listOf(1, 3)) } to "node 0 and its child 3 disagree",
            root { it.copy(children = listOf(1)) } to "not among its parent's children",
            last { it.copy(level = 3) } to "level 3 of 3",
            last { it.copy(index = 4) } to "index 4",
            last { it.copy(parent = null) } to "must have a parent",
            last { it.copy(kinds = mapOf("Rain" to 1.0)) } to "odd name",
            last { it.copy(kinds = mapOf("rain" to 1.5)) } to "share of rain",
        )
        for ((nodes, problem) in cases) {
            val error = assertThrows(ManifestError::class.java) { DegradationTree(3, 64, SOFT, nodes) }
            assertTrue(problem in error.message.orEmpty(), error.message)
        }
    }
}
