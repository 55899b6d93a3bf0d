package amirnet.logic.ui

import amirnet.runtime.Diagnosis
import amirnet.runtime.LEFT_ALONE

/** What was found in a photo, ready to be said in any language. */
data class Found(
    /** Kind -> 0..1, the likeliest first; empty where the model does not say. */
    val kinds: List<Pair<String, Double>>,
    /** What the user said that it is, else null. */
    val said: String?,
    /** Mean level of the probes before and after it was brightened; null where the light was left as it was. */
    val brightened: Pair<Int, Int>?,
    /** Whether the light step changed any level, seen or not. */
    val lit: Boolean,
    /** PSNR of the result against the photo, dB; null before there is a result. */
    val changeDb: Double?,
) {
    val leftAlone: Boolean get() = changeDb != null && changeDb >= LEFT_ALONE

    /** The likeliest kind that is at all likely, and the next one if it is worth a word. */
    val first: Pair<String, Double>? get() = kinds.firstOrNull()?.takeIf { it.second > 0 }
    val second: Pair<String, Double>? get() = kinds.getOrNull(1)?.takeIf { it.second >= WORTH_A_WORD }

    companion object {
        private const val WORTH_A_WORD = 0.05

        fun of(diagnosis: Diagnosis, said: String?, changeDb: Double?): Found {
            val light = diagnosis.light
            val lit = light != null && !light.isIdentity
            val levels = if (lit) diagnosis.meanLevels else null
            val brightened = levels?.let { (before, after) -> Math.round(before).toInt() to Math.round(after).toInt() }
            return Found(diagnosis.kinds.toList(), said, brightened?.takeIf { it.first != it.second }, lit, changeDb)
        }
    }
}
