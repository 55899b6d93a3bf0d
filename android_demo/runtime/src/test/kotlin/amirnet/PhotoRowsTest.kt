/** One way to restore: any kind of rows goes through it, and what ends it between two tiles leaves nothing. */
package amirnet

import amirnet.runtime.Change
import amirnet.runtime.PhotoRows
import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import amirnet.runtime.RestoreOptions
import amirnet.vectors.assertSame
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

/** A phone's bitmap, 32 bits a pixel, restored in place: a kind of rows that the runtime does not know. */
private class Bitmap(photo: Pixels) : PhotoRows {
    override val width = photo.width
    override val height = photo.height
    override val change = Change()
    private val words = IntArray(width * height) {
        (0..2).fold(0xFF) { word, channel -> word shl 8 or photo.level(it / width, it % width, channel) }
    }

    override fun read(top: Int, bottom: Int): Pixels = Pixels(
        bottom - top, width, ByteArray(3 * width * (bottom - top)) {
            (words[top * width + it / 3] shr (16 - 8 * (it % 3))).toByte()
        },
    )

    override fun write(top: Int, left: Int, seen: Pixels, restored: Pixels) {
        val before = read(top, top + seen.height).view(0, left, seen.height, seen.width)
        assertSame(before, seen) // each pixel is overwritten once
        change.add(seen, restored)
        for (y in 0 until restored.height) for (x in 0 until restored.width) {
            val word = (0..2).fold(0xFF) { word, channel -> word shl 8 or restored.level(y, x, channel) }
            words[(top + y) * width + left + x] = word
        }
    }

    override fun reopened(): PhotoRows = error("there is memory enough")
}

private class Cancelled : Exception()

class PhotoRowsTest {
    private val photo = randomPixels(3, 97, 130)

    @Test
    fun `every kind of rows is restored alike`() {
        val restorer = Restorer(toyBundle(), ToyEngine())
        val options = RestoreOptions(strength = 0.75)
        val (array, bitmap) = PixelRows(photo) to Bitmap(photo)
        val (wanted, found) = restorer.restoreRows(array, options) to restorer.restoreRows(bitmap, options)
        assertSame(bitmap, found.rows)
        assertEquals(wanted.changePsnr, found.changePsnr)
        assertEquals(wanted.tile to wanted.tiles, found.tile to found.tiles)
        assertSame(array.image, bitmap.read(0, 97))
        assertSame(randomPixels(3, 97, 130), photo)
    }

    @Test
    fun `cancelling between tiles leaves nothing`() = listOf(0, 1, 7, 19).forEach { after ->
        val engine = ToyEngine()
        val restorer = Restorer(toyBundle(), engine)
        val wanted = PixelRows(photo).also { restorer.restoreRows(it) }.image
        engine.tiles.clear()
        assertThrows(Cancelled::class.java) {
            restorer.restoreRows(Bitmap(photo)) { done, _ -> if (done == after) throw Cancelled() }
        }
        assertEquals(after, engine.tiles.size)
        assertSame(wanted, PixelRows(photo).also { restorer.restoreRows(it) }.image)
    }

    @Test
    fun `progress counts every tile`() {
        val seen = mutableListOf<Pair<Int, Int>>()
        val restorer = Restorer(toyBundle(), ToyEngine())
        val found = restorer.restoreRows(PixelRows(photo)) { done, total -> seen += done to total }
        assertEquals((0..found.tiles).map { it to found.tiles }, seen)
    }

    @Test
    fun `photo sizes from one pixel up`() {
        for ((width, height) in listOf(1 to 1, 1 to 50, 3 to 2, 33 to 31, 64 to 1)) {
            val rows = PixelRows(randomPixels(5, height, width))
            Restorer(toyBundle(), ToyEngine()).restoreRows(rows)
            assertEquals(width * height * 3L, rows.change.numbers)
        }
    }
}
