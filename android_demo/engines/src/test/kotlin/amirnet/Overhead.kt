/**
 * How much of a restore's time is the runtime's own work: all but the engine's library. Started by tools/overhead.sh.
 */
package amirnet

import amirnet.bundle.ModelBundle
import amirnet.engines.OnnxEngine
import amirnet.runtime.PixelRows
import java.io.File

/** The share of a restore's time that may be the runtime's own. */
const val MOST_OWN_SHARE: Double = 0.10

/** Of one restore, in seconds. */
class Overhead(val total: Double, val engine: Double) {
    val share: Double
        get() = (total - engine) / total
}

/** Of a photo with a precision, after the engine ran once. */
fun overhead(expected: Expected, folder: File): Overhead {
    val bundle = ModelBundle.open("mobile", SHIPPED)
    val engine = OnnxEngine(bundle, expected.precision)
    engine.prewarm(expected.tile)
    val before = engine.graphNanoseconds
    val rows = PixelRows(PpmRows.pixels(expected.file, File(folder, "photo.ppm")))
    val restored = Restorer(bundle, engine).restoreRows(rows)
    val spent = (engine.graphNanoseconds - before) / 1e9
    engine.unload()
    return Overhead(restored.seconds.getValue("total"), spent)
}

fun main() {
    val folder = kotlin.io.path.createTempDirectory().toFile()
    val large = expectedPhotos().filter { it.photo == "twelve_megapixels" }
    val shares = large.map { expected ->
        val found = overhead(expected, folder)
        val percent = "%.1f".format(100 * found.share)
        println("$expected: %.2f s, of them %.2f s in the engine: $percent %% its own".format(found.total, found.engine))
        found.share
    }
    folder.deleteRecursively()
    check(shares.all { it <= MOST_OWN_SHARE }) { "more than ${100 * MOST_OWN_SHARE} % of the time is the runtime's own" }
}
