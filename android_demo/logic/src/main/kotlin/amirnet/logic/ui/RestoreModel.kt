package amirnet.logic.ui

import amirnet.AmirnetError
import amirnet.EngineError
import amirnet.ImageError
import amirnet.Restored
import amirnet.logic.job.JobEffect
import amirnet.logic.job.JobEvent
import amirnet.logic.job.JobJournal
import amirnet.logic.job.JobRecord
import amirnet.logic.job.JobState
import amirnet.logic.job.RestoreJob
import amirnet.logic.job.TimeLeftGuess
import amirnet.runtime.Light
import amirnet.runtime.LightCurve
import amirnet.runtime.RestoreOptions
import amirnet.runtime.kindsOf
import amirnet.runtime.partsOf
import java.io.IOException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/**
 * The view model of the restore screen, without Android: it lives as long as the process, so that a turned phone or a
 * closed window changes nothing, and its journal survives the process. Its methods may be called by any thread.
 *
 * @param owner one thread at a time: it owns the model and the photo.
 * @param effects what the foreground service has to do; called where the event came from, one at a time, in order. It
 *     must not wait for another thread that calls this model.
 */
class RestoreModel(
    private val desk: PhotoDesk,
    private val source: RestorerSource,
    private val journal: JobJournal,
    private val scope: CoroutineScope,
    private val owner: CoroutineDispatcher,
    private val nanos: () -> Long = System::nanoTime,
    private val effects: (JobEffect, JobState) -> Unit = { _, _ -> },
) {
    private val states = MutableStateFlow(RestoreUiState())
    private val machine = RestoreJob()
    private val lock = Any()
    private var work: Job? = null
    private var photo: OpenedPhoto? = null
    private var curve: LightCurve? = null
    private var keepPlace = false

    /** What the screen shows. */
    val state: StateFlow<RestoreUiState> = states.asStateFlow()

    /** Call once as the process begins: a photo that was being restored is offered again. */
    fun resurrect() {
        val record = journal.read() ?: return
        states.update { it.copy(choices = record.options) }
        dispatch(JobEvent.Resurrected)
    }

    /** A photo was chosen, and its copy lies in the journal's folder. */
    fun choose(record: JobRecord) {
        states.value.job.let { if (it.isBusy) return }
        curve = null
        journal.write(record.copy(running = true, restored = false))
        states.value = RestoreUiState(choices = record.options)
        dispatch(JobEvent.Start)
    }

    /** Restore the photo (again) with what is chosen now. */
    fun restore() {
        val record = journal.read() ?: return
        val options = states.value.choices
        journal.write(record.copy(options = options, running = true, restored = false))
        states.update { it.copy(saved = null, error = null) }
        dispatch(JobEvent.Start)
    }

    /** The photo could not even be copied. */
    fun failed(error: AmirnetError) =
        states.update { it.copy(error = error.javaClass.simpleName to error.message.orEmpty()) }

    fun cancel() = dispatch(JobEvent.Cancel)

    /** Android's onTimeout. */
    fun timeLimit() = dispatch(JobEvent.TimeLimit)

    fun setStrength(strength: Double) = choose { it.copy(strength = strength.coerceIn(0.0, 1.0)) }

    fun setLight(light: Light) = choose { it.copy(light = light) }

    /** "No, it is ...": null lets the model find out. */
    fun setKind(kind: String?) = choose { it.copy(kind = kind) }

    fun setKeepPlace(keep: Boolean) {
        keepPlace = keep
    }

    fun dismissError() {
        states.update { it.copy(error = null, refused = null) }
        if (states.value.job is JobState.Failed) dispatch(JobEvent.Dismiss)
    }

    /** Save the result at the chosen strength. */
    fun save() {
        val now = states.value
        if (!now.hasResult || now.saving || now.job.isBusy) return
        states.update { it.copy(saving = true, saved = null, error = null) }
        scope.launch(owner) {
            val parts = partsOf(now.choices.strength)
            val outcome = told {
                source.unload() // its memory is needed for the picture that is written
                checkNotNull(photo).save(parts, now.brightened, keepPlace)
            }
            states.update { it.copy(saving = false, saved = outcome.first, error = outcome.second) }
        }
    }

    private fun choose(change: (RestoreOptions) -> RestoreOptions) =
        states.update { it.copy(choices = change(it.choices), saved = null) }

    /** Its state first, which the service reads as it starts, then all that the event asks for, and only then the next
     * event: who sees a photo finished may begin another one, and no effect of the old one comes after it. */
    private fun dispatch(event: JobEvent) = synchronized(lock) {
        val step = machine.next(states.value.job, event)
        states.update { it.copy(job = step.state) }
        for (effect in step.effects) {
            when (effect) {
                JobEffect.BEGIN_WORK -> work = scope.launch(owner) { run() }
                JobEffect.ASK_WORK_TO_STOP -> work?.cancel()
                else -> effects(effect, step.state)
            }
        }
    }

    private suspend fun run() {
        val end = try {
            val (_, error) = told { restored() }
            error?.let { JobEvent.Error(it.first, it.second) } ?: JobEvent.Done
        } catch (_: CancellationException) {
            JobEvent.CancelDone
        }
        journal.read()?.let { journal.write(it.copy(running = false, restored = end == JobEvent.Done)) }
        dispatch(end)
    }

    private suspend fun restored() {
        val record = journal.read() ?: throw ImageError("the photo: its copy is gone; choose it again")
        photo?.close()
        val opened = desk.open(record).also { photo = it }
        states.update { it.copy(facts = opened.facts, refused = opened.refused, applied = null, preview = null) }
        opened.refused?.let {
            throw ImageError("${opened.facts.title}: ${it.megapixels} megapixels do not fit; make it smaller")
        }
        dispatch(JobEvent.Opened)
        val restored = onTheFirstEngineThatWorks(opened, record.options.copy(strength = 1.0))
        if (record.options.light == Light.Auto && record.options.kind == null) curve = restored.diagnosis.light
        val preview = opened.preview(curve)
        val found = Found.of(restored.diagnosis, record.options.kind, restored.changePsnr)
        states.update { it.copy(found = found, applied = record.options, preview = preview) }
    }

    private suspend fun onTheFirstEngineThatWorks(opened: OpenedPhoto, options: RestoreOptions): Restored {
        val context = currentCoroutineContext()
        while (true) {
            val restorer = source.ready()
            val model = restorer.bundle.spec
            states.update { it.copy(kinds = kindsOf(model.tree), scalesLight = model.light != null) }
            val guess = TimeLeftGuess()
            val plan = restorer.planFor(opened.facts.width, opened.facts.height)
            // A count that is not the plan's own is that of a smaller tile, which memory asked for (CONTRACT S6).
            val smaller = restorer.sizes(plan).drop(1).associateBy { plan.copy(size = it).count } - plan.count
            try {
                return restorer.restoreRows(opened.rows(), options) { done, total ->
                    context.ensureActive()
                    states.update { it.copy(timeLeft = guess.add(done, total, nanos())) }
                    dispatch(JobEvent.Progress(done, total, smaller[total]))
                }
            } catch (error: EngineError) {
                if (!source.failed(error)) throw error
            }
        }
    }

    /**
     * What the work gives, or the error that a user can act on, by its name. Any other is a fault, and is not hidden.
     */
    private suspend fun <T> told(work: suspend () -> T): Pair<T?, Pair<String, String>?> =
        try {
            work() to null
        } catch (error: AmirnetError) {
            null to (error.javaClass.simpleName to error.message.orEmpty())
        } catch (error: java.lang.OutOfMemoryError) {
            null to ("OutOfMemoryError" to error.message.orEmpty())
        } catch (error: IOException) {
            null to ("OutputError" to error.message.orEmpty())
        }
}
