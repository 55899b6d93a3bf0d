package amirnet.logic.benchmark

import amirnet.logic.JsonWriter
import amirnet.logic.engine.EngineChoice
import amirnet.logic.engine.EngineFailure
import amirnet.logic.engine.Residency

/** A phone, as its system tells it; null is what it does not tell. */
data class Device(val manufacturer: String, val model: String, val chip: String?, val memoryBytes: Long?)

/** A model, by its manifest: [identity] of its weights, [fingerprint] of the whole bundle. */
data class ModelIdentity(val name: String, val identity: String, val fingerprint: String)

/** What a phone measured with one model, as benchmarks/schema/phone_result.schema.json says. */
class PhoneResult(
    val app: String,
    /** When it began, UTC: 2026-11-26T08:00:00Z. */
    val taken: String,
    val device: Device,
    val systemVersion: String,
    val systemBuild: String,
    val choice: EngineChoice,
    val runtimeVersion: String,
    val precision: String,
    val strict: Boolean,
    val residency: Residency,
    val failures: List<EngineFailure>,
    val model: ModelIdentity,
    val tileSize: Int,
    val halo: Int,
    val photoWidth: Int,
    val photoHeight: Int,
    val photoTiles: Int,
    val conditions: Conditions,
    val measured: Measured,
) {
    val verdict: Verdict = Verdict.of(
        conditions,
        residency,
        measured.steady,
        measured.thermalSteady,
        fellBack = failures.isNotEmpty(),
        stopped = measured.stopped,
    )

    /** The text of the file. Energy is null: a phone's gauge is not read here, and while tethered there is none. */
    fun toJson(): String = JsonWriter.write(
        mapOf(
            "schema" to SCHEMA,
            "made_by" to app,
            "taken" to taken,
            "device" to mapOf(
                "platform" to "android",
                "manufacturer" to device.manufacturer,
                "model" to device.model,
                "chip" to device.chip,
                "memory_bytes" to device.memoryBytes,
            ),
            "system" to mapOf("version" to systemVersion, "build" to systemBuild),
            "engine" to engine(),
            "model" to mapOf(
                "name" to model.name,
                "identity" to model.identity,
                "fingerprint" to model.fingerprint,
            ),
            "tile" to mapOf("size" to tileSize, "halo" to halo),
            "photo" to mapOf("width" to photoWidth, "height" to photoHeight, "tiles" to photoTiles),
            "conditions" to mapOf(
                "tethered" to conditions.tethered,
                "battery_percent" to conditions.batteryPercent,
                "low_power" to conditions.lowPower,
                "thermal_start" to conditions.thermalStart.word,
                "thermal_end" to conditions.thermalEnd.word,
                "foreground" to conditions.foreground,
                "debuggable" to conditions.debuggable,
            ),
            "load" to mapOf("cold" to measured.cold, "warm" to measured.warm, "first_run" to measured.firstRun),
            "steady" to measured.steady.toJson(),
            "whole_photo" to measured.wholePhoto?.toJson(),
            "sustained" to measured.minutes?.let { minutes -> mapOf("minutes" to minutes.map(::minute)) },
            "energy" to null,
            "verdict" to verdict.toJson(),
        ),
    )

    private fun engine(): Map<String, Any?> = mapOf(
        "name" to choice.engine.title,
        "version" to runtimeVersion,
        "precision" to precision,
        "asked" to residency.asked.word,
        "ran" to (residency.ran?.word ?: "unknown"),
        "strict" to strict,
        "nodes_on_accelerator" to residency.nodesOnAccelerator,
        "nodes" to residency.nodes,
        "fallbacks" to failures.map {
            mapOf("name" to it.choice.engine.title, "asked" to it.choice.accelerator.word, "reason" to it.reason)
        },
    )

    private fun minute(row: Minute): Map<String, Any?> = mapOf(
        "minute" to row.minute,
        "runs" to row.runs,
        "p50" to row.p50,
        "thermal" to row.thermal.word,
        "headroom" to row.headroom,
    )

    companion object {
        const val SCHEMA = "1.0"
    }
}
