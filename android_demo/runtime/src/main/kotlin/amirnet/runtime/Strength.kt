/** How much of the restored photo is taken, in whole numbers (CONTRACT R6). */
package amirnet.runtime

import kotlin.math.floor

/** Parts that make the restored photo; 0 parts of it are the photo itself. */
const val WHOLE: Int = 256

/** The parts for a strength of 0 to 1. */
fun partsOf(strength: Double): Int = floor(strength * WHOLE + 0.5).toInt()

/** Photo and restored photo, alike in shape: so many parts of the second, the rest of the first. */
fun mixed(photo: Pixels, restored: Pixels, parts: Int): Pixels {
    if (parts == WHOLE) return restored
    val found = Pixels(photo.height, photo.width)
    for (y in 0 until photo.height) {
        val (one, other, to) = Triple(photo.at(y, 0), restored.at(y, 0), found.at(y, 0))
        for (place in 0 until CHANNELS * photo.width) {
            val first = (photo.data[one + place].toInt() and 0xFF) * (WHOLE - parts)
            val second = (restored.data[other + place].toInt() and 0xFF) * parts
            found.data[to + place] = ((first + second + WHOLE / 2) shr 8).toByte()
        }
    }
    return found
}
