package amirnet.logic.engine

import amirnet.AmirnetError
import amirnet.EngineError
import amirnet.OutOfMemoryError
import amirnet.runtime.Engine
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** Where an engine is in its life, as an app shows it. */
enum class EngineLife(val word: String) {
    /** It holds no graph. */
    UNLOADED("unloaded"),

    /** The platform makes the model its own: seconds to minutes the first time, and nothing tells how far it is. */
    SPECIALIZING("specializing"),

    /** Its graphs run once, and the answer is thrown away. */
    WARMING("warming"),

    /** The next tile takes no longer than any other. */
    READY("ready"),
}

/** An engine that was tried and failed, and why: shown, never swallowed. */
data class EngineFailure(val choice: EngineChoice, val reason: String)

/** What runs, as the chip shows it. */
data class EngineReport(
    val life: EngineLife = EngineLife.UNLOADED,
    val choice: EngineChoice? = null,
    val residency: Residency? = null,
    val failures: List<EngineFailure> = emptyList(),
)

/** An engine with what is known of where it runs. */
class MadeEngine(val engine: Engine, val residency: () -> Residency)

/**
 * The app's one engine: the first of [choices] that loads and runs. One that fails is let go, written down in [report],
 * and the next one is taken. All methods are called by one thread, the owner of the models.
 *
 * @param make makes an engine without loading it; raises EngineError where the bundle has no such model.
 */
class EngineHost(private val choices: List<EngineChoice>, private val make: (EngineChoice) -> MadeEngine) {
    private val reports = MutableStateFlow(EngineReport())
    private var made: MadeEngine? = null
    private var next = 0

    /** What runs. It may be watched from any thread. */
    val report: StateFlow<EngineReport> = reports.asStateFlow()

    init {
        require(choices.isNotEmpty()) { "no engine to choose from" }
    }

    /** An engine that is ready. Raises EngineError with every engine's reason when none is left. */
    fun ready(): Engine = onTheFirstThatDoes { current ->
        if (load(current) != EngineLife.READY) {
            current.engine.prewarm()
            reports.value = reports.value.copy(life = EngineLife.READY, residency = current.residency())
        }
    }

    /** An engine that has loaded, and that nothing may have run on yet: what a benchmark asks for. */
    fun loaded(): Engine = onTheFirstThatDoes { load(it) }

    private fun load(current: MadeEngine): EngineLife {
        if (reports.value.life == EngineLife.UNLOADED) {
            reports.value = reports.value.copy(life = EngineLife.SPECIALIZING)
            current.engine.load()
            reports.value = reports.value.copy(life = EngineLife.WARMING)
        }
        return reports.value.life
    }

    private fun onTheFirstThatDoes(work: (MadeEngine) -> Unit): Engine {
        while (true) {
            val current = made ?: start()
            try {
                work(current)
                return current.engine
            } catch (error: EngineError) {
                failed(error)
            } catch (error: LinkageError) { // a runtime whose library this phone does not have
                failed(error)
            }
        }
    }

    /**
     * The engine failed while it worked: it is let go, and [ready] gives the next one.
     *
     * @return whether there is a next one. Memory that is short is no failure of the engine: it stays.
     */
    fun failed(error: Throwable): Boolean {
        if (error is OutOfMemoryError && reports.value.life == EngineLife.READY) return false
        val choice = choices[next]
        release()
        next++
        val reason = error.message?.lineSequence()?.first()?.take(MOST_REASON) ?: error.javaClass.simpleName
        reports.value = EngineReport(failures = reports.value.failures + EngineFailure(choice, reason))
        return next < choices.size
    }

    /** Let go of the model and its memory. The next [ready] loads it again. */
    fun unload() {
        made?.engine?.unload()
        reports.value = reports.value.copy(life = EngineLife.UNLOADED)
    }

    private fun start(): MadeEngine {
        while (next < choices.size) {
            val choice = choices[next]
            try {
                val found = make(choice)
                made = found
                reports.value = reports.value.copy(life = EngineLife.UNLOADED, choice = choice, residency = null)
                return found
            } catch (error: AmirnetError) {
                failed(error)
            } catch (error: LinkageError) {
                failed(error)
            }
        }
        val reasons = reports.value.failures.joinToString("; ") { "${it.choice.word}: ${it.reason}" }
        throw EngineError("no engine runs this model here ($reasons); choose another engine or bundle in the settings")
    }

    private fun release() {
        try {
            made?.engine?.unload()
        } catch (_: EngineError) {
            // It failed already; what it failed with is what is told.
        }
        made = null
    }

    private companion object {
        const val MOST_REASON = 160
    }
}
