package amirnet.logic.benchmark

import kotlin.math.ceil
import kotlin.math.roundToLong

/**
 * Runs of one thing, in seconds: the median, and p90 and p99 by nearest rank, which are runs that took place. With
 * fewer
 * than 100 runs p99 is the slowest one. The numbers of the desk's benchmark, rounded alike to a microsecond.
 */
class Summary(seconds: List<Double>) {
    /** Every run, in order. */
    val seconds: List<Double> = seconds.map(::rounded)
    val p50: Double
    val p90: Double
    val p99: Double

    init {
        require(seconds.isNotEmpty() && seconds.all { it > 0 && it.isFinite() }) { "no runs, or one of no time" }
        val sorted = seconds.sorted()
        val middle = sorted.size / 2
        p50 = rounded(if (sorted.size % 2 == 1) sorted[middle] else (sorted[middle - 1] + sorted[middle]) / 2)
        p90 = rounded(sorted[rank(sorted.size, 90)])
        p99 = rounded(sorted[rank(sorted.size, 99)])
    }

    fun toJson(): Map<String, Any?> =
        mapOf("runs" to seconds.size, "p50" to p50, "p90" to p90, "p99" to p99, "seconds" to seconds)

    companion object {
        private const val MICRO = 1e6

        /** To a microsecond, and never to nothing. */
        fun rounded(seconds: Double): Double = maxOf(1L, (seconds * MICRO).roundToLong()) / MICRO

        private fun rank(count: Int, percent: Int): Int = ceil(count * percent / 100.0).toInt() - 1
    }
}
