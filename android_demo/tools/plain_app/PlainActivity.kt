/**
 * Restores a pattern with the bundle in the package, by ONNX Runtime, and says what was found: no screens but a text.
 */
package amirnet.plain

import android.app.Activity
import android.os.Bundle
import android.system.Os
import android.widget.TextView
import amirnet.AmirnetError
import amirnet.Restorer
import amirnet.app.R
import amirnet.bundle.FolderFiles
import amirnet.bundle.ModelBundle
import amirnet.engines.OnnxEngine
import amirnet.engines.VARIABLE
import amirnet.logic.ui.Found
import amirnet.logic.ui.Words
import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import java.io.File
import kotlin.concurrent.thread

class PlainActivity : Activity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        Os.setenv(VARIABLE, "1", true)
        val text = TextView(this).apply { setText(R.string.progress_looking) }
        setContentView(text)
        thread {
            val line = try {
                restored()
            } catch (error: AmirnetError) {
                word(Words.error(error.javaClass.simpleName)) + "\n" + error.message
            }
            runOnUiThread { text.text = line }
        }
    }

    private fun restored(): String {
        val bundle = ModelBundle.of(FolderFiles(unpacked("mobile")), "mobile")
        val photo = Pixels(SIDE, SIDE, ByteArray(3 * SIDE * SIDE) { (it * 31).toByte() })
        val restored = Restorer(bundle, OnnxEngine(bundle, "int8")).restoreRows(PixelRows(photo))
        val found = Found.of(restored.diagnosis, null, restored.changePsnr)
        val (kind, share) = found.first ?: return getString(R.string.found_unknown)
        val name = Words.kind(kind)?.let(::word) ?: kind
        val percent = (100 * share).toInt()
        return getString(R.string.found_line, name, word(Words.sure(share)), percent) + "\n" +
            getString(R.string.benchmark_seconds, "%.2f".format(restored.seconds.getValue("total")))
    }

    private fun word(key: String): String = getString(resources.getIdentifier(key, "string", packageName))

    /** The bundle's folder of the package as files. */
    private fun unpacked(folder: String): File {
        val to = File(noBackupFilesDir, folder)
        copy(folder, to)
        return to
    }

    private fun copy(from: String, to: File) {
        val below = assets.list(from).orEmpty()
        if (below.isEmpty()) {
            assets.open(from).use { file -> to.outputStream().use { file.copyTo(it) } }
        } else {
            to.mkdirs()
            below.forEach { copy("$from/$it", File(to, it)) }
        }
    }

    private companion object {
        const val SIDE = 600
    }
}
