/** The ONNX engine: a bundle's ONNX models on the CPU, in ONNX Runtime, on Android and on the JVM alike. */
package amirnet.engines

import ai.onnxruntime.OnnxJavaType
import ai.onnxruntime.OnnxTensor
import ai.onnxruntime.OrtException
import ai.onnxruntime.OrtLoggingLevel
import ai.onnxruntime.OrtSession
import ai.onnxruntime.OrtSession.SessionOptions
import ai.onnxruntime.TensorInfo
import amirnet.EngineError
import amirnet.OutOfMemoryError
import amirnet.bundle.Graph
import amirnet.bundle.ModelBundle
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
import amirnet.runtime.oneLine
import amirnet.runtime.toPlanes
import amirnet.runtime.toTensor
import java.nio.FloatBuffer

/** How ONNX Runtime says that there is no memory left. */
private val NO_MEMORY =
    Regex("bad.?alloc|out of memory|failed to allocate|not enough memory|AllocateRawInternal", RegexOption.IGNORE_CASE)

/**
 * ONNX Runtime on the CPU with graph optimisation.
 *
 * [precision]: "float32" or "int8". Its graphs take planes, so pixels are parted into channels on their way in, and in
 * float divided by 255 in the same pass; what comes out are planes of the caller's own. A session may be run by any
 * number of threads at once, as ONNX Runtime promises.
 */
class OnnxEngine(bundle: ModelBundle, precision: String = "float32", threads: Int = 0) :
    GraphEngine<OnnxModel>(bundle, "onnx", precision, threads, Concurrency.PARALLEL) {
    override val title: String = "ONNX Runtime"
    override val memory: EngineMemory = EngineMemory(100_000_000, if (precision == "int8") 420 else 340)
    private val isInt8 = precision == "int8"
    private val environment = silentEnvironment()
    private val buffers = TileBufferPool(environment, isInt8)

    override fun runEncoder(graph: Graph, probes: List<Pixels>): Encoded {
        val side = probes[0].height
        val area = CHANNELS * side * side
        val tensor = Floats(area * probes.size)
        probes.forEachIndexed { place, probe -> toTensor(probe, tensor, place * area) }
        val shape = longArrayOf(probes.size.toLong(), CHANNELS.toLong(), side.toLong(), side.toLong())
        return guarded(graph) {
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(tensor), shape).use { input ->
                run(graph, listOf(input)).use { result ->
                    val (mask, value) = graph.outputs.map { rows(result.get(it).get() as OnnxTensor) }
                    Encoded(mask, value)
                }
            }
        }
    }

    override fun runRestorer(graph: Graph, tile: Pixels, code: Floats): Answer {
        val shape = longArrayOf(1, code.size.toLong(), 1, 1)
        return buffers.with(tile.height, tile.width) { buffer ->
            if (isInt8) buffer.input(toPlanes(tile)) else buffer.input(toTensor(tile))
            guarded(graph) {
                val pixel = if (isInt8) direct(codeBytes(code, bundle.tree.codeSteps)) else null
                val steering = if (pixel != null) OnnxTensor.createTensor(environment, pixel, shape, OnnxJavaType.UINT8)
                else OnnxTensor.createTensor(environment, FloatBuffer.wrap(code), shape)
                steering.use { run(graph, listOf(buffer.input, it), mapOf("restored" to buffer.output)).close() }
            }
            if (isInt8) Levels(tile.height, tile.width, buffer.bytes())
            else Numbers(tile.height, tile.width, buffer.floats())
        }
    }

    /** A folded restorer takes no code: what is left over is not fed. */
    private fun run(
        graph: Graph,
        inputs: List<OnnxTensor>,
        pinned: Map<String, OnnxTensor> = emptyMap(),
    ): OrtSession.Result {
        val session = model(graph).session
        val wanted = graph.outputs.toSet() - pinned.keys
        return timed { session.run(graph.inputs.zip(inputs).toMap(), wanted, pinned) }
    }

    private fun <Result> guarded(graph: Graph, run: () -> Result): Result = try {
        run()
    } catch (error: OrtException) {
        val reason = oneLine(error)
        if (NO_MEMORY.containsMatchIn(error.message.orEmpty())) {
            drop(graph)
            throw OutOfMemoryError("${graph.where}: $reason; choose a smaller tile", error)
        }
        throw EngineError("${graph.where}: failed to run ($reason); export the bundle again", error)
    }

    override fun unload() {
        super.unload()
        buffers.close()
    }

    override fun loadModel(graph: Graph): OnnxModel {
        val options = SessionOptions()
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT)
        options.setIntraOpNumThreads(threads)
        options.setCPUArenaAllocator(graph.role == "restorer") // the encoder need not keep its memory
        options.setMemoryPatternOptimization(false) // it plans anew for every tile size, and holds 1.6 times as much
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL) // errors arrive as exceptions
        val content = bundle.read(graph.path)
        try {
            return OnnxModel(environment.createSession(content, options), options).also { check(graph, it) }
        } catch (error: OrtException) {
            options.close()
            val reason = oneLine(error)
            if (NO_MEMORY.containsMatchIn(error.message.orEmpty())) {
                val remedy = "there is not enough memory, close other apps"
                throw OutOfMemoryError("${graph.where}: cannot be loaded ($reason); $remedy", error)
            }
            throw EngineError("${graph.where}: cannot be loaded ($reason); export it again", error)
        }
    }

    private fun check(graph: Graph, model: OnnxModel) {
        try {
            check(graph, model.session)
        } catch (error: EngineError) {
            model.close()
            throw error
        }
    }

    private fun check(graph: Graph, session: OrtSession) {
        val (found, wanted) = session.inputNames.toList() to session.outputNames.toList()
        if (found != graph.inputs || wanted != graph.outputs) {
            val stated = "${graph.inputs} to ${graph.outputs}"
            throw EngineError("${graph.where}: turns $found to $wanted, not $stated; export it again")
        }
        val kind = if (isInt8 && graph.role == "restorer") OnnxJavaType.UINT8 else OnnxJavaType.FLOAT
        val types = (session.inputInfo + session.outputInfo).mapValues { (it.value.info as? TensorInfo)?.type }
        val wrong = types.filterValues { it != kind }
        if (wrong.isNotEmpty()) {
            throw EngineError("${graph.where}: has $wrong, not $kind throughout; export the bundle again")
        }
    }
}

/** A session, and the options that live as long as it does. */
class OnnxModel(val session: OrtSession, private val options: SessionOptions) : AutoCloseable {
    override fun close() {
        session.close()
        options.close()
    }
}

/** A tensor of (N, K) as N rows. */
private fun rows(tensor: OnnxTensor): List<Floats> {
    val (count, size) = tensor.info.shape.map { it.toInt() }
    val numbers = tensor.floatBuffer
    return List(count) { Floats(size).also { row -> numbers.get(row) } }
}
