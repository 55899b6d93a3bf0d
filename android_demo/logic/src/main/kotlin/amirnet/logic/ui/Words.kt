package amirnet.logic.ui

import amirnet.logic.benchmark.Reason
import amirnet.logic.benchmark.Thermal
import amirnet.logic.engine.Accelerator
import amirnet.logic.engine.EngineLife
import amirnet.logic.engine.EngineName
import amirnet.logic.photo.GainMapFate
import amirnet.runtime.kindOf

/** Which entry of strings.xml says what: the one place where states become words. A test holds both together. */
object Words {
    /** Kinds of damage that there are words for; a model may state others, and they are shown by their name. */
    val KINDS: List<String> = listOf("noise", "lowlight", "defocus", "motion", "jpeg", "none")

    /** null: there is no word for it. */
    fun kind(name: String): String? = kindOf(name).takeIf { it in KINDS }?.let { "kind_$it" }

    /** How sure: [share] is 0..1. */
    fun sure(share: Double): String =
        when {
            share >= VERY -> "sure_very"
            share >= QUITE -> "sure_quite"
            else -> "sure_hardly"
        }

    fun life(life: EngineLife): String = "state_${life.word}"

    fun engine(engine: EngineName): String = "engine_${engine.name.lowercase()}"

    /** null: the platform does not say. */
    fun accelerator(accelerator: Accelerator?): String = "accelerator_${accelerator?.word ?: "unknown"}"

    fun thermal(thermal: Thermal): String = "thermal_${thermal.word}"

    fun reason(reason: Reason): String = "verdict_${reason.word}"

    /** null: there is nothing to tell. */
    fun gainMap(fate: GainMapFate): String? =
        when (fate) {
            GainMapFate.NONE -> null
            GainMapFate.KEPT -> "save_gain_map_kept"
            GainMapFate.DROPPED_BRIGHTENED -> "save_gain_map_dropped"
            GainMapFate.DROPPED_OLD_SYSTEM -> "save_gain_map_old_system"
            GainMapFate.DROPPED_FORMAT -> "save_gain_map_format"
        }

    /**
     * The sentence for an error of the contract (B7) by its name, as "OutOfMemoryError"; its remedy stands beside it.
     */
    fun error(name: String): String =
        "error_" + name.removeSuffix("Error").replace(CAPITAL) { "_" + it.value.lowercase() }.removePrefix("_")

    fun remedy(name: String): String = error(name) + "_remedy"

    private const val VERY = 0.8
    private const val QUITE = 0.5
    private val CAPITAL = Regex("[A-Z]")
}
