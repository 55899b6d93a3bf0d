/** What a user may ask for beside "make it better": the same for one photo, a file, and a batch (CONTRACT R7). */
package amirnet.runtime

import amirnet.OptionError

/** How bright a photo is to be (CONTRACT E7). */
sealed class Light {
    /** The model says how bright. */
    data object Auto : Light()

    /** Not brightened, whatever the model says. */
    data object Keep : Light()

    /** As a photo of low light. */
    data object Brighten : Light()

    /** A number in 0..4 by which auto's curve is scaled. */
    data class Scaled(val by: Double) : Light()

    companion object {
        /** By its word, "auto", "keep" or "brighten", or a number as text. Raises OptionError. */
        fun of(text: String): Light = when (text) {
            "auto" -> Auto
            "keep" -> Keep
            "brighten" -> Brighten
            else -> Scaled(text.toDoubleOrNull() ?: throw OptionError("light $text: $LIGHT_REMEDY"))
        }
    }
}

val LIGHT_CHOICES: List<String> = listOf("auto", "keep", "brighten")

/** The largest number that light may be. */
const val MOST_LIGHT: Double = 4.0

/**
 * Raises OptionError for what is out of range or contradicts itself.
 *
 * [light]: how bright. [kind]: the damage to mend, by one of the names that the model's nodes state ("noise", "motion",
 * ...); null: the model finds out. [node]: a node of the tree instead, its stored code and every confidence 1 (CONTRACT
 * R3). [strength]: 0..1, how much of the restored photo is taken; the rest is the photo.
 */
data class RestoreOptions(
    val light: Light = Light.Auto,
    val kind: String? = null,
    val node: Long? = null,
    val strength: Double = 1.0,
) {
    init {
        if (light is Light.Scaled && light.by !in 0.0..MOST_LIGHT) throw OptionError("light ${light.by}: $LIGHT_REMEDY")
        if (strength !in 0.0..1.0) {
            throw OptionError("strength $strength: not within 0 to 1; 1 takes the restored photo, 0 the photo")
        }
        if (node != null && kind != null) {
            throw OptionError("node $node and kind $kind: a node is of its own kind; leave one out")
        }
        if (node != null && light == Light.Brighten) {
            throw OptionError("node $node and light brighten: contradict; leave one out, or take light auto")
        }
    }
}

private val LIGHT_REMEDY =
    "no such light; choose one of ${LIGHT_CHOICES.joinToString()}, or a number from 0 to ${MOST_LIGHT.toInt()}"
