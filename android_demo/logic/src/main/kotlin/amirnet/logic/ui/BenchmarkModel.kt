package amirnet.logic.ui

import amirnet.AmirnetError
import amirnet.logic.benchmark.Bench
import amirnet.logic.benchmark.Measured
import amirnet.logic.benchmark.Measurement
import amirnet.logic.benchmark.Minute
import amirnet.logic.benchmark.PhoneResult
import amirnet.logic.benchmark.Plan
import amirnet.logic.benchmark.Stage
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** All that the benchmark screen shows. */
data class BenchmarkUiState(
    /** null: nothing is being measured. */
    val stage: Stage? = null,
    val stopping: Boolean = false,
    val minutes: List<Minute> = emptyList(),
    val result: PhoneResult? = null,
    /** Where the result lies as a file, to be shared. */
    val file: String? = null,
    val error: Pair<String, String>? = null,
)

/** What the phone adds to a measurement. */
interface BenchDesk {
    /** Called by the owner thread. Raises BundleError, EngineError. */
    fun begin(): Bench

    /** The result with the phone's own facts, as they were since [begin]. */
    fun result(measured: Measured): PhoneResult

    /** Keep the result's text as a file, whole or not at all. Raises OutputError. */
    fun keep(json: String): String
}

/** The view model of the benchmark screen, without Android. */
class BenchmarkModel(
    private val desk: BenchDesk,
    private val scope: CoroutineScope,
    private val owner: CoroutineDispatcher,
) {
    private val states = MutableStateFlow(BenchmarkUiState())
    private val stop = AtomicBoolean()

    val state: StateFlow<BenchmarkUiState> = states.asStateFlow()

    fun start(plan: Plan) {
        if (states.value.stage != null) return
        stop.set(false)
        states.value = BenchmarkUiState(stage = Stage.Loading)
        scope.launch(owner) { run(plan) }
    }

    fun stop() {
        stop.set(true)
        states.update { if (it.stage == null) it else it.copy(stopping = true) }
    }

    fun dismissError() = states.update { it.copy(error = null) }

    private fun run(plan: Plan) {
        try {
            val measurement = Measurement(desk.begin(), plan, stop::get) { stage, minutes ->
                states.update { it.copy(stage = stage, minutes = minutes) }
            }
            val result = measurement.run()?.let(desk::result)
            val file = result?.let { desk.keep(it.toJson()) }
            states.update { it.copy(stage = null, stopping = false, result = result, file = file) }
        } catch (error: AmirnetError) {
            val told = error.javaClass.simpleName to error.message.orEmpty()
            states.update { it.copy(stage = null, stopping = false, error = told) }
        }
    }
}
