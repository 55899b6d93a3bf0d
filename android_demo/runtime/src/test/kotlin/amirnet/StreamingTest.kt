/** Restoring in place: the rows that a tile reads are never overwritten before. */
package amirnet

import amirnet.runtime.HiddenFill
import amirnet.runtime.InputWindow
import amirnet.runtime.Pixels
import amirnet.runtime.crop
import amirnet.runtime.fillHidden
import amirnet.runtime.rowSpan
import amirnet.vectors.assertSame
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class StreamingTest {
    @Test
    fun `tiles are cut from rows that were not overwritten`() = forSeeds(80) { random, seed ->
        val plan = random.plan(1..70, 4..9, 0..4)
        val photo = randomPixels(seed, plan.height, plan.width)
        val buffer = photo.copy()
        val read = mutableListOf<Pair<Int, Int>>()
        val window = InputWindow(plan) { top, bottom ->
            read += top to bottom
            buffer.view(top, 0, bottom - top, plan.width)
        }
        var final = 0
        for (tile in plan) {
            if (tile.column == 0) {
                buffer.put(final, 0, Pixels(tile.y - final, plan.width)) // these rows hold the result by now
                window.step(tile.row)
                final = tile.y
            }
            val (width, height) = tile.width + 2 * plan.halo to tile.height + 2 * plan.halo
            assertSame(crop(photo, tile.x - plan.halo, tile.y - plan.halo, width, height), window.crop(tile))
            assertSame(photo.view(tile.y, tile.x, 1, 1), window.block(tile.y, tile.x, 1, 1))
        }
        assertEquals(listOf(0) + read.dropLast(1).map { it.second }, read.map { it.first }, "each row once, in order")
        assertTrue(read.last().second <= plan.height)
        assertTrue(read.all { it.first % 16 == 0 })
    }

    @Test
    fun `what a tile row reads never moves up`() = forSeeds(200) { random, _ ->
        val plan = random.plan(1..70, 1..9, 0..4)
        val spans = plan.vertical.positions.indices.map { rowSpan(plan, it) }
        assertEquals(spans.map { it.first }.sorted(), spans.map { it.first })
        assertEquals(spans.map { it.second }.sorted(), spans.map { it.second })
    }

    /** Pixel by pixel: the mean of what is visible in the smallest block of 2, 4, 8 ... around it. */
    private fun filledByHand(pixels: Pixels, hidden: BooleanArray): Pixels {
        val found = pixels.copy()
        for (y in 0 until pixels.height) for (x in 0 until pixels.width) {
            if (!hidden[y * pixels.width + x]) continue
            var size = 2
            while (true) {
                val rows = (y / size * size until minOf((y / size + 1) * size, pixels.height))
                val columns = (x / size * size until minOf((x / size + 1) * size, pixels.width))
                val visible = rows.flatMap { row -> columns.map { row to it } }
                    .filter { (row, column) -> !hidden[row * pixels.width + column] }
                for (channel in 0..2) {
                    val sum = visible.sumOf { (row, column) -> pixels.level(row, column, channel) }
                    val level = if (hidden.all { it }) 128 else (sum + visible.size / 2) / maxOf(1, visible.size)
                    found.data[found.at(y, x) + channel] = level.toByte()
                }
                if (visible.isNotEmpty() || hidden.all { it }) break
                size *= 2
            }
        }
        return found
    }

    @Test
    fun `hidden pixels are filled alike by bands`() = forSeeds(40) { random, seed ->
        val pixels = randomPixels(seed, random.within(1..70), random.within(1..50))
        val share = listOf(0.5, 0.97, 0.999, 1.0)[seed % 4]
        val hidden = BooleanArray(pixels.height * pixels.width) { random.nextDouble() < share }
        val bands = (0 until pixels.height step 16).map { top ->
            val rows = minOf(16, pixels.height - top)
            val mask = hidden.copyOfRange(top * pixels.width, (top + rows) * pixels.width)
            Triple(top, pixels.view(top, 0, rows, pixels.width), mask)
        }
        val fill = HiddenFill(bands.asSequence().map { it.second to it.third })
        val found = Pixels(pixels.height, pixels.width)
        for ((top, rows, mask) in bands) found.put(top, 0, fill.band(top, rows, mask))
        assertSame(filledByHand(pixels, hidden), found)
        assertSame(found, fillHidden(pixels, hidden))
    }
}
