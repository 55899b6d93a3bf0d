package amirnet.logic.engine

import amirnet.EngineError
import amirnet.OutOfMemoryError
import amirnet.runtime.Answer
import amirnet.runtime.Concurrency
import amirnet.runtime.Encoded
import amirnet.runtime.Engine
import amirnet.runtime.EngineMemory
import amirnet.runtime.EngineState
import amirnet.runtime.Floats
import amirnet.runtime.Levels
import amirnet.runtime.Pixels
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

class EngineHostTest {
    private val seen = mutableListOf<String>()
    private var host: EngineHost? = null

    /** An engine that fails where it is told to, and writes down what it is asked and what the chip says meanwhile. */
    private inner class Scripted(val name: String, val failsAt: String?) : Engine {
        override val title = name
        override val fixedTile: Int? = 384
        override val memory: EngineMemory? = null
        override val state = EngineState.UNLOADED
        override val concurrency = Concurrency.IN_TURN

        private fun step(what: String) {
            seen += "$name $what ${host?.report?.value?.life?.word}"
            if (what == failsAt) throw EngineError("$name: $what failed; export it again")
        }

        override fun load() = step("load")

        override fun prewarm(tile: Int?) = step("prewarm")

        override fun unload() = step("unload")

        override fun encode(probes: List<Pixels>): Encoded = error("not called here")

        override fun restore(tile: Pixels, code: Floats): Answer = Levels.of(tile)
    }

    private fun hostOf(vararg fails: Pair<String, String?>): EngineHost {
        val script = fails.toMap()
        val choices = script.keys.map { checkNotNull(EngineChoice.of(it)) }
        return EngineHost(choices) { choice ->
            val failsAt = script[choice.word]
            if (failsAt == "make") throw EngineError("no TFLite int8 restorer; export the bundle with one")
            if (failsAt == "link") throw UnsatisfiedLinkError("libmissing.so")
            if (failsAt == "class") throw NoClassDefFoundError("Environment") // what a second try gives
            MadeEngine(Scripted(choice.word, failsAt)) { Residency(choice.accelerator, null) }
        }.also { host = it }
    }

    @Test
    fun readyOnlyAfterADiscardedRun() {
        val host = hostOf("litert-gpu" to null)
        assertEquals(EngineLife.UNLOADED, host.report.value.life)
        assertEquals("litert-gpu", host.ready().title)
        assertEquals(listOf("litert-gpu load specializing", "litert-gpu prewarm warming"), seen)
        assertEquals(EngineLife.READY, host.report.value.life)
        assertEquals(Accelerator.GPU, host.report.value.residency?.asked)
        host.ready()
        assertEquals(2, seen.size)
    }

    @Test
    fun loadedIsNotReady() {
        val host = hostOf("litert-npu" to "load", "litert-gpu" to null)
        assertEquals("litert-gpu", host.loaded().title)
        assertEquals(EngineLife.WARMING, host.report.value.life)
        assertNull(host.report.value.residency)
        host.ready()
        assertEquals(listOf("litert-gpu load specializing", "litert-gpu prewarm warming"), seen.takeLast(2))
    }

    @Test
    fun oneThatFailsFallsToTheNextAndIsTold() {
        val host = hostOf("litert-npu" to "make", "litert-gpu" to "load", "litert-cpu" to "prewarm", "onnx-cpu" to null)
        assertEquals("onnx-cpu", host.ready().title)
        val failures = host.report.value.failures
        assertEquals(listOf("litert-npu", "litert-gpu", "litert-cpu"), failures.map { it.choice.word })
        assertTrue(failures[1].reason.startsWith("litert-gpu: load failed"))
        assertTrue("litert-gpu unload specializing" in seen)
    }

    @Test
    fun aLibraryThatThePhoneDoesNotHaveIsAFailureLikeAnother() {
        val host = hostOf("litert-npu" to "link", "litert-gpu" to "class", "onnx-cpu" to null)
        assertEquals("onnx-cpu", host.ready().title)
        assertEquals(listOf("libmissing.so", "Environment"), host.report.value.failures.map { it.reason })
    }

    @Test
    fun whenAllFailEveryReasonIsTold() {
        val host = hostOf("litert-gpu" to "load", "onnx-cpu" to "prewarm")
        val message = assertFailsWith<EngineError> { host.ready() }.message.orEmpty()
        assertTrue("litert-gpu: litert-gpu: load failed" in message && "onnx-cpu: prewarm failed" in message, message)
        assertFailsWith<EngineError> { host.ready() }
    }

    @Test
    fun strictFailsInsteadOfFallingBack() {
        val host = hostOf("litert-npu" to "load")
        assertFailsWith<EngineError> { host.ready() }
        assertNull(host.report.value.choice)
    }

    @Test
    fun anEngineThatFailsAtWorkIsReplaced() {
        val host = hostOf("litert-gpu" to null, "onnx-cpu" to null)
        host.ready()
        assertTrue(host.failed(EngineError("lost the device; try again")))
        assertEquals("onnx-cpu", host.ready().title)
        assertFalse(host.failed(EngineError("broken too")))
    }

    @Test
    fun shortMemoryIsNoFailureOfTheEngine() {
        val host = hostOf("litert-gpu" to null, "onnx-cpu" to null)
        host.ready()
        assertFalse(host.failed(OutOfMemoryError("tile 56: no memory")))
        assertEquals("litert-gpu", host.ready().title)
        assertTrue(host.report.value.failures.isEmpty())
    }

    @Test
    fun unloadedItLoadsAgain() {
        val host = hostOf("litert-cpu" to null)
        host.ready()
        host.unload()
        assertEquals(EngineLife.UNLOADED, host.report.value.life)
        host.ready()
        assertEquals(2, seen.count { "load specializing" in it && "unload" !in it })
    }
}
