/** ONNX models that name other files for their weights, wherever in the model: refused before a runtime sees them. */
package amirnet

import amirnet.bundle.checkComplete
import amirnet.bundle.checkModel
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A field of bytes, as protocol buffers write it. */
private fun field(number: Int, content: ByteArray): ByteArray {
    val header = mutableListOf<Byte>()
    for (value in listOf(8 * number + 2, content.size)) {
        var rest = value
        while (rest >= 128) {
            header += (rest and 0x7F or 0x80).toByte()
            rest = rest shr 7
        }
        header += rest.toByte()
    }
    return header.toByteArray() + content
}

private val LISTED = field(13, "secret.bin".toByteArray())
private val LOCATED = byteArrayOf((8 * 14).toByte(), 1)

/** Name -> a model with the tensor there. */
private fun places(tensor: ByteArray): Map<String, ByteArray> {
    val attribute = field(5, tensor)
    val graph = field(5, tensor)
    return mapOf(
        "initializer" to field(7, graph),
        "constant" to field(7, field(1, field(5, attribute))),
        "several" to field(7, field(1, field(5, field(10, tensor)))),
        "branch" to field(7, field(1, field(5, field(6, graph)))),
        "branches" to field(7, field(1, field(5, field(11, graph)))),
        "sparse" to field(7, field(15, field(1, tensor))),
        "indices" to field(7, field(15, field(2, tensor))),
        "sparse attribute" to field(7, field(1, field(5, field(22, field(1, tensor))))),
        "function" to field(7, ByteArray(0)) + field(25, field(7, field(5, attribute))),
        "default" to field(7, ByteArray(0)) + field(25, field(11, attribute)),
        "training" to field(7, ByteArray(0)) + field(20, field(1, graph)),
    )
}

class OnnxFileTest {
    @Test
    fun `data outside is found wherever it stands`() {
        for (tensor in listOf(LISTED, LOCATED, field(8, "w".toByteArray()) + LOCATED)) {
            for ((place, content) in places(tensor)) {
                val error = assertThrows(ExternalDataError::class.java, { checkModel(content, "m") }, place)
                assertTrue("m: reads its weights from other files" in error.message.orEmpty())
            }
        }
        for (content in places(byteArrayOf((8 * 14).toByte(), 0)).values) checkModel(content, "m")
    }

    @Test
    fun `what engines read over hides nothing`() {
        val graph = field(5, LISTED)
        val sized = byteArrayOf(graph.size.toByte()) + graph
        val long = byteArrayOf(0xBA.toByte(), 0x80.toByte(), 0x80.toByte(), 0x80.toByte(), 0x10) // field 7 in 32 bits
        assertThrows(ExternalDataError::class.java) { checkComplete(long + sized, "m") }
        val group = byteArrayOf(0xA3.toByte(), 6, 0xA4.toByte(), 6) + field(7, graph)
        val error = assertThrows(BundleError::class.java) { checkComplete(group, "m") }
        assertTrue("m: has a group of fields, which no model has" in error.message.orEmpty())
    }

    @Test
    fun `a torn model is none and hides nothing`() {
        val sound = places(ByteArray(0)).getValue("constant")
        val torn = listOf(
            "" to ByteArray(0),
            "cut" to sound.copyOf(sound.size - 1),
            "zeros" to sound + ByteArray(3),
            "odd wire" to sound + byteArrayOf(0x0E),
            "no graph" to field(8, ByteArray(2)),
            "a size beyond 63 bits" to byteArrayOf(0x3A) + ByteArray(9) { 0xFF.toByte() } + byteArrayOf(1),
            "a size beyond 64 bits" to byteArrayOf(0x3A) + ByteArray(9) { 0x80.toByte() } + byteArrayOf(2),
        )
        for ((name, content) in torn) {
            checkComplete(content, "m")
            val error = assertThrows(BundleError::class.java, { checkModel(content, "m") }, name)
            assertTrue("m: is not an ONNX model" in error.message.orEmpty())
        }
    }

    @Test
    fun `whatever is no model is left to the engine`() = forSeeds(300) { random, _ ->
        val content = places(ByteArray(0)).getValue("branch").copyOf()
        content[random.nextInt(content.size)] = random.nextInt(256).toByte()
        val noise = ByteArray(random.nextInt(200)).also { random.nextBytes(it) }
        for (broken in listOf(content, noise, content.copyOf(random.nextInt(content.size)))) {
            try {
                checkComplete(broken, "m")
            } catch (_: BundleError) { // a changed byte may well say so
            }
        }
    }

    @Test
    fun `a file of endless small parts is refused soon`() {
        val parts = ByteArray(1_200_000) { if (it % 2 == 0) 8 else 1 }
        val error = assertThrows(BundleError::class.java) { checkComplete(parts, "m") }
        assertTrue("m: has more than 500000 parts" in error.message.orEmpty())
        checkComplete(ByteArray(1_000_000), "m")
    }
}
