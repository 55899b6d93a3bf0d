/** Tiles back to a photo: integer weights, integer sums, one rounding, rectangles as they finish (CONTRACT M1-M7). */
package amirnet.runtime

import amirnet.TileError
import kotlin.math.floor

/** Steps of the fixed-point value per 8-bit level. */
const val LEVEL: Int = 256

/** The fixed-point value of 1.0. */
const val ONE: Int = 255 * LEVEL

/** Takes a finished rectangle: its top, its left, its levels. */
typealias Put = (top: Int, left: Int, levels: Pixels) -> Unit

/**
 * floor(clamp(y, 0, 1) * 65280 + 0.5), in float64 (CONTRACT M1), of a row of a core, pixel by pixel; of levels, 256
 * times as much. Numbers must not be NaN. [into]: where they are written.
 */
fun fixedPoint(core: Answer, y: Int, left: Int, width: Int, into: Integers) {
    for (channel in 0 until CHANNELS) {
        var from = core.at(y, left, channel)
        for (place in channel until CHANNELS * width step CHANNELS) {
            into[place] = when (core) {
                is Levels -> (core.data[from].toLong() and 0xFF) * LEVEL
                is Numbers -> fixedPoint(core.data[from])
            }
            from += core.pixelStride
        }
    }
}

/** The same of one number. */
fun fixedPoint(number: Float): Long = floor(clamped(number) * ONE + 0.5).toLong()

/**
 * The levels of pixels that one core alone holds, into a place of the same shape: M1 and M4 in one step.
 *
 * With one weight, floor((q + 128) / 256) remains of M4, and as nested floors are one, floor(255 y + 257 / 512) of it
 * and M1. In float64 nothing in this is rounded but by the floor, as in M1.
 */
fun loneLevels(core: Answer, into: Pixels) {
    for (y in 0 until core.height) {
        for (channel in 0 until CHANNELS) {
            var from = core.at(y, 0, channel)
            var to = into.at(y, 0) + channel
            when (core) {
                is Levels -> repeat(core.width) {
                    into.data[to] = core.data[from]
                    from += core.pixelStride
                    to += CHANNELS
                }
                is Numbers -> repeat(core.width) {
                    into.data[to] = (clamped(core.data[from]) * 255.0 + 257.0 / 512.0).toInt().toByte()
                    from += core.pixelStride
                    to += CHANNELS
                }
            }
        }
    }
}

private fun clamped(number: Float): Double = minOf(1f, maxOf(0f, number)).toDouble()

/**
 * Weights of a core's pixels along one axis, each in 1 .. overlap + 1 (CONTRACT M2).
 *
 * They ramp up from every edge that has a neighbour, and stay full at the photo's own edges.
 */
fun axisWeights(axis: Axis, position: Int, overlap: Int): Integers = Integers(axis.core) { distance ->
    val full = overlap + 1
    val left = if (position == 0) full else minOf(full, distance + 1)
    val right = if (position + axis.core == axis.padded) full else minOf(full, axis.core - distance)
    minOf(left, right).toLong()
}

/** The 8-bit level of a weighted sum of fixed-point values, halves up (CONTRACT M4). The weight is at least 1. */
fun rounded(total: Long, weight: Long): Int = ((2 * total + LEVEL * weight) / (2 * LEVEL * weight)).toInt()

/**
 * Blends the cores of one plan, keeping sums only where tiles overlap: one band, whatever the photo's height.
 *
 * Feed every tile once, in plan order. Each rectangle that no later tile touches goes to [put] at once; together they
 * are the photo, each pixel once. What one tile alone holds is copied; weights and sums are for the strips that it
 * shares. A core is read before [add] returns, so an engine may use its memory again.
 */
class Blender(val plan: TilePlan, private val put: Put) {
    private val across = totalWeights(plan.horizontal, plan.shared)
    private val down = totalWeights(plan.vertical, plan.shared)
    private val carried = Sums(mostShared(plan), plan.width)
    private var pending = Sums(0, 0)
    private var next = 0

    /**
     * Add the core of one tile: levels, or numbers of any range (they are clamped). Raises TileError for a tile out of
     * order, a wrong shape, or a NaN.
     */
    fun add(tile: Tile, core: Answer) {
        check(tile, core)
        next++
        // The core may reach beyond the photo (its size is a multiple of the alignment): those pixels are dropped.
        val rows = Span.of(plan.vertical, tile.row).within(plan.height - tile.y)
        val columns = Span.of(plan.horizontal, tile.column).within(plan.width - tile.x)
        val levels = Pixels(rows.done, columns.done)
        val later = Sums(rows.length, columns.length - columns.done)
        val shares = Shares(tile, rows, columns, levels, later)
        if (rows.shared < rows.done && columns.shared < columns.done) {
            val (height, width) = rows.done - rows.shared to columns.done - columns.shared
            loneLevels(
                core.view(rows.shared, columns.shared, height, width),
                levels.view(rows.shared, columns.shared, height, width),
            )
            blend(core, shares, 0, rows.shared, 0, columns.length)
            blend(core, shares, rows.shared, rows.done, 0, columns.shared)
            blend(core, shares, rows.shared, rows.done, columns.done, columns.length)
            blend(core, shares, rows.done, rows.length, 0, columns.length)
        } else {
            blend(core, shares, 0, rows.length, 0, columns.length)
        }
        carried.clear(rows.length - rows.done, tile.x, columns.done)
        pending = later
        if (levels.height > 0 && levels.width > 0) put(tile.y, tile.x, levels)
    }

