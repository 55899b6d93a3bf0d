package amirnet.logic.benchmark

import amirnet.logic.engine.Residency

/** How hot a phone says that it is; the words of the schema. */
enum class Thermal(val word: String) {
    NONE("none"),
    LIGHT("light"),
    MODERATE("moderate"),
    SEVERE("severe"),
    CRITICAL("critical"),
    UNKNOWN("unknown"),
    ;

    /** Whether the system slows the phone down by heat. */
    val throttles: Boolean get() = this == SEVERE || this == CRITICAL

    companion object {
        /** Of Android's PowerManager.THERMAL_STATUS_*: 0 none .. 3 severe, 4 critical, 5 emergency, 6 shutdown. */
        fun ofAndroid(status: Int): Thermal =
            when {
                status in 0..3 -> entries[status]
                status in 4..6 -> CRITICAL
                else -> UNKNOWN
            }
    }
}

/** What a phone was like while it measured. */
data class Conditions(
    val tethered: Boolean,
    val batteryPercent: Int?,
    val lowPower: Boolean,
    val thermalStart: Thermal,
    val thermalEnd: Thermal,
    val foreground: Boolean,
    val debuggable: Boolean,
)

/** Why numbers may not be quoted; the words of the schema and of strings.xml. */
enum class Reason(val word: String) {
    TETHERED("tethered"),
    HOT_START("hot_start"),
    THROTTLED("throttled"),
    LOW_POWER("low_power"),
    FEW_RUNS("few_runs"),
    SPREAD("spread"),
    FELL_BACK("fell_back"),

    /** Told, and refuses nothing: the time is true, what ran it is not known. */
    ACCELERATOR_UNKNOWN("accelerator_unknown"),
    BACKGROUND("background"),
    DEBUGGABLE("debuggable"),
    STOPPED("stopped"),
}

/** Whether a benchmark may be quoted, and what speaks against it. */
data class Verdict(val reasons: List<Reason>) {
    val valid: Boolean get() = (reasons - Reason.ACCELERATOR_UNKNOWN).isEmpty()

    fun toJson(): Map<String, Any?> = mapOf("valid" to valid, "reasons" to reasons.map { it.word })

    companion object {
        /** Runs of a tile that a median needs. */
        const val FEWEST_RUNS = 30

        /** p90 may be this much of p50. */
        const val MOST_SPREAD = 1.25

        /**
         * @param thermalSteady the hottest state while single runs were measured; under load it may be anything.
         * @param fellBack whether another engine or accelerator ran than the first that was asked for.
         * @param stopped whether the user ended it early.
         */
        fun of(
            conditions: Conditions,
            residency: Residency,
            steady: Summary,
            thermalSteady: Thermal,
            fellBack: Boolean,
            stopped: Boolean,
        ): Verdict {
            val against = mapOf(
                Reason.TETHERED to conditions.tethered,
                Reason.HOT_START to (conditions.thermalStart !in setOf(Thermal.NONE, Thermal.UNKNOWN)),
                Reason.THROTTLED to thermalSteady.throttles,
                Reason.LOW_POWER to conditions.lowPower,
                Reason.FEW_RUNS to (steady.seconds.size < FEWEST_RUNS),
                Reason.SPREAD to (steady.p90 > MOST_SPREAD * steady.p50),
                Reason.FELL_BACK to (fellBack || residency.ran != null && residency.ran != residency.asked),
                Reason.ACCELERATOR_UNKNOWN to (residency.ran == null),
                Reason.BACKGROUND to !conditions.foreground,
                Reason.DEBUGGABLE to conditions.debuggable,
                Reason.STOPPED to stopped,
            )
            return Verdict(Reason.entries.filter { against.getValue(it) })
        }
    }
}
