/** Kinds of damage: what a user means, which leaves belong to one, and walks that keep to them. */
package amirnet

import amirnet.runtime.DegradationTree
import amirnet.runtime.allowedFor
import amirnet.runtime.checkKind
import amirnet.runtime.commonest
import amirnet.runtime.kindOf
import amirnet.runtime.kindsOf
import amirnet.runtime.likelihoods
import amirnet.runtime.shares
import amirnet.vectors.TREES
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class KindsTest {
    private val tree = TREES.getValue("example")

    private fun withKinds(vararg kinds: Pair<Int, Map<String, Double>>): DegradationTree {
        val given = kinds.associate { (id, named) -> id.toLong() to named }
        val nodes = tree.nodes.map { it.copy(kinds = given[it.id].orEmpty()) }
        return DegradationTree(tree.levels, tree.codeSteps, tree.conditioning, nodes)
    }

    @Test
    fun `camera noise is noise`() {
        assertEquals(listOf("noise", "noise", "jpeg"), listOf("camera", "noise", "jpeg").map(::kindOf))
        assertEquals(mapOf("lowlight" to 0.25, "noise" to 0.75), shares(tree.node(3)))
        assertEquals(listOf("jpeg", "lowlight", "motion", "noise", "none"), kindsOf(tree))
    }

    @Test
    fun `the commonest kind`() {
        assertEquals(listOf("motion", null, null, "noise", "lowlight", "jpeg"), tree.nodes.map(::commonest))
        assertEquals(null, commonest(tree.root.copy(kinds = mapOf("noise" to 0.0))))
    }

    @Test
    fun `leaves that belong and what is above them`() {
        assertEquals(ids(0, 1, 3).toSet(), allowedFor(tree, setOf("noise")))
        assertEquals(ids(0, 1, 3, 2, 5).toSet(), allowedFor(tree, setOf("noise", "jpeg")))
        assertEquals(ids(0, 2, 5).toSet(), allowedFor(tree, setOf("none")), "it is nobody's commonest")
        val equal = withKinds(
            3 to mapOf("none" to 0.25, "jpeg" to 0.75),
            4 to mapOf("none" to 0.25, "noise" to 0.75),
            5 to mapOf("jpeg" to 1.0),
        )
        assertEquals(ids(0, 1, 3, 4).toSet(), allowedFor(equal, setOf("none")), "all leaves of the largest share")
    }

    @Test
    fun `a restricted walk ends at an allowed leaf`() = forSeeds(100) { random, _ ->
        val kinds = listOf("noise", "lowlight", "jpeg", "none")
        val wanted = kinds.filter { random.nextBoolean() }.ifEmpty { kinds }
        val allowed = allowedFor(tree, wanted)
        val walk = tree.walk(DoubleArray(7) { random.nextDouble() }, allowed)
        assertTrue(allowed.containsAll(walk.path))
        assertEquals(tree.pathTo(walk.node), walk.path)
        assertTrue(tree.node(walk.node).children.isEmpty())
        assertTrue(walk.confidences.all { it in 0.0..1.0 })
    }

    @Test
    fun `a walk to all leaves goes on from the unrestricted one`() = forSeeds(100) { random, _ ->
        val mask = DoubleArray(7) { random.nextDouble() }
        val (free, whole) = tree.walk(mask) to tree.walk(mask, tree.nodes.map { it.id })
        assertEquals(free.path, whole.path.take(free.path.size))
        assertEquals(free.confidences, whole.confidences.take(free.path.size))
    }

    @Test
    fun `likelihoods add up and the likeliest comes first`() = forSeeds(100) { random, _ ->
        val found = likelihoods(tree, DoubleArray(7) { random.nextDouble() })
        assertEquals(1.0, found.values.sum(), 1e-12)
        assertEquals(kindsOf(tree), found.keys.sorted())
        assertEquals(found.values.sortedDescending(), found.values.toList())
    }

    @Test
    fun `a tree without kinds says nothing`() {
        val bare = withKinds()
        assertTrue(kindsOf(bare).isEmpty() && likelihoods(bare, DoubleArray(7) { 1.0 }).isEmpty())
        val error = assertThrows(NodeError::class.java) { checkKind(bare, "noise") }
        assertTrue("kind noise: this model does not state what its nodes are for" in error.message.orEmpty())
    }

    @Test
    fun `a kind that is none is named with those there are`() {
        val unknown = assertThrows(NodeError::class.java) { checkKind(tree, "rain") }
        assertTrue("no such kind; choose one of jpeg, lowlight, motion, noise, none" in unknown.message.orEmpty())
        val leafless = assertThrows(NodeError::class.java) { checkKind(tree, "motion") }
        assertTrue("kind motion: no leaf of this model's tree is for it" in leafless.message.orEmpty())
        checkKind(tree, "camera")
    }
}
