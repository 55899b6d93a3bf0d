/** The finished picture as a file's bytes: bands of the photo and its restored rows, put together and encoded. */
package amirnet.app.photo

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Gainmap
import android.graphics.Paint
import android.graphics.PorterDuff
import android.graphics.PorterDuffXfermode
import android.os.Build
import amirnet.OutputError
import amirnet.logic.photo.BandRows
import amirnet.logic.photo.ImageFormat
import amirnet.logic.photo.PngWriter
import amirnet.logic.photo.ResultFile
import amirnet.logic.photo.SavedBand
import java.io.File
import java.nio.ByteBuffer

class ResultPicture(
    private val bands: AndroidBands,
    private val result: ResultFile,
    parts: Int,
    val format: ImageFormat,
) {
    /** A PNG is written as sRGB: Android has no bytes of a profile to put into it. */
    val keepsProfile: Boolean get() = format == ImageFormat.JPEG
    private val carry = if (keepsProfile) PhotoMetadata.carry(bands.ownSpace) else null
    private val band = SavedBand(parts, carry)

    /** Write a JPEG of the whole bitmap. Raises OutputError. */
    fun writeJpeg(file: File, gainMap: Gainmap?) {
        val space = if (carry == null) AndroidBands.SRGB else bands.ownSpace
        Bitmap.createBitmap(bands.width, bands.height, Bitmap.Config.ARGB_8888, false, space).useBitmap { whole ->
            val canvas = Canvas(whole)
            // Colours are copied as they are: both bitmaps are of one colour space.
            val copy = Paint().apply { xfermode = PorterDuffXfermode(PorterDuff.Mode.SRC) }
            each { top, rows ->
                val height = rows.size / (AndroidBands.BYTES * bands.width)
                Bitmap.createBitmap(bands.width, height, Bitmap.Config.ARGB_8888, false, space).useBitmap {
                    it.copyPixelsFromBuffer(ByteBuffer.wrap(rows))
                    canvas.drawBitmap(it, 0f, top.toFloat(), copy)
                }
            }
            if (gainMap != null && Build.VERSION.SDK_INT >= 34) whole.setGainmap(gainMap)
            val written = file.outputStream().use { whole.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }
            if (!written) throw OutputError("${file.name}: the system could not write a JPEG; make room, try again")
        }
    }

    /** Write a PNG row by row, whatever its size. */
    fun writePng(file: File, exif: ByteArray?) {
        file.outputStream().buffered().use { out ->
            PngWriter(out, bands.width, bands.height, bands.hasAlpha, exif).use { png ->
                each { _, rows -> png.write(rows) }
            }
        }
    }

    private fun each(take: (Int, ByteArray) -> Unit) {
        val rows = BandRows(bands, result)
        for ((top, bottom) in BandRows.bands(bands.height)) {
            val own = if (carry == null) bands.seen(top, bottom) else bands.own(top, bottom)
            band.assemble(own, rows.read(top, bottom), result.read(top, bottom))
            take(top, own)
        }
    }

    private companion object {
        const val QUALITY = 95
    }
}
