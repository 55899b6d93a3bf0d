/** A photo that was chosen or shared in: copied as it is into the app's own folder, with what its app tells of it. */
package amirnet.app.photo

import android.content.Context
import android.net.Uri
import android.os.Build
import android.provider.MediaStore
import android.provider.OpenableColumns
import amirnet.ImageError
import amirnet.logic.job.JobRecord
import amirnet.runtime.RestoreOptions
import amirnet.runtime.oneLine
import java.io.File
import java.io.IOException
import java.io.InputStream

class PhotoImporter(private val context: Context, private val folder: File) {
    /**
     * Copy a photo. The picker takes the place out of its copies for good; with [keepPlace] the gallery's own file is
     * asked for, which needs ACCESS_MEDIA_LOCATION and a photo that the gallery has. Raises ImageError.
     */
    fun copy(uri: Uri, keepPlace: Boolean): JobRecord {
        val title = title(uri)
        val original = if (keepPlace) original(uri) else null
        try {
            (original ?: plain(uri)).use { from ->
                folder.mkdirs()
                val part = File(folder, "$PHOTO.part")
                part.outputStream().use { from.copyTo(it) }
                if (!part.renameTo(File(folder, PHOTO))) throw IOException("cannot be renamed")
            }
        } catch (error: IOException) {
            throw ImageError("$title: cannot be copied (${oneLine(error)}); make room, or choose it again", error)
        }
        val stripped = original == null && Build.VERSION.SDK_INT >= 29
        return JobRecord(PHOTO, title, stripped, RestoreOptions(), running = false, restored = false)
    }

    /**
     * A bundle's zip as a file of the app's own: its path, or that of the file that is missing where it cannot be
     * read.
     */
    fun copyBundle(uri: Uri): String {
        val file = File(context.noBackupFilesDir, "bundle-${System.currentTimeMillis()}.zip")
        try {
            plain(uri).use { from -> file.outputStream().use { from.copyTo(it) } }
        } catch (_: IOException) {
            file.delete() // opening what is not there says so, with a remedy
        } catch (_: ImageError) {
            file.delete()
        }
        return file.path
    }

    private fun plain(uri: Uri): InputStream =
        try {
            context.contentResolver.openInputStream(uri)
        } catch (error: SecurityException) {
            throw ImageError("the photo: may not be read (${oneLine(error)}); choose it again", error)
        } ?: throw IOException("its app gives nothing")

    /** null: the gallery does not have it, or the user did not allow it. */
    private fun original(uri: Uri): InputStream? {
        if (Build.VERSION.SDK_INT < 29) return null
        return try {
            val media = if (uri.authority == MediaStore.AUTHORITY) uri else MediaStore.getMediaUri(context, uri)
            media?.let { context.contentResolver.openInputStream(MediaStore.setRequireOriginal(it)) }
        } catch (_: SecurityException) {
            null
        } catch (_: UnsupportedOperationException) {
            null
        } catch (_: IllegalArgumentException) {
            null
        } catch (_: IOException) {
            null
        }
    }

    private fun title(uri: Uri): String =
        try {
            context.contentResolver.query(uri, arrayOf(OpenableColumns.DISPLAY_NAME), null, null, null)?.use {
                if (it.moveToFirst()) it.getString(0) else null
            }
        } catch (_: SecurityException) {
            null
        } ?: "photo.jpg"

    private companion object {
        const val PHOTO = "photo"
    }
}
