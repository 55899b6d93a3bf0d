/** The bundle that comes with the app, read out of the package (CONTRACT B1). */
package amirnet.app.engine

import android.content.res.AssetManager
import amirnet.MissingFileError
import amirnet.bundle.BundleFiles
import java.io.ByteArrayOutputStream
import java.io.IOException

class AssetFiles(private val assets: AssetManager, private val folder: String) : BundleFiles {
    override val names: Set<String> by lazy { listed("").toSortedSet() }

    override fun read(name: String, limit: Int): ByteArray =
        try {
            assets.open("$folder/$name").use { file ->
                val content = ByteArrayOutputStream()
                val piece = ByteArray(PIECE)
                while (content.size() <= limit) {
                    val size = file.read(piece, 0, minOf(piece.size, limit + 1 - content.size()))
                    if (size < 0) break
                    content.write(piece, 0, size)
                }
                content.toByteArray()
            }
        } catch (error: IOException) {
            throw MissingFileError("$folder: $name is missing from the app (${error.message}); install it again")
        }

    /** A folder lists what is in it, a file lists nothing. */
    private fun listed(below: String): List<String> =
        assets.list("$folder/$below".trimEnd('/')).orEmpty().flatMap { name ->
            val path = if (below.isEmpty()) name else "$below/$name"
            listed(path).ifEmpty { listOf(path) }
        }

    private companion object {
        const val PIECE = 1 shl 16
    }
}
