/**
 * Every error that the runtime raises on purpose. Each message is one line: the thing, the reason, the remedy.
 *
 * The names are part of the contract (CONTRACT B7): Python and Swift raise errors of the same names.
 */
package amirnet

/** Base of every error that a caller can act on. An app shows its message, and [remedy] as what to do. */
open class AmirnetError(message: String, cause: Throwable? = null) : Exception(inOneLine(message), cause) {
    /** What helps: the end of the message. */
    val remedy: String
        get() = message.orEmpty().substringAfterLast("; ")
}

/** A bundle was refused, before any engine saw a byte of its models. */
open class BundleError(message: String, cause: Throwable? = null) : AmirnetError(message, cause)

/** Neither a shipped name nor an existing folder or zip file. */
class UnknownBundleError(message: String) : BundleError(message)

/** The manifest's major schema version is not one that this release reads. */
class UnsupportedSchemaError(message: String) : BundleError(message)

/** A file that the bundle must hold (the manifest, or one that it lists) is not there. */
class MissingFileError(message: String) : BundleError(message)

/** The bundle holds a file that its manifest does not list. */
class ExtraFileError(message: String) : BundleError(message)

/** A file's size or SHA-256 is not the one that its manifest states, or the file cannot be read back. */
class ChangedFileError(message: String, cause: Throwable? = null) : BundleError(message, cause)

/** An ONNX model of the bundle has weights in other files, which nothing seals. */
class ExternalDataError(message: String) : BundleError(message)

/** A path that could leave the bundle's folder: absolute, '..', a backslash, a link, an odd character. */
class UnsafePathError(message: String) : BundleError(message)

/** manifest.json is not JSON, or a field is missing, of the wrong type, or contradicts another. */
class ManifestError(message: String, cause: Throwable? = null) : BundleError(message, cause)

/** A photo could not be read: missing, empty, truncated, too large, or not a photo. */
class ImageError(message: String, cause: Throwable? = null) : AmirnetError(message, cause)

/** A result could not be written where it was asked for. Nothing half-written is left behind. */
class OutputError(message: String, cause: Throwable? = null) : AmirnetError(message, cause)

/** A tile size that the model cannot take, or a tile that does not fit the plan that it is blended into. */
class TileError(message: String) : AmirnetError(message)

/** A node number, or a kind of damage, that the bundle's tree does not have. */
class NodeError(message: String) : AmirnetError(message)

/** An option out of its range, one that contradicts another, or one that the bundle has nothing for. */
class OptionError(message: String) : AmirnetError(message)

/** The inference engine could not load a model, or a model returned something that the contract forbids. */
open class EngineError(message: String, cause: Throwable? = null) : AmirnetError(message, cause)

/** A tile does not fit into the memory there is, or that may be used; no smaller tile does either. */
class OutOfMemoryError(message: String, cause: Throwable? = null) : EngineError(message, cause)

/** A name from a damaged bundle may hold line breaks and the like: they are shown by their numbers. */
private fun inOneLine(message: String): String =
    message.map { if (it.isISOControl()) "\\u%04x".format(it.code) else it.toString() }.joinToString("")
