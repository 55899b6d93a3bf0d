/** Whole photos through the shipped ONNX models: the same bytes as the Python SDK. */
package amirnet

import amirnet.bundle.ModelBundle
import amirnet.engines.OnnxEngine
import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

class PhotoParityTest {
    @TempDir
    lateinit var folder: File

    @TestFactory
    fun `a photo becomes the same bytes as in Python`(): List<DynamicTest> = expectedPhotos().map { expected ->
        dynamicTest(expected.toString()) {
            val bundle = ModelBundle.open("mobile", SHIPPED)
            val engine = OnnxEngine(bundle, expected.precision)
            val rows = PpmRows(File(folder, "photo.ppm"), expected.file)
            val restored = Restorer(bundle, engine).restoreRows(rows)
            engine.unload()
            assertEquals(expected.node, restored.diagnosis.node)
            assertEquals(expected.tile to expected.tiles, restored.tile to restored.tiles)
            assertEquals(expected.sha256, rows.sha256(), "the restored bytes of $expected")
            assertEquals(expected.changePsnr, restored.changePsnr, 1e-9)
            assertTrue(rows.mostRows <= 256, "rows are read by bands, and ${rows.mostRows} were asked for at once")
        }
    }
}
