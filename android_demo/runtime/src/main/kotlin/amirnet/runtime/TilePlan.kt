/** How a photo is cut into tiles, in integers only (CONTRACT L1-L6). */
package amirnet.runtime

import amirnet.TileError

/**
 * One tile: its core is the rectangle of [width] x [height] at ([x], [y]); its input has the halo all around.
 *
 * x, y, width and height are guaranteed to be multiples of the alignment; the core begins inside the photo and may end
 * beyond it (those pixels are dropped by the blend). [column] and [row] count tiles.
 */
data class Tile(
    val index: Int,
    val column: Int,
    val row: Int,
    val x: Int,
    val y: Int,
    val width: Int,
    val height: Int,
)

/**
 * One axis of a plan: cores of [core] pixels at [positions] (ascending, multiples of the alignment).
 *
 * The cores are guaranteed to cover [0, [padded]), and padded >= the photo's length; the last core ends at [padded].
 */
class Axis(val core: Int, val padded: Int, val positions: IntArray) {
    companion object {
        /** CONTRACT L3, L4 for one axis; [largest] is a multiple of [alignment] and greater than [overlap]. */
        fun plan(length: Int, largest: Int, overlap: Int, alignment: Int, flexible: Boolean): Axis {
            val count = if (length <= largest) 1 else ceilDiv(length - overlap, largest - overlap)
            val even = roundUp(ceilDiv(length + (count - 1) * overlap, count), alignment)
            val core = if (flexible) minOf(largest, even) else largest
            val padded = maxOf(core, roundUp(length, alignment))
            if (count == 1) return Axis(core, padded, intArrayOf(0))
            val room = (padded - core).toLong()
            return Axis(core, padded, IntArray(count) { (it * room / (count - 1)).toInt() / alignment * alignment })
        }
    }
}

/**
 * The tiles of a photo of [width] x [height] pixels. Raises TileError for sizes that contradict (CONTRACT L1-L6).
 *
 * [size] is the largest tile input a side; [halo] the context around a core; [overlap] how many pixels neighbouring
 * cores share; [alignment] the network's stride; [flexible] whether the graph takes tiles smaller than [size]. Because
 * every position and the halo are multiples of the alignment, each pixel sees the same stride phase as in an untiled
 * run. Iterating gives the tiles row by row, the order in which the Blender wants them.
 */
data class TilePlan(
    val width: Int,
    val height: Int,
    val size: Int,
    val halo: Int,
    val overlap: Int,
    val alignment: Int,
    val flexible: Boolean = true,
) : Iterable<Tile> {
    init {
        checkSizes(size, halo, overlap, alignment)
        if (width < 1 || height < 1) {
            throw TileError("a photo of ${width}x$height has no pixels; give one of at least 1x1")
        }
    }

    /** The overlap in use: the stated one, but never more than half the largest core (CONTRACT L2). */
    val shared: Int
        get() = minOf(overlap, (size - 2 * halo) / 2)

    val horizontal: Axis by lazy { axis(width) }

    val vertical: Axis by lazy { axis(height) }

    private fun axis(length: Int) = Axis.plan(length, size - 2 * halo, shared, alignment, flexible)

    /** How many tiles there are. */
    val count: Int
        get() = horizontal.positions.size * vertical.positions.size

    override fun iterator(): Iterator<Tile> = iterator {
        var index = 0
        for ((row, y) in vertical.positions.withIndex()) {
            for ((column, x) in horizontal.positions.withIndex()) {
                yield(Tile(index, column, row, x, y, horizontal.core, vertical.core))
                index++
            }
        }
    }
}

/** Raises TileError unless a plan can be made of these (CONTRACT L1). */
fun checkSizes(size: Int, halo: Int, overlap: Int, alignment: Int) {
    if (alignment < 1 || halo < 0 || overlap < 0) {
        val stated = "alignment $alignment, halo $halo, overlap $overlap"
        throw TileError("$stated: must be at least 1, 0 and 0; export the bundle again")
    }
    if (halo % alignment != 0) {
        throw TileError("halo $halo: must be a multiple of the alignment $alignment; export the bundle again")
    }
    val smallest = 2 * halo + alignment
    if (size < smallest) {
        throw TileError("tile $size: its core would be empty with a halo of $halo; choose $smallest or more")
    }
    if (size % alignment != 0) {
        val nearest = maxOf(smallest, size / alignment * alignment)
        throw TileError("tile $size: must be a multiple of $alignment; choose $nearest or ${nearest + alignment}")
    }
}

/**
 * The tile sizes to try where memory is short, largest first (CONTRACT S5): the core shrinks by a quarter at a time,
 * until it is narrower than half the halo and a tile would do 25 times the work.
 */
fun tileSizes(size: Int, halo: Int, alignment: Int, flexible: Boolean): List<Int> {
    val cores = generateSequence(size - 2 * halo) { core ->
        (core * 3 / 4 / alignment * alignment).takeIf { flexible && it >= maxOf(alignment, halo / 2) }
    }
    return cores.map { it + 2 * halo }.toList()
}

private fun ceilDiv(number: Int, by: Int): Int = -Math.floorDiv(-number, by)

private fun roundUp(number: Int, step: Int): Int = ceilDiv(number, step) * step
