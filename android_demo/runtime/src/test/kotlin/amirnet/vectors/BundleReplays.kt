/** Replays of bundles: manifests, whole bundles, ONNX models; of engines' life and answers; of errors. */
package amirnet.vectors

import amirnet.AmirnetError
import amirnet.bundle.Graph
import amirnet.bundle.Manifest
import amirnet.bundle.ModelBundle
import amirnet.bundle.checkComplete
import amirnet.bundle.checkModel
import amirnet.engines.GraphEngine
import amirnet.runtime.Answer
import amirnet.runtime.Concurrency
import amirnet.runtime.Encoded
import amirnet.runtime.EngineState
import amirnet.runtime.Floats
import amirnet.runtime.Levels
import amirnet.runtime.Numbers
import amirnet.runtime.Pixels
import amirnet.runtime.checkEncoded
import amirnet.runtime.checkRestored
import amirnet.toyBundle
import java.io.File
import java.nio.file.Files
import kotlin.io.path.createTempDirectory
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assumptions.assumeTrue

private fun Values.manifest() = Manifest.parse(bytes(values("content")), "small")

val MANIFESTS: Replays = mapOf(
    "sound" to { case ->
        val found = case.given.manifest()
        val tile = found.tile
        val facts = mapOf(
            "name" to found.name,
            "schema" to found.schema,
            "identity" to found.identity,
            "probe" to mapOf(
                "size" to found.probe.size, "probes_per_side" to found.probe.probesPerSide, "trim" to found.probe.trim,
            ),
            "tile" to mapOf(
                "size" to tile.size, "halo" to tile.halo, "overlap" to tile.overlap, "alignment" to tile.alignment,
                "radius" to tile.radius, "flexible" to tile.flexible, "preferred" to tile.preferred,
            ),
            "levels" to found.tree.levels,
            "code_steps" to found.tree.codeSteps,
            "conditioning" to found.tree.conditioning.name.lowercase(),
            "nodes" to found.tree.nodes.map { it.id },
            "models" to found.models,
            "files" to found.files.mapValues { it.value.bytes },
            "light" to found.light?.hidden?.bias?.size,
        )
        assertEquals(case.expected.map, whole(facts))
    },
    "wrong" to { case -> case.given.manifest() },
    "paths" to { case -> assertEquals(true, case.given.text("path") in case.given.manifest().files) },
)

/** Whole numbers as JSON has them. */
private fun whole(value: Any?): Any? = when (value) {
    is Int -> value.toLong()
    is Map<*, *> -> value.mapValues { whole(it.value) }
    else -> value
}

private fun inFolder(use: (File) -> Unit) {
    val folder = createTempDirectory("amirnet").toFile()
    try {
        use(folder)
    } finally {
        folder.deleteRecursively()
    }
}

private fun make(place: File, entry: Values) {
    place.parentFile.mkdirs()
    when (val kind = entry.map.keys.single()) {
        "file" -> place.writeBytes(bytes(entry.values("file")))
        "folder" -> place.mkdir()
        "link" -> Files.createSymbolicLink(place.toPath(), File(entry.text("link")).toPath())
        "pipe" -> {
            val made = runCatching { ProcessBuilder("mkfifo", place.path).start().waitFor() == 0 }
            assumeTrue(made.getOrDefault(false), "this system has no named pipes")
        }
        else -> error("nobody knows how to make a $kind")
    }
}

private fun open(place: File, expected: Values) {
    val bundle = ModelBundle.open(place.path)
    assertEquals(expected.text("name"), bundle.manifest.name)
    assertEquals(expected.texts("files"), bundle.manifest.files.keys.sorted())
    for ((name, seal) in bundle.manifest.files) assertEquals(seal.bytes, bundle.read(name).size)
}

val BUNDLES: Replays = mapOf(
    "folder" to { case ->
        inFolder { folder ->
            val entries = case.given.values("entries")
            for (path in entries.map.keys) make(File(folder, path), entries.values(path))
            val empty = File(folder, "empty").apply { mkdir() }
            val count = if ("empty" in case.given.map) case.given.int("empty") else 0
            for (number in 0 until count) File(empty, number.toString()).createNewFile()
            open(folder, case.expected)
        }
    },
    "zip" to { case ->
        inFolder { folder ->
            val zip = File(folder, "small.zip").apply { writeBytes(bytes(case.given.values("content"))) }
            open(zip, case.expected)
        }
    },
    // The JVM cannot change its working folder: this one is as empty of bundles as any.
    "place" to { case -> ModelBundle.open(case.given.text("given")) },
)

val ONNX_MODELS: Replays = mapOf(
    "model" to { case ->
        val part = bytes(case.given.values("content"))
        val times = if ("times" in case.given.map) case.given.int("times") else 1
        val content = ByteArray(part.size * times) { part[it % part.size] }
        if (case.given.boolean("run")) checkModel(content, "small: a.onnx") else checkComplete(content, "small: a.onnx")
    },
)

/** An engine whose graphs do nothing. */
private class Idle(bundle: ModelBundle) :
    GraphEngine<AutoCloseable>(bundle, "onnx", "float32", 1, Concurrency.IN_TURN) {
    override val title = "idle"

    override fun loadModel(graph: Graph) = AutoCloseable { }

    override fun runEncoder(graph: Graph, probes: List<Pixels>): Encoded {
        model(graph)
        val answer = probes.map { Floats(bundle.tree.size) }
        return Encoded(answer, answer)
    }

    override fun runRestorer(graph: Graph, tile: Pixels, code: Floats): Answer {
        model(graph)
        return Levels.of(tile)
    }
}

val ENGINES: Replays = mapOf(
    "life" to { case ->
        val engine = Idle(toyBundle())
        assertEquals(EngineState.UNLOADED, engine.state)
        val states = case.given.texts("calls").map { call ->
            when (call) {
                "load" -> engine.load()
                "prewarm" -> engine.prewarm()
                "unload" -> engine.unload()
                "encode" -> engine.encode(listOf(Pixels(16, 16)))
                "restore" -> engine.restore(Pixels(56, 56), Floats(3))
                else -> error("no such call")
            }
            engine.state.name.lowercase()
        }
        assertEquals(case.expected.texts("states"), states)
    },
    "encoded" to { case ->
        fun rows(key: String): List<Floats> {
            val shape = case.given.ints(key)
            assumeTrue(shape.size == 2 || "error" in case.expected.map)
            return if (shape.size == 2) List(shape[0]) { Floats(shape[1]) } else listOf(Floats(shape[0]))
        }
        checkEncoded("toy", Encoded(rows("mask"), rows("value")), case.given.int("count"), case.given.int("size"))
    },
    "restored" to { case ->
        val (height, width, channels) = case.given.ints("restored")
        val (count, type) = height * width * channels to case.given.text("type")
        assumeTrue(type in listOf("uint8", "float32"), "no type here can express an answer of $type")
        val answer = if (type == "uint8") Levels(height, width, ByteArray(count))
        else Numbers(height, width, Floats(count))
        val tile = case.given.ints("tile")
        checkRestored("toy", answer, Pixels(tile[0], tile[1]))
    },
)

val ERRORS: Replays = mapOf(
    "errors" to { case ->
        val base = Class.forName("amirnet.${case.given.text("error")}").superclass
        val wanted = case.expected.textOrNull("base")
        assertEquals(wanted ?: AmirnetError::class.java.simpleName, base.simpleName)
    },
)
