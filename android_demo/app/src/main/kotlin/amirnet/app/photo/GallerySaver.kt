/** Into the gallery, as a new picture, whole or not at all. */
package amirnet.app.photo

import android.content.ContentResolver
import android.content.ContentValues
import android.content.Context
import android.net.Uri
import android.os.Build
import android.os.Environment
import android.provider.MediaStore
import amirnet.OutputError
import amirnet.logic.photo.ExifBlock
import amirnet.logic.photo.GainMapFate
import amirnet.logic.photo.ImageFormat
import amirnet.logic.photo.JpegError
import amirnet.logic.photo.JpegSegments
import amirnet.logic.photo.Orientation
import amirnet.logic.photo.ResultName
import amirnet.logic.ui.PhotoFacts
import amirnet.logic.ui.Place
import amirnet.logic.ui.SavedPhoto
import amirnet.runtime.oneLine
import java.io.File
import java.io.IOException

class GallerySaver(context: Context, private val folder: File) {
    private val gallery: ContentResolver = context.contentResolver

    /**
     * @param photo the chosen photo's copy: its gain map is read from it.
     * @param exif cleaned already; null: there is none. [lost]: why there is none although there was.
     */
    fun save(
        facts: PhotoFacts,
        picture: ResultPicture,
        photo: File,
        gainMap: GainMapFate,
        exif: ExifBlock?,
        lost: String?,
        keepPlace: Boolean,
    ): SavedPhoto {
        val name = ResultName.of(facts.title, picture.format)
        val file = File(folder, "saving${picture.format.suffix}")
        try {
            val kept = write(picture, file, photo, gainMap, exif)
            val uri = insert(file, name, picture.format)
            return SavedPhoto(
                name = name,
                uri = uri.toString(),
                format = picture.format,
                placeKept = keepPlace && facts.place == Place.KNOWN && exif?.hasPlace == true && kept == null,
                gainMap = gainMap,
                profile = facts.profile,
                profileKept = picture.keepsProfile,
                metadataLost = kept ?: lost,
            )
        } finally {
            file.delete()
        }
    }

    /** @return why EXIF could not be written; null where it was, or where there is none. */
    private fun write(
        picture: ResultPicture,
        file: File,
        photo: File,
        gainMap: GainMapFate,
        exif: ExifBlock?,
    ): String? {
        val block = exif?.toBytes()
        if (picture.format == ImageFormat.PNG) {
            picture.writePng(file, block)
            return null
        }
        val orientation = PhotoMetadata.exif(photo).block?.orientation
        val map = if (gainMap == GainMapFate.KEPT && Build.VERSION.SDK_INT >= 34) {
            GainMaps.upright(photo, orientation ?: Orientation.UPRIGHT)
        } else {
            null
        }
        picture.writeJpeg(file, map)
        if (block == null) return null
        return try {
            file.writeBytes(JpegSegments.withExif(file.readBytes(), block))
            null
        } catch (error: JpegError) {
            error.message
        }
    }

    /** Hidden from other apps until it is whole. The gallery itself finds another name where this one is taken. */
    private fun insert(file: File, name: String, format: ImageFormat): Uri {
        val values = ContentValues().apply {
            put(MediaStore.Images.Media.DISPLAY_NAME, name)
            put(MediaStore.Images.Media.MIME_TYPE, format.mimeType)
            if (Build.VERSION.SDK_INT >= 29) {
                put(MediaStore.MediaColumns.RELATIVE_PATH, "${Environment.DIRECTORY_PICTURES}/AMIRNet")
                put(MediaStore.MediaColumns.IS_PENDING, 1)
            }
        }
        val uri = try {
            gallery.insert(MediaStore.Images.Media.EXTERNAL_CONTENT_URI, values)
        } catch (error: SecurityException) {
            throw OutputError("$name: the app may not write to the gallery (${oneLine(error)}); allow it", error)
        } ?: throw OutputError("$name: the gallery takes no picture; make room on the phone")
        try {
            val out = gallery.openOutputStream(uri) ?: throw IOException("the gallery gives nothing to write to")
            out.use { to -> file.inputStream().use { it.copyTo(to) } }
            if (Build.VERSION.SDK_INT >= 29) {
                gallery.update(uri, ContentValues().apply { put(MediaStore.MediaColumns.IS_PENDING, 0) }, null, null)
            }
            return uri
        } catch (error: IOException) {
            gallery.delete(uri, null, null)
            throw OutputError("$name: cannot be saved (${oneLine(error)}); make room on the phone", error)
        }
    }
}
