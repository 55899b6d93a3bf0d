/** What the runtime has to know of a model; a bundle's manifest states it. */
package amirnet.runtime

/**
 * The encoder's patches: squares of [size] pixels, at most [probesPerSide] along a side of the photo (the manifest's
 * `grid`). [trim]: one in so many probes is left out at either end when a code is averaged, 0 for none (CONTRACT D5);
 * else at least 3.
 */
data class ProbeGeometry(val size: Int, val probesPerSide: Int, val trim: Int = 0)

/**
 * The restorer's tiles, in pixels. [radius] (how far the network sees) is guaranteed to be at most [halo]; size and
 * halo are multiples of [alignment]. [flexible]: the graph takes any multiple of the alignment, not only [size].
 * [preferred]: at least [size], what a flexible graph is run with where there is room (CONTRACT L7).
 */
data class TileGeometry(
    val size: Int,
    val halo: Int,
    val overlap: Int,
    val alignment: Int,
    val radius: Int,
    val flexible: Boolean,
    val preferred: Int,
)

/**
 * [where] names the model in messages. [light] says how bright a photo is to be; null where that is left to the
 * network.
 */
class ModelSpec(
    val where: String,
    val tree: DegradationTree,
    val probe: ProbeGeometry,
    val tile: TileGeometry,
    val light: LightHead? = null,
)
