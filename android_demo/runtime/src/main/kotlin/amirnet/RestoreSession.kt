/**
 * Restoring in coroutines: one owner thread a model, progress as a Flow, cancelling between two tiles (CONTRACT R8).
 */
package amirnet

import amirnet.runtime.Diagnosis
import amirnet.runtime.PhotoRows
import amirnet.runtime.RestoreOptions
import java.util.concurrent.Executors
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext

/** What happens while a photo is restored. */
sealed class RestoreEvent {
    /**
     * So many tiles of so many are done. [fraction], 0..1, never goes back, also where an attempt with larger tiles
     * ended for lack of memory and the count began anew (CONTRACT S6).
     */
    data class Tiles(val done: Int, val total: Int, val fraction: Double) : RestoreEvent()

    /** The last event. */
    class Done(val restored: Restored) : RestoreEvent()
}

/**
 * Restores photos with one model, whose engine belongs to one thread of its own: whatever coroutine asks, and however
 * many, their work is done there, one after the other. Close it to let go of the engine's graphs and the thread.
 */
class RestoreSession(private val restorer: Restorer) : AutoCloseable {
    private val thread = Executors.newSingleThreadExecutor { work ->
        Thread(work, "amirnet-engine").apply { isDaemon = true }
    }
    private val owner = thread.asCoroutineDispatcher()

    /** Load the model and run it once, so that the first photo does not wait for that. Raises EngineError. */
    suspend fun prewarm(tile: Int? = null) = withContext(owner) { restorer.engine.prewarm(tile ?: restorer.tile) }

    /** As [Restorer.diagnose]. */
    suspend fun diagnose(rows: PhotoRows, options: RestoreOptions = RestoreOptions()): Diagnosis =
        withContext(owner) { restorer.diagnose(rows, options) }

    /**
     * As [Restorer.restoreRows], as it happens. Collecting starts it; a slow collector gets the latest event only, and
     * the last one always. Cancelling the collector ends it before the next tile: then [rows] are neither the photo nor
     * the result, and are to be let go of; the engine serves the next call as if nothing had been.
     */
    fun restore(
        rows: PhotoRows,
        options: RestoreOptions = RestoreOptions(),
        sizes: List<Int>? = null,
    ): Flow<RestoreEvent> = channelFlow {
        val events = this
        withContext(owner) {
            var fraction = 0.0
            val restored = restorer.restoreRows(rows, options, sizes) { done, total ->
                ensureActive()
                fraction = maxOf(fraction, done.toDouble() / total)
                events.trySend(RestoreEvent.Tiles(done, total, fraction))
            }
            events.send(RestoreEvent.Done(restored))
        }
    }.buffer(Channel.CONFLATED)

    /** The result alone. */
    suspend fun restored(rows: PhotoRows, options: RestoreOptions = RestoreOptions()): Restored =
        (restore(rows, options).first { it is RestoreEvent.Done } as RestoreEvent.Done).restored

    /** Waits for the work at hand, then unloads the engine. */
    override fun close() {
        thread.submit { restorer.engine.unload() }.get()
        owner.close()
    }
}
