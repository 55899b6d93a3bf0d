/**
 * Whether an ONNX model is complete in itself: one that names other files for its weights is refused (CONTRACT B10).
 *
 * ONNX Runtime would read those files from wherever it runs, unsealed. Only as much of the format is read here as it
 * takes to find every tensor. What is to be run as ONNX must be well-formed as far as that: ONNX Runtime takes other
 * formats too (its own, ORT), of which nothing is known here.
 */
package amirnet.bundle

import amirnet.BundleError
import amirnet.ExternalDataError

private const val TENSOR = "tensor"

/** Message -> the fields of it that may hold a tensor, by number, and what message each is. */
private val PARTS: Map<String, Map<Long, String>> = mapOf(
    "model" to mapOf(7L to "graph", 20L to "training", 25L to "function"),
    "training" to mapOf(1L to "graph", 2L to "graph"),
    "function" to mapOf(7L to "node", 11L to "attribute"),
    "graph" to mapOf(1L to "node", 5L to TENSOR, 15L to "sparse"),
    "node" to mapOf(5L to "attribute"),
    "attribute" to mapOf(5L to TENSOR, 6L to "graph", 10L to TENSOR, 11L to "graph", 22L to "sparse", 23L to "sparse"),
    "sparse" to mapOf(1L to TENSOR, 2L to TENSOR),
    TENSOR to emptyMap(),
)

/**
 * A model with more fields than this on the way to its tensors is refused, so that reading one takes a second at most.
 * The shipped restorer has some thousands.
 */
const val FIELDS: Int = 500_000

private const val GRAPH = 7L
private const val EXTERNAL_DATA = 13L
private const val DATA_LOCATION = 14L
private const val EXTERNAL = 1L
private const val VARINT = 0
private const val FIXED64 = 1
private const val BYTES = 2
private const val FIXED32 = 5
private val GROUP = 3..4

/** [checkComplete] of what is to be run as ONNX. Raises BundleError also for what is no ONNX model. */
fun checkModel(content: ByteArray, where: String) {
    checkComplete(content, where, strict = true)
    val reader = FieldReader(content, 0, content.size)
    while (reader.next()) if (reader.number == GRAPH && reader.wire == BYTES) return
    throw noModel(where)
}

/**
 * Raises ExternalDataError when a tensor's data lies outside of the model, BundleError when it has more parts than any
 * model, or parts that no model has, or, if [strict], is not well-formed; [where] names the file.
 */
fun checkComplete(content: ByteArray, where: String, strict: Boolean = false) {
    var left = FIELDS
    val pending = ArrayDeque(listOf("model" to FieldReader(content, 0, content.size)))
    while (pending.isNotEmpty()) {
        val (kind, reader) = pending.removeLast()
        while (reader.next()) {
            if (reader.wire in GROUP) { // an engine skips what it does not know, and reads on behind it
                throw BundleError("$where: has a group of fields, which no model has; export the bundle again")
            }
            if (--left < 0) {
                throw BundleError("$where: has more than $FIELDS parts, which no model has; export the bundle again")
            }
            if (kind == TENSOR && isExternal(reader)) {
                val problem = "reads its weights from other files, which nothing seals"
                throw ExternalDataError("$where: $problem; export the model with its weights inside")
            }
            val part = PARTS.getValue(kind)[reader.number]
            if (reader.wire == BYTES && part != null) pending += part to reader.message()
        }
        if (strict && reader.torn) throw noModel(where)
    }
}

private fun isExternal(reader: FieldReader): Boolean = reader.number == EXTERNAL_DATA ||
    (reader.number == DATA_LOCATION && reader.wire == VARINT && reader.value == EXTERNAL)

private fun noModel(where: String) =
    BundleError("$where: is not an ONNX model (damaged, or in another format); export the bundle again")

/** The fields of a message, [at, end) of the content, up to where it is not well-formed: then it is [torn]. */
private class FieldReader(private val content: ByteArray, private var at: Int, private val end: Int) {
    var torn = false
        private set
    var number = 0L
        private set
    var wire = 0
        private set

    /** Of a varint. */
    var value = 0L
        private set
    private var start = 0

    /** Go to the next field; false where there is none. */
    fun next(): Boolean {
        if (torn || at >= end) return false
        val key = varint() and 0xFFFFFFFFL // what engines see of a longer one
        number = key shr 3
        wire = (key and 7).toInt()
        torn = number == 0L || !readValue() // no field has number 0: zeros are no message
        return !torn
    }

    /** The message that the field holds. */
    fun message(): FieldReader = FieldReader(content, start, at)

    private fun readValue(): Boolean {
        val size = when (wire) {
            VARINT -> {
                value = varint()
                0
            }
            BYTES -> varint()
            FIXED64 -> 8
            FIXED32 -> 4
            in GROUP -> 0
            else -> -1
        }
        if (size < 0 || at > end || size > end - at) return false
        start = at
        at += size.toInt()
        return true
    }

    /**
     * The number at [at], which goes behind it; beyond the end where there is none. Negative if it takes over 63 bits.
     */
    private fun varint(): Long {
        var result = 0L
        for (place in 0 until minOf(10, end - at)) {
            val byte = content[at + place].toLong()
            result = result or ((byte and 0x7F) shl (7 * place))
            if (byte >= 0) {
                at += place + 1
                return if (place == 9 && byte > 1) result or Long.MIN_VALUE else result
            }
        }
        at = end + 1
        return 0
    }
}
