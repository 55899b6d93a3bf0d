/** What a pixel beyond the photo's edge is: reflect-101 once, then edge replication (CONTRACT P1-P3). */
package amirnet.runtime

/**
 * Coordinates inside [0, length) that the positions start .. stop - 1 of one axis read from (CONTRACT P1, P2).
 *
 * A position outside is reflected once about the edge pixel (which is not repeated); one that is still outside, because
 * the photo is short, is clamped to the edge.
 */
fun sourceCoordinates(start: Int, stop: Int, length: Int): IntArray {
    val last = length - 1
    return IntArray(stop - start) {
        val at = start + it
        val reflected = if (at < 0) -at else if (at > last) 2 * last - at else at
        reflected.coerceIn(0, last)
    }
}

/**
 * The rectangle of that size at (left, top), which may lie partly or wholly beyond the photo (CONTRACT P3).
 *
 * To be read only: where nothing lies beyond the photo, it is a view.
 */
fun crop(photo: Pixels, left: Int, top: Int, width: Int, height: Int): Pixels {
    val rows = sourceCoordinates(top, top + height, photo.height)
    val columns = sourceCoordinates(left, left + width, photo.width)
    return picked(photo, rows, columns)
}

/** The pixels at those rows and columns, whose steps are -1, 0 or 1; a view where all of them are 1. */
fun picked(pixels: Pixels, rows: IntArray, columns: IntArray): Pixels {
    if (isSpan(rows) && isSpan(columns)) return pixels.view(rows[0], columns[0], rows.size, columns.size)
    val found = Pixels(rows.size, columns.size)
    // The columns before `first` and from `end` on are padding; those between are one piece of the row.
    val first = columns.indices.firstOrNull { isSpan(columns, it) } ?: columns.size
    var end = minOf(first + 1, columns.size)
    while (end < columns.size && columns[end] == columns[end - 1] + 1) end++
    for ((y, row) in rows.withIndex()) {
        for (x in columns.indices) {
            if (x in first until end) continue
            System.arraycopy(pixels.data, pixels.at(row, columns[x]), found.data, found.at(y, x), CHANNELS)
        }
        if (first < end) {
            val length = CHANNELS * (end - first)
            System.arraycopy(pixels.data, pixels.at(row, columns[first]), found.data, found.at(y, first), length)
        }
    }
    return found
}

private fun isSpan(at: IntArray): Boolean = at[at.size - 1] - at[0] == at.size - 1

/** Whether a step of 1 follows that place. */
private fun isSpan(at: IntArray, place: Int): Boolean = place + 1 < at.size && at[place + 1] == at[place] + 1

/**
 * HWC to CHW: each value v becomes float32(v) / float32(255), one IEEE division (CONTRACT N1).
 *
 * [into]: where the three planes are written, from [at] on.
 */
fun toTensor(pixels: Pixels, into: Floats = Floats(CHANNELS * pixels.height * pixels.width), at: Int = 0): Floats {
    val area = pixels.height * pixels.width
    eachPixel(pixels) { data, from, place ->
        into[at + place] = DIVIDED[data[from].toInt() and 0xFF]
        into[at + place + area] = DIVIDED[data[from + 1].toInt() and 0xFF]
        into[at + place + 2 * area] = DIVIDED[data[from + 2].toInt() and 0xFF]
    }
    return into
}

/** HWC to CHW. */
fun toPlanes(pixels: Pixels, into: ByteArray = ByteArray(CHANNELS * pixels.height * pixels.width)): ByteArray {
    val area = pixels.height * pixels.width
    eachPixel(pixels) { data, from, place ->
        into[place] = data[from]
        into[place + area] = data[from + 1]
        into[place + 2 * area] = data[from + 2]
    }
    return into
}

/** A value v as float32(v) / float32(255) (CONTRACT N1). */
fun divided(value: Int): Float = DIVIDED[value]

private val DIVIDED = Floats(256) { it.toFloat() / 255f }

/** Calls with the pixels' data, where a pixel begins in it, and the pixel's number, row by row. */
private inline fun eachPixel(pixels: Pixels, call: (ByteArray, Int, Int) -> Unit) {
    for (y in 0 until pixels.height) {
        val start = pixels.at(y, 0)
        val first = y * pixels.width
        for (x in 0 until pixels.width) call(pixels.data, start + CHANNELS * x, first + x)
    }
}
