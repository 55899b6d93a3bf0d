package amirnet.logic.photo

import java.nio.ByteBuffer
import java.nio.ByteOrder

/** Reads the directories of an EXIF block, whoever wrote it: nothing in it can make this read on for ever. */
internal class ExifReader(private val block: ByteArray, order: ByteOrder) {
    private val bytes = ByteBuffer.wrap(block).order(order)
    private var read = 0L

    /** Raises [ExifError]. */
    fun whole(): ExifDirectory =
        try {
            directory(bytes.getInt(4).toLong() and 0xFFFFFFFFL, 0)
        } catch (error: IndexOutOfBoundsException) {
            throw ExifError("cut short").apply { initCause(error) }
        }

    private fun directory(at: Long, tag: Int): ExifDirectory {
        if (at + 2 > block.size) throw ExifError("cut short")
        val found = ExifDirectory()
        repeat(short(at.toInt())) { place ->
            val start = at.toInt() + 2 + 12 * place
            val name = short(start)
            val kind = short(start + 2)
            val count = long(start + 4)
            if (name in BELOW[tag].orEmpty()) {
                if (name in found.below) throw ExifError("a directory stands in another one twice")
                found.below[name] = directory(long(start + 8), name)
            } else {
                val size = (SIZES[kind] ?: 0) * count
                val offset = if (size <= 4) start + 8L else long(start + 8)
                if (size > 0 && offset + size <= block.size) {
                    read += size
                    if (read > block.size) throw ExifError("its values overlap")
                    val value = block.copyOfRange(offset.toInt(), (offset + size).toInt())
                    found.entries[name] = ExifEntry(kind, count.toInt(), value)
                }
            }
        }
        return found
    }

    private fun short(at: Int): Int = bytes.getShort(at).toInt() and 0xFFFF

    private fun long(at: Int): Long = bytes.getInt(at).toLong() and 0xFFFFFFFFL

    private companion object {
        /** Which tags of a directory lead to another one; 0 stands for the first directory. */
        val BELOW = mapOf(
            0 to setOf(ExifBlock.EXIF_IFD, ExifBlock.GPS_IFD),
            ExifBlock.EXIF_IFD to setOf(ExifBlock.INTEROP_IFD),
        )

        /** Field type -> bytes a value. 129 is EXIF 3.0's text in UTF-8. */
        val SIZES = mapOf(
            1 to 1, 2 to 1, 3 to 2, 4 to 4, 5 to 8, 6 to 1, 7 to 1, 8 to 2, 9 to 4, 10 to 8, 11 to 4, 12 to 8, 13 to 4,
            129 to 1,
        )
    }
}
