/** Replays of what a user asks for, and of whole photos with recorded engines. */
package amirnet.vectors

import amirnet.MemoryFiles
import amirnet.OutOfMemoryError
import amirnet.Restorer
import amirnet.ToyEngine
import amirnet.bundle.Fields
import amirnet.bundle.ModelBundle
import amirnet.bundle.lightHead
import amirnet.runtime.Answer
import amirnet.runtime.Encoded
import amirnet.runtime.Engine
import amirnet.runtime.Floats
import amirnet.runtime.Light
import amirnet.runtime.LightCurve
import amirnet.runtime.ModelSpec
import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import amirnet.runtime.ProbeGeometry
import amirnet.runtime.RestoreOptions
import amirnet.runtime.TileGeometry
import amirnet.runtime.checkOptions
import amirnet.runtime.diagnose
import amirnet.sha256
import amirnet.toyFiles
import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows

private val LIGHTS_BY_NAME: Values by lazy {
    VectorFile(File(VECTORS, "options.json")).content.values("shared").values("lights")
}

private fun Values.has(key: String) = key in map && !isNull(key)

private fun Values.options(): RestoreOptions {
    val light = if ("light" in map) get("light") else "auto"
    return RestoreOptions(
        light = if (light is String && light != "NaN") Light.of(light) else Light.Scaled(double("light")),
        kind = if (has("kind")) text("kind") else null,
        node = if (has("node")) long("node") else null,
        strength = if (has("strength")) double("strength") else 1.0,
    )
}

private fun Values.model(): ModelSpec {
    val head = textOrNull("light")?.let { lightHead(Fields(LIGHTS_BY_NAME.values(it).map, "light"), tree().size) }
    val tile = TileGeometry(56, 12, 6, 4, 0, true, 56)
    return ModelSpec("toy", tree(), ProbeGeometry(int("probe_size"), int("probes_per_side"), int("trim")), tile, head)
}

/** A whole bundle of a case's model and plan. */
private fun Values.bundle(): ModelBundle {
    val (model, plan) = values("model") to values("plan")
    return ModelBundle.of(MemoryFiles(toyFiles { manifest ->
        manifest["tree"] = TREES_AS_STATED.get(model.text("tree"))
        model.textOrNull("light")?.let { manifest["light"] = LIGHTS_BY_NAME.get(it) }
        manifest["geometry"] = mapOf(
            "probe" to mapOf(
                "size" to model.int("probe_size"), "grid" to model.int("probes_per_side"), "trim" to model.int("trim"),
            ),
            "tile" to plan.map - setOf("width", "height") + ("radius" to 0),
        )
    }), "toy")
}

/** Gives what was recorded, and holds that it is given what was recorded. */
private class RecordedEngine(private val given: Values, toy: ToyEngine = ToyEngine(memory = null)) : Engine by toy {
    var encoded = 0
        private set
    var restored = 0
        private set
    private val outputs = if ("tiles" !in given.map) emptyMap() else given.list("tiles").associate { tile ->
        Values(objectOf(tile)).let { it.text("input") to it }
    }

    override fun encode(probes: List<Pixels>): Encoded {
        encoded++
        val encoder = given.values("encoder")
        encoder.array("probes").pictures().zip(probes, ::assertSame)
        assertEquals(encoder.array("probes").shape[0], probes.size)
        return Encoded(encoder.rows("mask"), encoder.rows("value"))
    }

    override fun restore(tile: Pixels, code: Floats): Answer {
        restored++
        assertSame(given.floats("code"), code)
        val output = checkNotNull(outputs[sha256(tile.copy().data)]) { "a tile that was not recorded" }
        if (output.isNull("output")) throw OutOfMemoryError("toy: no memory for this tile; choose a smaller one")
        return output.array("output").answer()
    }
}

private fun assertLight(expected: Values, light: LightCurve?) {
    if (expected.isNull("light")) return assertEquals(null, light)
    val wanted = expected.values("light")
    assertEquals(wanted.doubles("gain").toList() to wanted.doubles("bend").toList(), light?.gain to light?.bend)
}

val OPTIONS: Replays = mapOf(
    "options" to { case -> case.given.options() },
    "model" to { case -> checkOptions(case.given.values("model").model(), case.given.values("options").options()) },
    "diagnose" to { case ->
        val (engine, options) = RecordedEngine(case.given) to case.given.values("options").options()
        val rows = PixelRows(case.given.pixels("photo"))
        val found = diagnose(case.given.values("model").model(), engine, rows, options)
        assertEquals(case.expected.longs("path"), found.path)
        assertEquals(found.path.last(), found.node)
        assertEquals(case.expected.doubles("probabilities").toList(), found.confidences)
        assertEquals(case.expected.double("confidence"), found.confidence)
        assertSame(case.expected.floats("code"), found.code)
        assertEquals(case.expected.numbers("likelihoods"), found.kinds)
        assertLight(case.expected, found.light)
        assertEquals(if (options.node == null) 1 else 0, engine.encoded)
    },
)

private class Cancelled : Exception()

private fun assertRestored(expected: Values, rows: PixelRows) {
    assertSame(expected.pixels("photo"), rows.image)
    assertEquals(expected.long("squares") to expected.long("numbers"), rows.change.squares to rows.change.numbers)
}

val RESTORES: Replays = mapOf(
    "restore" to { case ->
        val (rows, engine) = PixelRows(case.given.pixels("photo")) to RecordedEngine(case.given)
        val found = Restorer(case.given.bundle(), engine).restoreRows(rows, case.given.values("options").options())
        assertEquals(case.expected.longs("path"), found.diagnosis.path)
        assertLight(case.expected, found.diagnosis.light)
        assertEquals(case.expected.int("size") to case.expected.int("tiles"), found.tile to found.tiles)
        assertRestored(case.expected, found.rows as PixelRows)
    },
    "cancelled" to { case ->
        val all = VectorFile(File(VECTORS, "restores.json")).groups.getValue("restore")
        val whole = all.single { it.name == case.given.text("case") }
        val (rows, engine) = PixelRows(whole.given.pixels("photo")) to RecordedEngine(whole.given)
        val (restorer, options) = Restorer(whole.given.bundle(), engine) to whole.given.values("options").options()
        assertThrows(Cancelled::class.java) {
            restorer.restoreRows(rows, options) { done, total ->
                assertEquals(whole.expected.int("tiles"), total)
                if (done == case.given.int("after")) throw Cancelled()
            }
        }
        assertEquals(case.expected.int("tiles"), engine.restored)
        val again = rows.reopened().also { restorer.restoreRows(it, options) }
        assertRestored(whole.expected, again)
    },
)
