package amirnet.logic.photo

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

    /** What a band of the photo, its copy and the encoder's own buffers take for a pixel of a row. */
    private const val BAND_ROWS = 64L
    private const val BYTES_A_BAND_PIXEL = 16L
    private const val BYTES_A_BITMAP_PIXEL = 4L
    private const val BYTES_A_RESULT_PIXEL = 3L

    /**
     * @param engine bytes that restoring takes beside the photo's rows: by the contract's formula (S4), both graphs
     *     included. It is let go of before the result is written.
     */
    fun needs(width: Int, height: Int, engine: Long, format: ImageFormat): PhotoNeeds {
        val pixels = width.toLong() * height
        val band = BAND_ROWS * width * BYTES_A_BAND_PIXEL
        val writing = if (format == ImageFormat.JPEG) pixels * BYTES_A_BITMAP_PIXEL + band else 2 * band
        // The photo's copy, the restored rows, and the finished file, which is at most as large as the rows.
        return PhotoNeeds(maxOf(engine + band, writing), 2 * pixels * BYTES_A_RESULT_PIXEL)
    }

    /**
     * @param wanted the format that the user's photo had or gets.
     * @param memory bytes that the app may still take; [storage] bytes free in its own folder.
     */
    fun decide(
        width: Int,
        height: Int,
        engine: Long,
        wanted: ImageFormat,
        memory: Long,
        storage: Long,
    ): SizeVerdict {
        val choices = listOf(wanted, ImageFormat.PNG).distinct()
        for (format in choices) {
            val needs = needs(width, height, engine, format)
            if (needs.memory <= memory && needs.storage <= storage) return SizeVerdict.Accepted(format)
        }
        val least = needs(width, height, engine, ImageFormat.PNG)
        return SizeVerdict.Refused((width.toLong() * height / 1_000_000).toInt(), least, memory, storage)
    }
}
