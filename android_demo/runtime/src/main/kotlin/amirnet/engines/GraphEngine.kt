/** What the engines share: graphs that are loaded when first used, a life, and safety under threads. */
package amirnet.engines

import amirnet.bundle.EngineModels
import amirnet.bundle.Graph
import amirnet.bundle.ModelBundle
import amirnet.bundle.isFolded
import amirnet.runtime.Answer
import amirnet.runtime.CHANNELS
import amirnet.runtime.Concurrency
import amirnet.runtime.Encoded
import amirnet.runtime.Engine
import amirnet.runtime.EngineMemory
import amirnet.runtime.EngineState
import amirnet.runtime.Floats
import amirnet.runtime.Pixels
import amirnet.runtime.checkEncoded
import amirnet.runtime.checkProbes
import amirnet.runtime.checkRestored
import java.util.concurrent.locks.ReentrantReadWriteLock
import kotlin.concurrent.withLock
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

private const val GRAY: Byte = 128.toByte()

/**
 * How far an engine is on its way to be ready: the contract's three states (CONTRACT G7), and the wait between them.
 */
enum class EnginePhase {
    /** It holds no graph. */
    UNLOADED,

    /** It is loading one: the library optimises it, or a chip's compiler does, for milliseconds or minutes. */
    SPECIALISING,

    /** It holds its graphs, and what runs next is slower than what follows. */
    WARMING,

    /** Each graph has run once, on gray, and that result was thrown away. */
    READY,
}

/**
 * The engine interface of the runtime, but for what a library does. [Model]: a graph as that library holds it.
 *
 * [precision]: the restorer's; the encoder is always float32. [threads]: of the library; 0 is one for each processor
 * that this process may use. Raises EngineError when the bundle holds no such models.
 */
abstract class GraphEngine<Model : AutoCloseable>(
    protected val bundle: ModelBundle,
    backend: String,
    val precision: String,
    threads: Int,
    final override val concurrency: Concurrency,
) : Engine {
    val threads: Int = if (threads > 0) threads else availableProcessors()
    override val fixedTile: Int? = null
    override val memory: EngineMemory? = null

    /** What tells the time of [graphNanoseconds]: the wall's, or a thread's own where other work goes on beside. */
    var clock: () -> Long = System::nanoTime

    /** How long its graphs have run, of all threads, in nanoseconds: what is not its own work of a restore's time. */
    @Volatile
    var graphNanoseconds: Long = 0
        private set

    private val models = EngineModels(bundle, backend, precision)
    private val loaded = HashMap<String, Model>()
    private val dropped = mutableListOf<Model>()
    private val loading = Any()

    /** Read by calls that may run at once; written by calls in turn, and by what closes graphs. */
    private val running = ReentrantReadWriteLock(true)
    private val phases = MutableStateFlow(EnginePhase.UNLOADED)

    /** For a screen that tells how far it is. */
    val phase: StateFlow<EnginePhase> = phases.asStateFlow()

    /** The graph, ready to run. Raises EngineError. */
    protected abstract fun loadModel(graph: Graph): Model

    /** As [encode]; of engines whose calls are in turn, one thread is in here at a time. */
    protected abstract fun runEncoder(graph: Graph, probes: List<Pixels>): Encoded

    /** As [restore]; of engines whose calls are in turn, one thread is in here at a time. */
    protected abstract fun runRestorer(graph: Graph, tile: Pixels, code: Floats): Answer

    override val state: EngineState
        get() = synchronized(loading) {
            when {
                loaded.isEmpty() -> EngineState.UNLOADED
                phases.value == EnginePhase.READY -> EngineState.READY
                else -> EngineState.LOADED
            }
        }

    override fun load() {
        model(models.encoder)
        if (!isFolded(bundle)) model(models.restorer(rootCode))
    }

    override fun prewarm(tile: Int?) {
        load()
        encode(listOf(gray(bundle.spec.probe.size)))
        if (!isFolded(bundle)) restore(gray(tile ?: fixedTile ?: bundle.spec.tile.size), rootCode)
        synchronized(loading) { phases.value = EnginePhase.READY }
    }

    override fun unload() = running.writeLock().withLock {
        synchronized(loading) {
            (loaded.values + dropped).forEach { it.close() }
            loaded.clear()
            dropped.clear()
            phases.value = EnginePhase.UNLOADED
        }
    }

    override fun encode(probes: List<Pixels>): Encoded {
        val graph = models.encoder
        checkProbes(graph.where, probes)
        val encoded = call { runEncoder(graph, probes) }
        checkEncoded(graph.where, encoded, probes.size, bundle.tree.size)
        return encoded
    }

    override fun restore(tile: Pixels, code: Floats): Answer {
        val graph = models.restorer(code)
        val restored = call { runRestorer(graph, tile, code) }
        checkRestored(graph.where, restored, tile)
        return restored
    }

    private val rootCode: Floats
        get() = bundle.tree.codeFor(bundle.tree.root.id)

    private fun gray(side: Int) = Pixels(side, side, ByteArray(CHANNELS * side * side) { GRAY })

    private fun <Result> call(run: () -> Result): Result {
        val lock = if (concurrency == Concurrency.IN_TURN) running.writeLock() else running.readLock()
        try {
            return lock.withLock(run)
        } finally {
            closeDropped()
        }
    }

    /** The loaded graph. Two threads that need it at once load it once. */
    protected fun model(graph: Graph): Model = synchronized(loading) {
        loaded[graph.path] ?: run {
            phases.value = EnginePhase.SPECIALISING
            try {
                loadModel(graph).also { loaded[graph.path] = it }
            } finally {
                phases.value = if (loaded.isEmpty()) EnginePhase.UNLOADED else EnginePhase.WARMING
            }
        }
    }

    /** Let go of a graph, and of the memory that it holds on to, once no call is in it. */
    protected fun drop(graph: Graph): Unit = synchronized(loading) {
        loaded.remove(graph.path)?.let { dropped += it }
        phases.value = if (loaded.isEmpty()) EnginePhase.UNLOADED else EnginePhase.WARMING
    }

    private fun closeDropped() {
        if (synchronized(loading) { dropped.isEmpty() } || !running.writeLock().tryLock()) return
        try {
            synchronized(loading) {
                dropped.forEach { it.close() }
                dropped.clear()
            }
        } finally {
            running.writeLock().unlock()
        }
    }

    /** Around the library's own work. */
    protected fun <Result> timed(run: () -> Result): Result {
        val start = clock()
        try {
            return run()
        } finally {
            val spent = clock() - start
            synchronized(loading) { graphNanoseconds += spent }
        }
    }
}
