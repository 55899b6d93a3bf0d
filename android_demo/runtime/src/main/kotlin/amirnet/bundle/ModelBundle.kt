/**
 * A sealed bundle: found by path or by shipped name, and verified before anything is run from it (CONTRACT B1-B10).
 */
package amirnet.bundle

import amirnet.BundleError
import amirnet.ChangedFileError
import amirnet.ExtraFileError
import amirnet.MissingFileError
import amirnet.UnknownBundleError
import amirnet.UnsafePathError
import amirnet.runtime.DegradationTree
import amirnet.runtime.ModelSpec
import java.io.File
import java.security.MessageDigest

/** A manifest larger than this is refused. */
const val MANIFEST_BYTES: Int = 16 shl 20

/**
 * The names that [ModelBundle.open] knows without a path: the bundles in the folder [shipped], in alphabetical order.
 */
fun shippedNames(shipped: File?): List<String> =
    shipped?.listFiles().orEmpty().filter { File(it, MANIFEST).isFile }.map { it.name }.sorted()

/**
 * A verified bundle. Every file in it had the size and SHA-256 of its manifest when it was opened, and [read] checks
 * again, so an engine only ever sees sealed bytes.
 *
 * [where] is the place that it came from, for messages. [fingerprint] is the SHA-256, in hex, of the manifest's bytes,
 * and so of the seals of all files.
 */
class ModelBundle private constructor(
    val where: String,
    val manifest: Manifest,
    private val files: BundleFiles,
    val fingerprint: String,
) {
    val tree: DegradationTree
        get() = manifest.tree

    /** What the runtime has to know of the model. */
    val spec: ModelSpec
        get() = ModelSpec(where, manifest.tree, manifest.probe, manifest.tile, manifest.light)

    /** The bytes of one listed file, verified. Raises MissingFileError, ChangedFileError. */
    fun read(name: String): ByteArray {
        val seal = manifest.files[name]
            ?: throw MissingFileError("$where: the manifest lists no file $name; export the bundle again")
        val content = files.read(name, seal.bytes)
        if (content.size != seal.bytes) {
            val found = if (content.size > seal.bytes) "more" else content.size.toString()
            throw ChangedFileError("$where: $name has $found bytes, not ${seal.bytes}; copy the bundle again")
        }
        if (sha256(content) != seal.sha256) {
            throw ChangedFileError("$where: $name was changed (its SHA-256 differs); copy the bundle again")
        }
        return content
    }

    private fun check() {
        checkSet()
        val run = runAsOnnx()
        for (name in manifest.files.keys.sorted()) {
            val content = read(name)
            if (name in run) checkModel(content, "$where: $name")
            else if (name.endsWith(".onnx", ignoreCase = true)) checkComplete(content, "$where: $name")
        }
    }

    /**
     * The files that an engine for ONNX would load, whatever they are called. Raises BundleError where that is a
     * folder.
     */
    private fun runAsOnnx(): Set<String> {
        val found = manifest.models.values.flatMap { it["onnx"].orEmpty().values }.toSet()
        (found - manifest.files.keys).minOrNull()?.let {
            throw BundleError("$where: $it is a folder, and an ONNX model is a file; export the bundle again")
        }
        return found
    }

    private fun checkSet() {
        val present = files.names - MANIFEST
        val listed = manifest.files.keys
        (listed - present).minOrNull()?.let {
            throw MissingFileError("$where: $it is missing; copy or export the bundle again")
        }
        (present - listed).minOrNull()?.let {
            throw ExtraFileError("$where: '$it' is not in the manifest; remove it or export the bundle again")
        }
    }

    companion object {
        /**
         * Open and verify a folder, a .zip of one, or a shipped name such as "mobile".
         *
         * [shipped]: the folder of the bundles that come with the app, one folder a name; null: there are none. A bare
         * shipped name always means the shipped bundle; write ./mobile for a folder of that name. Raises the subclass
         * of BundleError that names the first thing wrong, in the order of CONTRACT B6.
         */
        fun open(pathOrName: String, shipped: File? = null): ModelBundle {
            val path = locate(pathOrName, shipped)
            return of(if (path.isDirectory) FolderFiles(path) else ZipFiles(path), path.toString())
        }

        /** The same of files that lie elsewhere; [where] names the place in messages. */
        fun of(files: BundleFiles, where: String): ModelBundle {
            val content = files.read(MANIFEST, MANIFEST_BYTES)
            if (content.size > MANIFEST_BYTES) {
                throw BundleError("$where: $MANIFEST is larger than $MANIFEST_BYTES bytes; this is not a bundle")
            }
            val bundle = ModelBundle(where, Manifest.parse(content, where), files, sha256(content))
            bundle.check()
            return bundle
        }
    }
}

/** The folder or zip file that [ModelBundle.open] would read. Raises UnknownBundleError. */
fun locate(pathOrName: String, shipped: File?): File {
    val names = shippedNames(shipped)
    if (pathOrName in names) return File(shipped, pathOrName)
    val path = File(pathOrName)
    if (pathOrName.isNotEmpty() && attributes(path.toPath()) != null) return path
    val known = if (names.isEmpty()) "no bundle is shipped with this app" else "shipped: ${names.joinToString()}"
    val kind = if (Regex("[\\w-]+").matches(pathOrName)) "shipped bundle" else "folder or zip file"
    throw UnknownBundleError("$pathOrName: no such $kind; give a bundle's path or a name ($known)")
}

private fun sha256(content: ByteArray): String =
    MessageDigest.getInstance("SHA-256").digest(content).joinToString("") { "%02x".format(it) }
