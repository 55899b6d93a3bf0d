/** Probe plan: bounded, spread, deterministic; averaging in plan order. */
package amirnet

import amirnet.runtime.Pixels
import amirnet.runtime.ProbePlan
import amirnet.runtime.average
import amirnet.runtime.axisPositions
import amirnet.vectors.assertSame
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ProbePlanTest {
    @Test
    fun `probes lie inside and reach both ends`() = forSeeds(400) { random, _ ->
        val (length, size, grid) = Triple(random.within(1..3000), random.from(listOf(1, 8, 64)), random.within(1..6))
        val positions = axisPositions(length, size, grid).toList()
        assertEquals(positions.distinct().sorted(), positions)
        assertTrue(positions.size in 1..grid)
        if (length <= size) assertEquals(listOf(0), positions)
        else assertTrue(positions.last() + size <= length)
        if (positions.size > 1) assertEquals(0 to length - size, positions.first() to positions.last())
    }

    @Test
    fun `a single probe is centred`() = assertEquals(listOf(18), axisPositions(100, 64, 1).toList())

    @Test
    fun `order is rows first`() = assertEquals(
        listOf(0 to 0, 36 to 0, 0 to 33, 36 to 33, 0 to 66, 36 to 66),
        ProbePlan(100, 130, 64, 4).toList(),
    )

    @Test
    fun `gather cuts at native resolution`() {
        val photo = randomPixels(0, 130, 100)
        val probes = ProbePlan(100, 130, 64, 4).gather { top, bottom -> photo.view(top, 0, bottom - top, 100) }
        assertEquals(6, probes.size)
        assertSame(photo.view(33, 36, 64, 64), probes[3])
    }

    @Test
    fun `gather pads a small photo`() {
        val photo = Pixels(1, 1, byteArrayOf(51, 51, 51))
        val (probe) = ProbePlan(1, 1, 64, 4).gather { _, _ -> photo }
        assertSame(Pixels(64, 64, ByteArray(3 * 64 * 64) { 51 }), probe)
    }

    @Test
    fun `average is in float64 and of exact products`() {
        val mask = listOf(floatArrayOf(0.1f, 0.7f), floatArrayOf(0.3f, 1e-9f), floatArrayOf(0.6f, 0.2f))
        val value = listOf(floatArrayOf(3f, -1.5f), floatArrayOf(0.1f, 1e9f), floatArrayOf(7.7f, 0.3f))
        val found = average(mask, value)
        for (column in 0..1) {
            val products = mask.indices.map { mask[it][column].toDouble() * value[it][column].toDouble() }.sorted()
            assertEquals(((0.0 + mask[0][column]) + mask[1][column] + mask[2][column]) / 3, found.mask[column])
            assertEquals((products[0] + products[1] + products[2]) / 3, found.soft[column])
        }
    }
}
