package amirnet.logic.job

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs

class RestoreJobTest {
    private val job = RestoreJob()

    private fun after(vararg events: JobEvent, from: JobState = JobState.Idle): Pair<JobState, List<JobEffect>> {
        var state = from
        val effects = mutableListOf<JobEffect>()
        for (event in events) job.next(state, event).let { step ->
            state = step.state
            effects += step.effects
        }
        return state to effects
    }

    private val begun = arrayOf(JobEvent.Start, JobEvent.Opened, JobEvent.Progress(0, 4))

    @Test
    fun aPhotoIsRestored() {
        val (state, effects) = after(*begun, JobEvent.Progress(4, 4), JobEvent.Done)
        assertEquals(JobState.Finished, state)
        assertEquals(listOf(JobEffect.START_FOREGROUND, JobEffect.BEGIN_WORK), effects.take(2))
        assertEquals(listOf(JobEffect.NOTIFY_END, JobEffect.STOP_FOREGROUND), effects.takeLast(2))
    }

    @Test
    fun progressNeverGoesBack() {
        val smaller = listOf(JobEvent.Progress(3, 4), JobEvent.Progress(0, 9, 320), JobEvent.Progress(2, 9, 320))
        val (state, _) = after(*begun, *smaller.toTypedArray())
        assertEquals(JobState.Running(2, 9, 0.75, smallerTile = 320), state)
    }

    @Test
    fun cancellingAsksTheWorkAndWaitsForIt() {
        val (asked, effects) = after(*begun, JobEvent.Cancel, JobEvent.Cancel)
        assertEquals(JobState.Cancelling, asked)
        assertEquals(1, effects.count { it == JobEffect.ASK_WORK_TO_STOP })
        assertEquals(JobState.Cancelling, after(JobEvent.Progress(1, 4), from = asked).first)
        assertEquals(JobState.Cancelled to listOf(JobEffect.STOP_FOREGROUND), after(JobEvent.CancelDone, from = asked))
        assertEquals(JobState.Finished, after(JobEvent.Done, from = asked).first)
    }

    @Test
    fun theSystemsTimeLimitStopsTheServiceAtOnce() {
        val (state, effects) = after(*begun, JobEvent.TimeLimit)
        assertEquals(JobState.Interrupted(timeLimit = true), state)
        assertEquals(
            listOf(JobEffect.ASK_WORK_TO_STOP, JobEffect.NOTIFY_END, JobEffect.STOP_FOREGROUND),
            effects.takeLast(3),
        )
        // What the work says when it ends comes late, and changes nothing.
        for (late in listOf(JobEvent.CancelDone, JobEvent.Done, JobEvent.Error("EngineError", "x"))) {
            assertEquals(state to emptyList(), after(late, from = state))
        }
        assertEquals(JobState.Idle to emptyList(), after(JobEvent.TimeLimit))
    }

    @Test
    fun afterTheProcessEndedThePhotoIsStillThere() {
        val (state, _) = after(JobEvent.Resurrected)
        assertEquals(JobState.Interrupted(timeLimit = false), state)
        assertEquals(JobState.Opening, after(JobEvent.Start, from = state).first)
    }

    @Test
    fun oneJobAtATime() {
        val (state, effects) = after(*begun, JobEvent.Start)
        assertIs<JobState.Running>(state)
        assertEquals(1, effects.count { it == JobEffect.BEGIN_WORK })
        assertIs<JobState.Running>(after(JobEvent.Dismiss, from = state).first)
    }

    @Test
    fun anErrorIsToldAndCanBeDismissed() {
        val (state, _) = after(*begun, JobEvent.Error("OutOfMemoryError", "tile 56: no memory"))
        assertEquals(JobState.Failed("OutOfMemoryError", "tile 56: no memory"), state)
        assertEquals(JobState.Idle, after(JobEvent.Dismiss, from = state).first)
    }

    @Test
    fun everyEndLeavesTheForeground() {
        val ends = listOf(JobEvent.CancelDone, JobEvent.Done, JobEvent.Error("a", "b"), JobEvent.TimeLimit)
        for (busy in listOf(JobState.Opening, JobState.Looking, JobState.Running(1, 2, 0.5), JobState.Cancelling)) {
            for (end in ends) {
                assertEquals(JobEffect.STOP_FOREGROUND, after(end, from = busy).second.last(), "$busy $end")
            }
        }
    }
}
