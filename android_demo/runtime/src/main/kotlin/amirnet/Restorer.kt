/** The whole job: a photo in, its diagnosis and its restored pixels out (CONTRACT R1-R8). */
package amirnet

import amirnet.bundle.ModelBundle
import amirnet.runtime.Diagnosis
import amirnet.runtime.Engine
import amirnet.runtime.PhotoRows
import amirnet.runtime.Progress
import amirnet.runtime.RestoreOptions
import amirnet.runtime.TilePlan
import amirnet.runtime.Treatment
import amirnet.runtime.checkOptions
import amirnet.runtime.checkSizes
import amirnet.runtime.partsOf
import amirnet.runtime.preferredSize
import amirnet.runtime.restoreRows
import amirnet.runtime.tileSizes

/**
 * Restores photos with one bundle. [tile] is the tile size (pixels, with halo): smaller, less memory; larger, less
 * work. null: the one that the model prefers, or a smaller one, by the photo's size (CONTRACT L7).
 *
 * An engine that takes tiles of one size only has its way (CONTRACT L1). Raises TileError for a tile that the model
 * cannot take; any legal tile gives the same photo within float error. Where memory does not suffice for a tile, the
 * next smaller size is tried, for the whole photo (CONTRACT S6).
 *
 * Its methods take as long as the work does, on the caller's thread; [RestoreSession] is for coroutines.
 */
class Restorer(val bundle: ModelBundle, val engine: Engine, tile: Int? = null) {
    private val geometry = bundle.spec.tile
    private val only = if (geometry.flexible) engine.fixedTile else geometry.size
    val flexible: Boolean = only == null

    /** The tile size of all photos; null where it follows from the photo's. */
    val tile: Int? = tile ?: only

    init {
        if (tile != null) {
            checkSizes(tile, geometry.halo, geometry.overlap, geometry.alignment)
            if (only != null && only != tile) {
                throw TileError("tile $tile: this model takes tiles of $only only; leave the tile size out")
            }
        }
    }

    /** Raises NodeError and OptionError for options that this model has nothing for. */
    fun check(options: RestoreOptions) = checkOptions(bundle.spec, options)

    /**
     * Where the photo belongs in the tree, and how bright it would be made, without restoring it. Raises EngineError,
     * NodeError, OptionError.
     */
    fun diagnose(rows: PhotoRows, options: RestoreOptions = RestoreOptions()): Diagnosis =
        amirnet.runtime.diagnose(bundle.spec, engine, rows, options)

    /**
     * Restore a photo of any kind into its own rows, which are used up; where memory was short, the rows that come back
     * are others.
     *
     * [sizes]: tile sizes to try where memory is short, in this order; null: this restorer's, and smaller ones.
     * [progress]: called with (tiles done, tiles in all), first with 0 done. What it raises cancels.
     *
     * Raises EngineError, NodeError, OptionError, TileError (a NaN from the model), OutOfMemoryError.
     */
    fun restoreRows(
        rows: PhotoRows,
        options: RestoreOptions = RestoreOptions(),
        sizes: List<Int>? = null,
        progress: Progress? = null,
    ): Restored {
        val start = System.nanoTime()
        val diagnosis = diagnose(rows, options)
        val encoded = System.nanoTime()
        val treatment = Treatment(diagnosis.code, diagnosis.light, partsOf(options.strength))
        val plan = planFor(rows.width, rows.height)
        val done = restoreRows(engine, plan, treatment, rows, bundle.where, sizes, progress)
        val end = System.nanoTime()
        val seconds = mapOf(
            "encode" to (encoded - start) / 1e9,
            "restore" to (end - encoded) / 1e9,
            "total" to (end - start) / 1e9,
        )
        return Restored(done.rows, diagnosis, options, done.tile, done.tiles, done.rows.change.psnr, seconds)
    }

    /** The tile sizes to try for a photo where memory is short: its plan's and, if they may differ, smaller ones. */
    fun sizes(plan: TilePlan): List<Int> = tileSizes(plan.size, plan.halo, plan.alignment, plan.flexible)

    /** The tiles of a photo of width x height pixels. */
    fun planFor(width: Int, height: Int): TilePlan {
        val largest = tile ?: geometry.preferred
        val (halo, overlap, alignment) = Triple(geometry.halo, geometry.overlap, geometry.alignment)
        val plan = TilePlan(width, height, largest, halo, overlap, alignment, flexible)
        if (tile != null || geometry.preferred == geometry.size) return plan
        return plan.copy(size = preferredSize(plan, geometry.size, engine.memory))
    }
}
