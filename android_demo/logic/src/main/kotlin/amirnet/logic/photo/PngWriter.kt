package amirnet.logic.photo

import java.io.ByteArrayOutputStream
import java.io.Closeable
import java.io.DataOutputStream
import java.io.OutputStream
import java.util.zip.CRC32
import java.util.zip.Deflater

/**
 * A PNG written row by row, 8 bits a channel, sRGB: for photos whose bitmap does not fit into memory. Android's own
 * encoder wants the whole bitmap.
 *
 * @param exif an EXIF block without "Exif\0\0"; null: none.
 */
class PngWriter(
    private val out: OutputStream,
    private val width: Int,
    height: Int,
    private val hasAlpha: Boolean,
    exif: ByteArray?,
) : Closeable {
    private val deflater = Deflater(LEVEL)
    private val packed = ByteArray(CHUNK)
    private val channels = if (hasAlpha) 4 else 3
    private val row = ByteArray(1 + channels * width)

    init {
        out.write(SIGNATURE)
        chunk("IHDR") {
            writeInt(width)
            writeInt(height)
            write(byteArrayOf(8, if (hasAlpha) 6 else 2, 0, 0, 0))
        }
        chunk("sRGB") { write(0) }
        if (exif != null) chunk("eXIf") { write(exif) }
    }

    /** The next rows, four bytes a pixel; the fourth is left out where the photo has no alpha. */
    fun write(rgba: ByteArray) {
        require(rgba.size % (4 * width) == 0) { "${rgba.size} bytes are no whole rows of $width" }
        for (start in rgba.indices step 4 * width) {
            row[0] = 1 // filter "sub": what a pixel differs from its neighbour by packs better
            for (x in 0 until width) for (channel in 0 until channels) {
                val at = start + 4 * x + channel
                val left = if (x == 0) 0 else rgba[at - 4].toInt()
                row[1 + channels * x + channel] = (rgba[at] - left).toByte()
            }
            deflater.setInput(row)
            drain()
        }
    }

    /** Finish the file; the stream itself stays open. */
    override fun close() {
        deflater.finish()
        drain()
        deflater.end()
        chunk("IEND") {}
        out.flush()
    }

    private fun drain() {
        while (true) {
            val size = deflater.deflate(packed)
            if (size == 0) return
            chunk("IDAT") { write(packed, 0, size) }
        }
    }

    private fun chunk(type: String, content: DataOutputStream.() -> Unit) {
        val bytes = ByteArrayOutputStream()
        DataOutputStream(bytes).apply {
            writeBytes(type)
            content()
        }
        val body = bytes.toByteArray()
        val sum = CRC32().apply { update(body) }
        DataOutputStream(out).apply {
            writeInt(body.size - type.length)
            write(body)
            writeInt(sum.value.toInt())
        }
    }

    private companion object {
        const val LEVEL = 4
        const val CHUNK = 1 shl 16
        val SIGNATURE = byteArrayOf(0x89.toByte(), 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A)
    }
}
