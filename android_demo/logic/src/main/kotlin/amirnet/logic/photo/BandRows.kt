package amirnet.logic.photo

import amirnet.logic.ui.Preview
import amirnet.runtime.BLOCK
import amirnet.runtime.CHANNELS
import amirnet.runtime.Change
import amirnet.runtime.HiddenFill
import amirnet.runtime.LightCurve
import amirnet.runtime.PhotoRows
import amirnet.runtime.Pixels

/** A photo that is decoded band by band, upright; four bytes a pixel: red, green, blue, alpha, not premultiplied. */
interface BandSource {
    val width: Int
    val height: Int
    val hasAlpha: Boolean

    /** Rows in sRGB. Raises ImageError. */
    fun seen(top: Int, bottom: Int): ByteArray

    /** The same rows in the photo's own colours. */
    fun own(top: Int, bottom: Int): ByteArray
}

/**
 * A photo as the runtime reads it, of which never more than a band is in memory; what is written goes to a file, at
 * whole
 * strength, and the photo stays as it is.
 */
class BandRows(private val source: BandSource, private val result: ResultFile) : PhotoRows {
    override val width: Int get() = source.width
    override val height: Int get() = source.height
    override val change: Change = Change()
    private val fill: HiddenFill? by lazy {
        if (!source.hasAlpha) null else HiddenFill(bands(source.height).map { (top, bottom) -> parted(top, bottom) })
    }

    /** Decoded a band at a time, so that only the rows themselves are as many as are asked for. */
    override fun read(top: Int, bottom: Int): Pixels {
        val found = Pixels(bottom - top, width)
        // What hidden pixels become is told block by block, of whole blocks.
        val block = if (source.hasAlpha) BLOCK else 1
        val last = minOf(height, (bottom + block - 1) / block * block)
        var at = top - top % block
        while (at < bottom) {
            val end = minOf(at + BAND, last)
            val (pixels, hidden) = parted(at, end)
            val rows = fill?.band(at, pixels, hidden) ?: pixels
            val first = maxOf(at, top)
            found.put(first - top, 0, rows.view(first - at, 0, minOf(end, bottom) - first, width))
            at = end
        }
        return found
    }

    override fun write(top: Int, left: Int, seen: Pixels, restored: Pixels) {
        change.add(seen, restored, visible = visible(top, left, seen))
        result.write(top, left, restored)
    }

    override fun reopened(): BandRows = BandRows(source, result)

    /** Where alpha is 0 nothing reaches the file, so nothing of it counts as changed (CONTRACT R5). */
    private fun visible(top: Int, left: Int, seen: Pixels): BooleanArray? {
        if (!source.hasAlpha) return null
        val rows = source.seen(top, top + seen.height)
        return BooleanArray(seen.width * seen.height) { place ->
            rows[RGBA * ((place / seen.width) * width + left + place % seen.width) + ALPHA] != 0.toByte()
        }
    }

    private fun parted(top: Int, bottom: Int): Pair<Pixels, BooleanArray> {
        val rows = source.seen(top, bottom)
        val pixels = withoutAlpha(rows, bottom - top, width)
        val count = if (source.hasAlpha) width * (bottom - top) else 0
        val hidden = BooleanArray(count) { rows[RGBA * it + ALPHA] == 0.toByte() }
        return pixels to hidden
    }

    companion object {
        private const val RGBA = 4
        private const val ALPHA = 3

        /** Rows of a band: what is decoded at a time where the caller does not say. */
        const val BAND = 64

        /** Bands from top to bottom, each beginning at a multiple of [BAND]. */
        fun bands(height: Int): Sequence<Pair<Int, Int>> =
            (0 until height step BAND).asSequence().map { it to minOf(it + BAND, height) }

        /** RGBA rows as the runtime's pixels. */
        fun withoutAlpha(rows: ByteArray, height: Int, width: Int): Pixels {
            val found = ByteArray(CHANNELS * height * width)
            var to = 0
            for (from in 0 until RGBA * height * width step RGBA) {
                found[to++] = rows[from]
                found[to++] = rows[from + 1]
                found[to++] = rows[from + 2]
            }
            return Pixels(height, width, found)
        }

        /**
         * Before and after for a screen: every n-th pixel of every n-th row of both, the same ones, so that no filter
         * hides the noise. The longer side has at most [longest] pixels.
         */
        fun preview(source: BandSource, result: ResultFile, longest: Int, curve: LightCurve?): Preview {
            val step = (maxOf(source.width, source.height) + longest - 1) / longest
            val width = (source.width + step - 1) / step
            val height = (source.height + step - 1) / step
            val before = Pixels(height, width)
            val after = Pixels(height, width)
            for ((top, bottom) in bands(source.height)) {
                val first = (top + step - 1) / step * step
                if (first >= bottom) continue
                val photo = withoutAlpha(source.seen(top, bottom), bottom - top, source.width)
                val restored = result.read(top, bottom)
                for (y in first until bottom step step) for (x in 0 until width) {
                    before.put(y / step, x, photo.view(y - top, x * step, 1, 1))
                    after.put(y / step, x, restored.view(y - top, x * step, 1, 1))
                }
            }
            return Preview(before, after, curve)
        }
    }
}
