/** Padding: reflect-101 once, then the edge. */
package amirnet

import amirnet.runtime.Pixels
import amirnet.runtime.crop
import amirnet.runtime.picked
import amirnet.runtime.sourceCoordinates
import amirnet.runtime.toPlanes
import amirnet.runtime.toTensor
import amirnet.vectors.assertSame
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class PaddingTest {
    @Test
    fun `coordinates stay inside`() = forSeeds(200) { random, _ ->
        val (length, start, count) = Triple(random.within(1..30), random.within(-100..100), random.within(1..60))
        val at = sourceCoordinates(start, start + count, length)
        assertTrue(at.min() >= 0 && at.max() < length)
    }

    @Test
    fun `crop takes rows from y and columns from x`() {
        val photo = Pixels(2, 3, ByteArray(18) { (10 * (it / 9) + it / 3 % 3).toByte() })
        val found = crop(photo, left = 1, top = -1, width = 3, height = 2)
        val reds = List(2) { y -> List(3) { x -> found.level(y, x, 0) } }
        assertEquals(listOf(listOf(11, 12, 11), listOf(1, 2, 1)), reds)
    }

    @Test
    fun `picked is every pixel by its coordinates`() = forSeeds(100) { random, seed ->
        val photo = randomPixels(seed, random.within(1..12), random.within(1..12))
        val (top, left) = random.within(-15..15) to random.within(-15..15)
        val rows = sourceCoordinates(top, top + 9, photo.height)
        val columns = sourceCoordinates(left, left + 7, photo.width)
        val wanted = Pixels(9, 7)
        for (y in rows.indices) {
            for (x in columns.indices) wanted.put(y, x, photo.view(rows[y], columns[x], 1, 1))
        }
        assertSame(wanted, picked(photo, rows, columns))
    }

    @Test
    fun `tensor is planar and divided by 255`() {
        val pixels = randomPixels(1, 3, 5)
        val (tensor, planes) = toTensor(pixels.view(1, 1, 2, 4)) to toPlanes(pixels.view(1, 1, 2, 4))
        for (channel in 0..2) for (y in 0..1) for (x in 0..3) {
            val place = (channel * 2 + y) * 4 + x
            assertEquals(pixels.level(1 + y, 1 + x, channel).toFloat() / 255f, tensor[place])
            assertEquals(pixels.level(1 + y, 1 + x, channel).toByte(), planes[place])
        }
        val two = toTensor(pixels, FloatArray(90), 45)
        assertArrayEquals(toTensor(pixels), two.copyOfRange(45, 90))
    }
}
