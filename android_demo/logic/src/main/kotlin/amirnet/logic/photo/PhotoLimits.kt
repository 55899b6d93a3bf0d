package amirnet.logic.photo

import amirnet.runtime.BLOCK

/** What a photo takes, and whether this phone has it. In bytes. */
data class PhotoNeeds(val memory: Long, val storage: Long)

/** What is done with a photo of a given size. */
sealed interface SizeVerdict {
    /** It is restored and saved as [format]. */
    data class Accepted(val format: ImageFormat) : SizeVerdict

    /** It is refused before anything is begun; the numbers are for the message. */
    data class Refused(val megapixels: Int, val needs: PhotoNeeds, val memory: Long, val storage: Long) : SizeVerdict
}

/**
 * Which photos this phone can take. While it is restored a photo lies in a file, band by band, so that only bands and
 * a tile are in memory; a JPEG however is made of one bitmap, 4 bytes a pixel. Where that is too much the result
 * becomes a PNG, which is written row by row, and where even that is too much the photo is refused with these numbers.
 */
object PhotoLimits {
    /** Bytes that 48 megapixels may take above the idle app. */
    const val BUDGET = 300_000_000L

    /** Rows of a band, and what a pixel of it takes: decoded, turned, as the network sees it, put together again. */
    private const val BAND_ROWS = 64L
    private const val BYTES_A_BAND_PIXEL = 16L
    private const val BYTES_A_BITMAP_PIXEL = 4L
    private const val BYTES_A_RESULT_PIXEL = 3L

    /** Before and after as the screen shows them, three arrays and two bitmaps of 1600 x 1200 pixels. */
    private const val SHOWN = 35_000_000L

    /** The most rows that two neighbouring tile rows share, and the sums that are kept for a pixel of them (S4). */
    private const val SHARED_ROWS = 16L
    private const val BYTES_A_SUM = 24L

    /**
     * @param engine bytes that it takes with both graphs and a tile at work (CONTRACT S4). It is let go of before the
     *     result is written. [tile]: the tile's side; so many rows are held at most, and a block more.
     */
    fun needs(width: Int, height: Int, engine: Long, tile: Int, format: ImageFormat): PhotoNeeds {
        val pixels = width.toLong() * height
        val band = BAND_ROWS * width * BYTES_A_BAND_PIXEL
        val held = width * (BYTES_A_RESULT_PIXEL * (tile + BLOCK) + BYTES_A_SUM * SHARED_ROWS)
        val writing = if (format == ImageFormat.JPEG) pixels * BYTES_A_BITMAP_PIXEL else 0L
        // In storage: the restored rows, and the finished file, which is at most as large.
        return PhotoNeeds(SHOWN + band + maxOf(engine + held, writing), 2 * pixels * BYTES_A_RESULT_PIXEL)
    }

    /**
     * @param wanted the format that the user's photo had or gets.
     * @param memory bytes that the app may still take; [storage] bytes free in its own folder.
     */
    fun decide(
        width: Int,
        height: Int,
        engine: Long,
        tile: Int,
        wanted: ImageFormat,
        memory: Long,
        storage: Long,
    ): SizeVerdict {
        val choices = listOf(wanted, ImageFormat.PNG).distinct()
        for (format in choices) {
            val needs = needs(width, height, engine, tile, format)
            if (needs.memory <= memory && needs.storage <= storage) return SizeVerdict.Accepted(format)
        }
        val least = needs(width, height, engine, tile, ImageFormat.PNG)
        return SizeVerdict.Refused((width.toLong() * height / 1_000_000).toInt(), least, memory, storage)
    }
}