    private fun check(tile: Tile, core: Answer) {
        val where = "tile ${tile.index}"
        if (tile.index != next) throw TileError("$where: tile $next comes next; add tiles in plan order, each once")
        if (core.height != tile.height || core.width != tile.width) {
            val (found, wanted) = "${core.width}x${core.height}" to "${tile.width}x${tile.height}"
            throw TileError("$where: shape $found, but the plan wants $wanted; add the tile's core")
        }
        if (core is Numbers && hasNaN(core)) {
            throw TileError("$where at (${tile.x}, ${tile.y}): the model returned NaN; export the bundle again")
        }
    }

    /**
     * The part [top, bottom) by [left, right) of a core that other tiles may share: what is finished into the levels,
     * what the next tile of this row shares into the pending sums, what the next row shares into the carried ones.
     */
    private fun blend(core: Answer, shares: Shares, top: Int, bottom: Int, left: Int, right: Int) {
        if (top >= bottom || left >= right) return
        val (tile, rows, columns) = shares
        val ownDown = axisWeights(plan.vertical, tile.y, plan.shared)
        val ownAcross = axisWeights(plan.horizontal, tile.x, plan.shared)
        val earlier = if (tile.column > 0) pending.width else 0
        val line = Integers(CHANNELS * (right - left))
        for (y in top until bottom) {
            fixedPoint(core, y, left, right - left, line)
            for (x in left until right) {
                val weight = ownDown[y] * ownAcross[x]
                val total = if (x < columns.done && y < rows.done) down[tile.y + y] * across[tile.x + x] else 0
                for (channel in 0 until CHANNELS) {
                    var sum = line[CHANNELS * (x - left) + channel] * weight
                    if (x < earlier) sum += pending.data[pending.at(y, x) + channel]
                    if (x >= columns.done) {
                        shares.later.data[shares.later.at(y, x - columns.done) + channel] = sum
                        continue
                    }
                    if (y < rows.shared) sum += carried.data[carried.at(y, tile.x + x) + channel]
                    if (y < rows.done) {
                        shares.levels.data[shares.levels.at(y, x) + channel] = rounded(sum, total).toByte()
                    } else { // a row further up, which was read already
                        carried.data[carried.at(y - rows.done, tile.x + x) + channel] = sum
                    }
                }
            }
        }
    }
}

/** What a tile is blended into: its two axes, its finished levels, and the sums that its right neighbour shares. */
private data class Shares(val tile: Tile, val rows: Span, val columns: Span, val levels: Pixels, val later: Sums)

/** 64-bit sums, three a pixel. */
private class Sums(height: Int, val width: Int) {
    val data = Integers(CHANNELS * height * width)

    fun at(y: Int, x: Int): Int = CHANNELS * (y * width + x)

    /** So many columns from the left one on become 0, from the row [top] down. */
    fun clear(top: Int, left: Int, columns: Int) {
        if (columns == 0) return
        for (y in top until data.size / (CHANNELS * width)) data.fill(0, at(y, left), at(y, left + columns))
    }
}

/**
 * One axis of a core, in pixels from its edge: up to [shared] earlier tiles hold it too, from [done] on later ones do;
 * [length] is all of it.
 */
private data class Span(val shared: Int, val done: Int, val length: Int) {
    fun within(length: Int): Span = Span(minOf(shared, length), minOf(done, length), minOf(this.length, length))

    companion object {
        fun of(axis: Axis, place: Int): Span {
            val at = axis.positions
            val following = if (place + 1 < at.size) at[place + 1] else axis.padded
            val earlier = if (place > 0) at[place - 1] + axis.core else at[place]
            return Span(earlier - at[place], following - at[place], axis.core)
        }
    }
}

/**
 * Of every pixel of [0, padded): the weights of all cores that hold it, along one axis. A pixel's wsum (CONTRACT M3) is
 * the product of its two: tiles are all pairs of the axes' cores.
 */
private fun totalWeights(axis: Axis, overlap: Int): Integers {
    val total = Integers(axis.padded)
    for (position in axis.positions) {
        val weights = axisWeights(axis, position, overlap)
        for (distance in weights.indices) total[position + distance] += weights[distance]
    }
    return total
}

private fun hasNaN(core: Numbers): Boolean {
    for (channel in 0 until CHANNELS) {
        for (y in 0 until core.height) {
            var from = core.at(y, 0, channel)
            repeat(core.width) {
                if (core.data[from].isNaN()) return true
                from += core.pixelStride
            }
        }
    }
    return false
}

/** The most rows that two neighbouring tile rows of a plan share, within the photo (CONTRACT S4). */
internal fun mostShared(plan: TilePlan): Int {
    val starts = plan.vertical.positions + plan.height
    return (1 until starts.size).maxOf { minOf(starts[it - 1] + plan.vertical.core, plan.height) - starts[it] }
}
