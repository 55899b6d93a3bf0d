package amirnet.logic.photo

import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class OrientationTest {
    /** A photo of 3 x 2 pixels, one byte each: 1 2 3 / 4 5 6, as it lies in the file. */
    private val stored = byteArrayOf(1, 2, 3, 4, 5, 6)

    /** What each orientation shows, by the EXIF standard's own words, row by row. */
    private val shown = mapOf(
        1 to listOf("123", "456"),
        2 to listOf("321", "654"),
        3 to listOf("654", "321"),
        4 to listOf("456", "123"),
        5 to listOf("14", "25", "36"),
        6 to listOf("41", "52", "63"),
        7 to listOf("63", "52", "41"),
        8 to listOf("36", "25", "14"),
    )

    @Test
    fun allEightAreBroughtUpright() {
        for ((tag, rows) in shown) {
            val geometry = BandGeometry(3, 2, Orientation.of(tag))
            assertEquals(rows[0].length to rows.size, geometry.width to geometry.height, "orientation $tag")
            val found = geometry.upright(0, geometry.height, stored, 1)
            assertEquals(rows.joinToString(""), found.joinToString(""), "orientation $tag")
        }
    }

    @Test
    fun bandsOfAnyHeightGiveTheWhole() {
        val width = 7
        val height = 5
        val pixels = ByteArray(4 * width * height) { it.toByte() }
        for (orientation in Orientation.entries) {
            val geometry = BandGeometry(width, height, orientation)
            val whole = geometry.upright(0, geometry.height, pixels, 4)
            for (step in 1..geometry.height) {
                val bands = (0 until geometry.height step step).map { top ->
                    val bottom = minOf(top + step, geometry.height)
                    geometry.upright(top, bottom, cut(pixels, width, geometry.region(top, bottom)), 4)
                }
                assertContentEquals(whole, bands.reduce { one, other -> one + other }, "$orientation by $step")
            }
        }
    }

    @Test
    fun rowsOutsideThePhotoAreRefused() {
        val geometry = BandGeometry(3, 2, Orientation.UPRIGHT)
        assertFailsWith<IllegalArgumentException> { geometry.region(0, 3) }
        assertFailsWith<IllegalArgumentException> { geometry.region(1, 1) }
        assertFailsWith<IllegalArgumentException> { geometry.upright(0, 1, stored, 1) }
        assertFailsWith<IllegalArgumentException> { BandGeometry(0, 2, Orientation.UPRIGHT) }
    }

    @Test
    fun whatIsNoOrientationIsUpright() {
        assertEquals(Orientation.UPRIGHT, Orientation.of(0))
        assertEquals(Orientation.UPRIGHT, Orientation.of(9))
    }

    private fun cut(pixels: ByteArray, width: Int, region: Region): ByteArray =
        (region.top until region.bottom).flatMap { y ->
            pixels.slice(4 * (y * width + region.left) until 4 * (y * width + region.right))
        }.toByteArray()
}
