/** The app's bundle and engine: opened by the settings, made by the first choice that works. */
package amirnet.app.engine

import android.content.Context
import android.os.Build
import amirnet.EngineError
import amirnet.Restorer
import amirnet.app.photo.EngineNeeds
import amirnet.bundle.ModelBundle
import amirnet.engines.OnnxEngine
import amirnet.engines.litert.LITERT_VERSION
import amirnet.engines.litert.LiteRtEngine
import amirnet.engines.litert.LiteRtEnvironment
import amirnet.engines.litert.answerAlike
import amirnet.engines.litert.liteRtMemory
import amirnet.logic.engine.Accelerator
import amirnet.logic.engine.CompileCache
import amirnet.logic.engine.CompileKey
import amirnet.logic.engine.EngineChoice
import amirnet.logic.engine.EngineHost
import amirnet.logic.engine.EngineName
import amirnet.logic.engine.EngineOrder
import amirnet.logic.engine.EngineReport
import amirnet.logic.engine.MadeEngine
import amirnet.logic.engine.Residency
import amirnet.logic.ui.AppSettings
import amirnet.logic.ui.OpenedBundle
import amirnet.logic.ui.RestorerSource
import amirnet.logic.ui.SettingsDesk
import amirnet.runtime.Engine
import com.google.ai.edge.litert.Accelerator as LiteRtAccelerator
import java.io.File
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flowOf

/** All but [report] is called by the models' owner thread. */
class AndroidModels(private val context: Context, private val cache: CompileCache) : RestorerSource, SettingsDesk {
    private val store = SettingsStore(context)
    private val hosts = MutableStateFlow<EngineHost?>(null)
    private var bundle: ModelBundle? = null

    var settings: AppSettings = AppSettings()
        private set

    /** What runs, for the chip. */
    @OptIn(ExperimentalCoroutinesApi::class)
    val report: Flow<EngineReport> = hosts.flatMapLatest { it?.report ?: flowOf(EngineReport()) }

    val reported: EngineReport get() = hosts.value?.report?.value ?: EngineReport()

    override fun load(): AppSettings = store.load()

    override fun store(settings: AppSettings) = store.store(settings)

    override fun apply(settings: AppSettings): OpenedBundle {
        val before = bundle
        val opened = if (before == null || settings.bundle != this.settings.bundle) open(settings.bundle) else before
        if (opened !== before || settings.copy(keepPlace = false) != this.settings.copy(keepPlace = false)) {
            unload()
            hosts.value = null
        }
        bundle = opened
        this.settings = settings
        val restorer = opened.manifest.models.entries.firstOrNull { it.key.startsWith("restorer") }
        return OpenedBundle(opened.manifest.name, opened.manifest.identity, restorer?.value.orEmpty().keys)
    }

    /** The bundle that runs. Raises BundleError. */
    fun bundle(): ModelBundle = bundle ?: open(settings.bundle).also { bundle = it }

    override fun ready(): Restorer = Restorer(bundle(), host().ready())

    /** Loaded, and not run yet: for the benchmark. */
    fun loaded(): Engine = host().loaded()

    override fun failed(error: EngineError): Boolean = host().failed(error)

    override fun unload() {
        hosts.value?.unload()
    }

    /** What restoring takes beside the photo's rows, by the numbers that were measured on a desk (CONTRACT S4). */
    fun needs(): EngineNeeds {
        val tile = bundle().spec.tile.size
        val taken = liteRtMemory(settings.precision)
        return EngineNeeds(taken.runtime + taken.tilePixel * tile * tile, tile)
    }

    fun compileKey(): CompileKey = CompileKey(bundle().fingerprint, Build.FINGERPRINT, LITERT_VERSION)

    /** What is between two engines of the same settings. */
    fun again() {
        unload()
        hosts.value = null
    }

    private fun open(path: String?): ModelBundle =
        if (path == null) ModelBundle.of(AssetFiles(context.assets, "mobile"), "mobile") else ModelBundle.open(path)

    private fun host(): EngineHost = hosts.value ?: EngineHost(choices(), ::make).also { hosts.value = it }

    private fun choices(): List<EngineChoice> {
        val names = LiteRtEnvironment.reported(context, cache.open(compileKey()))
        val reported = names?.let { found -> Accelerator.entries.filter { it.name in found }.toSet() }
        return EngineOrder.of(settings.engine, settings.strict, reported)
    }

    private fun make(choice: EngineChoice): MadeEngine = when (choice.engine) {
        EngineName.ONNX -> MadeEngine(OnnxEngine(bundle(), settings.precision)) { Residency.ofOnnxCpu() }
        EngineName.LITERT -> {
            val engine = liteRt(choice.accelerator)
            MadeEngine(engine) { Residency.ofLiteRt(choice.accelerator, equalsCpu(engine, choice.accelerator)) }
        }
    }

    private fun liteRt(accelerator: Accelerator): LiteRtEngine {
        val key = compileKey()
        val folder = File(context.noBackupFilesDir, "models")
        return LiteRtEngine(bundle(), settings.precision, LiteRtAccelerator.valueOf(accelerator.name), folder) {
            LiteRtEnvironment.of(context, cache.open(key))
        }
    }

    /** Whether a GPU's answer is the CPU's to the bit, which would mean that it is the CPU's; null: not compared. */
    private fun equalsCpu(engine: LiteRtEngine, accelerator: Accelerator): Boolean? {
        if (accelerator != Accelerator.GPU) return null
        val cpu = liteRt(Accelerator.CPU)
        return try {
            val tree = bundle().tree
            answerAlike(engine, cpu, engine.fixedTile, tree.codeFor(tree.root.id))
        } catch (_: EngineError) {
            null
        } finally {
            cpu.unload()
        }
    }
}
