/** How much memory restoring a photo takes, before it is done; docs/MEMORY.md says where the numbers come from. */
package amirnet.runtime

import amirnet.EngineError
import amirnet.OutOfMemoryError

const val MEGABYTE: Long = 1_000_000

/**
 * Bytes that a photo may take without being asked, and how many eighths of a byte more a pixel: 300 MB for 12
 * megapixels, 600 MB for 108.
 */
private const val ROOM = 262_500_000L
private const val ROOM_EIGHTHS = 25L

/** Bytes a pixel of the photo: the most while it is opened or written, and while it is restored. */
data class PixelCost(val most: Long, val held: Long)

/** Most photos: 8 bits a channel, 32 a pixel. */
private val EIGHT_BIT = PixelCost(4, 4)

/** The most bytes that the whole process has resident while it restores a photo of this plan (CONTRACT S4). */
fun peak(plan: TilePlan, cost: PixelCost, engine: EngineMemory): Long {
    val held = plan.vertical.positions.indices.maxOf { row -> rowSpan(plan, row).let { (first, end) -> end - first } }
    val rows = plan.width * (3L * (held + BLOCK) + 24L * mostShared(plan))
    val pixels = plan.width.toLong() * plan.height
    val tile = (plan.vertical.core + 2L * plan.halo) * (plan.horizontal.core + 2L * plan.halo)
    return engine.runtime + maxOf(cost.most * pixels, cost.held * pixels + rows) + engine.tilePixel * tile
}

/**
 * The tile for a photo where nobody asks for one (CONTRACT L7): the plan's size, or the first smaller one with which
 * the process stays within what such a photo may take; [otherwise] where none does. It follows from the photo's size
 * and the engine alone, so the same photo comes out the same whatever else runs.
 *
 * [engine]: null, where nobody knows what it takes, gives [otherwise].
 */
fun preferredSize(plan: TilePlan, otherwise: Int, engine: EngineMemory?): Int {
    if (engine == null) return otherwise
    val room = ROOM + ROOM_EIGHTHS * plan.width * plan.height / 8
    val sizes = tileSizes(plan.size, plan.halo, plan.alignment, plan.flexible)
    return sizes.firstOrNull { peak(plan.copy(size = it), EIGHT_BIT, engine) <= room } ?: otherwise
}

/**
 * Those of the tile sizes with which the process stays within so many megabytes (10^6 bytes), largest first.
 *
 * Raises OutOfMemoryError when none is, EngineError when nobody knows what the engine takes. [photo] names it.
 */
fun sizesWithin(
    memory: Long,
    photo: String,
    plan: TilePlan,
    sizes: List<Int>,
    engine: Engine,
    cost: PixelCost,
): List<Int> {
    val taken = engine.memory
        ?: throw EngineError("${engine.title}: what it takes in memory is not known; leave the memory limit out")
    val peaks = sizes.associateWith { peak(plan.copy(size = it), cost, taken) }
    val found = sizes.filter { peaks.getValue(it) <= memory * MEGABYTE }
    if (found.isEmpty()) {
        val needed = (peaks.values.min() + MEGABYTE - 1) / MEGABYTE
        val only = if (sizes.size > 1) "the smallest there are" else "the only size there is"
        val reason = "takes $needed MB with tiles of ${sizes.min()}, $only, more than $memory"
        throw OutOfMemoryError("$photo: $reason; allow $needed MB, or scale the photo down")
    }
    return found
}
