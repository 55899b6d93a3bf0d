/** manifest.json as checked types: geometry, tree, models, file seals (CONTRACT B4, B5). */
package amirnet.bundle

import amirnet.AmirnetError
import amirnet.ManifestError
import amirnet.TileError
import amirnet.UnsupportedSchemaError
import amirnet.runtime.Conditioning
import amirnet.runtime.DegradationTree
import amirnet.runtime.LightHead
import amirnet.runtime.ProbeGeometry
import amirnet.runtime.TileGeometry
import amirnet.runtime.TreeNode
import amirnet.runtime.checkSizes
import java.util.TreeSet

/** The one major schema version that this release reads. Any minor version of it will do (CONTRACT V1). */
const val SCHEMA_MAJOR: Int = 1

/** Files that add up to more are refused: a few kilobytes of a zip can unpack to any number of them (CONTRACT B2). */
const val BUNDLE_BYTES: Int = 1 shl 29

/** What a file must be: its size in bytes and its SHA-256 in lower-case hex. */
data class FileSeal(val bytes: Int, val sha256: String)

/** Role -> backend -> precision -> path. */
typealias Models = Map<String, Map<String, Map<String, String>>>

/**
 * Everything a bundle says about itself. [models] maps role -> backend -> precision -> path, as
 * models["encoder"]["onnx"]["float32"]; [metrics] is free-form JSON; [identity] is the SHA-256 of the checkpoint;
 * [light] says how bright a photo is to be, null where the bundle leaves that to its network.
 */
class Manifest(
    val schema: String,
    val name: String,
    val description: String,
    val license: String,
    val identity: String,
    val probe: ProbeGeometry,
    val tile: TileGeometry,
    val tree: DegradationTree,
    val models: Models,
    val metrics: Map<String, Any?>,
    val files: Map<String, FileSeal>,
    val light: LightHead? = null,
) {
    companion object {
        /**
         * Read and check a manifest; [where] names the bundle in messages. Unknown fields are left alone.
         *
         * Raises UnsupportedSchemaError (checked first), ManifestError, UnsafePathError.
         */
        fun parse(content: ByteArray, where: String): Manifest {
            val top = Fields(load(content, where), "$where: $MANIFEST")
            val schema = checkSchema(top)
            try {
                return checked(top, schema, where)
            } catch (error: ManifestError) {
                throw named(error, where)
            } catch (error: TileError) {
                throw named(error, where)
            }
        }

        private fun checked(top: Fields, schema: String, where: String): Manifest {
            val files = files(top, where)
            val tree = tree(top.fields("tree"))
            val models = models(top.fields("models"), files)
            checkFolded(top, tree, models)
            top.fields("quantization", emptyMap())
            return Manifest(
                schema = schema,
                name = top.text("name"),
                description = top.text("description", ""),
                license = top.text("license", ""),
                identity = top.text("identity"),
                probe = probe(top.fields("geometry").fields("probe")),
                tile = tile(top.fields("geometry").fields("tile")),
                tree = tree,
                models = models,
                metrics = top.fields("metrics", emptyMap()).values,
                files = files,
                light = if ("light" in top.values) lightHead(top.fields("light"), tree.size) else null,
            )
        }
    }
}

private fun named(error: AmirnetError, where: String): ManifestError {
    val message = error.message.orEmpty()
    return ManifestError(if (message.startsWith(where)) message else "$where: $MANIFEST: $message", error)
}

private fun load(content: ByteArray, where: String): Map<String, Any?> {
    val value = try {
        readJson(content)
    } catch (error: JsonProblem) {
        throw ManifestError("$where: $MANIFEST: ${error.message}; copy or export the bundle again", error)
    }
    return asObject(value)
        ?: throw ManifestError("$where: $MANIFEST: not a JSON object; copy or export the bundle again")
}

private fun checkSchema(top: Fields): String {
    val schema = top.text("schema")
    val version = SCHEMA.matchEntire(schema) ?: top.refuse("schema", "is '$schema', not MAJOR.MINOR")
    if (version.groupValues[1].toInt() != SCHEMA_MAJOR) {
        val problem = "schema $schema, but this release reads $SCHEMA_MAJOR.x"
        throw UnsupportedSchemaError("${top.where}: $problem; update the app, or take a bundle of $SCHEMA_MAJOR.x")
    }
    return schema
}

private val SCHEMA = Regex("([0-9]{1,9})\\.([0-9]{1,9})")

