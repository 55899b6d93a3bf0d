package amirnet.logic.job

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs

class TimeLeftTest {
    private val second = 1_000_000_000L

    @Test
    fun nothingIsSaidBeforeThreeTiles() {
        val guess = TimeLeftGuess()
        for (done in 0..2) assertEquals(TimeLeft.Unknown, guess.add(done, 100, done * second))
        assertEquals(TimeLeft.Minutes(2), guess.add(3, 100, 3 * second))
    }

    @Test
    fun itCountsDownInCalmSteps() {
        val guess = TimeLeftGuess()
        val told = (0..60).map { guess.add(it, 60, it * second) }
        assertEquals(listOf(55, 55, 55, 50, 50, 50), told.subList(5, 11).map { (it as TimeLeft.Seconds).value })
        assertEquals(TimeLeft.Seconds(1), told.last())
        val values = told.drop(3).map { (it as TimeLeft.Seconds).value }
        assertEquals(values.sortedDescending(), values)
    }

    @Test
    fun aPhoneThatSlowsDownIsBelieved() {
        val guess = TimeLeftGuess()
        var now = 0L
        for (done in 0..20) guess.add(done, 100, now).also { now += second }
        var told: TimeLeft = TimeLeft.Unknown
        for (done in 21..50) told = guess.add(done, 100, now).also { now += 4 * second }
        assertEquals(TimeLeft.Minutes(3), told)
    }

    @Test
    fun beginningAgainForgetsTheLargerTiles() {
        val guess = TimeLeftGuess()
        for (done in 0..5) guess.add(done, 10, done * second)
        assertEquals(TimeLeft.Unknown, guess.add(0, 40, 6 * second))
        for (done in 1..3) guess.add(done, 40, 6 * second + done * second / 10)
        assertIs<TimeLeft.Seconds>(guess.add(4, 40, 6 * second + 4 * second / 10))
    }
}
