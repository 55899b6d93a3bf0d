package amirnet.logic.photo

import java.io.ByteArrayOutputStream

/** A file that is no JPEG, or whose segments make no sense. */
class JpegError(reason: String) : Exception(reason)

/** One marker segment before a JPEG's picture: its marker's second byte, and its bytes without marker and length. */
class JpegSegment(val marker: Int, val content: ByteArray) {
    /** Whether it is an EXIF block. */
    val isExif: Boolean get() = marker == APP1 && content.beginsWith(EXIF)

    companion object {
        const val APP0 = 0xE0
        const val APP1 = 0xE1

        /** The most bytes that a segment's content may have. */
        const val MOST = 65_533

        val EXIF: ByteArray = "Exif\u0000\u0000".toByteArray(Charsets.ISO_8859_1)
    }
}

/** The segments before a JPEG's picture: where EXIF lies in a photo, and where it is put into a result. */
object JpegSegments {
    private const val SOI = 0xD8
    private const val SOS = 0xDA
    private const val EOI = 0xD9

    /** A segment's marker and length. */
    private const val HEADER = 4

    /** All segments up to the picture. Raises [JpegError]. */
    fun read(jpeg: ByteArray): List<JpegSegment> = walk(jpeg).first

    /**
     * The EXIF block of a JPEG, without "Exif\0\0"; null where it has none. Raises [JpegError].
     *
     * @param head the file's first bytes; 256 KB hold any block that a camera writes.
     */
    fun exif(head: ByteArray): ByteArray? =
        read(head).firstOrNull { it.isExif }?.content?.let { it.copyOfRange(JpegSegment.EXIF.size, it.size) }

    /**
     * A JPEG with this EXIF block in the place of its own, after JFIF's segment; null takes it out.
     *
     * Raises [JpegError], also where the block is too long for a segment.
     */
    fun withExif(jpeg: ByteArray, block: ByteArray?): ByteArray {
        val (segments, picture) = walk(jpeg)
        if (block != null && block.size + JpegSegment.EXIF.size > JpegSegment.MOST) {
            throw JpegError("EXIF of ${block.size} bytes is too long for a JPEG")
        }
        val out = ByteArrayOutputStream(jpeg.size + (block?.size ?: 0) + 16)
        out.write(0xFF)
        out.write(SOI)
        val (first, rest) = segments.filterNot { it.isExif }.partition { it.marker == JpegSegment.APP0 }
        first.forEach { out.segment(it.marker, it.content) }
        if (block != null) out.segment(JpegSegment.APP1, JpegSegment.EXIF + block)
        val grown = (block?.let { it.size + JpegSegment.EXIF.size + HEADER } ?: 0) -
            segments.filter { it.isExif }.sumOf { it.content.size + HEADER }
        for (segment in rest) {
            val kept = if (MultiPicture.isIndex(segment)) MultiPicture.grown(segment, grown) else segment
            out.segment(kept.marker, kept.content)
        }
        out.write(jpeg, picture, jpeg.size - picture)
        return out.toByteArray()
    }

    /** The segments, and where the picture's own marker begins; the end of the bytes where it is not among them. */
    private fun walk(jpeg: ByteArray): Pair<List<JpegSegment>, Int> {
        if (jpeg.size < 2 || jpeg.at(0) != 0xFF || jpeg.at(1) != SOI) throw JpegError("not a JPEG")
        val found = mutableListOf<JpegSegment>()
        var place = 2
        while (place + 4 <= jpeg.size) {
            if (jpeg.at(place) != 0xFF) throw JpegError("no marker at byte $place")
            val marker = jpeg.at(place + 1)
            if (marker == 0xFF) { // fill bytes may stand before a marker
                place++
                continue
            }
            if (marker == SOS || marker == EOI) return found to place
            val length = (jpeg.at(place + 2) shl 8) or jpeg.at(place + 3)
            if (length < 2) throw JpegError("a segment of $length bytes at byte $place")
            if (place + 2 + length > jpeg.size) break
            found += JpegSegment(marker, jpeg.copyOfRange(place + 4, place + 2 + length))
            place += 2 + length
        }
        return found to place
    }

    private fun ByteArrayOutputStream.segment(marker: Int, content: ByteArray) {
        val length = content.size + 2
        write(0xFF)
        write(marker)
        write(length shr 8)
        write(length and 0xFF)
        write(content, 0, content.size)
    }
}

private fun ByteArray.at(place: Int): Int = this[place].toInt() and 0xFF

internal fun ByteArray.beginsWith(other: ByteArray): Boolean =
    size >= other.size && other.indices.all { this[it] == other[it] }
