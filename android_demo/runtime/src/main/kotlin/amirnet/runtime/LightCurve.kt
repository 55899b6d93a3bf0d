/** A photo's light as a tone curve a channel, applied to its bytes before the network sees them (CONTRACT E3-E6). */
package amirnet.runtime

import kotlin.math.floor

/** What is above is taken for these (CONTRACT E3). */
const val MOST_GAIN: Double = 255.0
const val MOST_BEND: Double = 15.0

/**
 * Of R, G and B: level / 255 becomes (1 + gain) (level / 255)^(1 / (1 + bend)). Both are 0 or more; with both 0 a
 * channel stays as it is.
 */
data class LightCurve(val gain: List<Double>, val bend: List<Double>) {
    /** Gain and bend times a number of 0 or more, and capped again: 0 changes no photo, 1 is the curve itself. */
    fun scaled(by: Double): LightCurve = of(gain.map { it * by }, bend.map { it * by })

    val isIdentity: Boolean
        get() = (gain + bend).all { it == 0.0 }

    /** What each level of each channel becomes, three tables of 256 levels; never falling (CONTRACT E4). */
    val tables: List<ByteArray> by lazy { gain.zip(bend, ::table) }

    /** The pixels looked up level by level; the same where nothing changes. */
    fun applied(pixels: Pixels): Pixels {
        if (isIdentity) return pixels
        val found = Pixels(pixels.height, pixels.width)
        val (red, green, blue) = tables
        for (y in 0 until pixels.height) {
            var from = pixels.at(y, 0)
            var to = found.at(y, 0)
            repeat(pixels.width) {
                found.data[to] = red[pixels.data[from].toInt() and 0xFF]
                found.data[to + 1] = green[pixels.data[from + 1].toInt() and 0xFF]
                found.data[to + 2] = blue[pixels.data[from + 2].toInt() and 0xFF]
                from += CHANNELS
                to += CHANNELS
            }
        }
        return found
    }

    companion object {
        /** Numbers of any size, three each, brought between 0 and the caps. */
        fun of(gain: List<Double>, bend: List<Double>): LightCurve =
            LightCurve(gain.map { capped(it, MOST_GAIN) }, bend.map { capped(it, MOST_BEND) })
    }
}

/** Changes nothing. */
val NO_LIGHT: LightCurve = LightCurve(listOf(0.0, 0.0, 0.0), listOf(0.0, 0.0, 0.0))

private fun capped(number: Double, most: Double): Double = if (number > 0.0) minOf(number, most) else 0.0

private fun table(gain: Double, bend: Double): ByteArray {
    val scale = 255.0 * (1.0 + gain)
    val powers = levelPowers(1.0 / (1.0 + bend))
    return ByteArray(256) { if (it == 0) 0 else minOf(255.0, floor(scale * powers[it] + 0.5)).toInt().toByte() }
}
