package amirnet.logic.photo

import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * The index of a JPEG with pictures behind the first one, as a gain map is (CIPA DC-007, segment APP2 "MPF"). It states
 * how long the first picture is: putting EXIF into that makes it longer, and the index must say so. Where the others
 * begin is counted from the index itself, which moves with them.
 */
internal object MultiPicture {
    const val APP2 = 0xE2
    private val NAME = "MPF\u0000".toByteArray(Charsets.ISO_8859_1)
    private const val ENTRIES = 0xB002
    private const val ENTRY = 16

    fun isIndex(segment: JpegSegment): Boolean = segment.marker == APP2 && segment.content.beginsWith(NAME)

    /** The same index for a first picture that grew by so many bytes before it. Raises [JpegError]. */
    fun grown(segment: JpegSegment, by: Int): JpegSegment {
        val content = segment.content.copyOf()
        try {
            val bytes = ByteBuffer.wrap(content, NAME.size, content.size - NAME.size).slice()
            bytes.order(if (bytes[0] == 'I'.code.toByte()) ByteOrder.LITTLE_ENDIAN else ByteOrder.BIG_ENDIAN)
            val directory = bytes.getInt(4)
            for (place in 0 until bytes.getShort(directory).toInt()) {
                val at = directory + 2 + 12 * place
                if ((bytes.getShort(at).toInt() and 0xFFFF) != ENTRIES) continue
                if (bytes.getInt(at + 4) < ENTRY) throw JpegError("an index of pictures without pictures")
                val size = bytes.getInt(at + 8) + 4 // of the first entry, behind its attribute
                bytes.putInt(size, bytes.getInt(size) + by)
                return JpegSegment(segment.marker, content)
            }
        } catch (error: IndexOutOfBoundsException) {
            throw JpegError("an index of pictures that is cut short").apply { initCause(error) }
        }
        throw JpegError("an index of pictures without entries")
    }
}
