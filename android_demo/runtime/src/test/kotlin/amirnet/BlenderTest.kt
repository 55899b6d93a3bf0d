/** Blender: equal to the formula pixel by pixel, streamed or whole, exact where tiles agree. */
package amirnet

import amirnet.runtime.Answer
import amirnet.runtime.Axis
import amirnet.runtime.Blender
import amirnet.runtime.Levels
import amirnet.runtime.Numbers
import amirnet.runtime.Pixels
import amirnet.runtime.TilePlan
import amirnet.runtime.crop
import amirnet.runtime.fixedPoint
import amirnet.runtime.loneLevels
import amirnet.runtime.realPixel
import amirnet.runtime.rounded
import amirnet.runtime.toTensor
import amirnet.vectors.assertSame
import java.util.Random
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private fun Random.smallPlan() = plan(1..23, 1..6, 0..0)

private fun Random.cores(plan: TilePlan): List<Answer> = plan.map { tile ->
    Numbers(tile.height, tile.width, FloatArray(3 * tile.height * tile.width) { nextFloat() * 1.4f - 0.2f })
}

private fun blended(plan: TilePlan, cores: List<Answer>): Pixels {
    val photo = Pixels(plan.height, plan.width)
    val blender = Blender(plan, photo::put)
    plan.zip(cores) { tile, core -> blender.add(tile, core) }
    return photo
}

/** The contract's formulas, one pixel and channel at a time, over the whole photo. */
private fun bruteForce(plan: TilePlan, cores: List<Answer>): Pixels {
    val full = plan.shared + 1

    fun along(axis: Axis, position: Int, offset: Int): Int {
        val left = if (position == 0) full else minOf(full, 1 + offset)
        val right = if (position == axis.positions.last()) full else minOf(full, axis.core - offset)
        return minOf(left, right)
    }

    val photo = Pixels(plan.height, plan.width)
    for (y in 0 until plan.height) for (x in 0 until plan.width) for (channel in 0..2) {
        var (total, weights) = 0L to 0L
        for ((tile, core) in plan.zip(cores)) {
            if (y !in tile.y until tile.y + tile.height || x !in tile.x until tile.x + tile.width) continue
            val weight = along(plan.vertical, tile.y, y - tile.y) * along(plan.horizontal, tile.x, x - tile.x)
            val number = when (core) {
                is Levels -> (core.data[core.at(y - tile.y, x - tile.x, channel)].toInt() and 0xFF) / 255.0
                is Numbers -> realPixel(core, y - tile.y, x - tile.x, channel).toDouble()
            }
            total += weight * (number.coerceIn(0.0, 1.0) * 65280 + 0.5).toLong()
            weights += weight
        }
        photo.data[photo.at(y, x) + channel] = ((2 * total + 256 * weights) / (512 * weights)).toByte()
    }
    return photo
}

class BlenderTest {
    @Test
    fun `blend equals the formula`() = forSeeds(60) { random, _ ->
        val plan = random.smallPlan()
        val cores = random.cores(plan)
        assertSame(bruteForce(plan, cores), blended(plan, cores))
        val levels = plan.map { Levels.of(randomPixels(random.nextInt(), it.height, it.width)) }
        assertSame(bruteForce(plan, levels), blended(plan, levels))
    }

    @Test
    fun `what one core alone holds is rounded as sums are`() {
        val turns = (0..255).map { ((it * 256 + 127.5) / 65280).toFloat() }
        val near = turns.flatMap { turn -> (-40..40).map { Float.fromBits(turn.toRawBits() + it) } }
        val infinity = Float.POSITIVE_INFINITY
        val numbers = (near + listOf(-1f, -0f, 1f, 2f, infinity, -infinity, 1e-40f)).toFloatArray()
        val found = Pixels(1, numbers.size)
        loneLevels(Numbers(1, numbers.size, numbers, channelStride = 0), found)
        val expected = numbers.map { rounded(fixedPoint(it), 1) }
        assertEquals(expected, numbers.indices.map { found.level(0, it, 1) })
        assertEquals(256, expected.distinct().size)
    }

    @Test
    fun `tiles of one photo give that photo back`() = forSeeds(60) { random, seed ->
        val plan = random.smallPlan()
        val photo = randomPixels(seed, plan.height, plan.width)
        val cores = plan.map { tile ->
            Numbers(tile.height, tile.width, toTensor(crop(photo, tile.x, tile.y, tile.width, tile.height)))
        }
        assertSame(photo, blended(plan, cores))
    }

    @Test
    fun `rows are given out as soon as no later tile touches them`() {
        val plan = TilePlan(8, 40, 16, 0, 4, 4)
        val ends = mutableListOf<Int>()
        val blender = Blender(plan) { top, _, levels -> ends += top + levels.height }
        plan.zip(Random(0).cores(plan)).forEachIndexed { place, (tile, core) ->
            blender.add(tile, core)
            assertEquals((plan.vertical.positions.drop(1) + 40)[place], ends.last())
        }
    }

    @Test
    fun `fixed point rounds halves up and clamps`() {
        val infinity = Float.POSITIVE_INFINITY
        val numbers = listOf(-1f, 0f, (0.5 / 65280).toFloat(), 1f, 2f, infinity, -infinity)
        assertEquals(listOf(0L, 0, 1, 65280, 65280, 65280, 0), numbers.map(::fixedPoint))
    }

    @Test
    fun `NaN names the tile`() {
        val plan = TilePlan(8, 8, 8, 0, 0, 4)
        val core = Numbers(8, 8, FloatArray(192) { if (it == 100) Float.NaN else 0f })
        val error = assertThrows(TileError::class.java) { Blender(plan) { _, _, _ -> }.add(plan.single(), core) }
        assertTrue("tile 0 at (0, 0): the model returned NaN" in error.message.orEmpty())
    }

    @Test
    fun `a tile out of order or of the wrong shape is refused`() {
        val plan = TilePlan(8, 16, 8, 0, 0, 4)
        val (first, second) = plan.toList()
        val cases = mapOf(
            (second to Numbers(8, 8, FloatArray(192))) to "tile 0 comes next",
            (first to Numbers(3, 8, FloatArray(72))) to "shape",
        )
        for ((given, message) in cases) {
            val blender = Blender(plan) { _, _, _ -> }
            val error = assertThrows(TileError::class.java) { blender.add(given.first, given.second) }
            assertTrue(message in error.message.orEmpty())
        }
    }
}
