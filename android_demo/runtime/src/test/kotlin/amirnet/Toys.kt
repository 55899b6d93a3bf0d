/** A bundle in memory and an engine without a network, for tests of what is around an engine. */
package amirnet

import amirnet.bundle.BundleFiles
import amirnet.bundle.MANIFEST
import amirnet.bundle.ModelBundle
import amirnet.runtime.Answer
import amirnet.runtime.Concurrency
import amirnet.runtime.Encoded
import amirnet.runtime.Engine
import amirnet.runtime.EngineMemory
import amirnet.runtime.EngineState
import amirnet.runtime.Floats
import amirnet.runtime.Numbers
import amirnet.runtime.Pixels
import amirnet.runtime.toTensor
import java.security.MessageDigest

/** Files by their names. */
class MemoryFiles(private val files: Map<String, ByteArray>) : BundleFiles {
    override val names: Set<String> = files.keys

    override fun read(name: String, limit: Int): ByteArray {
        val content = files[name] ?: throw MissingFileError("memory: $name is missing; put it there")
        return content.copyOf(minOf(content.size, limit + 1))
    }
}

/** As little as passes for an ONNX model: field 7, an empty graph. */
val NO_GRAPH: ByteArray = byteArrayOf(0x3A, 0)

/** A sealed bundle's files: two models and a manifest, which [change] may alter before it is written. */
fun toyFiles(change: (MutableMap<String, Any?>) -> Unit = {}): Map<String, ByteArray> {
    val models = mapOf("encoder.onnx" to NO_GRAPH, "restorer.onnx" to NO_GRAPH)
    val manifest = toyManifest(models)
    change(manifest)
    return models + (MANIFEST to json(manifest).toByteArray())
}

private fun toyManifest(models: Map<String, ByteArray>): MutableMap<String, Any?> {
    fun node(id: Int, parent: Int?, children: List<Int>, code: Double, kinds: Map<String, Double>) = mapOf(
        "id" to id, "level" to if (id == 0) 0 else 1, "index" to maxOf(0, id - 1), "parent" to parent,
        "children" to children, "confidence" to 0.5, "code" to List(3) { code }, "kinds" to kinds,
    )

    val tile = mapOf("size" to 56, "halo" to 12, "overlap" to 6, "alignment" to 4, "radius" to 4, "flexible" to true)
    val nodes = listOf(
        node(0, null, listOf(1, 2), 0.0, emptyMap()),
        node(1, 0, emptyList(), 0.25, mapOf("noise" to 1.0)),
        node(2, 0, emptyList(), 0.5, mapOf("lowlight" to 1.0)),
    )
    return mutableMapOf(
        "schema" to "1.2",
        "name" to "toy",
        "identity" to "0".repeat(64),
        "geometry" to mutableMapOf("probe" to mapOf("size" to 16, "grid" to 2), "tile" to tile),
        "tree" to mutableMapOf("levels" to 2, "grid" to 64, "conditioning" to "node", "nodes" to nodes),
        "models" to listOf("encoder", "restorer").associateWith {
            mapOf("onnx" to mapOf("float32" to "$it.onnx"))
        },
        "files" to models.mapValues { mapOf("sha256" to sha256(it.value), "bytes" to it.value.size) },
    )
}

fun toyBundle(flexible: Boolean = true): ModelBundle = ModelBundle.of(MemoryFiles(toyFiles { manifest ->
    val tile = mapOf("size" to 56, "halo" to 12, "overlap" to 6, "alignment" to 4, "radius" to 4)
    manifest["geometry"] = mapOf(
        "probe" to mapOf("size" to 16, "grid" to 2),
        "tile" to tile + ("flexible" to flexible),
    )
}), "toy")

/** JSON text of maps, lists, texts, numbers, booleans and nulls. */
fun json(value: Any?): String = when (value) {
    is Map<*, *> -> value.entries.joinToString(",", "{", "}") { "${json(it.key)}:${json(it.value)}" }
    is List<*> -> value.joinToString(",", "[", "]") { json(it) }
    is String -> "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
    else -> value.toString()
}

fun sha256(content: ByteArray): String =
    MessageDigest.getInstance("SHA-256").digest(content).joinToString("") { "%02x".format(it) }

/**
 * Says that every photo is noise, and gives each pixel a mean of its neighbours 4 pixels around, which a pixel further
 * off has no influence on. [before]: called ahead of each tile, with how many there were; what it raises goes to the
 * caller.
 */
class ToyEngine(
    override val fixedTile: Int? = null,
    override val memory: EngineMemory? = EngineMemory(0, 100),
    var before: (Int) -> Unit = {},
) : Engine {
    override val title: String = "toy"
    override var state: EngineState = EngineState.UNLOADED
        private set
    override val concurrency: Concurrency = Concurrency.IN_TURN
    val tiles = mutableListOf<Pair<Int, Int>>()
    val threads = mutableSetOf<String>()

    override fun load() {
        state = EngineState.LOADED
    }

    override fun prewarm(tile: Int?) {
        state = EngineState.READY
    }

    override fun unload() {
        threads += Thread.currentThread().name
        state = EngineState.UNLOADED
    }

    override fun encode(probes: List<Pixels>): Encoded {
        threads += Thread.currentThread().name
        return Encoded(probes.map { floatArrayOf(1f, 0.75f, 0.25f) }, probes.map { floatArrayOf(0.5f, 0.5f, 0.5f) })
    }

    override fun restore(tile: Pixels, code: Floats): Answer {
        threads += Thread.currentThread().name
        before(tiles.size)
        tiles += tile.width to tile.height
        val planes = toTensor(tile)
        val found = Floats(planes.size)
        for (channel in 0..2) for (y in 0 until tile.height) for (x in 0 until tile.width) {
            fun at(down: Int, across: Int): Float {
                val (row, column) = (y + down).coerceIn(0, tile.height - 1) to (x + across).coerceIn(0, tile.width - 1)
                return planes[(channel * tile.height + row) * tile.width + column]
            }
            val sum = at(-4, 0) + at(4, 0) + at(0, -4) + at(0, 4)
            found[(channel * tile.height + y) * tile.width + x] = at(0, 0) / 2 + sum / 8 + code[0]
        }
        return Numbers(tile.height, tile.width, found)
    }
}
