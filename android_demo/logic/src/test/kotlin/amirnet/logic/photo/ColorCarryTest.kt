package amirnet.logic.photo

import amirnet.runtime.Pixels
import kotlin.math.abs
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class ColorCarryTest {
    private val same = doubleArrayOf(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)

    /** Linear sRGB to linear Display P3, by their primaries (D65 both). */
    private val toP3 = doubleArrayOf(
        0.8224621, 0.177538, 0.0, 0.0331941, 0.9668058, 0.0, 0.0170827, 0.0723974, 0.9105199,
    )

    private fun rgb(vararg levels: Int) = ByteArray(levels.size) { levels[it].toByte() }

    private fun carried(carry: ColorCarry, own: ByteArray, seen: ByteArray, restored: ByteArray): List<Int> =
        own.copyOf().also { carry.apply(it, 0, seen, 0, restored, 0) }.map { it.toInt() and 0xFF }

    @Test
    fun srgbToItselfIsThePlainDifference() {
        val carry = ColorCarry(same, ColorCarry::encodeSrgb)
        for (level in 0..255) {
            val there = carried(carry, rgb(level, 100, 0), rgb(level, 100, 0), rgb(255 - level, 90, 3))
            assertTrue(abs(there[0] - (255 - level)) <= 1, "$level became ${there[0]}")
            assertTrue(abs(there[1] - 90) <= 1 && abs(there[2] - 3) <= 1, "$there")
        }
    }

    @Test
    fun whereNothingChangedTheFilesNumbersStay() {
        val carry = ColorCarry(toP3, ColorCarry::encodeSrgb)
        // Beyond sRGB: the network saw a red of 255, the file says 250 of a stronger one.
        assertEquals(listOf(250, 0, 0), carried(carry, rgb(250, 0, 0), rgb(255, 0, 0), rgb(255, 0, 0)))
    }

    @Test
    fun aChangeIsCarriedIntoDisplayP3() {
        val carry = ColorCarry(toP3, ColorCarry::encodeSrgb)
        // sRGB gray is P3's gray, level for level.
        assertEquals(listOf(150, 150, 150), carried(carry, rgb(100, 100, 100), rgb(100, 100, 100), rgb(150, 150, 150)))
        // sRGB (255, 0, 0) is P3 (234, 51, 35); from black the change is the colour itself.
        val red = carried(carry, rgb(0, 0, 0), rgb(0, 0, 0), rgb(255, 0, 0))
        assertTrue(listOf(234, 51, 35).zip(red).all { (wanted, found) -> abs(wanted - found) <= 1 }, "$red")
    }

    @Test
    fun strengthIsMixedAndWhatIsTransparentStays() {
        val own = rgb(10, 20, 30, 255, 1, 2, 3, 0)
        val seen = Pixels(1, 2, rgb(10, 20, 30, 9, 9, 9))
        val restored = Pixels(1, 2, rgb(20, 40, 60, 200, 200, 200))
        SavedBand(128, null).assemble(own, seen, restored)
        assertContentEquals(rgb(15, 30, 45, 255, 1, 2, 3, 0), own)
        SavedBand(0, null).assemble(own, Pixels(1, 2, rgb(15, 30, 45, 9, 9, 9)), restored)
        assertContentEquals(rgb(15, 30, 45, 255, 1, 2, 3, 0), own)
    }

    @Test
    fun matricesMultiply() {
        val one = DoubleArray(9) { it.toDouble() }
        assertContentEquals(one, ColorCarry.product(one, same))
        assertContentEquals(doubleArrayOf(15.0, 18.0, 21.0), ColorCarry.product(one, one).copyOf(3))
    }
}
