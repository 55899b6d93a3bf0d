package amirnet.logic.job

/** What a job is doing. */
sealed interface JobState {
    /** No photo. */
    data object Idle : JobState

    /** The photo is copied and its size and metadata are read. */
    data object Opening : JobState

    /** The encoder looks for what is wrong. */
    data object Looking : JobState

    /**
     * @property fraction 0..1 for a bar: it never goes back, not even where memory was short and the photo is begun
     *     again with smaller tiles.
     * @property smallerTile the tile's side where it had to be made smaller, else null.
     */
    data class Running(val done: Int, val total: Int, val fraction: Double, val smallerTile: Int? = null) : JobState

    data object Cancelling : JobState

    data object Cancelled : JobState

    data object Finished : JobState

    /** @property error the contract's name of the error (B7); [message] its one line. */
    data class Failed(val error: String, val message: String) : JobState

    /** The process ended, or the system's time for background work: the photo is still there. */
    data class Interrupted(val timeLimit: Boolean) : JobState

    /** Whether something is being done that must not be forgotten. */
    val isBusy: Boolean get() = this is Opening || this is Looking || this is Running || this is Cancelling
}

/** What happens to a job. */
sealed interface JobEvent {
    data object Start : JobEvent

    data object Opened : JobEvent

    /** The runtime's progress, first with 0 done. [smallerTile]: the tile's side where it is not the planned one. */
    data class Progress(val done: Int, val total: Int, val smallerTile: Int? = null) : JobEvent

    data object Cancel : JobEvent

    /** The work ended because it was asked to. */
    data object CancelDone : JobEvent

    data object Done : JobEvent

    data class Error(val name: String, val message: String) : JobEvent

    /** Android calls onTimeout: the service must stop at once. */
    data object TimeLimit : JobEvent

    /** The process began, and the journal says that a job was running. */
    data object Resurrected : JobEvent

    data object Dismiss : JobEvent
}

/** What a service has to do after an event, in this order. */
enum class JobEffect {
    START_FOREGROUND,
    BEGIN_WORK,
    UPDATE_NOTIFICATION,
    ASK_WORK_TO_STOP,
    NOTIFY_END,
    STOP_FOREGROUND,
}

/** A state with what it asks for. */
data class Step(val state: JobState, val effects: List<JobEffect> = emptyList())

/** The foreground service's state machine, without Android: [next] is all it does. An event that does not fit is passed
 * over, so that late ones do no harm. */
class RestoreJob {
    fun next(state: JobState, event: JobEvent): Step =
        when (event) {
            JobEvent.Start ->
                if (state.isBusy) Step(state)
                else Step(JobState.Opening, listOf(JobEffect.START_FOREGROUND, JobEffect.BEGIN_WORK))
            JobEvent.Opened -> if (state is JobState.Opening) Step(JobState.Looking, UPDATE) else Step(state)
            is JobEvent.Progress -> progressed(state, event)
            JobEvent.Cancel ->
                if (state.isBusy && state != JobState.Cancelling) {
                    Step(JobState.Cancelling, listOf(JobEffect.ASK_WORK_TO_STOP, JobEffect.UPDATE_NOTIFICATION))
                } else {
                    Step(state)
                }
            JobEvent.CancelDone -> ended(state, JobState.Cancelled, tell = false)
            // Whoever cancels while the last tile is blended gets the result: it is there.
            JobEvent.Done -> ended(state, JobState.Finished)
            is JobEvent.Error -> ended(state, JobState.Failed(event.name, event.message))
            JobEvent.TimeLimit ->
                if (!state.isBusy) Step(state)
                else Step(JobState.Interrupted(timeLimit = true), listOf(JobEffect.ASK_WORK_TO_STOP) + END)
            JobEvent.Resurrected -> if (state.isBusy) Step(state) else Step(JobState.Interrupted(timeLimit = false))
            JobEvent.Dismiss -> if (state.isBusy) Step(state) else Step(JobState.Idle)
        }

    private fun progressed(state: JobState, event: JobEvent.Progress): Step {
        val before = state as? JobState.Running
        if (before == null && state != JobState.Looking && state != JobState.Opening) return Step(state)
        val now = if (event.total > 0) event.done.toDouble() / event.total else 0.0
        val running = JobState.Running(event.done, event.total, maxOf(now, before?.fraction ?: 0.0), event.smallerTile)
        return Step(running, UPDATE)
    }

    private fun ended(state: JobState, end: JobState, tell: Boolean = true): Step =
        when {
            !state.isBusy -> Step(state)
            tell -> Step(end, END)
            else -> Step(end, listOf(JobEffect.STOP_FOREGROUND))
        }

    private companion object {
        val UPDATE = listOf(JobEffect.UPDATE_NOTIFICATION)
        val END = listOf(JobEffect.NOTIFY_END, JobEffect.STOP_FOREGROUND)
    }
}
