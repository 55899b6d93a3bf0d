/** What a user may ask for: light, kind, node, strength; and what contradicts itself. */
package amirnet

import amirnet.bundle.ModelBundle
import amirnet.runtime.Conditioning
import amirnet.runtime.Light
import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import amirnet.runtime.RestoreOptions
import amirnet.vectors.assertSame
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The toy with a light head: gain 2 z_2 (what is low light has code 0.5), bend 1 in green. */
private fun litBundle(light: Boolean = true, kinds: Boolean = true, conditioning: String = "node"): ModelBundle {
    val rows = List(2) { row -> List(27) { if (row == 0 && it == 2) 2.0 else 0.0 } }
    val weights = List(6) { row -> if (row < 3) listOf(1.0, 0.0) else listOf(0.0, if (row == 4) 1.0 else 0.0) }
    val head = mapOf(
        "hidden" to mapOf("weights" to rows, "bias" to ids(0, 1)),
        "output" to mapOf("weights" to weights, "bias" to List(6) { 0 }),
    )
    return ModelBundle.of(MemoryFiles(toyFiles { manifest ->
        if (light) manifest["light"] = head
        val tree = manifest.getValue("tree") as Map<*, *>
        val nodes = (tree["nodes"] as List<*>).map { node ->
            (node as Map<*, *>).filterKeys { kinds || it != "kinds" }
        }
        manifest["tree"] = tree + mapOf("nodes" to nodes, "conditioning" to conditioning)
    }), "lit")
}

class RestoreOptionsTest {
    private val photo = randomPixels(4, 40, 50)

    private fun restored(options: RestoreOptions, bundle: ModelBundle = litBundle()): Pair<Pixels, Restored> {
        val rows = PixelRows(photo)
        val found = Restorer(bundle, ToyEngine()).restoreRows(rows, options)
        return rows.image to found
    }

    @Test
    fun `the network restores the brightened photo`() {
        val (image, how) = restored(RestoreOptions())
        val light = checkNotNull(how.diagnosis.light)
        assertEquals(listOf(0.5, 0.5, 0.5) to listOf(0.0, 1.0, 0.0), light.gain to light.bend)
        val rows = PixelRows(light.applied(photo))
        Restorer(litBundle(light = false), ToyEngine()).restoreRows(rows)
        assertSame(rows.image, image)
        val (before, after) = checkNotNull(how.diagnosis.meanLevels)
        assertTrue(after > before)
    }

    @Test
    fun `without a head nothing is brightened`() {
        val (_, how) = restored(RestoreOptions(), litBundle(light = false))
        assertEquals(null to null, how.diagnosis.light to how.diagnosis.meanLevels)
    }

    @Test
    fun `a number scales the curve`() {
        val found = listOf(0.0, 1.0, 2.0).map { restored(RestoreOptions(Light.Scaled(it))).second.diagnosis.light }
        assertTrue(checkNotNull(found[0]).isIdentity)
        assertEquals(restored(RestoreOptions()).second.diagnosis.light, found[1])
        assertEquals(listOf(1.0, 1.0, 1.0), checkNotNull(found[2]).gain)
    }

    /** The toy's encoder says noise (node 1) by 3 to 1. */
    @Test
    fun `a kind restricts the walk`() {
        assertEquals(ids(0, 1), restored(RestoreOptions()).second.diagnosis.path)
        val diagnosis = restored(RestoreOptions(kind = "lowlight")).second.diagnosis
        assertEquals(ids(0, 2) to listOf(1.0, 0.25), diagnosis.path to diagnosis.confidences)
        assertEquals(List(3) { 0.5f }, diagnosis.code.toList())
        assertEquals(listOf("noise" to 0.75, "lowlight" to 0.25), diagnosis.kinds.toList())
    }

    @Test
    fun `keep takes no photo for one of low light`() {
        val (_, how) = restored(RestoreOptions(Light.Keep))
        assertEquals(ids(0, 1), how.diagnosis.path)
        assertTrue(checkNotNull(how.diagnosis.light).isIdentity)
        val dark = object : amirnet.runtime.Engine by ToyEngine() {
            override fun encode(probes: List<Pixels>) = amirnet.runtime.Encoded(
                probes.map { floatArrayOf(1f, 0.25f, 0.75f) }, probes.map { FloatArray(3) { 0.5f } },
            )
        }
        val restorer = Restorer(litBundle(), dark)
        val paths = listOf(Light.Auto, Light.Keep).map { restorer.diagnose(PixelRows(photo), RestoreOptions(it)).path }
        assertEquals(listOf(ids(0, 2), ids(0, 1)), paths)
    }

