package amirnet.logic.ui

import amirnet.AmirnetError
import amirnet.logic.engine.CompileCache
import amirnet.logic.engine.EngineChoice
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** All that the settings screen shows. */
data class SettingsUiState(
    val settings: AppSettings = AppSettings(),
    /** The bundle's name, and the first digits of its identity; null before it was opened. */
    val bundle: Pair<String, String>? = null,
    val choices: List<EngineChoice> = emptyList(),
    val cacheBytes: Long = 0,
    val cacheCleared: Boolean = false,
    val error: Pair<String, String>? = null,
)

/** What settings change: Android's part keeps them and opens bundles. All is called by the owner thread. */
interface SettingsDesk {
    fun load(): AppSettings

    fun store(settings: AppSettings)

    /** Take these settings for what runs next. Raises BundleError; then the ones before stay. */
    fun apply(settings: AppSettings): OpenedBundle
}

/** A bundle as the settings tell it; [backends] are those of its restorers. */
data class OpenedBundle(val name: String, val identity: String, val backends: Set<String>)

/** The view model of the settings screen, without Android. */
class SettingsModel(
    private val desk: SettingsDesk,
    private val cache: CompileCache,
    private val scope: CoroutineScope,
    private val owner: CoroutineDispatcher,
    private val unload: () -> Unit,
) {
    private val states = MutableStateFlow(SettingsUiState())

    val state: StateFlow<SettingsUiState> = states.asStateFlow()

    fun load() = change { desk.load() }

    fun setBundle(path: String?) = change { states.value.settings.copy(bundle = path) }

    fun setEngine(engine: EngineChoice?) = change {
        val before = states.value.settings
        before.copy(engine = engine, strict = before.strict && engine != null)
    }

    fun setStrict(strict: Boolean) = change { states.value.settings.copy(strict = strict) }

    fun setPrecision(precision: String) = change { states.value.settings.copy(precision = precision) }

    fun setKeepPlace(keep: Boolean) = change { states.value.settings.copy(keepPlace = keep) }

    fun dismissError() = states.update { it.copy(error = null) }

    fun clearCache() {
        scope.launch(owner) {
            unload() // a compiled model that is in use is no longer in the cache
            cache.clear()
            states.update { it.copy(cacheBytes = cache.bytes(), cacheCleared = true) }
        }
    }

    private fun change(wanted: () -> AppSettings) {
        scope.launch(owner) {
            val settings = wanted()
            try {
                val bundle = desk.apply(settings)
                desk.store(settings)
                states.update {
                    it.copy(
                        settings = settings,
                        bundle = bundle.name to bundle.identity.take(IDENTITY_DIGITS),
                        choices = AppSettings.choices(bundle.backends),
                        cacheBytes = cache.bytes(),
                        cacheCleared = false,
                    )
                }
            } catch (error: AmirnetError) {
                states.update { it.copy(error = error.javaClass.simpleName to error.message.orEmpty()) }
            }
        }
    }

    private companion object {
        const val IDENTITY_DIGITS = 8
    }
}
