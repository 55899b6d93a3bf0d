/** The rows of the photo that the tile row at hand, or a later one, reads: all that is kept of the network's input. */
package amirnet.runtime

/**
 * Slides down a photo, one step a tile row, and reads each row of it once (CONTRACT S2).
 *
 * [read] is asked from a multiple of [BLOCK] on. Before a tile row is restored, all rows down to its lowest halo are
 * held here, so the rows that become final with it may be overwritten.
 */
class InputWindow(private val plan: TilePlan, private val read: ReadRows) {
    // Neither end of a span ever moves up, also where the padding below the photo leads back into it.
    private val steps = plan.vertical.positions.indices.map { row ->
        val (first, end) = rowSpan(plan, row)
        first to minOf((end + BLOCK - 1) / BLOCK * BLOCK, plan.height)
    }
    private val held = Pixels(steps.maxOf { (first, end) -> end - first }, plan.width)
    private var top = 0
    private var end = 0

    /** Drop the rows that no tile row from this one on reads, and read what this one lacks. */
    fun step(row: Int) {
        val (first, last) = steps[row]
        val kept = end - first
        if (first > top && kept > 0) {
            System.arraycopy(held.data, held.at(first - top, 0), held.data, 0, kept * held.rowStride)
        }
        top = first
        while (end < last) {
            val bottom = minOf(end + BLOCK, last)
            held.put(end - first, 0, read(end, bottom))
            end = bottom
        }
    }

    /**
     * The input of a tile of the current row, its core and the halo around it, padded (CONTRACT L5). To be read only,
     * and not to be kept beyond the next step.
     */
    fun crop(tile: Tile): Pixels {
        val rows = sourceCoordinates(tile.y - plan.halo, tile.y + tile.height + plan.halo, plan.height)
        for (place in rows.indices) rows[place] -= top
        val columns = sourceCoordinates(tile.x - plan.halo, tile.x + tile.width + plan.halo, plan.width)
        return picked(held, rows, columns)
    }

    /** A rectangle of the held rows, not to be kept beyond the next step. */
    fun block(top: Int, left: Int, height: Int, width: Int): Pixels = held.view(top - this.top, left, height, width)
}

/** The rows [first, end) of the photo that a tile row reads, halo and padding included (CONTRACT S1). */
fun rowSpan(plan: TilePlan, row: Int): Pair<Int, Int> {
    val y = plan.vertical.positions[row]
    val at = sourceCoordinates(y - plan.halo, y + plan.vertical.core + plan.halo, plan.height)
    return at.min() to at.max() + 1
}
