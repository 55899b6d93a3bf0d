/** The contract's vectors, read from sdk/contract/vectors as its README says. */
package amirnet.vectors

import amirnet.bundle.Fields
import amirnet.bundle.asObject
import amirnet.bundle.readJson
import amirnet.bundle.tree
import amirnet.runtime.Answer
import amirnet.runtime.CHANNELS
import amirnet.runtime.DegradationTree
import amirnet.runtime.Doubles
import amirnet.runtime.Floats
import amirnet.runtime.Levels
import amirnet.runtime.Numbers
import amirnet.runtime.Pixels
import amirnet.runtime.TilePlan
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** The folder `sdk/contract`, wherever in the project the tests are started. */
val CONTRACT: File = generateSequence(File("").absoluteFile) { it.parentFile }
    .map { File(it, "sdk/contract") }.first { File(it, "CONTRACT.md").isFile }

val VECTORS: File = File(CONTRACT, "vectors")

/** One vector file. */
class VectorFile(val file: File) {
    val content: Values = Values(objectOf(readJson(file.readBytes())))
    val groups: Map<String, List<Case>> = content.values("groups").let { groups ->
        groups.map.keys.associateWith { name -> groups.values(name).list("cases").map { Case(Values(objectOf(it))) } }
    }

    override fun toString(): String = file.name
}

class Case(content: Values) {
    val name: String = content.text("name")
    val given: Values = content.values("given")
    val expected: Values = content.values("expected")
}

/** The named trees of trees.json, as a manifest states them. */
val TREES_AS_STATED: Values by lazy {
    VectorFile(File(VECTORS, "trees.json")).content.values("shared").values("trees")
}

/** The same, read. */
val TREES: Map<String, DegradationTree> by lazy {
    TREES_AS_STATED.map.keys.associateWith { tree(Fields(TREES_AS_STATED.values(it).map, it)) }
}

/** A JSON object, read as what a vector's fields are. */
class Values(val map: Map<String, Any?>) {
    fun get(key: String): Any? = if (key in map) map[key] else error("the vector has no $key")

    fun isNull(key: String): Boolean = get(key) == null

    fun values(key: String): Values = Values(objectOf(get(key)))

    fun list(key: String): List<Any?> = get(key) as List<*>

    fun lists(key: String): List<List<Any?>> = list(key).map { it as List<*> }

    fun text(key: String): String = get(key) as String

    fun textOrNull(key: String): String? = get(key) as String?

    fun texts(key: String): List<String> = list(key).map { it as String }

    fun boolean(key: String): Boolean = get(key) as Boolean

    fun long(key: String): Long = get(key) as Long

    fun int(key: String): Int = Math.toIntExact(long(key))

    fun intOrNull(key: String): Int? = if (isNull(key)) null else int(key)

    fun ints(key: String): List<Int> = list(key).map { Math.toIntExact(it as Long) }

    fun longs(key: String): List<Long> = list(key).map { it as Long }

    fun double(key: String): Double = number(get(key))

    fun doubles(key: String): Doubles = list(key).map(::number).toDoubleArray()

    fun floats(key: String): Floats = list(key).map { number(it).toFloat() }.toFloatArray()

    /** A list of lists of float32 numbers. */
    fun rows(key: String): List<Floats> = lists(key).map { Values(mapOf("row" to it)).floats("row") }

    fun numbers(key: String): Map<String, Double> = values(key).map.mapValues { number(it.value) }

    fun array(key: String): Array = Array(values(key))

    fun pixels(key: String): Pixels = array(key).pixels()

    fun tree(key: String = "tree"): DegradationTree = TREES.getValue(text(key))

    fun plan(): TilePlan = TilePlan(
        int("width"), int("height"), int("size"), int("halo"), int("overlap"), int("alignment"), boolean("flexible"),
    )
}

/** An array of a vector: its bytes, and as what they are meant. */
class Array(content: Values) {
    val type: String = content.text("type")
    val shape: List<Int> = content.ints("shape")
    val bytes: ByteArray = bytes(content)

    init {
        check(bytes.size == shape.fold(SIZES.getValue(type), Int::times)) { "the array's bytes are not of its shape" }
    }

    fun floats(): Floats {
        check(type == "float32")
        val floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
        return Floats(floats.remaining()).also { floats.get(it) }
    }

    fun pixels(): Pixels {
        check(type == "uint8" && shape.size == 3 && shape[2] == CHANNELS)
        return Pixels(shape[0], shape[1], bytes)
    }

    /** Of (N, H, W, 3) each picture. */
    fun pictures(): List<Pixels> {
        val (count, height, width) = shape
        return List(count) { Pixels(height, width, bytes, it * height * width * CHANNELS) }
    }

    /** HWC, levels or numbers. */
    fun answer(): Answer {
        val (height, width) = shape
        if (type == "uint8") return Levels.of(pixels())
        return Numbers(height, width, floats(), rowStride = CHANNELS * width, pixelStride = CHANNELS, channelStride = 1)
    }
}

private val SIZES = mapOf("uint8" to 1, "int8" to 1, "float32" to 4, "float64" to 8)

/** Bytes as `hex`, or as a piece of a file beside the vectors. */
fun bytes(content: Values): ByteArray {
    if ("hex" in content.map) {
        return content.text("hex").chunked(2).map { it.toInt(16).toByte() }.toByteArray()
    }
    val file = File(VECTORS, content.text("file")).readBytes()
    return file.copyOfRange(content.int("offset"), content.int("offset") + content.int("length"))
}

fun objectOf(value: Any?): Map<String, Any?> = checkNotNull(asObject(value)) { "not an object" }

private fun number(value: Any?): Double = when (value) {
    is Long -> value.toDouble()
    is Double -> value
    is String -> value.toDouble() // NaN, Infinity, -Infinity
    else -> error("$value is not a number")
}
