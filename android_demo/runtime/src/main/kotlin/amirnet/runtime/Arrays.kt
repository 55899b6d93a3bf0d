/** The array types that pass between the files, by the names that the contract uses. */
package amirnet.runtime

/** Codes, and what an encoder says: float32. */
typealias Floats = FloatArray

/** Averages and products, where float32 would let two runtimes drift apart. */
typealias Doubles = DoubleArray

/** Weights and sums of the integer blend: 64 bits. */
typealias Integers = LongArray

/**
 * 8-bit RGB, HWC, 0..255: a rectangle of [height] x [width] pixels within [data].
 *
 * The three bytes of pixel (y, x) begin at [offset] + y [rowStride] + 3 x. Several may share one [data].
 */
class Pixels(
    val height: Int,
    val width: Int,
    val data: ByteArray,
    val offset: Int = 0,
    val rowStride: Int = CHANNELS * width,
) {
    /** Black. */
    constructor(height: Int, width: Int) : this(height, width, ByteArray(Math.multiplyExact(CHANNELS * height, width)))

    /** Where the bytes of a pixel begin in [data]. */
    fun at(y: Int, x: Int): Int = offset + y * rowStride + CHANNELS * x

    /** The level of a pixel's channel, 0..255. */
    fun level(y: Int, x: Int, channel: Int): Int = data[at(y, x) + channel].toInt() and 0xFF

    /** A rectangle of these pixels, which shares their memory. */
    fun view(top: Int, left: Int, height: Int, width: Int): Pixels =
        Pixels(height, width, data, at(top, left), rowStride)

    /** Overwrite a rectangle. */
    fun put(top: Int, left: Int, block: Pixels) {
        for (y in 0 until block.height) {
            System.arraycopy(block.data, block.at(y, 0), data, at(top + y, left), CHANNELS * block.width)
        }
    }

    /** A copy that nothing else shares, its rows without gaps. */
    fun copy(): Pixels = Pixels(height, width).also { it.put(0, 0, this) }
}

/** Numbers a pixel: R, G, B. */
const val CHANNELS: Int = 3
