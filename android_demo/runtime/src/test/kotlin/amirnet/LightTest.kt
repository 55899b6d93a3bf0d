/** The light's tables, statistics and head: exact, monotone, and refused where they make no sense. */
package amirnet

import amirnet.bundle.asObject
import amirnet.bundle.readJson
import amirnet.runtime.Layer
import amirnet.runtime.LightCurve
import amirnet.runtime.LightHead
import amirnet.runtime.NO_LIGHT
import amirnet.runtime.PERCENTS
import amirnet.runtime.Pixels
import amirnet.runtime.countLevels
import amirnet.runtime.levelPowers
import amirnet.runtime.levelStatistics
import amirnet.runtime.meanLevel
import amirnet.vectors.CONTRACT
import amirnet.vectors.Values
import java.io.File
import java.util.Random
import kotlin.math.abs
import kotlin.math.floor
import kotlin.math.pow
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private fun Random.light(): LightCurve =
    LightCurve(List(3) { nextDouble() * 255 }, List(3) { nextDouble() * 15 })

private fun levels(table: ByteArray) = table.map { it.toInt() and 0xFF }

class LightTest {
    /** By the file's numbers, as E5 says it: a wrong constant in the code shows. */
    @Test
    fun `the runtime has the contracts constants`() {
        val content = asObject(readJson(File(CONTRACT, "light.json").readBytes()))
        val (log2, exp2) = Values(checkNotNull(content)).let { it.doubles("log2") to it.doubles("exp2") }
        for (exponent in listOf(1.0, 0.7, 0.3, 1.0 / 16)) {
            val found = levelPowers(exponent)
            for (level in 1..255) {
                val x = log2[level] * exponent
                val n = floor(x)
                var power = exp2[14]
                for (k in 13 downTo 0) power = power * (x - n) + exp2[k]
                assertEquals(Math.scalb(power, n.toInt()), found[level], "$level to the $exponent")
            }
        }
    }

    @Test
    fun `powers are powers`() = forSeeds(50) { random, _ ->
        val exponent = 1.0 / 16 + random.nextDouble() * 15 / 16
        val found = levelPowers(exponent)
        for (level in 1..255) assertEquals(1.0, found[level] / (level / 255.0).pow(exponent), 2e-14)
    }

    @Test
    fun `no light changes nothing`() {
        assertTrue(NO_LIGHT.isIdentity)
        for (table in NO_LIGHT.tables) assertEquals((0..255).toList(), levels(table))
        val photo = randomPixels(0, 2, 2)
        assertSame(photo, NO_LIGHT.applied(photo))
    }

    @Test
    fun `tables never fall and never darken`() = forSeeds(60) { random, _ ->
        val curve = random.light().scaled(random.nextDouble() * 4)
        for (table in curve.tables.map(::levels)) {
            assertEquals(table.sorted(), table)
            assertTrue(table.withIndex().all { (level, becomes) -> becomes >= level })
            assertEquals(0 to 255, table.first() to table.last())
        }
    }

    @Test
    fun `a table is the curve`() = forSeeds(200) { random, _ ->
        val (curve, level) = random.light() to random.within(1..255)
        val wanted = 255 * (1 + curve.gain[1]) * (level / 255.0).pow(1 / (1 + curve.bend[1]))
        assertTrue(abs(minOf(wanted, 255.0) - levels(curve.tables[1])[level]) <= 0.5 + 1e-9)
    }

    @Test
    fun `each channel has its own table`() {
        val curve = LightCurve(listOf(1.0, 0.0, 0.0), listOf(0.0, 1.0, 0.0))
        val photo = Pixels(2, 3, ByteArray(18) { 40 })
        val found = curve.applied(photo)
        assertEquals(listOf(80, 101, 40), (0..2).map { found.level(1, 2, it) })
        assertEquals(40, photo.data.max().toInt(), "a copy")
    }

    @Test
    fun `statistics are what a sorted list says`() = forSeeds(40) { random, seed ->
        val side = random.within(1..9)
        val probes = List(random.within(1..4)) { randomPixels(10 * seed + it, side, side) }
        val found = levelStatistics(countLevels(probes))
        for (channel in 0..2) {
            val places = probes.flatMap { probe -> List(side * side) { probe to it } }
            val ordered = places.map { (probe, at) -> probe.level(at / side, at % side, channel) }.sorted()
            val percents = PERCENTS.map { ordered[(it * ordered.size + 99) / 100 - 1] / 255.0 }
            val numbers = found.slice(8 * channel until 8 * channel + 8)
            assertEquals(percents + ordered.sum() / (255.0 * ordered.size), numbers)
        }
        val mean = probes.flatMap { it.data.toList() }.map { it.toInt() and 0xFF }.average()
        assertEquals(mean, meanLevel(countLevels(probes)), 1e-9)
    }

    private fun head(bias: Double) = LightHead(
        Layer(List(4) { row -> List(27) { if (it % 4 == row) 0.5 else -0.25 } }, List(4) { bias }),
        Layer(List(6) { List(4) { 0.75 } }, List(6) { 0.0 }),
    )

    @Test
    fun `numbers that are none are refused`() {
        assertTrue(head(0.0).curve(FloatArray(3), DoubleArray(24), "here").isIdentity)
        for (bias in listOf(Double.NaN, Double.POSITIVE_INFINITY)) {
            val error = assertThrows(EngineError::class.java) {
                head(bias).curve(FloatArray(3), DoubleArray(24), "here")
            }
            assertTrue("here: its light gives NaN or infinity" in error.message.orEmpty())
        }
    }
}
