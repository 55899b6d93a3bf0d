package amirnet.logic.ui

import amirnet.logic.engine.EngineChoice
import kotlin.test.Test
import kotlin.test.assertEquals

class AppSettingsTest {
    @Test
    fun whatWasSetIsReadBack() {
        for (engine in EngineChoice.ALL + null) {
            val strict = engine != null
            val set = AppSettings("/x/model.zip", engine, strict, precision = "float32", keepPlace = true)
            assertEquals(set, AppSettings.ofWords(set.toWords()))
        }
        assertEquals(AppSettings(), AppSettings.ofWords(emptyMap()))
    }

    @Test
    fun settingsOfAnotherReleaseDoNoHarm() {
        val odd = mapOf("engine" to "tpu", "strict" to "true", "precision" to "int4", "bundle" to "", "more" to "x")
        assertEquals(AppSettings(), AppSettings.ofWords(odd))
    }

    @Test
    fun onlyEnginesThatTheBundleHasModelsForAreOffered() {
        assertEquals(listOf("onnx-cpu"), AppSettings.choices(setOf("onnx", "coreml")).map { it.word })
        assertEquals(4, AppSettings.choices(setOf("onnx", "tflite")).size)
    }
}
