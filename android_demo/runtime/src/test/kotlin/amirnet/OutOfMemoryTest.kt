/** Where memory is short: the next smaller tile, for the whole photo, and never anything of an earlier one. */
package amirnet

import amirnet.runtime.Answer
import amirnet.runtime.Change
import amirnet.runtime.Engine
import amirnet.runtime.Floats
import amirnet.runtime.Numbers
import amirnet.runtime.PhotoRows
import amirnet.runtime.PixelCost
import amirnet.runtime.PixelRows
import amirnet.runtime.Pixels
import amirnet.runtime.RestoreOptions
import amirnet.runtime.peak
import amirnet.runtime.sizesWithin
import amirnet.vectors.assertSame
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private val SIZES = listOf(56, 48, 40, 36, 32)

/** Fails for tiles above a size, from the n-th such tile of an attempt on. */
private class ShortEngine(
    private val largest: Int,
    private val after: Int,
    private val error: () -> Throwable,
    private val toy: ToyEngine = ToyEngine(),
) : Engine by toy {
    val seen = mutableListOf<Int>()

    override fun restore(tile: Pixels, code: Floats): Answer {
        val side = maxOf(tile.width, tile.height)
        seen += side
        if (side > largest && seen.takeLastWhile { it == side }.size > after) throw error()
        return toy.restore(tile, code)
    }
}

/** A photo that is restored in place, and can be opened again unless [forgets]. */
private class InPlace(private val photo: Pixels, private val forgets: Boolean = false) : PhotoRows {
    val pixels = photo.copy()
    override val width = photo.width
    override val height = photo.height
    override val change = Change()

    override fun read(top: Int, bottom: Int) = pixels.view(top, 0, bottom - top, width)

    override fun write(top: Int, left: Int, seen: Pixels, restored: Pixels) {
        change.add(seen, restored)
        pixels.put(top, left, restored)
    }

    override fun reopened() = if (forgets) this else InPlace(photo)
}

class OutOfMemoryTest {
    private val photo = randomPixels(2, 97, 130)
    private val bundle = toyBundle()

    private fun noMemory() = OutOfMemoryError("no memory for that; none")

    private fun expected(): Restored = Restorer(bundle, ToyEngine(), tile = 40).restoreRows(InPlace(photo))

    private fun pixels(restored: Restored) = (restored.rows as InPlace).pixels

    @Test
    fun `the next smaller tile restores the whole photo`() {
        val errors = listOf(::noMemory, { java.lang.OutOfMemoryError("Java heap space") })
        for (error in errors) for (after in listOf(0, 1, 9, 14)) {
            val counted = mutableListOf<Pair<Int, Int>>()
            val engine = ShortEngine(40, after, error)
            val found = Restorer(bundle, engine).restoreRows(InPlace(photo)) { done, total -> counted += done to total }
            assertSame(pixels(expected()), pixels(found))
            assertEquals(40 to expected().tiles, found.tile to found.tiles)
            assertEquals(expected().changePsnr, found.changePsnr)
            assertEquals((0..found.tiles).map { it to found.tiles }, counted.takeLast(found.tiles + 1))
            assertEquals(2 * (after + 1), engine.seen.count { it > 40 }, "two sizes failed")
        }
    }

    @Test
    fun `a photo is overwritten in place before that test fails`() {
        val rows = InPlace(photo, forgets = true)
        Restorer(bundle, ShortEngine(40, 9, ::noMemory)).restoreRows(rows)
        assertTrue(!rows.pixels.data.contentEquals(pixels(expected()).data), "the check above can fail")
    }

    @Test
    fun `no size suffices`() {
        val engine = ShortEngine(0, 0, ::noMemory)
        val error = assertThrows(OutOfMemoryError::class.java) { Restorer(bundle, engine).restoreRows(InPlace(photo)) }
        val message = "tile 32: not enough memory (no memory for that; none); close other apps, or cut the photo"
        assertEquals(message, error.message)
        assertEquals(SIZES, engine.seen.distinct())
    }

    @Test
    fun `other errors are not tried again`() {
        val engine = ShortEngine(0, 0, { EngineError("no graph for that; none") })
        assertThrows(EngineError::class.java) { Restorer(bundle, engine).restoreRows(InPlace(photo)) }
        assertEquals(1, engine.seen.size)
    }

    @Test
    fun `an answer of an earlier size is refused`() {
        val stale = object : Engine by ToyEngine() {
            override fun restore(tile: Pixels, code: Floats) = Numbers(64, 64, Floats(3 * 64 * 64))
        }
        val error = assertThrows(EngineError::class.java) {
            Restorer(bundle, stale).restoreRows(PixelRows(photo), RestoreOptions(node = 0))
        }
        assertTrue("returned 64x64 for a tile of" in error.message.orEmpty())
    }

    @Test
    fun `a limit takes the largest tile it allows`() {
        val engine = ToyEngine()
        val plan = Restorer(bundle, engine).planFor(130_000, 97)
        val cost = PixelCost(4, 4)
        val peaks = SIZES.map { peak(plan.copy(size = it), cost, checkNotNull(engine.memory)) }
        assertEquals(peaks.sortedDescending(), peaks)
        for ((place, size) in SIZES.withIndex()) {
            val needed = (peaks[place] + 999_999) / 1_000_000
            val found = sizesWithin(needed, "photo", plan, SIZES, engine, cost)
            assertEquals(SIZES.filterIndexed { at, _ -> peaks[at] <= needed * 1_000_000 }, found)
            assertTrue(size in found)
        }
        val error = assertThrows(OutOfMemoryError::class.java) { sizesWithin(1, "photo", plan, SIZES, engine, cost) }
        val line = Regex("photo: takes (\\d+) MB with tiles of 32, .*, more than 1; allow \\1 MB, .*")
        assertTrue(line.matches(error.message.orEmpty()))
    }

    @Test
    fun `an engine that nobody measured takes no limit`() {
        val engine = ToyEngine(memory = null)
        val plan = Restorer(bundle, engine).planFor(130, 97)
        val error = assertThrows(EngineError::class.java) {
            sizesWithin(500, "photo", plan, SIZES, engine, PixelCost(4, 4))
        }
        assertEquals("toy: what it takes in memory is not known; leave the memory limit out", error.message)
    }
}
