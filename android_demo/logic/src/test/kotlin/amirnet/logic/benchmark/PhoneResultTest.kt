package amirnet.logic.benchmark

import amirnet.bundle.readJson
import amirnet.logic.JsonWriter
import amirnet.logic.engine.Accelerator
import amirnet.logic.engine.EngineChoice
import amirnet.logic.engine.EngineFailure
import amirnet.logic.engine.EngineName
import amirnet.logic.engine.Residency
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

class PhoneResultTest {
    private val calm = Conditions(
        tethered = false,
        batteryPercent = 80,
        lowPower = false,
        thermalStart = Thermal.NONE,
        thermalEnd = Thermal.MODERATE,
        foreground = true,
        debuggable = false,
    )
    private val steady = Summary(List(60) { 0.03 + it / 100_000.0 })
    private val onCpu = Residency(Accelerator.CPU, Accelerator.CPU)

    private fun reasons(
        conditions: Conditions = calm,
        residency: Residency = onCpu,
        summary: Summary = steady,
        hottest: Thermal = Thermal.LIGHT,
        fellBack: Boolean = false,
        stopped: Boolean = false,
    ) = Verdict.of(conditions, residency, summary, hottest, fellBack, stopped)

    @Test
    fun aCalmPhoneMayBeQuoted() {
        assertEquals(Verdict(emptyList()), reasons())
        assertTrue(reasons().valid)
    }

    @Test
    fun eachReasonSpeaksAgainstIt() {
        val found = mapOf(
            Reason.TETHERED to reasons(calm.copy(tethered = true)),
            Reason.HOT_START to reasons(calm.copy(thermalStart = Thermal.LIGHT)),
            Reason.THROTTLED to reasons(hottest = Thermal.SEVERE),
            Reason.LOW_POWER to reasons(calm.copy(lowPower = true)),
            Reason.FEW_RUNS to reasons(summary = Summary(List(29) { 0.03 })),
            Reason.SPREAD to reasons(summary = Summary(List(30) { 0.03 } + List(10) { 0.04 })),
            Reason.FELL_BACK to reasons(fellBack = true),
            Reason.BACKGROUND to reasons(calm.copy(foreground = false)),
            Reason.DEBUGGABLE to reasons(calm.copy(debuggable = true)),
            Reason.STOPPED to reasons(stopped = true),
        )
        for ((reason, verdict) in found) {
            assertEquals(listOf(reason), verdict.reasons)
            assertEquals(false, verdict.valid, "$reason")
        }
        assertEquals(Reason.entries.toSet(), found.keys + Reason.ACCELERATOR_UNKNOWN)
        assertEquals(listOf(Reason.FELL_BACK), reasons(residency = Residency(Accelerator.GPU, Accelerator.CPU)).reasons)
    }

    @Test
    fun anUnknownAcceleratorIsToldAndRefusesNothing() {
        val verdict = reasons(residency = Residency(Accelerator.NPU, null))
        assertEquals(listOf(Reason.ACCELERATOR_UNKNOWN), verdict.reasons)
        assertTrue(verdict.valid)
    }

    @Test
    fun quantilesAreRunsThatTookPlace() {
        val summary = Summary((1..10).map { it / 10.0 })
        assertEquals(listOf(0.55, 0.9, 1.0), listOf(summary.p50, summary.p90, summary.p99))
        assertEquals(0.000001, Summary(listOf(1e-9)).p50)
        assertFailsWith<IllegalArgumentException> { Summary(emptyList()) }
    }

    @Test
    fun androidsThermalStates() {
        assertEquals(
            listOf("unknown", "none", "light", "moderate", "severe", "critical", "critical", "critical", "unknown"),
            (-1..7).map { Thermal.ofAndroid(it).word },
        )
    }

    private fun result(residency: Residency = Residency(Accelerator.NPU, null)) = PhoneResult(
        app = "AMIRNet for Android 0.1.0",
        taken = "2026-11-26T08:00:00Z",
        device = Device("Example", "not a phone", null, 8_000_000_000),
        systemVersion = "16",
        systemBuild = "EXAMPLE.1",
        choice = EngineChoice(EngineName.LITERT, Accelerator.NPU),
        runtimeVersion = "2.2.0",
        precision = "int8",
        strict = false,
        residency = residency,
        failures = listOf(EngineFailure(EngineChoice.ALL[1], "no \"GPU\"\n")),
        model = ModelIdentity("mobile", "a".repeat(64), "b".repeat(64)),
        tileSize = 384,
        halo = 64,
        photoWidth = 4000,
        photoHeight = 3000,
        photoTiles = 221,
        conditions = calm,
        measured = Measured(
            cold = 4.5,
            warm = null,
            firstRun = 0.0625,
            steady = steady,
            wholePhoto = null,
            minutes = listOf(Minute(1, 1900, 0.03125, Thermal.NONE, 0.5), Minute(2, 1600, 0.04, Thermal.UNKNOWN, null)),
            thermalSteady = Thermal.NONE,
            stopped = false,
        ),
    )

    /** The check script holds what this writes to the schema itself; here it has the example's fields, all of them. */
    @Test
    fun itHasTheFieldsOfTheSchemasExample() {
        val text = result().toJson()
        System.getProperty("amirnet.result")?.let { File(it).writeText(text) }
        val found = readJson(text.toByteArray()) as Map<*, *>
        val schema = File(checkNotNull(System.getProperty("amirnet.repository")), "benchmarks/schema")
        val example = readJson(File(schema, "phone_result.example.json").readBytes()) as Map<*, *>
        assertEquals(example.keys, found.keys)
        for (name in listOf("device", "system", "engine", "model", "tile", "photo", "conditions", "load", "verdict")) {
            assertEquals((example[name] as Map<*, *>).keys, (found[name] as Map<*, *>).keys, name)
        }
        assertEquals("unknown", (found["engine"] as Map<*, *>)["ran"])
        val fallback = ((found["engine"] as Map<*, *>)["fallbacks"] as List<*>).single() as Map<*, *>
        assertEquals("no \"GPU\"\n", fallback["reason"])
        assertEquals(listOf("fell_back", "accelerator_unknown"), (found["verdict"] as Map<*, *>)["reasons"])
    }

    @Test
    fun theSameResultGivesTheSameText() {
        assertEquals(result().toJson(), result().toJson())
        assertEquals("[\n  0.00001,\n  1,\n  \"\\u0001\\\\\"\n]\n", JsonWriter.write(listOf(1e-5, 1.0, "\u0001\\")))
        assertEquals("{}\n", JsonWriter.write(emptyMap<String, Any?>()))
        assertFailsWith<IllegalArgumentException> { JsonWriter.write(Double.NaN) }
    }
}
