/** The phone's side of a measurement: the engine, the clock, the heat, and what the phone was like meanwhile. */
package amirnet.app.benchmark

import android.content.Context
import android.os.Build
import amirnet.OutputError
import amirnet.app.PhoneState
import amirnet.app.engine.AndroidModels
import amirnet.app.BuildConfig
import amirnet.engines.litert.LITERT_VERSION
import amirnet.logic.benchmark.Bench
import amirnet.logic.benchmark.Conditions
import amirnet.logic.benchmark.Device
import amirnet.logic.benchmark.Measured
import amirnet.logic.benchmark.ModelIdentity
import amirnet.logic.benchmark.PhoneResult
import amirnet.logic.benchmark.Thermal
import amirnet.logic.engine.CompileCache
import amirnet.logic.engine.EngineName
import amirnet.logic.ui.BenchDesk
import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import java.io.File
import java.io.IOException
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import java.util.TimeZone

class PhoneBench(
    private val context: Context,
    private val models: AndroidModels,
    private val cache: CompileCache,
    private val phone: PhoneState,
) : BenchDesk, Bench {
    private var taken = ""
    private var thermalStart = Thermal.UNKNOWN
    private var plugged = false
    private var front = true
    private val photo by lazy { pattern(WIDTH, HEIGHT) }
    private val tile by lazy { models.bundle().spec.tile.size.let { pattern(it, it) } }

    override fun begin(): Bench {
        models.again()
        taken = now()
        thermalStart = phone.thermalNow()
        plugged = false
        front = true
        return this
    }

    override fun nanos(): Long = System.nanoTime()

    override fun emptyCache(): Boolean {
        models.again()
        cache.clear()
        return cache.bytes() == 0L
    }

    override fun load() {
        models.loaded()
    }

    override fun unload() = models.unload()

    override fun runTile() {
        look()
        val tree = models.bundle().tree
        models.loaded().restore(tile, tree.codeFor(tree.root.id))
    }

    override fun runPhoto() {
        look()
        models.ready().restoreRows(PixelRows(photo))
    }

    override fun thermal(): Thermal = phone.thermalNow()

    override fun headroom(): Double? = phone.headroom()

    private fun look() {
        plugged = plugged || phone.tethered
        front = front && phone.inFront
    }

    override fun result(measured: Measured): PhoneResult {
        val restorer = models.ready()
        val manifest = restorer.bundle.manifest
        val report = models.reported
        val choice = checkNotNull(report.choice)
        return PhoneResult(
            app = "AMIRNet for Android ${BuildConfig.VERSION_NAME}",
            taken = taken,
            device = Device(Build.MANUFACTURER, Build.MODEL, chip(), phone.memoryBytes),
            systemVersion = Build.VERSION.RELEASE,
            systemBuild = Build.FINGERPRINT,
            choice = choice,
            runtimeVersion = if (choice.engine == EngineName.LITERT) LITERT_VERSION else ONNXRUNTIME_VERSION,
            precision = models.settings.precision,
            strict = models.settings.strict,
            residency = checkNotNull(report.residency),
            failures = report.failures,
            model = ModelIdentity(manifest.name, manifest.identity, restorer.bundle.fingerprint),
            tileSize = tile.width,
            halo = restorer.bundle.spec.tile.halo,
            photoWidth = WIDTH,
            photoHeight = HEIGHT,
            photoTiles = restorer.planFor(WIDTH, HEIGHT).count,
            conditions = Conditions(
                tethered = plugged,
                batteryPercent = phone.batteryPercent,
                lowPower = phone.lowPower,
                thermalStart = thermalStart,
                thermalEnd = phone.thermalNow(),
                foreground = front,
                debuggable = phone.debuggable,
            ),
            measured = measured,
        )
    }

    override fun keep(json: String): String {
        val folder = File(context.getExternalFilesDir(null) ?: context.filesDir, "results")
        val file = File(folder, "latest.json")
        try {
            folder.mkdirs()
            val part = File(folder, "latest.part")
            part.writeText(json)
            if (!part.renameTo(file)) throw IOException("cannot be renamed")
        } catch (error: IOException) {
            throw OutputError("${file.name}: cannot be kept (${error.message}); make room on the phone", error)
        }
        return file.path
    }

    private fun chip(): String? =
        if (Build.VERSION.SDK_INT >= 31) Build.SOC_MODEL.takeIf { it != Build.UNKNOWN } else null

    private fun now(): String = SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT)
        .apply { timeZone = TimeZone.getTimeZone("UTC") }.format(Date())

    /** Levels of all sorts, the same on every phone: what is in a photo does not change how long a tile takes. */
    private fun pattern(width: Int, height: Int): Pixels {
        var seed = 1L
        return Pixels(height, width, ByteArray(3 * width * height) {
            seed = seed * 48_271 % 2_147_483_647
            (seed shr 8).toByte()
        })
    }

    private companion object {
        /** 12 megapixels. */
        const val WIDTH = 4000
        const val HEIGHT = 3000
        const val ONNXRUNTIME_VERSION = "1.27.0"
    }
}
