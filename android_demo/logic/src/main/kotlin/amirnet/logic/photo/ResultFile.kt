package amirnet.logic.photo

import amirnet.OutputError
import amirnet.runtime.CHANNELS
import amirnet.runtime.Pixels
import java.io.Closeable
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile

/**
 * A photo's restored rows in a file, 8-bit sRGB, three bytes a pixel: rectangles go in, bands come out. So that a
 * result
 * of any size takes no memory until it is saved, and strength can be changed after the fact.
 *
 * Raises OutputError where the file cannot be written or read.
 */
class ResultFile(private val file: File, val width: Int, val height: Int, fresh: Boolean) : Closeable {
    private val access: RandomAccessFile

    init {
        access = told { RandomAccessFile(file, "rw") }
        val bytes = CHANNELS.toLong() * width * height
        if (fresh) {
            told { access.setLength(bytes) }
        } else if (access.length() != bytes) {
            access.close()
            throw OutputError("${file.name}: is not the result of this photo; restore it again")
        }
    }

    /** Put a rectangle in its place. */
    fun write(top: Int, left: Int, block: Pixels) = told {
        val row = CHANNELS * block.width
        for (y in 0 until block.height) {
            access.seek(CHANNELS * ((top + y).toLong() * width + left))
            access.write(block.data, block.at(y, 0), row)
        }
    }

    /** The rows [top] .. [bottom] - 1. */
    fun read(top: Int, bottom: Int): Pixels = read(Region(0, top, width, bottom))

    /** A rectangle. */
    fun read(region: Region): Pixels = told {
        val found = Pixels(region.height, region.width)
        for (y in 0 until region.height) {
            access.seek(CHANNELS * ((region.top + y).toLong() * width + region.left))
            access.readFully(found.data, found.at(y, 0), CHANNELS * region.width)
        }
        found
    }

    override fun close() {
        access.close()
    }

    private fun <T> told(work: () -> T): T =
        try {
            work()
        } catch (error: IOException) {
            throw OutputError("${file.name}: cannot be kept (${error.message}); make room on the phone", error)
        }
}
