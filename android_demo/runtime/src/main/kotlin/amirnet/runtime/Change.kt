/** How much a photo was changed by restoring it, and when that is nothing that anyone sees (CONTRACT R5). */
package amirnet.runtime

import kotlin.math.log10

/** PSNR, in dB, from which a photo counts as left alone: at most 2.55 levels in the root mean square. */
const val LEFT_ALONE: Double = 40.0

/** PSNR, in dB, that equal photos count as, and the largest there is. */
const val EQUAL: Double = 100.0

/**
 * Adds up the squared differences between a photo and its result, rectangle by rectangle, in whole numbers: in whatever
 * pieces and order a photo comes, the sums are the same.
 */
class Change {
    /** The sum. */
    var squares: Long = 0

    /** Of how many levels: three a visible pixel, or of a gray photo one. */
    var numbers: Long = 0

    /**
     * A rectangle: what the network saw, and what came out. [gray]: only their brightness reaches the file. [visible]:
     * the pixels that count, row by row; where alpha is 0 nothing reaches the file. null: all.
     */
    fun add(seen: Pixels, restored: Pixels, gray: Boolean = false, visible: BooleanArray? = null) {
        for (y in 0 until seen.height) {
            val one = seen.at(y, 0)
            val other = restored.at(y, 0)
            if (!gray && visible == null) {
                squares += squares(seen.data, one, restored.data, other, CHANNELS * seen.width)
                numbers += CHANNELS * seen.width
                continue
            }
            for (x in 0 until seen.width) {
                if (visible != null && !visible[y * seen.width + x]) continue
                val at = CHANNELS * x
                squares += if (gray) squaredBrightness(seen, restored, y, x)
                else squares(seen.data, one + at, restored.data, other + at, CHANNELS)
                numbers += if (gray) 1 else CHANNELS
            }
        }
    }

    /** PSNR in dB of the result against the photo, [EQUAL] at most. */
    val psnr: Double
        get() = if (squares == 0L) EQUAL else minOf(EQUAL, 10 * log10((255L * 255 * numbers).toDouble() / squares))
}

/** Of a pixel, in levels 0..255: BT.601 in whole numbers (CONTRACT R5). A gray photo stays itself. */
fun brightness(pixels: Pixels, y: Int, x: Int): Int =
    (19595 * pixels.level(y, x, 0) + 38470 * pixels.level(y, x, 1) + 7471 * pixels.level(y, x, 2) + 32768) shr 16

private fun squaredBrightness(one: Pixels, other: Pixels, y: Int, x: Int): Long {
    val apart = brightness(one, y, x) - brightness(other, y, x)
    return (apart * apart).toLong()
}

private fun squares(one: ByteArray, first: Int, other: ByteArray, second: Int, count: Int): Long {
    var sum = 0L
    for (place in 0 until count) {
        val apart = (one[first + place].toInt() and 0xFF) - (other[second + place].toInt() and 0xFF)
        sum += apart * apart
    }
    return sum
}
