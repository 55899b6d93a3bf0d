/**
 * What an engine is: it runs the two graphs of a bundle (CONTRACT G1-G9). The module `engines` has those there are.
 */
package amirnet.runtime

import amirnet.EngineError

/**
 * A restored tile, [height] x [width] pixels of three channels: levels, or numbers that are not clipped (CONTRACT G3,
 * G6).
 *
 * The value of channel c of pixel (y, x) is number [offset] + y [rowStride] + x [pixelStride] + c [channelStride] of
 * the data: planes and pixels both fit.
 */
sealed class Answer {
    abstract val height: Int
    abstract val width: Int
    abstract val offset: Int
    abstract val rowStride: Int
    abstract val pixelStride: Int
    abstract val channelStride: Int

    /** A rectangle of it, which shares its memory. */
    abstract fun view(top: Int, left: Int, height: Int, width: Int): Answer

    /** Where a value stands in the data. */
    fun at(y: Int, x: Int, channel: Int): Int = offset + y * rowStride + x * pixelStride + channel * channelStride
}

/** A restored tile as levels, 0..255. */
class Levels(
    override val height: Int,
    override val width: Int,
    val data: ByteArray,
    override val offset: Int = 0,
    override val rowStride: Int = width,
    override val pixelStride: Int = 1,
    override val channelStride: Int = height * width,
) : Answer() {
    override fun view(top: Int, left: Int, height: Int, width: Int): Levels =
        Levels(height, width, data, at(top, left, 0), rowStride, pixelStride, channelStride)

    companion object {
        /** Of pixels, whose memory it shares. */
        fun of(pixels: Pixels): Levels =
            Levels(pixels.height, pixels.width, pixels.data, pixels.offset, pixels.rowStride, CHANNELS, 1)
    }
}

/** A restored tile as float32 numbers, 1.0 for level 255. */
class Numbers(
    override val height: Int,
    override val width: Int,
    val data: Floats,
    override val offset: Int = 0,
    override val rowStride: Int = width,
    override val pixelStride: Int = 1,
    override val channelStride: Int = height * width,
) : Answer() {
    override fun view(top: Int, left: Int, height: Int, width: Int): Numbers =
        Numbers(height, width, data, at(top, left, 0), rowStride, pixelStride, channelStride)
}

/** Where an engine is in its life (CONTRACT G7). It may go from any of these to any other, and serves in all. */
enum class EngineState {
    /** It holds no graph. The first call loads what it needs. */
    UNLOADED,

    /** It holds a graph at least. */
    LOADED,

    /** Its graphs have run once: the next tile takes no longer than any other. */
    READY,
}

/** What happens when several threads call one engine (CONTRACT G8). Both are safe. */
enum class Concurrency {
    /** They run at once. */
    PARALLEL,

    /** One after the other: each call waits for those before it. */
    IN_TURN,
}

/**
 * What restoring with an engine takes beside the photo, in bytes; measured.
 *
 * [runtime]: the app, the libraries, both graphs. [tilePixel]: a pixel of the tile's input, with all the tensors of the
 * engine and those around it.
 */
data class EngineMemory(val runtime: Long, val tilePixel: Long)

/** What an encoder says of N probes: N masks, probabilities per level, and N values, K numbers each (CONTRACT G2). */
class Encoded(val mask: List<Floats>, val value: List<Floats>)

/**
 * Runs a bundle's graphs on camera bytes: 8-bit RGB, channels last. What a graph wants beyond that, division by 255 or
 * planes, is the engine's business. All methods raise EngineError. An answer is the caller's until its next call.
 */
interface Engine {
    /** What runs, for people. */
    val title: String

    /** Side in pixels of the only tiles that its restorer takes; null: any multiple of the alignment. */
    val fixedTile: Int?

    /** What it takes for a model of the shipped one's size; null: nobody measured it. */
    val memory: EngineMemory?

    val state: EngineState

    val concurrency: Concurrency

    /** Load both graphs now instead of when they are first used. Of a folded bundle the encoder alone. */
    fun load()

    /** Load, and run each graph once on gray, a tile of that side; null: the bundle's. */
    fun prewarm(tile: Int? = null)

    /** Let go of the graphs and their memory, when the calls at work in them are done. */
    fun unload()

    /** Squares of one size -> their masks and values. */
    fun encode(probes: List<Pixels>): Encoded

    /** A tile and a code of K numbers -> the restored tile, of the tile's size. */
    fun restore(tile: Pixels, code: Floats): Answer
}

/** Raises EngineError unless the probes are squares of one size, one at least (CONTRACT G2). */
fun checkProbes(where: String, probes: List<Pixels>) {
    val side = probes.firstOrNull()?.height
    if (side == null || probes.any { it.height != side || it.width != side }) {
        val sizes = probes.map { "${it.width}x${it.height}" }.distinct().joinToString()
        throw EngineError("$where: takes squares of one size, not ($sizes); give probes as they are planned")
    }
}

/** Raises EngineError unless an encoder's answer for [count] probes has the contract's shape (CONTRACT G2). */
fun checkEncoded(where: String, encoded: Encoded, count: Int, size: Int) {
    val wrong = (encoded.mask + encoded.value).any { it.size != size }
    if (wrong || encoded.mask.size != count || encoded.value.size != count) {
        val found = "${encoded.mask.size} masks and ${encoded.value.size} values"
        throw EngineError("$where: returned $found, not $count of each, of $size numbers; export the bundle again")
    }
}

/** Raises EngineError unless a restorer's answer has its tile's shape (CONTRACT G3). */
fun checkRestored(where: String, restored: Answer, tile: Pixels) {
    if (restored.height != tile.height || restored.width != tile.width) {
        val found = "${restored.width}x${restored.height}"
        throw EngineError("$where: returned $found for a tile of ${tile.width}x${tile.height}; export the bundle again")
    }
}

/** A runtime's message, short enough for one line. */
fun oneLine(error: Throwable): String =
    (error.message ?: error.javaClass.simpleName).trim().split(Regex("\\s+")).joinToString(" ").take(200)
