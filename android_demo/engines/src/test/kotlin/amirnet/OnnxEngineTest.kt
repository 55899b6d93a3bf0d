/** The ONNX engine: its life, its safety under threads, and what it says of models that are none. */
package amirnet

import amirnet.bundle.ModelBundle
import amirnet.engines.EnginePhase
import amirnet.engines.OnnxEngine
import amirnet.engines.availableProcessors
import amirnet.runtime.EngineState
import amirnet.runtime.Levels
import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import amirnet.vectors.assertSame
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val SIDE = 120

class OnnxEngineTest {
    private val bundle = ModelBundle.open("tiny", SHIPPED)
    private val code = bundle.tree.codeFor(bundle.tree.root.id)

    private fun restored(engine: OnnxEngine, tile: Pixels): Levels = engine.restore(tile, code) as Levels

    @Test
    fun `an engines life`() {
        val engine = OnnxEngine(bundle, "int8")
        assertEquals(EngineState.UNLOADED to EnginePhase.UNLOADED, engine.state to engine.phase.value)
        engine.load()
        assertEquals(EngineState.LOADED to EnginePhase.WARMING, engine.state to engine.phase.value)
        engine.prewarm(SIDE)
        assertEquals(EngineState.READY to EnginePhase.READY, engine.state to engine.phase.value)
        val before = restored(engine, randomPixels(1, SIDE, SIDE)).data
        engine.unload()
        engine.unload()
        assertEquals(EngineState.UNLOADED to EnginePhase.UNLOADED, engine.state to engine.phase.value)
        assertArrayEquals(before, restored(engine, randomPixels(1, SIDE, SIDE)).data, "it serves again")
        assertEquals(EngineState.LOADED, engine.state)
        engine.unload()
    }

    @Test
    fun `a screen is told how far it is`() {
        val engine = OnnxEngine(bundle, "int8")
        val seen = mutableListOf<EnginePhase>()
        runBlocking {
            val watch = launch(Dispatchers.Unconfined) { engine.phase.toList(seen) }
            engine.prewarm(SIDE)
            watch.cancel()
        }
        engine.unload()
        assertEquals(listOf(EnginePhase.UNLOADED, EnginePhase.SPECIALISING, EnginePhase.WARMING), seen.take(3))
        assertEquals(EnginePhase.READY, seen.last())
    }

    @Test
    fun `eight threads get their own pixels`() {
        val engine = OnnxEngine(bundle, "int8", threads = 1)
        val tiles = List(8) { randomPixels(it, SIDE, SIDE) }
        val alone = tiles.map { restored(engine, it).data }
        val threads = Executors.newFixedThreadPool(8)
        val found = threads.invokeAll(tiles.map { tile -> Callable { List(3) { restored(engine, tile).data } } })
        found.zip(alone) { answers, wanted -> answers.get().forEach { assertArrayEquals(wanted, it) } }
        threads.shutdown()
        engine.unload()
    }

    @Test
    fun `an engine unloaded under work serves it to the end`() {
        val engine = OnnxEngine(bundle, "int8", threads = 1)
        val restorer = Restorer(bundle, engine, SIDE)
        val photo = randomPixels(9, 150, 150)
        val wanted = PixelRows(photo).also { restorer.restoreRows(it) }.image
        val thread = Executors.newSingleThreadExecutor()
        val work = thread.submit(Callable { PixelRows(photo).also { restorer.restoreRows(it) }.image })
        repeat(20) { engine.unload() }
        assertSame(wanted, work.get())
        thread.shutdown()
        engine.unload()
    }

    @Test
    fun `a precision the bundle lacks is named`() {
        val error = assertThrows(EngineError::class.java) { OnnxEngine(bundle, "float16") }
        assertTrue("no ONNX float16 restorer (it holds: " in error.message.orEmpty(), error.message)
    }

    @Test
    fun `a file that no runtime takes`() {
        val engine = OnnxEngine(toyBundle())
        val error = assertThrows(EngineError::class.java) { engine.load() }
        assertTrue("toy: encoder.onnx: cannot be loaded (" in error.message.orEmpty(), error.message)
        assertEquals(EngineState.UNLOADED to EnginePhase.UNLOADED, engine.state to engine.phase.value)
    }

    @Test
    fun `a tile the graph cannot take`() {
        val engine = OnnxEngine(bundle, "int8")
        val error = assertThrows(EngineError::class.java) { engine.restore(Pixels(7, 9), code) }
        assertTrue("failed to run" in error.message.orEmpty() || "returned" in error.message.orEmpty(), error.message)
        engine.unload()
    }

    @Test
    fun `an engine has a thread for each processor it may use`() {
        assertEquals(availableProcessors(), OnnxEngine(bundle).threads)
        assertEquals(3, OnnxEngine(bundle, threads = 3).threads)
    }
}
