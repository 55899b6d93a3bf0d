package amirnet.logic.photo

import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.file.Files
import javax.imageio.ImageIO
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertNotNull

class BandRowsTest {
    private val width = 50
    private val height = 150
    private val file: File = Files.createTempFile("result", ".rows").toFile()

    @AfterTest
    fun clean() {
        file.delete()
    }

    /** A decoder of a photo in memory; it counts the most rows that were asked for at once. */
    private inner class Source(override val hasAlpha: Boolean) : BandSource {
        val rgba = ByteArray(4 * width * height) {
            if (it % 4 == 3) (if (hasAlpha && it / 4 % 7 < 3) 0 else 255).toByte() else (it * 31 shr 3).toByte()
        }
        var most = 0
        override val width get() = this@BandRowsTest.width
        override val height get() = this@BandRowsTest.height

        override fun seen(top: Int, bottom: Int): ByteArray {
            most = maxOf(most, bottom - top)
            return rgba.copyOfRange(4 * width * top, 4 * width * bottom)
        }

        override fun own(top: Int, bottom: Int) = seen(top, bottom)
    }

    private fun result() = ResultFile(file, width, height, fresh = true)

    @Test
    fun bandsAreThePhoto() {
        val source = Source(hasAlpha = false)
        val whole = BandRows.withoutAlpha(source.rgba, height, width)
        result().use { result ->
            val rows = BandRows(source, result)
            assertContentEquals(whole.view(16, 0, 30, width).copy().data, rows.read(16, 46).copy().data)
            rows.write(16, 5, rows.read(16, 17).view(0, 5, 1, 4), Pixels(1, 4, ByteArray(12) { 1 }))
            assertEquals(1, result.read(16, 17).level(0, 5, 0))
            val inMemory = PixelRows(whole)
            inMemory.write(16, 5, whole.view(16, 5, 1, 4), Pixels(1, 4, ByteArray(12) { 1 }))
            assertEquals(inMemory.change.squares, rows.change.squares)
            assertEquals(0, rows.reopened().change.squares)
        }
    }

    @Test
    fun whatIsHiddenHasNoInfluence() {
        val one = Source(hasAlpha = true)
        val other = Source(hasAlpha = true)
        for (at in other.rgba.indices step 4) if (other.rgba[at + 3] == 0.toByte()) other.rgba.fill(99, at, at + 3)
        result().use { result ->
            val rows = BandRows(one, result)
            assertContentEquals(rows.read(0, height).data, BandRows(other, result).read(0, height).data)
            // Any band is the same as in the whole.
            val cut = rows.read(0, height).view(70, 0, 13, width).copy()
            assertContentEquals(cut.data, rows.read(70, 83).copy().data)
            val seen = rows.read(0, 1)
            rows.write(0, 0, seen, Pixels(1, width, ByteArray(3 * width)))
            assertEquals(3L * (0 until width).count { it % 7 >= 3 }, rows.change.numbers)
        }
    }

    @Test
    fun aPreviewTakesTheSamePixelsOfBoth() {
        val source = Source(hasAlpha = false)
        val whole = BandRows.withoutAlpha(source.rgba, height, width)
        result().use { result ->
            result.write(0, 0, whole)
            for (longest in listOf(1000, 150, 75, 40, 7)) {
                val preview = BandRows.preview(source, result, longest, null)
                val step = (height + longest - 1) / longest
                val size = (height + step - 1) / step to (width + step - 1) / step
                assertEquals(size, preview.before.height to preview.before.width)
                assertContentEquals(preview.before.data, preview.after.data)
                val last = size.first - 1
                assertEquals(whole.level(step * last, 0, 1), preview.before.level(last, 0, 1))
            }
            assertEquals(BandRows.BAND, source.most)
        }
    }

    @Test
    fun aPngIsReadBackByAnotherDecoder() {
        for (alpha in listOf(false, true)) {
            val source = Source(alpha)
            val out = ByteArrayOutputStream()
            PngWriter(out, width, height, alpha, byteArrayOf(1, 2, 3)).use { png ->
                for ((top, bottom) in BandRows.bands(height)) png.write(source.own(top, bottom))
            }
            val image: BufferedImage = assertNotNull(ImageIO.read(out.toByteArray().inputStream()))
            for (y in 0 until height) for (x in 0 until width) {
                val at = 4 * (y * width + x)
                val (red, green, blue, opaque) = (0..3).map { source.rgba[at + it].toInt() and 0xFF }
                assertEquals((opaque shl 24) or (red shl 16) or (green shl 8) or blue, image.getRGB(x, y))
            }
        }
    }

    @Test
    fun theIndexOfPicturesKnowsThatTheFirstGrew() {
        // Big endian, one field B002 of two entries of 16 bytes at byte 26: attribute, size, offset, two shorts.
        val head = "MPF\u0000MM\u0000*".toByteArray(Charsets.ISO_8859_1) + byteArrayOf(0, 0, 0, 8, 0, 1)
        val field = byteArrayOf(0xB0.toByte(), 2, 0, 7, 0, 0, 0, 32, 0, 0, 0, 26, 0, 0, 0, 0)
        val entries = byteArrayOf(0, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0) + ByteArray(16) { 5 }
        val grown = MultiPicture.grown(JpegSegment(MultiPicture.APP2, head + field + entries), 0x210)
        val wanted = entries.copyOf().also { it[6] = 3; it[7] = 0x10 }
        assertContentEquals(head + field + wanted, grown.content)
    }
}
