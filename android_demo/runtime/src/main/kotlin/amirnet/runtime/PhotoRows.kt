/** A photo as the runtime knows it: rows that it reads, and rectangles that it overwrites (CONTRACT S2, S3). */
package amirnet.runtime

/**
 * A photo, upright, that restored rectangles are put into while rows further down are still to be read. An array, a
 * file, a phone's bitmap are kinds of it.
 */
interface PhotoRows {
    val width: Int

    val height: Int

    /** By how much the rectangles written so far differ from the photo (CONTRACT R5). */
    val change: Change

    /**
     * The rows top .. bottom - 1 as the network sees them (CONTRACT N2); top is a multiple of [BLOCK], or 0 and a
     * probe's when nothing is written yet, and none of them has been overwritten.
     */
    fun read(top: Int, bottom: Int): Pixels

    /**
     * Let a restored rectangle take the place of the photo's, and add it to [change]; [seen] is what the network saw
     * there.
     */
    fun write(top: Int, left: Int, seen: Pixels, restored: Pixels)

    /** The photo as it was before anything was written, with no change: where an attempt ended half way. */
    fun reopened(): PhotoRows
}

/**
 * A photo whose pixels lie in memory, and its result in other memory: the photo stays as it is.
 *
 * [image]: the restored photo; black where nothing was written.
 */
class PixelRows(val photo: Pixels, val image: Pixels = Pixels(photo.height, photo.width)) : PhotoRows {
    override val width: Int
        get() = photo.width

    override val height: Int
        get() = photo.height

    override val change: Change = Change()

    /** A view. */
    override fun read(top: Int, bottom: Int): Pixels = photo.view(top, 0, bottom - top, photo.width)

    override fun write(top: Int, left: Int, seen: Pixels, restored: Pixels) {
        change.add(seen, restored)
        image.put(top, left, restored)
    }

    /** The same memory: what was written is written over. */
    override fun reopened(): PixelRows = PixelRows(photo, image)
}
