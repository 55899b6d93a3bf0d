/** Replays of what is decided about a photo: trees, walks, codes, light. */
package amirnet.vectors

import amirnet.bundle.Fields
import amirnet.bundle.lightHead
import amirnet.runtime.Layer
import amirnet.runtime.LightCurve
import amirnet.runtime.Integers
import amirnet.runtime.Levels
import amirnet.runtime.Pixels
import amirnet.runtime.Walk
import amirnet.runtime.allowedFor
import amirnet.runtime.codeBytes
import amirnet.runtime.commonest
import amirnet.runtime.countLevels
import amirnet.runtime.fixedPoint
import amirnet.runtime.kindOf
import amirnet.runtime.levelPowers
import amirnet.runtime.levelStatistics
import amirnet.runtime.likelihoods
import amirnet.runtime.realPixel
import amirnet.runtime.shares
import amirnet.runtime.signed
import amirnet.runtime.unsigned
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals

val TREE: Replays = mapOf(
    "path" to { case ->
        val tree = case.given.tree()
        val found = tree.pathTo(case.given.long("node"))
        assertEquals(case.expected.longs("path"), found)
        assertEquals(case.expected.int("entry"), tree.node(found.last()).entry)
    },
)

private fun assertWalk(expected: Values, walk: Walk) {
    assertEquals(expected.longs("path"), walk.path)
    assertEquals(expected.doubles("probabilities").toList(), walk.confidences)
}

val WALK: Replays = mapOf(
    "walk" to { case ->
        val walk = case.given.tree().walk(case.given.doubles("mask"))
        assertWalk(case.expected, walk)
        assertEquals(case.expected.double("confidence"), walk.confidence)
    },
    "kinds" to { case ->
        val node = case.given.tree().node(case.given.long("node"))
        assertEquals(case.expected.numbers("shares"), shares(node))
        assertEquals(case.expected.textOrNull("commonest"), commonest(node))
    },
    "restricted" to { case ->
        val (tree, mask) = case.given.tree() to case.given.doubles("mask")
        val walk = tree.walk(mask, allowedFor(tree, case.given.texts("kinds").map(::kindOf)))
        assertWalk(case.expected, walk)
        assertEquals(case.expected.boolean("stored"), walk.path != tree.walk(mask).path)
    },
    "likelihoods" to { case ->
        val found = likelihoods(case.given.tree(), case.given.doubles("mask"))
        assertEquals(case.expected.numbers("likelihoods"), found)
        assertEquals(found.values.sortedDescending(), found.values.toList())
    },
)

val CODES: Replays = mapOf(
    "code" to { case ->
        val soft = if (case.given.isNull("soft_code")) null else case.given.doubles("soft_code")
        val found = case.given.tree().codeFor(case.given.long("node"), soft)
        assertSame(case.expected.floats("code"), found)
    },
    "int8_code" to { case ->
        val found = codeBytes(case.given.floats("code"), case.given.int("code_steps"))
        assertEquals(case.expected.ints("uint8"), levels(found))
        assertEquals(case.expected.ints("int8"), signed(found).map { it.toInt() })
    },
    "int8_pixels" to { case ->
        val levels = case.given.array("levels").bytes
        assertArrayEquals(case.expected.array("int8").bytes, signed(levels))
        assertArrayEquals(levels, unsigned(signed(levels)))
        val answer = Levels(1, levels.size, levels, channelStride = 0)
        val numbers = levels.indices.map { realPixel(answer, 0, it, 0) }.toFloatArray()
        assertSame(case.expected.floats("numbers"), numbers)
        val fixed = Integers(3 * levels.size).also { fixedPoint(answer, 0, 0, levels.size, it) }
        assertEquals(case.expected.ints("fixed_point"), levels.indices.map { fixed[3 * it].toInt() })
    },
)

val LIGHTS: Replays = mapOf(
    "statistics" to { case ->
        val counts = Integers(256)
        for (pair in case.given.lists("counts")) counts[(pair[0] as Long).toInt()] += pair[1] as Long
        val found = levelStatistics(listOf(counts, counts, counts))
        assertEquals(24, found.size)
        for (channel in 0..2) {
            assertSame(case.expected.doubles("numbers"), found.copyOfRange(8 * channel, 8 * channel + 8))
        }
    },
    "probes" to { case ->
        val probes = case.given.array("probes").pictures()
        assertSame(case.expected.doubles("numbers"), levelStatistics(countLevels(probes)))
    },
    "layer" to { case ->
        val rows = case.given.list("weights").map { Values(mapOf("row" to it)).doubles("row").toList() }
        val layer = Layer(rows, case.given.doubles("bias").toList())
        assertSame(case.expected.doubles("sums"), layer(case.given.doubles("numbers")))
    },
    "head" to { case ->
        val code = case.given.floats("code")
        val head = lightHead(Fields(case.given.values("light").map, "light"), code.size)
        assertCurve(case.expected, head.curve(code, case.given.doubles("numbers"), "bundle"))
    },
    "curve" to { case ->
        val output = case.given.doubles("output").toList()
        val curve = LightCurve.of(output.take(3), output.drop(3))
        assertCurve(case.expected, curve.scaled(case.given.double("times")))
    },
    "power" to { case ->
        val found = levelPowers(case.given.double("exponent"))[case.given.int("level")]
        assertEquals(case.expected.double("power"), found)
    },
    "table" to { case ->
        val (gain, bend) = case.given.double("gain") to case.given.double("bend")
        val curve = LightCurve(List(3) { gain }, List(3) { bend })
        for (table in curve.tables) assertEquals(case.expected.ints("table"), levels(table))
    },
    "applied" to { case ->
        val curve = LightCurve(case.given.doubles("gain").toList(), case.given.doubles("bend").toList())
        val photo: Pixels = case.given.pixels("photo")
        assertSame(case.expected.pixels("photo"), curve.applied(photo))
    },
)

private fun assertCurve(expected: Values, curve: LightCurve) {
    assertSame(expected.doubles("gain"), curve.gain.toDoubleArray())
    assertSame(expected.doubles("bend"), curve.bend.toDoubleArray())
}
