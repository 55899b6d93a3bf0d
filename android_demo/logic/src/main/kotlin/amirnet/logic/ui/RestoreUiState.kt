package amirnet.logic.ui

import amirnet.logic.job.JobState
import amirnet.logic.job.TimeLeft
import amirnet.logic.photo.GainMapFate
import amirnet.logic.photo.ImageFormat
import amirnet.logic.photo.SizeVerdict
import amirnet.runtime.LightCurve
import amirnet.runtime.Pixels
import amirnet.runtime.RestoreOptions

/** Where the place stands that a photo was taken at. */
enum class Place {
    /** The photo has one. */
    KNOWN,

    /** The photo has none. */
    NONE,

    /** The picker took it away before the app saw the photo: nobody knows whether there was one. */
    STRIPPED,
}

/** What is known of a photo before it is restored: upright size in pixels, and what its file says beside pixels. */
data class PhotoFacts(
    val title: String,
    val width: Int,
    val height: Int,
    val place: Place,
    val hasGainMap: Boolean,
    /** The profile's name; null where it is sRGB. */
    val profile: String?,
)

/** What became of a photo as it was saved; told line by line. */
data class SavedPhoto(
    val name: String,
    /** What to open or share it by. */
    val uri: String,
    val format: ImageFormat,
    val placeKept: Boolean,
    val gainMap: GainMapFate,
    /** null where the photo was sRGB; [profileKept] says whether the system could write it. */
    val profile: String?,
    val profileKept: Boolean,
    /** What EXIF could not be carried over for; null where it was. */
    val metadataLost: String?,
)

/** Before and after at the size of a screen. [after] is the whole strength; the curve is the model's own. */
class Preview(val before: Pixels, val after: Pixels, val curve: LightCurve?)

/** All that the restore screen shows. */
data class RestoreUiState(
    val job: JobState = JobState.Idle,
    val timeLeft: TimeLeft = TimeLeft.Unknown,
    val facts: PhotoFacts? = null,
    val refused: SizeVerdict.Refused? = null,
    val found: Found? = null,
    /** What the user has chosen. */
    val choices: RestoreOptions = RestoreOptions(),
    /** What the result was made with; null where there is none. */
    val applied: RestoreOptions? = null,
    val preview: Preview? = null,
    val saving: Boolean = false,
    val saved: SavedPhoto? = null,
    /** An error beside the job's own: of saving, say. The contract's name, and its one line. */
    val error: Pair<String, String>? = null,
    /** Kinds that the model knows, and whether it has a light step to scale. */
    val kinds: List<String> = emptyList(),
    val scalesLight: Boolean = false,
) {
    /** Whether what was chosen needs the photo restored again: kind and light do, strength never does. */
    val needsRun: Boolean
        get() = applied != null && (choices.light != applied.light || choices.kind != applied.kind)

    val hasResult: Boolean get() = applied != null && preview != null

    /** Whether the light step changed any level of the result. */
    val brightened: Boolean get() = found?.lit == true
}
