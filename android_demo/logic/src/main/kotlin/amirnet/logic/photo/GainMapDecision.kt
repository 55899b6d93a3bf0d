package amirnet.logic.photo

/** What became of a photo's HDR gain map, to be told to the user. */
enum class GainMapFate {
    /** The photo had none: nothing is told. */
    NONE,
    KEPT,

    /** The photo was brightened: the map would brighten it once more. */
    DROPPED_BRIGHTENED,

    /** The system can read it and not write it (Android below 14). */
    DROPPED_OLD_SYSTEM,

    /** The result is no JPEG. */
    DROPPED_FORMAT,
}

/**
 * A gain map says how much brighter each place of a photo may be shown. It fits only a photo whose tone is unchanged.
 */
object GainMapDecision {
    private const val FIRST_SYSTEM = 34

    /**
     * @param brightened whether the light step changed any level (CONTRACT E3); noise or blur mended do not move tones.
     * @param strengthParts how much of the result was taken, 0..256 (CONTRACT R6); 0 is the photo itself.
     */
    fun decide(
        hasGainMap: Boolean,
        brightened: Boolean,
        strengthParts: Int,
        systemLevel: Int,
        format: ImageFormat,
    ): GainMapFate =
        when {
            !hasGainMap -> GainMapFate.NONE
            brightened && strengthParts > 0 -> GainMapFate.DROPPED_BRIGHTENED
            format != ImageFormat.JPEG -> GainMapFate.DROPPED_FORMAT
            systemLevel < FIRST_SYSTEM -> GainMapFate.DROPPED_OLD_SYSTEM
            else -> GainMapFate.KEPT
        }
}

/** What a result is written as. */
enum class ImageFormat(val suffix: String, val mimeType: String) {
    JPEG(".jpg", "image/jpeg"),
    PNG(".png", "image/png"),
}
