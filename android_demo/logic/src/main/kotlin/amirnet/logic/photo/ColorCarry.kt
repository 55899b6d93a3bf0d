package amirnet.logic.photo

import kotlin.math.pow
import kotlin.math.roundToInt

/**
 * Colours of a photo whose profile is not sRGB. The network sees sRGB; only the *change* goes back into the photo's own
 * colours, so colours that sRGB cannot hold stay (docs/FIDELITY.md):
 *
 *     out = clip(own + back(restored) - back(seen))
 *
 * @param fromLinearSrgb 3 x 3, row by row: linear sRGB to the photo's linear colours.
 * @param encode the photo's linear value 0..1 to its encoded value 0..1 (the inverse of its transfer function).
 */
class ColorCarry(fromLinearSrgb: DoubleArray, encode: (Double) -> Double) {
    private val matrix = fromLinearSrgb.copyOf().also { require(it.size == 9) { "${it.size} numbers, not 3 x 3" } }
    private val encoded = IntArray(STEPS + 1) { (encode(it / STEPS.toDouble()) * 255 * FINE).roundToInt() }

    /**
     * One pixel's three bytes in the photo's own colours.
     *
     * @param own the photo's bytes; changed in place from [at] on.
     * @param seen what the network saw, sRGB, from [seenAt] on; [restored] what came out, sRGB, mixed by strength
     * already.
     */
    fun apply(own: ByteArray, at: Int, seen: ByteArray, seenAt: Int, restored: ByteArray, restoredAt: Int) {
        // Where nothing changed the file's numbers stay, bit for bit.
        if ((0..2).all { seen[seenAt + it] == restored[restoredAt + it] }) return
        for (channel in 0..2) {
            val change = back(channel, restored, restoredAt) - back(channel, seen, seenAt)
            val level = (own[at + channel].toInt() and 0xFF) + Math.floorDiv(2 * change + FINE, 2 * FINE)
            own[at + channel] = level.coerceIn(0, 255).toByte()
        }
    }

    /** A channel of an sRGB pixel in the photo's colours, in [FINE] parts of a level. */
    private fun back(channel: Int, pixels: ByteArray, at: Int): Int {
        var sum = 0.0
        for (other in 0..2) sum += matrix[3 * channel + other] * LINEAR[pixels[at + other].toInt() and 0xFF]
        return encoded[(sum.coerceIn(0.0, 1.0) * STEPS).roundToInt()]
    }

    companion object {
        private const val STEPS = 1 shl 16
        private const val FINE = 64

        /** sRGB's 256 levels as linear light 0..1. */
        private val LINEAR = DoubleArray(256) { level ->
            val value = level / 255.0
            if (value <= 0.04045) value / 12.92 else ((value + 0.055) / 1.055).pow(2.4)
        }

        /** sRGB's own encoding of a linear value 0..1, which Display P3 shares. */
        fun encodeSrgb(linear: Double): Double =
            if (linear <= 0.0031308) 12.92 * linear else 1.055 * linear.pow(1 / 2.4) - 0.055

        /** The product of two 3 x 3 matrices, row by row. */
        fun product(one: DoubleArray, other: DoubleArray): DoubleArray =
            DoubleArray(9) { place -> (0..2).sumOf { one[place / 3 * 3 + it] * other[it * 3 + place % 3] } }
    }
}
