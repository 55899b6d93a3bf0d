/**
 * A zip file as its directory tells of it, every entry as it stands there: Android's own reader hides an entry that is
 * there twice, and tidies names (CONTRACT B2, B3).
 */
package amirnet.bundle

import java.io.ByteArrayOutputStream
import java.io.EOFException
import java.io.File
import java.io.RandomAccessFile
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.CRC32
import java.util.zip.DataFormatException
import java.util.zip.Inflater

/** What is no whole zip, or an entry that cannot be unpacked: the message says what, without a remedy. */
class ZipProblem(message: String) : Exception(message)

/** An entry as the directory states it. [mode]: a Unix file mode, 0 where there is none. */
class ZipEntryFacts(
    val name: String,
    val mode: Int,
    internal val flags: Int,
    internal val method: Int,
    internal val crc: Long,
    internal val packed: Long,
    internal val size: Long,
    internal val offset: Long,
)

/** Reads a zip file; each call opens it anew. Methods raise ZipProblem and IOException. */
class ZipReader(private val file: File) {
    /** The entries in the directory's order, but no more than [most] + 1 of them. */
    fun entries(most: Int): List<ZipEntryFacts> = RandomAccessFile(file, "r").use { zip ->
        val end = endRecord(zip)
        val directory = bytes(zip, end.place - end.size, end.size, "directory")
        // What stands ahead of the zip, in one that unpacks itself, moves all places.
        val moved = end.place - end.size - end.start
        if (moved < 0) throw ZipProblem("its directory is not where it should be")
        val found = ArrayList<ZipEntryFacts>()
        while (directory.hasRemaining() && found.size <= most) found += entry(directory, moved)
        found
    }

    /** The first [most] bytes of an entry; of one that is shorter all, checked against its size and CRC. */
    fun read(entry: ZipEntryFacts, most: Int): ByteArray = RandomAccessFile(file, "r").use { zip ->
        if (entry.flags and ENCRYPTED != 0) throw ZipProblem("encrypted")
        val header = bytes(zip, entry.offset, LOCAL_HEADER, "entry")
        if (header.getInt(0) != LOCAL_SIGNATURE) throw ZipProblem("no entry where the directory says")
        val nameLength = short(header, 26)
        val name = ByteArray(nameLength).also { zip.readFully(it) }
        if (text(name) != entry.name) throw ZipProblem("the directory calls it otherwise")
        zip.seek(entry.offset + LOCAL_HEADER + nameLength + short(header, 28))
        val content = when (entry.method) {
            STORED -> bytes(zip, zip.filePointer, minOf(entry.packed, most.toLong()), "entry").array()
            DEFLATED -> inflated(zip, entry.packed, most)
            else -> throw ZipProblem("packed by method ${entry.method}, which nobody here knows")
        }
        if (content.size < most) check(entry, content)
        content
    }

    private fun check(entry: ZipEntryFacts, content: ByteArray) {
        val crc = CRC32().also { it.update(content) }.value
        if (content.size.toLong() != entry.size || crc != entry.crc) throw ZipProblem("damaged: its CRC differs")
    }

    private class EndRecord(val place: Long, val size: Long, val start: Long)

    /** The last record, which says where the directory is; of a large zip, the one of 64 bits ahead of it. */
    private fun endRecord(zip: RandomAccessFile): EndRecord {
        val length = minOf(zip.length(), END_RECORD + 0xFFFFL)
        val tail = bytes(zip, zip.length() - length, length, "end")
        val at = (tail.limit() - END_RECORD.toInt() downTo 0).firstOrNull { tail.getInt(it) == END_SIGNATURE }
            ?: throw ZipProblem("it has no directory")
        val place = zip.length() - length + at
        val locator = at - LOCATOR
        if (locator < 0 || tail.getInt(locator) != LOCATOR_SIGNATURE) {
            return EndRecord(place, int(tail, at + 12), int(tail, at + 16))
        }
        val large = bytes(zip, place - LOCATOR - END_RECORD_64, END_RECORD_64.toLong(), "directory")
        if (large.getInt(0) != END_SIGNATURE_64) throw ZipProblem("its directory is not where it should be")
        return EndRecord(place - LOCATOR - END_RECORD_64, large.getLong(40), large.getLong(48))
    }

