/** Coroutines: one owner thread, progress that never goes back, cancelling within one tile. */
package amirnet

import amirnet.runtime.EngineState
import amirnet.runtime.PixelRows
import amirnet.runtime.RestoreOptions
import amirnet.vectors.assertSame
import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class RestoreSessionTest {
    private val photo = randomPixels(6, 150, 130)
    private val bundle = toyBundle()

    private fun expected() = PixelRows(photo).also { Restorer(bundle, ToyEngine()).restoreRows(it) }.image

    @Test
    fun `all work is done on one thread of the sessions own`() {
        val engine = ToyEngine()
        val session = RestoreSession(Restorer(bundle, engine))
        runBlocking {
            session.prewarm()
            assertEquals(EngineState.READY, engine.state)
            val rows = List(4) { PixelRows(photo) }
            rows.map { async(Dispatchers.Default) { session.restored(it) } }.awaitAll()
            session.diagnose(PixelRows(photo))
            for (row in rows) assertSame(expected(), row.image)
        }
        session.close()
        assertEquals(EngineState.UNLOADED, engine.state)
        assertEquals(setOf("amirnet-engine"), engine.threads)
    }

    @Test
    fun `progress never goes back`() {
        val failures = mutableListOf<Int>()
        val engine = ToyEngine(before = { tile ->
            if (tile in listOf(5, 9) && tile !in failures) {
                failures += tile
                throw OutOfMemoryError("none; close other apps")
            }
        })
        val session = RestoreSession(Restorer(bundle, engine))
        val (events, rows) = mutableListOf<RestoreEvent>() to PixelRows(photo)
        runBlocking { session.restore(rows).collect { events += it } }
        session.close()
        assertEquals(listOf(5, 9), failures, "two attempts ended for lack of memory")
        val tiles = events.filterIsInstance<RestoreEvent.Tiles>()
        assertEquals(tiles.map { it.fraction }.sorted(), tiles.map { it.fraction })
        assertTrue(tiles.all { it.fraction in 0.0..1.0 && it.done <= it.total })
        val done = events.last() as RestoreEvent.Done
        assertEquals(40, done.restored.tile)
        val wanted = PixelRows(photo).also { Restorer(bundle, ToyEngine(), tile = 40).restoreRows(it) }
        assertSame(wanted.image, rows.image)
    }

    @Test
    fun `cancelling ends it within one tile and the next photo is as if nothing had been`() {
        val (started, go) = CountDownLatch(1) to CountDownLatch(1)
        val engine = ToyEngine()
        engine.before = { tile ->
            if (tile == 3) {
                started.countDown()
                go.await()
            }
        }
        val session = RestoreSession(Restorer(bundle, engine))
        runBlocking {
            val job = launch(Dispatchers.Default) { session.restore(PixelRows(photo)).toList() }
            started.await()
            job.cancel()
            go.countDown()
            job.cancelAndJoin()
            engine.before = {}
            val after = PixelRows(photo).also { session.restored(it) }
            assertSame(expected(), after.image)
            assertEquals(4 + Restorer(bundle, ToyEngine()).planFor(130, 150).count, engine.tiles.size)
        }
        session.close()
    }

    @Test
    fun `errors reach the collector`() {
        val session = RestoreSession(Restorer(bundle, ToyEngine()))
        assertThrows(NodeError::class.java) {
            runBlocking { session.restore(PixelRows(photo), RestoreOptions(node = 77)).toList() }
        }
        session.close()
    }
}