    @Test
    fun `brighten asks as for low light`() {
        val (_, how) = restored(RestoreOptions(Light.Brighten))
        assertEquals(ids(0, 2), how.diagnosis.path)
        assertEquals(listOf(1.0, 1.0, 1.0), checkNotNull(how.diagnosis.light).gain)
        val (_, both) = restored(RestoreOptions(Light.Brighten, kind = "noise"))
        assertEquals(ids(0, 1), both.diagnosis.path, "the kind has the code")
        assertEquals(listOf(1.0, 1.0, 1.0), checkNotNull(both.diagnosis.light).gain, "and low light the light")
    }

    @Test
    fun `a walk that is another has its stored code`() {
        val bundle = litBundle(conditioning = "soft")
        assertEquals(Conditioning.SOFT, bundle.tree.conditioning)
        val codes = listOf(null, "lowlight").map { restored(RestoreOptions(kind = it), bundle).second.diagnosis.code }
        assertEquals(listOf(0.5f, 0.375f, 0.125f), codes[0].toList(), "mask times value")
        assertEquals(List(3) { 0.5f }, codes[1].toList())
    }

    @Test
    fun `a forced node is not encoded but has its light`() {
        val engine = object : amirnet.runtime.Engine by ToyEngine() {
            override fun encode(probes: List<Pixels>) = error("encoded")
        }
        val found = Restorer(litBundle(), engine).restoreRows(PixelRows(photo), RestoreOptions(node = 2)).diagnosis
        assertEquals(ids(0, 2) to listOf(1.0, 1.0), found.path to found.confidences)
        assertEquals(listOf(1.0, 1.0, 1.0), checkNotNull(found.light).gain)
        assertTrue(found.kinds.isEmpty() && found.mask.all { it == 0.0 })
    }

    @Test
    fun `strength mixes photo and result`() {
        val (whole, _) = restored(RestoreOptions())
        assertSame(photo, restored(RestoreOptions(strength = 0.0)).first)
        val (half, how) = restored(RestoreOptions(strength = 0.5))
        for (at in photo.data.indices) {
            val (one, other) = (photo.data[at].toInt() and 0xFF) to (whole.data[at].toInt() and 0xFF)
            assertEquals((one + other + 1) / 2, half.data[at].toInt() and 0xFF)
        }
        assertTrue(how.changePsnr > restored(RestoreOptions()).second.changePsnr)
        val (_, none) = restored(RestoreOptions(strength = 0.0))
        assertEquals(100.0 to true, none.changePsnr to none.leftAlone)
    }

    @Test
    fun `options that make no sense`() {
        val cases = mapOf<String, () -> Any>(
            "light dim: no such light; choose one of auto, keep, brighten, or a number" to { Light.of("dim") },
            "light 4.5: no such light" to { RestoreOptions(Light.of("4.5")) },
            "light NaN" to { RestoreOptions(Light.Scaled(Double.NaN)) },
            "strength 1.5: not within 0 to 1" to { RestoreOptions(strength = 1.5) },
            "strength NaN" to { RestoreOptions(strength = Double.NaN) },
            "node 1 and kind noise" to { RestoreOptions(node = 1, kind = "noise") },
            "node 1 and light brighten" to { RestoreOptions(Light.of("brighten"), node = 1) },
        )
        for ((message, make) in cases) {
            val error = assertThrows(OptionError::class.java) { make() }
            assertTrue(message in error.message.orEmpty(), error.message)
        }
        assertEquals(listOf(Light.Auto, Light.Keep, Light.Scaled(2.0)), listOf("auto", "keep", "2").map(Light::of))
    }

    @Test
    fun `what an older bundle has nothing for`() {
        val old = Restorer(litBundle(light = false, kinds = false), ToyEngine())
        assertThrows(OptionError::class.java) { old.check(RestoreOptions(Light.Keep)) }
        assertThrows(OptionError::class.java) { old.check(RestoreOptions(Light.Scaled(2.0))) }
        assertThrows(NodeError::class.java) { old.check(RestoreOptions(Light.Brighten)) }
        assertThrows(NodeError::class.java) { old.check(RestoreOptions(kind = "noise")) }
        assertThrows(NodeError::class.java) { old.check(RestoreOptions(node = 9)) }
        old.check(RestoreOptions(Light.Scaled(1.0)))
        old.check(RestoreOptions(Light.Keep, node = 1))
        Restorer(litBundle(light = false), ToyEngine()).check(RestoreOptions(Light.Keep))
    }
}
