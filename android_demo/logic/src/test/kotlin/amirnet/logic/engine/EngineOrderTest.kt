package amirnet.logic.engine

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class EngineOrderTest {
    private fun words(asked: String?, strict: Boolean = false, reported: Set<Accelerator>? = null): List<String> =
        EngineOrder.of(EngineChoice.of(asked), strict, reported).map { it.word }

    @Test
    fun automaticTriesTheFastestFirst() {
        assertEquals(listOf("litert-npu", "litert-gpu", "litert-cpu", "onnx-cpu"), words(null))
        assertEquals(listOf("litert-cpu", "onnx-cpu"), words(null, reported = emptySet()))
        assertEquals(listOf("litert-gpu", "litert-cpu", "onnx-cpu"), words(null, reported = setOf(Accelerator.GPU)))
    }

    @Test
    fun whatIsAskedForIsTriedFirstAndThenWhatComesAfterIt() {
        assertEquals(listOf("litert-gpu", "litert-cpu", "onnx-cpu"), words("litert-gpu"))
        assertEquals(listOf("litert-npu", "litert-gpu", "litert-cpu", "onnx-cpu"), words("litert-npu"))
        // The phone does not report an NPU: it is asked all the same, and the failure is told.
        assertEquals("litert-npu", words("litert-npu", reported = emptySet()).first())
    }

    @Test
    fun theLastOneStillHasOthersToFallBackTo() {
        assertEquals(listOf("onnx-cpu", "litert-npu", "litert-gpu", "litert-cpu"), words("onnx-cpu"))
    }

    @Test
    fun strictIsThatOneAlone() {
        for (choice in EngineChoice.ALL) assertEquals(listOf(choice.word), words(choice.word, strict = true))
    }

    @Test
    fun wordsAreReadBack() {
        for (choice in EngineChoice.ALL) assertEquals(choice, EngineChoice.of(choice.word))
        assertNull(EngineChoice.of("automatic"))
        assertNull(EngineChoice.of(null))
    }

    @Test
    fun whatRanIsNeverGuessed() {
        fun ran(asked: Accelerator, equals: Boolean?) = Residency.ofLiteRt(asked, equals).ran
        assertEquals(Accelerator.CPU, ran(Accelerator.CPU, null))
        for (equals in listOf(true, false, null)) assertNull(ran(Accelerator.NPU, equals))
        assertEquals(Accelerator.GPU, ran(Accelerator.GPU, false))
        assertEquals(Accelerator.CPU, ran(Accelerator.GPU, true))
        assertNull(ran(Accelerator.GPU, null))
        assertNull(Residency.ofLiteRt(Accelerator.GPU, false).nodes)
    }
}
