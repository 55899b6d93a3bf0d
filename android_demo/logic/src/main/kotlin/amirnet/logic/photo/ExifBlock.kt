package amirnet.logic.photo

import java.nio.ByteBuffer
import java.nio.ByteOrder

/** A field's type, number of values, and their bytes in the block's byte order. */
class ExifEntry(val kind: Int, val count: Int, val value: ByteArray)

/** Fields by tag, and the directories that some tags lead to. */
class ExifDirectory {
    val entries = sortedMapOf<Int, ExifEntry>()
    val below = sortedMapOf<Int, ExifDirectory>()
}

/** EXIF that makes no sense. It is left out of the result, and the user is told. */
class ExifError(reason: String) : Exception(reason)

/**
 * An EXIF block, entry by entry: values travel as bytes, so that nothing is lost that this program does not know. The
 * second directory, the thumbnail's, is not read: it would show the photo as it was.
 */
class ExifBlock(val order: ByteOrder, val top: ExifDirectory) {
    /** Whether the block says where the photo was taken. */
    val hasPlace: Boolean get() = top.below[GPS_IFD]?.entries?.isNotEmpty() == true

    /** EXIF's orientation; upright where the block does not say. */
    val orientation: Orientation get() = Orientation.of(number(ORIENTATION) ?: 1)

    /** The first value of a SHORT or LONG field of the first directory. */
    fun number(tag: Int): Int? {
        val entry = top.entries[tag] ?: return null
        if (entry.count < 1) return null
        val bytes = ByteBuffer.wrap(entry.value).order(order)
        return when (entry.kind) {
            SHORT -> bytes.getShort(0).toInt() and 0xFFFF
            LONG -> bytes.getInt(0)
            else -> null
        }
    }

    /**
     * Make the block true of an upright photo of this size, [turned] by a quarter or not; drop what describes the old
     * file's pixels. Unless [keepPlace] only tags that are known to tell no place are kept.
     */
    fun clean(width: Int, height: Int, keepPlace: Boolean, turned: Boolean) {
        OF_THE_PIXELS.forEach(top.entries::remove)
        if (ORIENTATION in top.entries) top.entries[ORIENTATION] = short(1)
        val details = top.below[EXIF_IFD]
        if (details != null) {
            if (WIDTH in details.entries) details.entries[WIDTH] = long(width)
            if (HEIGHT in details.entries) details.entries[HEIGHT] = long(height)
        }
        if (turned) listOfNotNull(top, details).forEach { exchangeAcross(it.entries) }
        if (!keepPlace) {
            top.below.remove(GPS_IFD)
            top.entries.keys.retainAll(ExifKept.TOP)
            details?.entries?.keys?.retainAll(ExifKept.DETAILS)
            details?.below?.get(INTEROP_IFD)?.entries?.keys?.retainAll(ExifKept.INTEROP)
        }
    }

    /** The whole block, without "Exif\0\0" before it. */
    fun toBytes(): ByteArray {
        val header = ByteBuffer.allocate(8).order(order)
        header.put((if (order == ByteOrder.LITTLE_ENDIAN) "II" else "MM").toByteArray(Charsets.US_ASCII))
        header.putShort(42).putInt(8)
        return header.array() + packed(top, 8)
    }

    private fun short(value: Int) =
        ExifEntry(SHORT, 1, ByteBuffer.allocate(2).order(order).putShort(value.toShort()).array())

    private fun long(value: Int) = ExifEntry(LONG, 1, ByteBuffer.allocate(4).order(order).putInt(value).array())

    private fun packed(directory: ExifDirectory, at: Int): ByteArray {
        val tags = (directory.entries.keys + directory.below.keys).sorted()
        val table = ByteBuffer.allocate(2 + 12 * tags.size + 4).order(order)
        table.putShort(tags.size.toShort())
        var values = ByteArray(0)
        for (tag in tags) {
            val where = at + table.capacity() + values.size
            table.putShort(tag.toShort())
            val below = directory.below[tag]
            if (below != null) {
                table.putShort(LONG.toShort()).putInt(1).putInt(where)
                values += packed(below, where)
            } else {
                val entry = directory.entries.getValue(tag)
                table.putShort(entry.kind.toShort()).putInt(entry.count)
                if (entry.value.size <= 4) {
                    table.put(entry.value.copyOf(4))
                } else {
                    table.putInt(where)
                    values += entry.value
                }
            }
            if (values.size % 2 == 1) values += 0 // offsets are even
        }
        return table.putInt(0).array() + values
    }

    companion object {
        const val ORIENTATION = 0x0112
        const val EXIF_IFD = 0x8769
        const val GPS_IFD = 0x8825
        const val INTEROP_IFD = 0xA005
        const val WIDTH = 0xA002
        const val HEIGHT = 0xA003
        const val SHORT = 3
        const val LONG = 4

        /** Read a block, with or without "Exif\0\0" before it. Raises [ExifError] where it makes no sense. */
        fun parse(block: ByteArray): ExifBlock {
            var bare = block
            while (bare.size >= 6 && String(bare, 0, 6, Charsets.ISO_8859_1) == "Exif\u0000\u0000") {
                bare = bare.copyOfRange(6, bare.size)
            }
            if (bare.size < 8) throw ExifError("cut short")
            val order = when (String(bare, 0, 4, Charsets.ISO_8859_1)) {
                "II*\u0000" -> ByteOrder.LITTLE_ENDIAN
                "MM\u0000*" -> ByteOrder.BIG_ENDIAN
                else -> throw ExifError("no TIFF header")
            }
            return ExifBlock(order, ExifReader(bare, order).whole())
        }

        private val ACROSS = listOf(0x011A to 0x011B, 0xA20E to 0xA20F)

        /** Tags that change places where a photo is turned by a quarter: resolution, the focal plane's resolution. */
        private fun exchangeAcross(entries: MutableMap<Int, ExifEntry>) {
            for ((one, other) in ACROSS) {
                val first = entries.remove(one)
                val second = entries.remove(other)
                if (first != null) entries[other] = first
                if (second != null) entries[one] = second
            }
        }

        /**
         * Tags of a TIFF file that describe how its pixels lie, or that travel by another way (XMP, ICC), or that may
         * hold an old picture (Photoshop's blocks). Never carried into another file.
         */
        private val OF_THE_PIXELS: Set<Int> =
            (254..258).toSet() + 259 + (262..266) + 273 + (277..281) + 284 + (288..291) + 301 + (317..325) + 330 +
                (332..343) + 347 + (512..532) + 559 + 700 + 33421 + 33422 + 33723 + 34377 + 34675 + 37724
    }
}
