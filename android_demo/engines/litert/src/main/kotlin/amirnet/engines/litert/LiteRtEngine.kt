/** The LiteRT engine: a bundle's TFLite models on the one accelerator that is asked for (CompiledModel). */
package amirnet.engines.litert

import amirnet.EngineError
import amirnet.OutOfMemoryError
import amirnet.bundle.Graph
import amirnet.bundle.ModelBundle
import amirnet.engines.GraphEngine
import amirnet.runtime.Answer
import amirnet.runtime.CHANNELS
import amirnet.runtime.Concurrency
import amirnet.runtime.Encoded
import amirnet.runtime.EngineMemory
import amirnet.runtime.Floats
import amirnet.runtime.Levels
import amirnet.runtime.Numbers
import amirnet.runtime.Pixels
import amirnet.runtime.codeBytes
import amirnet.runtime.divided
import amirnet.runtime.oneLine
import amirnet.runtime.signed
import amirnet.runtime.unsigned
import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.CompiledModel
import com.google.ai.edge.litert.Environment
import com.google.ai.edge.litert.LiteRtException
import java.io.File
import java.io.IOException

/** How LiteRT says that there is no memory left. */
private val NO_MEMORY = Regex("bad.?alloc|out of memory|failed to allocate|not enough memory", RegexOption.IGNORE_CASE)

/**
 * LiteRT on one accelerator. Asked for the CPU or the GPU alone, what that cannot do fails as the model is compiled.
 * Asked for the NPU, LiteRT takes the CPU beside it and does not say for which nodes: nobody knows what ran.
 *
 * Its graphs take pixels as a camera gives them, channels last, one probe at a time, tiles of one size; int8 ones as
 * int8, since LiteRT's buffers know no uint8. A compiled model has one set of buffers: calls are in turn.
 *
 * [environment]: asked for as a graph is loaded; the app has one. [folder]: the app's own, where models are unpacked
 * to,
 * as LiteRT opens files only. [precision]: "float32" or "int8".
 */
class LiteRtEngine(
    bundle: ModelBundle,
    precision: String,
    private val accelerator: Accelerator,
    private val folder: File,
    private val environment: () -> Environment,
) : GraphEngine<LiteRtModel>(bundle, "tflite", precision, 0, Concurrency.IN_TURN) {
    override val title: String = "LiteRT"
    override val fixedTile: Int = bundle.spec.tile.size
    override val memory: EngineMemory = liteRtMemory(precision)
    private val isInt8 = precision == "int8"

    override fun runEncoder(graph: Graph, probes: List<Pixels>): Encoded {
        val answers = probes.map { probe ->
            run(graph, mapOf("probes" to real(probe))) { found ->
                graph.outputs.map { found.output(it).readFloat() }
            }
        }
        return Encoded(answers.map { it[0] }, answers.map { it[1] })
    }

    override fun runRestorer(graph: Graph, tile: Pixels, code: Floats): Answer {
        if (tile.height != fixedTile || tile.width != fixedTile) {
            val found = "${tile.width}x${tile.height}"
            throw EngineError("${graph.where}: takes tiles of $fixedTile only, not $found; leave the tile size out")
        }
        val rowStride = CHANNELS * tile.width
        if (isInt8) {
            val bytes = mapOf("tile" to signed(packed(tile)), "code" to signed(codeBytes(code, bundle.tree.codeSteps)))
            val levels = unsigned(run(graph, bytes) { it.output("restored").readInt8() })
            return Levels(tile.height, tile.width, levels, 0, rowStride, CHANNELS, 1)
        }
        val numbers = run(graph, mapOf("tile" to real(tile), "code" to code)) { it.output("restored").readFloat() }
        return Numbers(tile.height, tile.width, numbers, 0, rowStride, CHANNELS, 1)
    }

    /** Feeds what the graph takes (a folded restorer takes no code), runs it, and reads: one span of time. */
    private fun <Result> run(graph: Graph, feeds: Map<String, Any>, read: (LiteRtModel) -> Result): Result =
        guarded(graph, "failed to run") {
            val model = model(graph)
            timed {
                for (name in graph.inputs) {
                    when (val feed = feeds.getValue(name)) {
                        is ByteArray -> model.input(name).writeInt8(feed)
                        is FloatArray -> model.input(name).writeFloat(feed)
                    }
                }
                model.run()
                read(model)
            }
        }

    override fun loadModel(graph: Graph): LiteRtModel = guarded(graph, "cannot be loaded") {
        val options = CompiledModel.Options(accelerator)
        if (accelerator == Accelerator.CPU) options.cpuOptions = CompiledModel.CpuOptions(numThreads = threads)
        LiteRtModel(CompiledModel.create(unpacked(graph).path, options, environment()), graph)
    }

    /** The model as a file of this app's own, written of the bytes that were checked just now (CONTRACT B8). */
    private fun unpacked(graph: Graph): File {
        val content = bundle.read(graph.path)
        val file = File(folder, bundle.manifest.files.getValue(graph.path).sha256 + ".tflite")
        try {
            folder.mkdirs()
            val part = File(folder, file.name + ".part")
            part.writeBytes(content)
            if (!part.renameTo(file)) throw IOException("cannot be renamed")
        } catch (error: IOException) {
            throw EngineError("${graph.where}: cannot be unpacked (${oneLine(error)}); make room on the phone", error)
        }
        return file
    }

    private fun <Result> guarded(graph: Graph, what: String, work: () -> Result): Result =
        try {
            work()
        } catch (error: LiteRtException) {
            val reason = "${graph.where}: $what on the ${accelerator.name} (${oneLine(error)})"
            if (NO_MEMORY.containsMatchIn(error.message.orEmpty())) {
                drop(graph)
                throw OutOfMemoryError("$reason; there is not enough memory, close other apps", error)
            }
            throw EngineError("$reason; choose another engine", error)
        }
}

/** The pixels' bytes without gaps. */
private fun packed(pixels: Pixels): ByteArray =
    if (pixels.offset == 0 && pixels.data.size == CHANNELS * pixels.width * pixels.height) pixels.data
    else pixels.copy().data

private fun real(pixels: Pixels): Floats {
    val bytes = packed(pixels)
    return Floats(bytes.size) { divided(bytes[it].toInt() and 0xFF) }
}

/** What LiteRT takes, as it was measured on a desk (docs/MEMORY.md); "int8" or "float32". */
fun liteRtMemory(precision: String): EngineMemory = EngineMemory(72_000_000, if (precision == "int8") 640 else 900)
