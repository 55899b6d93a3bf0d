/** Memory outside of the JVM's heap that tiles go to ONNX Runtime in, and come back: used again for each tile. */
package amirnet.engines

import ai.onnxruntime.OnnxJavaType
import ai.onnxruntime.OnnxTensor
import ai.onnxruntime.OrtEnvironment
import amirnet.runtime.CHANNELS
import amirnet.runtime.Floats
import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * An input and an output of one size, uint8 or float32, as tensors of planes that lie where ONNX Runtime reads them.
 */
class TileBuffers(environment: OrtEnvironment, isInt8: Boolean, val height: Int, val width: Int) : AutoCloseable {
    private val count = CHANNELS * height * width
    private val from = directBytes(if (isInt8) count else Float.SIZE_BYTES * count)
    private val into = directBytes(if (isInt8) count else Float.SIZE_BYTES * count)
    val input: OnnxTensor = tensor(environment, from, isInt8)
    val output: OnnxTensor = tensor(environment, into, isInt8)

    fun input(planes: ByteArray) {
        from.duplicate().put(planes)
    }

    fun input(planes: Floats) {
        from.asFloatBuffer().put(planes)
    }

    /** A copy of the output. */
    fun bytes(): ByteArray = ByteArray(count).also { into.duplicate().get(it) }

    /** A copy of the output. */
    fun floats(): Floats = Floats(count).also { into.asFloatBuffer().get(it) }

    private fun tensor(environment: OrtEnvironment, bytes: ByteBuffer, isInt8: Boolean): OnnxTensor {
        val shape = longArrayOf(1, CHANNELS.toLong(), height.toLong(), width.toLong())
        return if (isInt8) OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.UINT8)
        else OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), shape)
    }

    override fun close() {
        input.close()
        output.close()
    }
}

/** Buffers that no call is using. Each call has its own, whatever thread it comes from. */
class TileBufferPool(private val environment: OrtEnvironment, private val isInt8: Boolean) : AutoCloseable {
    private val idle = ArrayDeque<TileBuffers>()

    fun <Result> with(height: Int, width: Int, use: (TileBuffers) -> Result): Result {
        val found = synchronized(idle) { idle.removeFirstOrNull() }
        val buffers = found?.takeIf { it.height == height && it.width == width } ?: run {
            found?.close()
            TileBuffers(environment, isInt8, height, width)
        }
        try {
            return use(buffers)
        } finally {
            synchronized(idle) { idle += buffers }
        }
    }

    override fun close(): Unit = synchronized(idle) {
        idle.forEach { it.close() }
        idle.clear()
    }
}

/** Bytes outside of the heap, in the machine's own order, as ONNX Runtime reads them. */
fun directBytes(size: Int): ByteBuffer = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder())

fun direct(bytes: ByteArray): ByteBuffer = directBytes(bytes.size).apply {
    put(bytes)
    flip()
}
