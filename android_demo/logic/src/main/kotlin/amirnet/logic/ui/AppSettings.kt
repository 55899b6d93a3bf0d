package amirnet.logic.ui

import amirnet.logic.engine.EngineChoice
import amirnet.logic.engine.EngineName

/** What the user has set, kept as words. */
data class AppSettings(
    /** Path of the bundle that the user opened; null: the one that came with the app. */
    val bundle: String? = null,
    /** null: automatic. */
    val engine: EngineChoice? = null,
    val strict: Boolean = false,
    /** The manifest's word: "int8" or "float32". */
    val precision: String = "int8",
    val keepPlace: Boolean = false,
) {
    fun toWords(): Map<String, String> = buildMap {
        bundle?.let { put("bundle", it) }
        put("engine", engine?.word ?: AUTOMATIC)
        put("strict", strict.toString())
        put("precision", precision)
        put("keep_place", keepPlace.toString())
    }

    companion object {
        const val AUTOMATIC = "automatic"
        val PRECISIONS: List<String> = listOf("int8", "float32")

        /** What makes no sense counts as not set: settings of another release do no harm. */
        fun ofWords(words: Map<String, String>): AppSettings {
            val engine = EngineChoice.of(words["engine"])
            return AppSettings(
                bundle = words["bundle"]?.ifEmpty { null },
                engine = engine,
                strict = engine != null && words["strict"] == "true",
                precision = words["precision"].takeIf { it in PRECISIONS } ?: PRECISIONS[0],
                keepPlace = words["keep_place"] == "true",
            )
        }

        /** Engines that a bundle has models for, by the manifest's backends of its restorer. */
        fun choices(backends: Set<String>): List<EngineChoice> {
            val engines = EngineName.entries.filter { it.backend in backends }
            return EngineChoice.ALL.filter { it.engine in engines }
        }
    }
}
