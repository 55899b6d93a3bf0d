/**
 * How much of a restore's time is the runtime's own work: all but the engine's library. Started by tools/overhead.sh.
 */
package amirnet

import amirnet.bundle.ModelBundle
import amirnet.engines.OnnxEngine
import amirnet.runtime.PixelRows
import com.sun.management.OperatingSystemMXBean
import java.io.File
import java.lang.management.ManagementFactory

/** The share of a restore's time that may be the runtime's own. */
const val MOST_OWN_SHARE: Double = 0.10

/** Of one restore, in seconds, each of a thread that has a processor to itself. */
class Overhead(val own: Double, val engine: Double) {
    val share: Double
        get() = own / (own + engine)
}

/**
 * Of a photo with a precision, after the engine ran once. In processor time, so that other work on the machine does not
 * count: the runtime's own is what the restoring thread spends outside of the library, the library's is the rest of the
 * process, by its threads. The compiler and the collector of the JVM count as the library's: a few parts of a hundred.
 */
fun overhead(expected: Expected, folder: File): Overhead {
    val bundle = ModelBundle.open("mobile", SHIPPED)
    val engine = OnnxEngine(bundle, expected.precision)
    val thread = ManagementFactory.getThreadMXBean()
    val process = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean
    engine.clock = thread::getCurrentThreadCpuTime
    engine.prewarm(expected.tile)
    val rows = PixelRows(PpmRows.pixels(expected.file, File(folder, "photo.ppm")))
    val before = listOf(thread.currentThreadCpuTime, engine.graphNanoseconds, process.processCpuTime)
    Restorer(bundle, engine).restoreRows(rows)
    val after = listOf(thread.currentThreadCpuTime, engine.graphNanoseconds, process.processCpuTime)
    engine.unload()
    val (restoring, inside, all) = before.zip(after) { one, other -> (other - one) / 1e9 }
    val own = restoring - inside
    return Overhead(own, (all - own) / engine.threads)
}

fun main() {
    val folder = kotlin.io.path.createTempDirectory().toFile()
    val shares = expectedPhotos().filter { it.photo == "twelve_megapixels" }.map { expected ->
        val found = overhead(expected, folder)
        val numbers = "%.2f s its own, %.2f s the engine's: %.1f %%".format(found.own, found.engine, 100 * found.share)
        println("$expected: $numbers its own")
        found.share
    }
    folder.deleteRecursively()
    check(shares.all { it <= MOST_OWN_SHARE }) { "more than ${100 * MOST_OWN_SHARE} % of the time is its own" }
}
