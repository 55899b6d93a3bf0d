package amirnet.logic.benchmark

/** One minute of the sustained curve. [headroom]: Android's thermal headroom, 1 where it begins to throttle. */
data class Minute(val minute: Int, val runs: Int, val p50: Double, val thermal: Thermal, val headroom: Double?)

/** What a benchmark measured, in seconds; null is what was not. */
class Measured(
    val cold: Double?,
    val warm: Double?,
    val firstRun: Double,
    val steady: Summary,
    val wholePhoto: Summary?,
    val minutes: List<Minute>?,
    val thermalSteady: Thermal,
    val stopped: Boolean,
)

/** What is done how often. */
data class Plan(
    val warmups: Int = 3,
    val tileRuns: Int = 60,
    val photoRuns: Int = 3,
    /** Minutes under load; 0: none. */
    val minutes: Int = 10,
)

/** What a benchmark needs of the phone and its engine. All is called by the models' owner thread. */
interface Bench {
    /** Nanoseconds of a clock that never goes back. */
    fun nanos(): Long

    /** Empty the compile cache. False where that cannot be done: then no load is called cold. */
    fun emptyCache(): Boolean

    /** Load both graphs. Raises EngineError. */
    fun load()

    /** Let go of both. */
    fun unload()

    /** One tile, its read-back included: a GPU's run alone only queues it. */
    fun runTile()

    /** One whole photo: probes, encoder, walk, all tiles, blend. */
    fun runPhoto()

    fun thermal(): Thermal

    /** null where the phone does not tell. */
    fun headroom(): Double?
}

/** Where a benchmark is, for the screen. */
sealed interface Stage {
    data object Loading : Stage

    data object Tiles : Stage

    data object Photo : Stage

    data class UnderLoad(val minute: Int, val of: Int) : Stage
}

/**
 * Measures: cold load, warm load, first run, steady state and whole photo apart, then the load of [Plan.minutes].
 *
 * @param stop asked between any two runs; true ends the benchmark with what there is.
 * @param told called as each stage begins, and after each minute with what it was.
 */
class Measurement(
    private val bench: Bench,
    private val plan: Plan,
    private val stop: () -> Boolean,
    private val told: (Stage, List<Minute>) -> Unit = { _, _ -> },
) {
    private var hottest = Thermal.UNKNOWN

    /** Raises EngineError as the engine does. null: it was stopped before a single run of a tile was counted. */
    fun run(): Measured? {
        told(Stage.Loading, emptyList())
        bench.unload()
        val cold = if (bench.emptyCache()) seconds(bench::load) else null
        if (cold == null) bench.load()
        bench.unload()
        val warm = seconds(bench::load)
        val firstRun = seconds(bench::runTile)
        told(Stage.Tiles, emptyList())
        repeat(plan.warmups) { if (!stop()) bench.runTile() }
        val tiles = runs(plan.tileRuns, bench::runTile)
        if (tiles.isEmpty()) return null
        told(Stage.Photo, emptyList())
        val photos = runs(plan.photoRuns, bench::runPhoto)
        val steadyHeat = hottest
        val minutes = if (plan.minutes > 0 && !stop()) underLoad() else emptyList()
        val photo = photos.takeIf { it.isNotEmpty() }?.let(::Summary)
        val curve = minutes.takeIf { it.isNotEmpty() }
        val stopped = stop() || minutes.size < plan.minutes
        return Measured(cold, warm, Summary.rounded(firstRun), Summary(tiles), photo, curve, steadyHeat, stopped)
    }

    private fun runs(count: Int, work: () -> Unit): List<Double> {
        val found = mutableListOf<Double>()
        while (found.size < count && !stop()) {
            found += seconds(work)
            look()
        }
        return found
    }

    private fun underLoad(): List<Minute> {
        val found = mutableListOf<Minute>()
        for (minute in 1..plan.minutes) {
            told(Stage.UnderLoad(minute, plan.minutes), found.toList())
            val begun = bench.nanos()
            val runs = mutableListOf<Double>()
            while (bench.nanos() - begun < MINUTE) {
                if (stop()) return found // a minute that was cut short would compare with none
                runs += seconds(bench::runTile)
            }
            found += Minute(minute, runs.size, Summary(runs).p50, bench.thermal(), bench.headroom())
        }
        told(Stage.UnderLoad(plan.minutes, plan.minutes), found.toList())
        return found
    }

    private fun look() {
        val now = bench.thermal()
        if (hottest == Thermal.UNKNOWN || (now != Thermal.UNKNOWN && now > hottest)) hottest = now
    }

    private fun seconds(work: () -> Unit): Double {
        val begun = bench.nanos()
        work()
        return Summary.rounded((bench.nanos() - begun) / NANOS)
    }

    private companion object {
        const val MINUTE = 60_000_000_000L
        const val NANOS = 1e9
    }
}
