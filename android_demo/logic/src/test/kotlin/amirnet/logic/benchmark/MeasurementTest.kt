package amirnet.logic.benchmark

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class MeasurementTest {
    /** A phone with a clock of its own: a tile takes 1 s, and 2 s once it is hot, which it is after two minutes. */
    private class Desk(var emptied: Boolean = true) : Bench {
        var now = 0L
        val calls = mutableListOf<String>()

        override fun nanos() = now

        override fun emptyCache(): Boolean = emptied.also { calls += "empty" }

        override fun load() = spend("load", if (calls.lastOrNull() == "empty" && emptied) 5.0 else 0.5)

        override fun unload() {
            calls += "unload"
        }

        override fun runTile() = spend("tile", if (now > 120 * SECOND) 2.0 else 1.0)

        override fun runPhoto() = spend("photo", 3.0)

        override fun thermal() = if (now > 120 * SECOND) Thermal.SEVERE else Thermal.NONE

        override fun headroom() = null

        private fun spend(what: String, seconds: Double) {
            calls += what
            now += (seconds * SECOND).toLong()
        }
    }

    private val small = Plan(warmups = 2, tileRuns = 4, photoRuns = 2, minutes = 0)

    private fun measure(bench: Desk, plan: Plan, stop: () -> Boolean = { false }) = Measurement(bench, plan, stop).run()

    @Test
    fun eachTimeIsTakenApart() {
        val bench = Desk()
        val found = assertNotNull(measure(bench, small))
        assertEquals(listOf(5.0, 0.5, 1.0), listOf(found.cold, found.warm, found.firstRun))
        assertEquals(listOf(1.0, 1.0, 1.0, 1.0), found.steady.seconds)
        assertEquals(3.0, found.wholePhoto?.p50)
        assertNull(found.minutes)
        val calls = "unload empty load unload load tile tile tile tile tile tile tile photo photo"
        assertEquals(calls, bench.calls.joinToString(" "))
    }

    @Test
    fun aCacheThatCannotBeEmptiedGivesNoColdLoad() {
        assertNull(assertNotNull(measure(Desk(emptied = false), small)).cold)
    }

    @Test
    fun theCurveIsByTheMinute() {
        val told = mutableListOf<Stage>()
        val found = assertNotNull(
            Measurement(Desk(), small.copy(minutes = 4), { false }) { stage, _ -> told += stage }.run(),
        )
        val minutes = assertNotNull(found.minutes)
        assertEquals(listOf(1, 2, 3, 4), minutes.map { it.minute })
        assertEquals(listOf(1.0, 1.0, 2.0, 2.0), minutes.map { it.p50 })
        assertEquals(Thermal.SEVERE, minutes.last().thermal)
        assertEquals(Thermal.NONE, found.thermalSteady)
        assertTrue(Stage.UnderLoad(3, 4) in told)
        assertEquals(false, found.stopped)
    }

    @Test
    fun stoppedItKeepsWholeMinutesOnly() {
        val bench = Desk()
        val found = assertNotNull(measure(bench, small.copy(minutes = 10)) { bench.now > 150 * SECOND })
        assertEquals(true, found.stopped)
        assertEquals(2, assertNotNull(found.minutes).size)
    }

    @Test
    fun stoppedAtOnceThereIsNothing() {
        assertNull(measure(Desk(), small) { true })
    }

    private companion object {
        const val SECOND = 1_000_000_000L
    }
}