private fun files(top: Fields, where: String): Map<String, FileSeal> {
    val fields = top.fields("files")
    for (name in fields.values.keys) checkPath(name, where) // all paths before any seal (CONTRACT B6)
    val files = fields.values.keys.associateWith { name ->
        if (name == MANIFEST) top.refuse("files", "lists $MANIFEST itself")
        val seal = fields.fields(name)
        val sha256 = seal.text("sha256")
        if (!SHA256.matches(sha256)) seal.refuse("sha256", "is not 64 lower-case hex digits")
        FileSeal(seal.integer("bytes", 0, BUNDLE_BYTES), sha256)
    }
    if (files.values.sumOf { it.bytes.toLong() } > BUNDLE_BYTES) {
        top.refuse("files", "add up to more than $BUNDLE_BYTES bytes")
    }
    return files
}

private val SHA256 = Regex("[0-9a-f]{64}")

private fun probe(fields: Fields): ProbeGeometry {
    val trim = if ("trim" in fields.values) fields.integer("trim", 0, 4096) else 0
    if (trim in 1..2) fields.refuse("trim", "is $trim: no probe would be left; it is 0, or 3 and more")
    return ProbeGeometry(fields.integer("size", 1, 4096), fields.integer("grid", 1, 64), trim)
}

private fun tile(fields: Fields): TileGeometry {
    val size = fields.integer("size", 1, 16384)
    val tile = TileGeometry(
        size = size,
        halo = fields.integer("halo", 0, 16384),
        overlap = fields.integer("overlap", 0, 1024),
        alignment = fields.integer("alignment", 1, 1024),
        radius = fields.integer("radius", 0, 16384),
        flexible = fields.boolean("flexible"),
        preferred = if ("preferred" in fields.values) fields.integer("preferred", 1, 16384) else size,
    )
    checkSizes(tile.size, tile.halo, tile.overlap, tile.alignment)
    if (tile.radius > tile.halo) {
        fields.refuse("radius", "is ${tile.radius}, more than the halo of ${tile.halo}: tiles would seam")
    }
    if (tile.preferred < tile.size || (tile.preferred > tile.size && !tile.flexible)) {
        val rule = "it is at least the size, and no other where all are one"
        fields.refuse("preferred", "is ${tile.preferred}, but $rule")
    }
    checkSizes(tile.preferred, tile.halo, tile.overlap, tile.alignment)
    return tile
}

/** A node's id is at most this (CONTRACT B4). */
private const val MOST_ID = 1L shl 31

internal fun tree(fields: Fields): DegradationTree {
    val conditioning = when (val word = fields.text("conditioning")) {
        "node" -> Conditioning.NODE
        "soft" -> Conditioning.SOFT
        else -> fields.refuse("conditioning", "is '$word', not \"node\" or \"soft\"")
    }
    val nodes = fields.objects("nodes").map { node ->
        val isRoot = "parent" in node.values && node.values["parent"] == null
        val kinds = node.fields("kinds", emptyMap())
        TreeNode(
            id = node.long("id", 0, MOST_ID),
            level = node.integer("level", 0, 15),
            index = node.integer("index", 0, 1 shl 15),
            parent = if (isRoot) null else node.long("parent", 0, MOST_ID),
            children = node.integers("children"),
            confidence = node.number("confidence"),
            code = node.numbers("code"),
            share = node.number("share", 1.0),
            label = node.text("label", ""),
            kinds = kinds.values.keys.associateWith { kinds.number(it) },
        )
    }
    return DegradationTree(fields.integer("levels", 1, 12), fields.integer("grid", 1, 1 shl 20), conditioning, nodes)
}

private fun models(fields: Fields, files: Map<String, FileSeal>): Models {
    val names = TreeSet(files.keys)

    // A Core ML model is a folder: then the files below it are what is sealed. They come next in order.
    fun isThere(path: String) = path in files || names.ceiling("$path/")?.startsWith("$path/") == true

    fun precisions(backend: Fields): Map<String, String> = backend.values.keys.associateWith { precision ->
        val path = backend.text(precision)
        if (!isThere(path)) backend.refuse(precision, "names '$path', which is not among the files")
        path
    }

    val roles = fields.values.keys.associateWith { role ->
        val backends = fields.fields(role)
        backends.values.keys.associateWith { precisions(backends.fields(it)) }.filterValues { it.isNotEmpty() }
    }
    return roles.filterValues { it.isNotEmpty() }
}

/** CONTRACT G5: without a restorer that takes a code, every node where a walk can end has one of its own. */
private fun checkFolded(top: Fields, tree: DegradationTree, models: Models) {
    if ("restorer" in models || models.keys.none { it.startsWith("restorer.") }) return
    if (tree.conditioning != Conditioning.NODE) {
        top.refuse("models", "hold folded restorers, but the tree's conditioning is not \"node\"")
    }
    for (node in tree.nodes) {
        val mayStop = node.children.isEmpty() || node.children.any { tree.node(it).confidence > 0.0 }
        if (mayStop && foldedRole(node.id) !in models) {
            top.refuse("models", "hold folded restorers, but none for node ${node.id}")
        }
    }
}
