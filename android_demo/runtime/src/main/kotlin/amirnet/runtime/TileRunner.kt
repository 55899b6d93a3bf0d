/** A plan's tiles through the engine and the blender; and again with smaller tiles where memory does not suffice. */
package amirnet.runtime

import amirnet.OutOfMemoryError

/** Called with (tiles done, tiles in all), first with 0 done. What it raises cancels (CONTRACT R8). */
typealias Progress = (done: Int, total: Int) -> Unit

/**
 * What is done to a photo: the restorer's [code], K numbers; how it is brightened first, if at all; and how many parts
 * of the result, 0..256, are taken (CONTRACT R6).
 */
class Treatment(val code: Floats, val light: LightCurve? = null, val parts: Int = WHOLE)

/** The rows that hold the result, and the tiles that it took: their size a side, and how many. */
class RestoredRows(val rows: PhotoRows, val tile: Int, val tiles: Int)

/**
 * Restore a photo into its own rows: the one way there is, whatever they are (CONTRACT R1, S1-S6).
 *
 * [rows]: used up. After an error they are part old and part new. [where]: names the model in messages. [sizes]: tile
 * sizes to try where memory is short, in this order; null: the plan's and, if they may differ, smaller ones.
 * [progress]: what it raises ends the restoring between two tiles (CONTRACT R8).
 *
 * Raises EngineError where the engine fails or answers with another shape than the tile's, TileError for a NaN from the
 * model, OutOfMemoryError when no size fits.
 */
fun restoreRows(
    engine: Engine,
    plan: TilePlan,
    treatment: Treatment,
    rows: PhotoRows,
    where: String,
    sizes: List<Int>? = null,
    progress: Progress? = null,
): RestoredRows {
    var fresh: PhotoRows? = rows
    return firstThatFits(sizes ?: tileSizes(plan.size, plan.halo, plan.alignment, plan.flexible)) { size ->
        // Where an earlier attempt ended for lack of memory, part of its photo was overwritten.
        val photo = fresh ?: rows.reopened()
        fresh = null
        val smaller = plan.copy(size = size)
        restoreOnce(engine, smaller, treatment, photo, where, progress)
        RestoredRows(photo, size, smaller.count)
    }
}

/**
 * Each tile of the plan with the network's answer for its core, not clipped (CONTRACT R2).
 *
 * Raises EngineError for an answer of another shape than the tile, as a stale one of another size would be.
 */
fun runTiles(
    engine: Engine,
    plan: TilePlan,
    code: Floats,
    where: String,
    inputOf: (Tile) -> Pixels,
): Sequence<Pair<Tile, Answer>> = plan.asSequence().map { tile ->
    val pixels = inputOf(tile)
    val restored = engine.restore(pixels, code)
    checkRestored(where, restored, pixels)
    tile to restored.view(plan.halo, plan.halo, tile.height, tile.width)
}

/** The window holds the photo's own levels: the change is told by them, and they are looked up as a tile is cut. */
private fun restoreOnce(
    engine: Engine,
    plan: TilePlan,
    treatment: Treatment,
    photo: PhotoRows,
    where: String,
    progress: Progress?,
) {
    val window = InputWindow(plan, photo::read)
    val blender = Blender(plan) { top, left, levels ->
        val seen = window.block(top, left, levels.height, levels.width)
        photo.write(top, left, seen, mixed(seen, levels, treatment.parts))
    }
    progress?.invoke(0, plan.count)
    val tiles = runTiles(engine, plan, treatment.code, where) { tile ->
        if (tile.column == 0) window.step(tile.row)
        val found = window.crop(tile)
        treatment.light?.applied(found) ?: found
    }
    for ((tile, core) in tiles) {
        blender.add(tile, core)
        progress?.invoke(tile.index + 1, plan.count)
    }
}

/**
 * What [attempt] gives for the first of the tile sizes for which memory suffices. Each attempt begins anew: nothing of
 * an earlier one is used (CONTRACT S6). Raises OutOfMemoryError when all fail.
 */
fun <Result> firstThatFits(sizes: List<Int>, attempt: (Int) -> Result): Result {
    var reason = ""
    for (size in sizes) {
        try {
            return attempt(size)
        } catch (error: java.lang.OutOfMemoryError) {
            reason = oneLine(error)
        } catch (error: OutOfMemoryError) {
            reason = oneLine(error)
        }
    }
    throw OutOfMemoryError("tile ${sizes.last()}: not enough memory ($reason); close other apps, or cut the photo")
}
