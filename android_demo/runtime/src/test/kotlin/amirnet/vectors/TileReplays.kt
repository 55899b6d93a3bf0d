/** Replays of tiles: plans, streams, memory, blends. */
package amirnet.vectors

import amirnet.OutOfMemoryError
import amirnet.Restorer
import amirnet.ToyEngine
import amirnet.runtime.Axis
import amirnet.runtime.BLOCK
import amirnet.runtime.Blender
import amirnet.runtime.EngineMemory
import amirnet.runtime.MEGABYTE
import amirnet.runtime.Numbers
import amirnet.runtime.PixelCost
import amirnet.runtime.Pixels
import amirnet.runtime.TilePlan
import amirnet.runtime.axisWeights
import amirnet.runtime.firstThatFits
import amirnet.runtime.fixedPoint
import amirnet.runtime.mostShared
import amirnet.runtime.peak
import amirnet.runtime.preferredSize
import amirnet.runtime.rounded
import amirnet.runtime.rowSpan
import amirnet.runtime.sizesWithin
import amirnet.runtime.tileSizes
import amirnet.toyBundle
import org.junit.jupiter.api.Assertions.assertEquals

private fun Values.sizes(): List<Int> = tileSizes(int("size"), int("halo"), int("alignment"), boolean("flexible"))

val TILES: Replays = mapOf(
    "plan" to { case ->
        val plan = case.given.plan()
        val axes = listOf(plan.horizontal, plan.vertical)
        assertEquals(case.expected.ints("core"), axes.map { it.core })
        assertEquals(case.expected.ints("padded"), axes.map { it.padded })
        val (x, y) = case.expected.ints("x") to case.expected.ints("y")
        assertEquals(x to y, plan.horizontal.positions.toList() to plan.vertical.positions.toList())
        assertEquals(case.expected.int("overlap_in_use"), plan.shared)
        assertEquals(case.expected.int("tiles"), plan.count)
        assertEquals(y.flatMap { top -> x.map { it to top } }, plan.map { it.x to it.y })
    },
    "wrong" to { case -> case.given.plan() },
    "sizes" to { case -> assertEquals(case.expected.ints("sizes"), case.given.sizes()) },
    "preferred" to { case ->
        val memory = if (case.given.isNull("runtime")) null else case.given.memory()
        assertEquals(case.expected.int("size"), preferredSize(case.given.plan(), case.given.int("otherwise"), memory))
    },
    "asked" to { case ->
        val engine = ToyEngine(case.given.intOrNull("engine_tile"))
        val restorer = Restorer(toyBundle(case.given.boolean("flexible")), engine, case.given.intOrNull("tile"))
        val plan = restorer.planFor(101, 103)
        assertEquals(case.expected.int("size"), plan.size)
        assertEquals(case.expected.boolean("flexible"), plan.flexible)
    },
)

private fun Values.memory() = EngineMemory(long("runtime"), long("tile_pixel"))

/** What a blender gives out with each tile: top, left, height, width, or null. */
private fun rectangles(plan: TilePlan): List<List<Int>?> {
    val found = mutableListOf<List<Int>>()
    val blender = Blender(plan) { top, left, levels -> found += listOf(top, left, levels.height, levels.width) }
    return plan.map { tile ->
        found.clear()
        blender.add(tile, Numbers(tile.height, tile.width, FloatArray(3 * tile.height * tile.width)))
        found.singleOrNull()
    }
}

val STREAMS: Replays = mapOf(
    "bands" to { case ->
        val plan = case.given.plan()
        val rows = plan.vertical.positions
        assertEquals(case.expected.ints("y"), rows.toList())
        val reads = rows.indices.map { row -> rowSpan(plan, row).toList().map { it.toLong() } }
        assertEquals(case.expected.lists("reads"), reads)
        val found = rectangles(plan)
        assertEquals(case.expected.list("rectangles"), found.map { it?.map(Int::toLong) })
        val final = found.chunked(plan.horizontal.positions.size).runningFold(0) { until, row ->
            maxOf(until, row.filterNotNull().maxOfOrNull { (top, _, height) -> top + height } ?: 0)
        }
        assertEquals(case.expected.ints("final"), final.drop(1))
    },
    "memory" to { case ->
        val plan = case.given.plan()
        val spans = plan.vertical.positions.indices.map { rowSpan(plan, it) }
        assertEquals(case.expected.int("held_rows"), spans.maxOf { (first, end) -> end - first } + BLOCK)
        assertEquals(case.expected.int("shared_rows"), mostShared(plan))
        val side = plan.vertical.core + 2 * plan.halo to plan.horizontal.core + 2 * plan.halo
        assertEquals(case.expected.int("tile_pixels"), side.first * side.second)
        val (opening, held) = case.given.long("bytes_opening") to case.given.long("bytes_held")
        val cost = PixelCost(maxOf(opening, held), held)
        assertEquals(case.expected.long("bytes"), peak(plan, cost, case.given.memory()))
    },
    "limit" to { case ->
        val engine = ToyEngine(memory = case.given.memory())
        val limit = case.given.long("limit") / MEGABYTE
        val found = sizesWithin(limit, "photo", case.given.plan(), case.given.sizes(), engine, PixelCost(4, 4))
        assertEquals(case.expected.ints("sizes"), found)
    },
    "tried" to { case ->
        val tried = mutableListOf<Int>()
        try {
            firstThatFits(case.given.sizes()) { size ->
                tried += size
                if (size in case.given.ints("fails")) throw OutOfMemoryError("tile $size: no memory; none")
            }
        } finally {
            assertEquals(case.expected.ints("tried"), tried)
        }
    },
)

val BLENDS: Replays = mapOf(
    "weights" to { case ->
        val axis = Axis(case.given.int("core"), case.given.int("padded"), intArrayOf())
        val found = axisWeights(axis, case.given.int("begins"), case.given.int("overlap"))
        assertEquals(case.expected.list("weights"), found.toList())
    },
    "level" to { case ->
        val fixed = case.given.floats("numbers").map(::fixedPoint)
        val weights = case.given.list("weights").map { it as Long }
        assertEquals(case.expected.list("fixed_point"), fixed)
        val level = rounded(fixed.zip(weights, Long::times).sum(), weights.sum())
        assertEquals(case.expected.int("level"), level)
    },
    "photo" to { case ->
        val plan = case.given.values("plan").plan()
        val photo = Pixels(plan.height, plan.width)
        val blender = Blender(plan, photo::put)
        val cores = case.given.list("cores").map { Array(Values(objectOf(it))).answer() }
        plan.zip(cores) { tile, core -> blender.add(tile, core) }
        assertSame(case.expected.pixels("photo"), photo)
    },
)
