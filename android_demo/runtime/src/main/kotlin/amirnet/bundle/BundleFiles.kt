/** The two shapes of a bundle, a folder and a zip of it, behind one view: names and bounded reads (CONTRACT B1-B3). */
package amirnet.bundle

import amirnet.BundleError
import amirnet.ChangedFileError
import amirnet.ExtraFileError
import amirnet.MissingFileError
import amirnet.UnsafePathError
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.LinkOption.NOFOLLOW_LINKS
import java.nio.file.Path
import java.nio.file.attribute.BasicFileAttributes

/** The one file of a bundle that the others are listed in. */
const val MANIFEST: String = "manifest.json"

/** A bundle with more files than this is refused. */
const val ENTRIES: Int = 10_000

/** A zip larger than this is refused. */
const val ZIP_BYTES: Long = 1L shl 31

private val PART = Regex("[A-Za-z0-9_.-]+")

/** Raises UnsafePathError unless [name] is a relative path of portable parts joined by '/' (CONTRACT B3). */
fun checkPath(name: String, where: String) {
    for (part in name.split("/")) {
        if (!PART.matches(part) || part == "." || part == "..") {
            val rule = "a bundle's paths are relative, A-Z a-z 0-9 . _ - joined by '/'"
            throw UnsafePathError("$where: unsafe path '$name'; $rule")
        }
    }
}

/** What a bundle is read through. An app may bring its own: Android's assets, say. */
interface BundleFiles {
    /** Every file in it, as checked relative paths. */
    val names: Set<String>

    /** The file's bytes, but never more than limit + 1 of them. Raises MissingFileError, ChangedFileError. */
    fun read(name: String, limit: Int): ByteArray
}

/** A bundle that lies as a folder. Raises UnsafePathError for a link, or anything that is neither file nor folder. */
class FolderFiles(private val folder: File) : BundleFiles {
    override val names: Set<String>

    init {
        val manifest = folder.toPath().resolve(MANIFEST)
        if (attributes(manifest) == null) {
            throw MissingFileError("$folder: no $MANIFEST; this is not a bundle, or a part of one: export it again")
        }
        val found = sortedSetOf<String>()
        val pending = ArrayDeque(listOf(""))
        while (pending.isNotEmpty()) {
            val prefix = pending.removeLast()
            for (entry in scan(folder.toPath().resolve(prefix))) {
                val name = prefix + entry.fileName
                val facts = attributes(entry)
                when {
                    facts == null || facts.isSymbolicLink ->
                        throw UnsafePathError("$folder: '$name' is a link; put the file itself there")
                    facts.isDirectory -> pending += "$name/"
                    facts.isRegularFile -> found += name
                    else -> throw UnsafePathError("$folder: '$name' is not a plain file; remove it")
                }
                if (found.size + pending.size > ENTRIES) {
                    throw ExtraFileError("$folder: more than $ENTRIES files; this is not a bundle")
                }
            }
        }
        names = found
    }

    override fun read(name: String, limit: Int): ByteArray {
        if (name !in names) throw MissingFileError("$folder: $name is missing; copy or export the bundle again")
        val path = folder.toPath().resolve(name)
        try {
            // It must not have become a link since the folder was listed, nor a pipe, to wait for.
            if (attributes(path)?.isRegularFile == false) {
                throw UnsafePathError("$folder: $name is not a plain file; remove it")
            }
            return Files.newInputStream(path, NOFOLLOW_LINKS).use { it.atMost(limit + 1) }
        } catch (error: java.lang.OutOfMemoryError) {
            throw BundleError("$folder: $name takes more memory than there is; use a smaller model", error)
        } catch (error: IOException) {
            throw ChangedFileError("$folder: $name cannot be read (${error.message}); copy it again", error)
        }
    }
}

/** A bundle that lies as a zip file. Raises BundleError when it is not a sound zip. */
class ZipFiles(private val path: File) : BundleFiles {
    private val zip = ZipReader(path)
    private val entries = LinkedHashMap<String, ZipEntryFacts>()

    init {
        if (attributes(path.canonicalFile.toPath())?.isRegularFile != true) {
            throw BundleError("$path: not a file; give a bundle's folder or zip file")
        }
        if (path.length() > ZIP_BYTES) {
            throw BundleError("$path: larger than $ZIP_BYTES bytes; unzip it and give the folder")
        }
        val found = try {
            zip.entries(2 * ENTRIES)
        } catch (error: ZipProblem) {
            throw BundleError("$path: not a whole zip file (${error.message}); copy or export the bundle again", error)
        } catch (error: IOException) {
            throw BundleError("$path: cannot be read (${error.message}); check its permissions", error)
        }
        val crowded = ExtraFileError("$path: more than $ENTRIES entries; this is not a bundle")
        if (found.size > 2 * ENTRIES) throw crowded
        if (found.none { it.name == MANIFEST }) {
            throw MissingFileError("$path: no $MANIFEST at its top; zip the files, not the folder above them")
        }
        if (found.size > ENTRIES) throw crowded
        found.forEach(::add)
    }

    override val names: Set<String>
        get() = entries.keys

    private fun add(entry: ZipEntryFacts) {
        val name = entry.name
        if (entry.mode and FILE_KIND !in PLAIN) {
            throw UnsafePathError("$path: '$name' is a link, a pipe or a device; a bundle holds plain files")
        }
        checkPath(name.removeSuffix("/"), path.toString())
        if (name.endsWith("/")) return
        if (entries.put(name, entry) != null) {
            throw ExtraFileError("$path: $name is in the zip twice; zip the bundle again")
        }
    }

    override fun read(name: String, limit: Int): ByteArray {
        val entry = entries[name]
            ?: throw MissingFileError("$path: $name is missing; copy or export the bundle again")
        try {
            return zip.read(entry, limit + 1)
        } catch (error: java.lang.OutOfMemoryError) {
            throw BundleError("$path: $name takes more memory than there is; use a smaller model", error)
        } catch (error: ZipProblem) {
            throw ChangedFileError("$path: $name cannot be unpacked (${error.message}); copy the zip again", error)
        } catch (error: IOException) {
            throw ChangedFileError("$path: $name cannot be read (${error.message}); copy the zip again", error)
        }
    }
}

/** Of a Unix file mode: what kind of file it is; none, a plain one, or a folder will do. */
private const val FILE_KIND = 0xF000
private val PLAIN = setOf(0, 0x8000, 0x4000)

private const val PIECE = 1 shl 16

/** The bytes of a stream up to so many: not one array of the limit's size, which may be large. */
private fun InputStream.atMost(most: Int): ByteArray {
    val content = ByteArrayOutputStream()
    val piece = ByteArray(PIECE)
    while (content.size() < most) {
        val count = read(piece, 0, minOf(PIECE, most - content.size()))
        if (count < 0) break
        content.write(piece, 0, count)
    }
    return content.toByteArray()
}

private fun scan(folder: Path): List<Path> = try {
    Files.newDirectoryStream(folder).use { entries -> entries.sortedBy { it.fileName.toString() } }
} catch (error: IOException) {
    throw BundleError("$folder: cannot be read (${error.message}); check its permissions", error)
}

/** What lies there itself, links not followed; null where nothing does. */
internal fun attributes(path: Path): BasicFileAttributes? = try {
    Files.readAttributes(path, BasicFileAttributes::class.java, NOFOLLOW_LINKS)
} catch (_: IOException) {
    null
}
