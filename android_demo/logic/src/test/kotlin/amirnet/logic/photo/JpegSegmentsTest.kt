package amirnet.logic.photo

import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import javax.imageio.ImageIO
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull

class JpegSegmentsTest {
    private val jpeg: ByteArray = ByteArrayOutputStream().also {
        val image = BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB)
        for (x in 0 until 16) for (y in 0 until 8) image.setRGB(x, y, 0x102030 * (x + y))
        ImageIO.write(image, "jpeg", it)
    }.toByteArray()
    private val block = ByteArray(200) { it.toByte() }

    private fun pixels(bytes: ByteArray): List<Int> {
        val image = assertNotNull(ImageIO.read(bytes.inputStream()))
        return (0 until 8).flatMap { y -> (0 until 16).map { x -> image.getRGB(x, y) } }
    }

    @Test
    fun exifGoesInAfterJfifAndComesOutAgain() {
        assertNull(JpegSegments.exif(jpeg))
        val with = JpegSegments.withExif(jpeg, block)
        assertContentEquals(block, JpegSegments.exif(with))
        assertEquals(listOf(JpegSegment.APP0, JpegSegment.APP1), JpegSegments.read(with).take(2).map { it.marker })
        assertEquals(pixels(jpeg), pixels(with))
    }

    @Test
    fun anotherBlockTakesThePlaceOfTheFirst() {
        val with = JpegSegments.withExif(JpegSegments.withExif(jpeg, block), byteArrayOf(7))
        assertContentEquals(byteArrayOf(7), JpegSegments.exif(with))
        assertEquals(1, JpegSegments.read(with).count { it.isExif })
        assertContentEquals(jpeg, JpegSegments.withExif(with, null))
    }

    @Test
    fun theHeadOfAFileIsEnough() {
        val with = JpegSegments.withExif(jpeg, block)
        assertContentEquals(block, JpegSegments.exif(with.copyOf(300)))
        assertNull(JpegSegments.exif(with.copyOf(100)))
    }

    @Test
    fun aSegmentIsAtMostSixtyFourKilobytes() {
        val longest = ByteArray(JpegSegment.MOST - 6) { 1 }
        assertContentEquals(longest, JpegSegments.exif(JpegSegments.withExif(jpeg, longest)))
        assertFailsWith<JpegError> { JpegSegments.withExif(jpeg, longest + 1) }
    }

    @Test
    fun whatIsNoJpegIsRefused() {
        assertFailsWith<JpegError> { JpegSegments.read(byteArrayOf()) }
        assertFailsWith<JpegError> { JpegSegments.read("PNG".toByteArray()) }
        val broken = jpeg.copyOf()
        broken[2] = 0
        assertFailsWith<JpegError> { JpegSegments.read(broken) }
    }
}
