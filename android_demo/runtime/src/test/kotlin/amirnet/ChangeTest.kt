/** Do no harm: how much a photo was changed, counted alike by all ways. */
package amirnet

import amirnet.runtime.Change
import amirnet.runtime.Pixels
import amirnet.runtime.brightness
import kotlin.math.log10
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class ChangeTest {
    @Test
    fun `pieces add up to the whole`() = forSeeds(60) { random, seed ->
        val photo = randomPixels(seed, random.within(1..70), random.within(1..9))
        val result = randomPixels(seed + 1000, photo.height, photo.width)
        val most = BooleanArray(photo.height * photo.width) { random.nextInt(10) < 7 }
        val visible = most.takeIf { random.nextBoolean() }
        val cut = random.within(0..photo.height)
        val (whole, pieces) = Change() to Change()
        whole.add(photo, result, visible = visible)
        for ((top, bottom) in listOf(cut to photo.height, 0 to cut)) {
            val part = visible?.copyOfRange(top * photo.width, bottom * photo.width)
            val (one, other) = listOf(photo, result).map { it.view(top, 0, bottom - top, it.width) }
            pieces.add(one, other, visible = part)
        }
        assertEquals(whole.squares to whole.numbers, pieces.squares to pieces.numbers)
        if (visible == null) assertEquals(psnr(photo, result), whole.psnr, 1e-9)
    }

    /** In floating point, from the definition. */
    private fun psnr(photo: Pixels, result: Pixels): Double {
        val errors = photo.data.indices.map { (photo.data[it].toInt() and 0xFF) - (result.data[it].toInt() and 0xFF) }
        val error = errors.sumOf { (it * it).toDouble() } / errors.size
        return minOf(100.0, 10 * log10(255 * 255 / error))
    }

    @Test
    fun `a gray pixel keeps its brightness`() {
        for (level in 0..255) assertEquals(level, brightness(Pixels(1, 1, ByteArray(3) { level.toByte() }), 0, 0))
    }
}
