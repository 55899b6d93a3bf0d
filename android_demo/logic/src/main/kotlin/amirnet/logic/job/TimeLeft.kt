package amirnet.logic.job

/** How long something is likely to take: a number and its unit's word in strings.xml. */
sealed interface TimeLeft {
    /** Too early to say. */
    data object Unknown : TimeLeft

    data class Seconds(val value: Int) : TimeLeft

    data class Minutes(val value: Int) : TimeLeft
}

/**
 * Guesses the time left from the tiles so far. Older tiles weigh less, so that a phone that slows down by heat is
 * believed soon; nothing is said before three tiles are done.
 *
 * Call [add] with the runtime's progress and a clock that never goes back, in nanoseconds.
 */
class TimeLeftGuess {
    private var last: Long? = null
    private var doneBefore = 0
    private var tileNanos = 0.0
    private var tiles = 0
    private var left: TimeLeft = TimeLeft.Unknown

    fun add(done: Int, total: Int, nanos: Long): TimeLeft {
        val before = last
        if (before == null || done < doneBefore) { // the first call, or begun again with smaller tiles
            tiles = 0
            left = TimeLeft.Unknown
        } else if (done > doneBefore) {
            val each = (nanos - before).toDouble() / (done - doneBefore)
            tileNanos = if (tiles == 0) each else tileNanos + WEIGHT * (each - tileNanos)
            tiles += done - doneBefore
            if (tiles >= FEWEST) left = worded((total - done) * tileNanos / NANOS)
        }
        last = nanos
        doneBefore = done
        return left
    }

    private fun worded(seconds: Double): TimeLeft =
        when {
            seconds >= 90 -> TimeLeft.Minutes(Math.round(seconds / 60).toInt())
            seconds > 10 -> TimeLeft.Seconds((Math.round(seconds / 5) * 5).toInt()) // steps of five read calmly
            else -> TimeLeft.Seconds(maxOf(1, Math.ceil(seconds).toInt()))
        }

    private companion object {
        const val WEIGHT = 0.2
        const val FEWEST = 3
        const val NANOS = 1e9
    }
}
