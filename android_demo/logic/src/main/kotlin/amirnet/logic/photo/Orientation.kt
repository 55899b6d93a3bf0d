package amirnet.logic.photo

/**
 * How a photo lies in its file (EXIF tag 0x0112) and how it is brought upright (CONTRACT N2).
 *
 * The upright pixel (x, y) is the stored pixel (sx, sy): x and y change places if [swapped], then sx counts from the
 * right edge if [flippedX], sy from the lower one if [flippedY].
 */
enum class Orientation(
    /** The value of the EXIF tag. */
    val tag: Int,
    val swapped: Boolean,
    val flippedX: Boolean,
    val flippedY: Boolean,
) {
    UPRIGHT(1, false, false, false),
    MIRRORED(2, false, true, false),
    HALF_TURN(3, false, true, true),
    MIRRORED_DOWN(4, false, false, true),
    TRANSPOSED(5, true, false, false),
    RIGHT_TURN(6, true, false, true),
    TRANSVERSE(7, true, true, true),
    LEFT_TURN(8, true, true, false),
    ;

    companion object {
        /** By EXIF's value; what is none of the eight counts as upright, as everywhere. */
        fun of(tag: Int): Orientation = entries.firstOrNull { it.tag == tag } ?: UPRIGHT
    }
}

/** A rectangle of stored pixels: left and top inside, right and bottom outside. */
data class Region(val left: Int, val top: Int, val right: Int, val bottom: Int) {
    val width: Int get() = right - left
    val height: Int get() = bottom - top
}

/**
 * Which stored pixels make which upright rows, for a file of [storedWidth] x [storedHeight] pixels: what lets a photo
 * be read in bands whatever its orientation, without ever being whole in memory.
 */
class BandGeometry(val storedWidth: Int, val storedHeight: Int, val orientation: Orientation) {
    init {
        require(storedWidth > 0 && storedHeight > 0) { "$storedWidth x $storedHeight: not the size of a photo" }
    }

    /** The upright photo's width in pixels. */
    val width: Int = if (orientation.swapped) storedHeight else storedWidth

    /** The upright photo's height in pixels. */
    val height: Int = if (orientation.swapped) storedWidth else storedHeight

    /** The stored region that holds the upright rows [top] .. [bottom] - 1. */
    fun region(top: Int, bottom: Int): Region {
        require(top in 0 until bottom && bottom <= height) { "rows $top to $bottom of a photo of $height" }
        return if (orientation.swapped) {
            val across = if (orientation.flippedX) storedWidth - bottom to storedWidth - top else top to bottom
            Region(across.first, 0, across.second, storedHeight)
        } else {
            val down = if (orientation.flippedY) storedHeight - bottom to storedHeight - top else top to bottom
            Region(0, down.first, storedWidth, down.second)
        }
    }

    /**
     * A decoded region's pixels as upright rows.
     *
     * @param stored the pixels of [region] of the same rows, row by row, [channels] bytes a pixel.
     * @return the upright rows, row by row, as many bytes a pixel.
     */
    fun upright(top: Int, bottom: Int, stored: ByteArray, channels: Int): ByteArray {
        val region = region(top, bottom)
        require(stored.size == region.width * region.height * channels) { "${stored.size} bytes for $region" }
        if (orientation == Orientation.UPRIGHT) return stored
        val rows = ByteArray(stored.size)
        // Steps in the stored array for one pixel to the right and one row down in the upright photo.
        val (right, down) = strides(region, channels)
        var line = start(region, channels)
        var to = 0
        repeat(bottom - top) {
            var from = line
            repeat(width) {
                for (channel in 0 until channels) rows[to++] = stored[from + channel]
                from += right
            }
            line += down
        }
        return rows
    }

    private fun strides(region: Region, channels: Int): Pair<Int, Int> {
        val acrossX = if (orientation.flippedX) -channels else channels
        val acrossY = if (orientation.flippedY) -region.width * channels else region.width * channels
        return if (orientation.swapped) acrossY to acrossX else acrossX to acrossY
    }

    private fun start(region: Region, channels: Int): Int {
        val x = if (orientation.flippedX) region.width - 1 else 0
        val y = if (orientation.flippedY) region.height - 1 else 0
        return (y * region.width + x) * channels
    }
}
