/** Tile plan: every pixel covered, everything aligned, integers only. */
package amirnet

import amirnet.runtime.EngineMemory
import amirnet.runtime.MEGABYTE
import amirnet.runtime.PixelCost
import amirnet.runtime.TilePlan
import amirnet.runtime.peak
import amirnet.runtime.preferredSize
import amirnet.runtime.tileSizes
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class TilePlanTest {
    @Test
    fun `cores cover every pixel and are aligned`() = forSeeds(400) { random, _ ->
        val plan = random.plan(1..700, 1..64, 0..12)
        val largest = plan.size - 2 * plan.halo
        for ((length, axis) in listOf(plan.width to plan.horizontal, plan.height to plan.vertical)) {
            val covered = BooleanArray(axis.padded)
            for (position in axis.positions) {
                assertTrue(position % plan.alignment == 0 && position in 0 until length)
                covered.fill(true, position, position + axis.core)
            }
            assertTrue(covered.all { it })
            assertTrue(axis.core % plan.alignment == 0)
            assertTrue(if (plan.flexible) axis.core <= largest else axis.core == largest)
            assertEquals(0 to axis.padded, axis.positions.first() to axis.positions.last() + axis.core)
            assertEquals(axis.positions.sorted(), axis.positions.toList())
            assertTrue(axis.padded in length..maxOf(axis.core, length + plan.alignment - 1))
        }
    }

    @Test
    fun `iteration is row by row and complete`() = forSeeds(100) { random, _ ->
        val plan = random.plan(1..200, 1..64, 0..12)
        val tiles = plan.toList()
        assertEquals(plan.count, tiles.size)
        assertEquals(tiles.indices.toList(), tiles.map { it.index })
        val expected = plan.vertical.positions.flatMap { y -> plan.horizontal.positions.map { it to y } }
        assertEquals(expected, tiles.map { it.x to it.y })
        assertEquals(setOf(plan.horizontal.core to plan.vertical.core), tiles.map { it.width to it.height }.toSet())
    }

    @Test
    fun `neighbours share nearly the overlap`() = forSeeds(300) { random, _ ->
        val overlap = random.within(0..16)
        val axis = TilePlan(random.within(1..5000), 1, 352, 48, overlap, 4).horizontal
        val steps = axis.positions.toList().zipWithNext { one, next -> next - one }
        assertTrue(steps.all { it <= axis.core - overlap + 4 })
    }

    @Test
    fun `a photo that fits is one small tile`() {
        val tile = TilePlan(150, 60, 352, 48, 16, 4).single()
        assertEquals(listOf(0, 0, 152, 60), listOf(tile.x, tile.y, tile.width, tile.height))
    }

    @Test
    fun `a fixed graph gets full tiles`() {
        val tile = TilePlan(150, 60, 352, 48, 16, 4, flexible = false).single()
        assertEquals(256 to 256, tile.width to tile.height)
    }

    @Test
    fun `sizes that contradict are refused with a remedy`() {
        val cases = mapOf(
            listOf(96, 48, 16, 4) to "tile 96: its core would be empty with a halo of 48; choose 100 or more",
            listOf(101, 48, 16, 4) to "tile 101: must be a multiple of 4; choose 100 or 104",
            listOf(352, 46, 16, 4) to "halo 46: must be a multiple of the alignment 4; ",
            listOf(352, 48, -1, 4) to "must be at least",
            listOf(352, 48, 16, 0) to "must be at least",
        )
        for ((sizes, message) in cases) {
            val (size, halo, overlap, alignment) = sizes
            val error = assertThrows(TileError::class.java) { TilePlan(100, 100, size, halo, overlap, alignment) }
            assertTrue(message in error.message.orEmpty(), error.message)
        }
    }

    @Test
    fun `a photo without pixels is refused`() {
        val error = assertThrows(TileError::class.java) { TilePlan(0, 5, 352, 48, 16, 4) }
        assertTrue("0x5" in error.message.orEmpty())
    }

    @Test
    fun `the preferred tile where there is room`() {
        val engine = EngineMemory(100_000_000, 340)
        val plans = (10 until 20_000 step 500).map { TilePlan(4 * it, 3 * it, 1784, 12, 6, 4) }
        val sizes = plans.map { preferredSize(it, 56, engine) }
        assertTrue(sizes.all { it == 56 || it in tileSizes(1784, 12, 4, true) })
        assertEquals(sizes.sortedDescending(), sizes)
        assertTrue(sizes.distinct().size > 3)
        for ((plan, size) in plans.zip(sizes)) {
            val room = 262_500_000 + 25L * plan.width * plan.height / 8
            assertTrue(size == 56 || peak(plan.copy(size = size), PixelCost(4, 4), engine) <= room)
        }
    }

    @Test
    fun `twelve megapixels take 300 megabytes and 108 take 600`() {
        val engine = EngineMemory(100_000_000, 340)
        for ((unit, most) in listOf(1000 to 300, 3000 to 600)) {
            val plan = TilePlan(4 * unit, 3 * unit, 1784, 12, 6, 4)
            val size = preferredSize(plan, 56, engine)
            val found = peak(plan.copy(size = size), PixelCost(4, 4), engine)
            assertTrue(size > 300 && found > 0.8 * most * MEGABYTE && found <= most * MEGABYTE, "$size: $found")
        }
    }
}
