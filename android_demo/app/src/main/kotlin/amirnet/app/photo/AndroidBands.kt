/** A photo's bands by Android's region decoder: what is decoded at a time is what is asked for. */
package amirnet.app.photo

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.BitmapRegionDecoder
import android.graphics.ColorSpace
import android.graphics.Rect
import android.os.Build
import amirnet.ImageError
import amirnet.logic.photo.BandGeometry
import amirnet.logic.photo.BandSource
import amirnet.logic.photo.Orientation
import amirnet.runtime.oneLine
import java.io.Closeable
import java.io.File
import java.io.IOException
import java.nio.ByteBuffer

/**
 * [file] is of a format that the decoder knows: JPEG, PNG, WebP, and HEIF from Android 9 on. Raises ImageError.
 *
 * A photo that lies on its side is read by columns of its file, so each band decodes the rows above it again: the price
 * of never holding it whole.
 */
class AndroidBands(file: File, private val title: String, orientation: Orientation) : BandSource, Closeable {
    private val decoder: BitmapRegionDecoder
    private val geometry: BandGeometry

    /** The photo's own colours; sRGB where its profile is none that Android has a name for. */
    val ownSpace: ColorSpace
    override val hasAlpha: Boolean
    val mimeType: String

    init {
        val bounds = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeFile(file.path, bounds)
        if (bounds.outWidth <= 0 || bounds.outHeight <= 0) {
            throw ImageError("$title: not a photo that this system reads; save it as JPEG and try again")
        }
        mimeType = bounds.outMimeType.orEmpty()
        ownSpace = bounds.outColorSpace?.takeIf { it is ColorSpace.Rgb } ?: SRGB
        decoder = opened(file)
        geometry = BandGeometry(decoder.width, decoder.height, orientation)
        hasAlpha = mimeType in WITH_ALPHA && decoded(Rect(0, 0, 1, 1), SRGB).useBitmap { it.hasAlpha() }
    }

    override val width: Int get() = geometry.width
    override val height: Int get() = geometry.height

    override fun seen(top: Int, bottom: Int): ByteArray = rows(top, bottom, SRGB)

    override fun own(top: Int, bottom: Int): ByteArray = rows(top, bottom, ownSpace)

    override fun close() = decoder.recycle()

    private fun opened(file: File): BitmapRegionDecoder =
        try {
            if (Build.VERSION.SDK_INT >= 31) {
                BitmapRegionDecoder.newInstance(file.path)
            } else {
                @Suppress("DEPRECATION")
                BitmapRegionDecoder.newInstance(file.path, false)
            }
        } catch (error: IOException) {
            throw ImageError("$title: cannot be read (${oneLine(error)}); save it as JPEG and try again", error)
        } ?: throw ImageError("$title: cannot be read in bands; save it as JPEG and try again")

    private fun rows(top: Int, bottom: Int, space: ColorSpace): ByteArray {
        val region = geometry.region(top, bottom)
        val stored = decoded(Rect(region.left, region.top, region.right, region.bottom), space).useBitmap { bitmap ->
            if (bitmap.width != region.width || bitmap.height != region.height) {
                throw ImageError("$title: is damaged or cut short; open it in the gallery to see")
            }
            ByteArray(BYTES * region.width * region.height).also { bitmap.copyPixelsToBuffer(ByteBuffer.wrap(it)) }
        }
        return geometry.upright(top, bottom, stored, BYTES)
    }

    private fun decoded(region: Rect, space: ColorSpace): Bitmap {
        val options = BitmapFactory.Options().apply {
            inPreferredConfig = Bitmap.Config.ARGB_8888 // in memory: red, green, blue, alpha
            inPreferredColorSpace = space
            inPremultiplied = false
        }
        return decoder.decodeRegion(region, options)
            ?: throw ImageError("$title: is damaged or cut short; open it in the gallery to see")
    }

    companion object {
        const val BYTES = 4
        val SRGB: ColorSpace = ColorSpace.get(ColorSpace.Named.SRGB)
        private val WITH_ALPHA = setOf("image/png", "image/webp", "image/heif", "image/heic")
    }
}

/** A bitmap's memory is let go of at once: waiting for the collector would add band upon band. */
inline fun <T> Bitmap.useBitmap(work: (Bitmap) -> T): T =
    try {
        work(this)
    } finally {
        recycle()
    }
