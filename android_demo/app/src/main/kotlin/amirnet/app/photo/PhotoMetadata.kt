/** What a photo's file says beside its pixels: EXIF, gain map, profile. */
package amirnet.app.photo

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.ColorSpace
import android.media.MediaMetadataRetriever
import android.os.Build
import amirnet.logic.photo.ColorCarry
import amirnet.logic.photo.ExifBlock
import amirnet.logic.photo.ExifError
import amirnet.logic.photo.JpegError
import amirnet.logic.photo.JpegSegments
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile

/** [block] is null where there is none; [lost] says why it could not be read, null where it could. */
class ReadExif(val block: ExifBlock?, val lost: String?)

object PhotoMetadata {
    private const val HEAD = 1 shl 18
    private const val MOST_EXIF = 1 shl 20

    /** EXIF of a JPEG by its segments, of a HEIF by the system. */
    fun exif(file: File): ReadExif =
        try {
            val head = read(file, 0, HEAD)
            val raw = if (isJpeg(head)) JpegSegments.exif(head) else ofContainer(file)
            ReadExif(raw?.let(ExifBlock::parse), null)
        } catch (error: ExifError) {
            ReadExif(null, error.message)
        } catch (error: JpegError) {
            ReadExif(null, error.message)
        } catch (error: IOException) {
            ReadExif(null, error.message)
        }

    /** Whether the photo has a gain map: known from Android 14 on. The small decoded copy is let go of. */
    fun hasGainMap(file: File): Boolean =
        Build.VERSION.SDK_INT >= 34 && small(file)?.useBitmap { it.hasGainmap() } == true

    /** A copy of the photo at a fraction of its size, its gain map with it; null where it cannot be read. */
    fun small(file: File): Bitmap? {
        val options = BitmapFactory.Options().apply { inSampleSize = SMALL }
        return BitmapFactory.decodeFile(file.path, options)
    }

    /** How changes are carried into a photo's own colours; null for sRGB, whose levels are the network's own. */
    fun carry(space: ColorSpace): ColorCarry? {
        val srgb = AndroidBands.SRGB as ColorSpace.Rgb
        if (space == srgb || space !is ColorSpace.Rgb) return null
        val toXyz = rows(srgb.transform)
        val fromXyz = rows(space.inverseTransform)
        return ColorCarry(ColorCarry.product(fromXyz, toXyz)) { space.oetf.applyAsDouble(it) }
    }

    /** Android gives 3 x 3 matrices column by column. */
    private fun rows(columns: FloatArray): DoubleArray = DoubleArray(9) { columns[it % 3 * 3 + it / 3].toDouble() }

    private fun isJpeg(head: ByteArray) = head.size > 2 && head[0] == 0xFF.toByte() && head[1] == 0xD8.toByte()

    /** Of a HEIF: a number of four bytes, then so many bytes, then the block (ISO 23008-12, A.2.1). */
    private fun ofContainer(file: File): ByteArray? {
        if (Build.VERSION.SDK_INT < 29) return null
        val container = MediaMetadataRetriever()
        try {
            container.setDataSource(file.path)
            val at = container.extractMetadata(MediaMetadataRetriever.METADATA_KEY_EXIF_OFFSET)?.toLongOrNull()
            val size = container.extractMetadata(MediaMetadataRetriever.METADATA_KEY_EXIF_LENGTH)?.toIntOrNull()
            if (at == null || size == null || size !in 1..MOST_EXIF) return null
            return read(file, at, size)
        } catch (_: RuntimeException) { // what the retriever throws for a file that is no container
            return null
        } finally {
            container.release()
        }
    }

    private fun read(file: File, at: Long, size: Int): ByteArray = RandomAccessFile(file, "r").use {
        it.seek(at)
        val found = ByteArray(minOf(size.toLong(), maxOf(0, it.length() - at)).toInt())
        it.readFully(found)
        found
    }

    private const val SMALL = 8
}
