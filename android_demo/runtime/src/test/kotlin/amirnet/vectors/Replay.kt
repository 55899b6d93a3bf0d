/** What a vector file is replayed by: a function for each of its groups. */
package amirnet.vectors

import amirnet.AmirnetError
import amirnet.runtime.Doubles
import amirnet.runtime.Floats
import amirnet.runtime.Pixels
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail

/** Group -> what is done with a case: it is given to the runtime, and what comes out is compared. */
typealias Replays = Map<String, (Case) -> Unit>

/** File name -> its replays. A file that is not here makes a test fail. */
val REPLAYS: Map<String, Replays> = mapOf(
    "padding.json" to PADDING,
    "probes.json" to PROBES,
    "trees.json" to TREE,
    "walk.json" to WALK,
    "codes.json" to CODES,
    "tiles.json" to TILES,
    "streams.json" to STREAMS,
    "blends.json" to BLENDS,
    "changes.json" to CHANGES,
    "lights.json" to LIGHTS,
    "transparency.json" to TRANSPARENCY,
    "options.json" to OPTIONS,
    "restores.json" to RESTORES,
    "engines.json" to ENGINES,
    "errors.json" to ERRORS,
    "manifests.json" to MANIFESTS,
    "bundles.json" to BUNDLES,
    "onnx_models.json" to ONNX_MODELS,
)

/** Where a case expects an error, exactly this one, with all that it must name. */
fun replay(case: Case, run: (Case) -> Unit) {
    val wanted = case.expected.map["error"] ?: return run(case)
    val error = try {
        run(case)
        fail("nothing was raised, not $wanted")
    } catch (error: AmirnetError) {
        error
    }
    assertEquals(wanted, error.javaClass.simpleName, error.message)
    val message = error.message.orEmpty()
    for (name in if ("names" in case.expected.map) case.expected.texts("names") else emptyList()) {
        val named = Regex("(?<![\\w.])${Regex.escape(name)}(?!\\w)").containsMatchIn(message)
        assertTrue(named, "'$message' does not name $name")
    }
    assertTrue("\n" !in message && error.remedy.length < message.length, "'$message' is not one line with a remedy")
}

/** To the bit; a zero's sign does not count. */
fun assertSame(expected: Doubles, found: Doubles) = assertEquals(expected.map { it + 0.0 }, found.map { it + 0.0 })

fun assertSame(expected: Floats, found: Floats) = assertEquals(expected.map { it + 0f }, found.map { it + 0f })

fun assertSame(expected: Pixels, found: Pixels) {
    assertEquals(listOf(expected.height, expected.width), listOf(found.height, found.width))
    assertArrayEquals(expected.copy().data, found.copy().data)
}

fun levels(bytes: ByteArray): List<Int> = bytes.map { it.toInt() and 0xFF }