    private fun entry(directory: ByteBuffer, moved: Long): ZipEntryFacts {
        val at = directory.position()
        if (directory.remaining() < ENTRY) throw ZipProblem("a torn directory")
        if (directory.getInt(at) != ENTRY_SIGNATURE) throw ZipProblem("a torn directory")
        val (nameLength, extraLength) = short(directory, at + 28) to short(directory, at + 30)
        val whole = ENTRY + nameLength + extraLength + short(directory, at + 32)
        if (directory.remaining() < whole) throw ZipProblem("a torn directory")
        val name = directory.array().copyOfRange(at + ENTRY, at + ENTRY + nameLength)
        val extra = at + ENTRY + nameLength
        val large = largeNumbers(directory, extra, extra + extraLength)

        fun number(stated: Long): Long = if (stated != LARGE) stated else large.removeFirstOrNull() ?: stated

        val size = number(int(directory, at + 24))
        val packed = number(int(directory, at + 20))
        val offset = number(int(directory, at + 42))
        val (flags, method) = short(directory, at + 8) to short(directory, at + 10)
        val mode = short(directory, at + 40)
        directory.position(at + whole)
        return ZipEntryFacts(text(name), mode, flags, method, int(directory, at + 16), packed, size, offset + moved)
    }

    /** The numbers of 64 bits that an entry's extra field holds, for those that do not fit into 32. */
    private fun largeNumbers(directory: ByteBuffer, start: Int, end: Int): ArrayDeque<Long> {
        var at = start
        while (at + 4 <= end) {
            val size = short(directory, at + 2)
            if (short(directory, at) == LARGE_FIELD && at + 4 + size <= end) {
                return ArrayDeque((0 until size / 8).map { directory.getLong(at + 4 + 8 * it) })
            }
            at += 4 + size
        }
        return ArrayDeque()
    }

    private fun inflated(zip: RandomAccessFile, packed: Long, most: Int): ByteArray {
        val inflater = Inflater(true)
        val (piece, unpacked) = ByteArray(PIECE) to ByteArray(PIECE)
        val content = ByteArrayOutputStream()
        var left = packed
        try {
            while (content.size() < most && !inflater.finished()) {
                if (inflater.needsInput()) {
                    val count = zip.read(piece, 0, minOf(left, PIECE.toLong()).toInt())
                    if (count <= 0) throw ZipProblem("torn: it ends early")
                    left -= count
                    inflater.setInput(piece, 0, count)
                }
                val count = inflater.inflate(unpacked, 0, minOf(PIECE, most - content.size()))
                content.write(unpacked, 0, count)
                if (count == 0 && inflater.needsDictionary()) throw ZipProblem("damaged")
            }
        } catch (error: DataFormatException) {
            throw ZipProblem("damaged: ${error.message}")
        } finally {
            inflater.end()
        }
        return content.toByteArray()
    }

    private fun bytes(zip: RandomAccessFile, place: Long, size: Long, part: String): ByteBuffer {
        if (place < 0 || size < 0 || place + size > zip.length()) throw ZipProblem("its $part lies outside of it")
        if (size > Int.MAX_VALUE) throw ZipProblem("its $part is too large")
        zip.seek(place)
        val content = ByteArray(size.toInt())
        try {
            zip.readFully(content)
        } catch (_: EOFException) {
            throw ZipProblem("it became shorter")
        }
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN)
    }

    private companion object {
        const val END_SIGNATURE = 0x06054B50
        const val END_RECORD = 22L
        const val LOCATOR_SIGNATURE = 0x07064B50
        const val LOCATOR = 20
        const val END_SIGNATURE_64 = 0x06064B50
        const val END_RECORD_64 = 56
        const val ENTRY_SIGNATURE = 0x02014B50
        const val ENTRY = 46
        const val LOCAL_SIGNATURE = 0x04034B50
        const val LOCAL_HEADER = 30L
        const val STORED = 0
        const val DEFLATED = 8
        const val ENCRYPTED = 1
        const val LARGE = 0xFFFFFFFFL
        const val LARGE_FIELD = 1
        const val PIECE = 1 shl 16

        fun short(bytes: ByteBuffer, at: Int): Int = bytes.getShort(at).toInt() and 0xFFFF

        fun int(bytes: ByteBuffer, at: Int): Long = bytes.getInt(at).toLong() and LARGE

        /** A safe name is ASCII, so what others mean does not matter. */
        fun text(name: ByteArray): String = String(name, Charsets.ISO_8859_1)
    }
}
