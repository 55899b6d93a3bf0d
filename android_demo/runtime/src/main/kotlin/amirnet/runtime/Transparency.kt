/**
 * Colour below full transparency: nobody sees it, yet a network would let it bleed into what is seen (CONTRACT N4). And
 * samples of 16 bits (CONTRACT N2).
 */
package amirnet.runtime

/** Blocks of up to this side lie within a band that begins at a multiple of it. */
const val BLOCK: Int = 16

/** The 8-bit level of a 16-bit sample, 0..65535. */
fun eightBits(sample: Int): Int = (sample + 128) / 257

/**
 * The photo with its hidden pixels ([hidden], row by row) filled from the visible ones around them; the others
 * unchanged.
 *
 * A hidden pixel takes the mean of the visible pixels in the smallest block of 2x2, 4x4, 8x8 ... that has one. What was
 * hidden there has no influence. Where nothing is visible, all becomes mid gray.
 */
fun fillHidden(pixels: Pixels, hidden: BooleanArray): Pixels =
    if (hidden.none { it }) pixels else HiddenFill(sequenceOf(pixels to hidden)).band(0, pixels, hidden)

/**
 * The same for a photo that comes in bands of any number of rows, multiples of [BLOCK] but for the last.
 *
 * All bands are seen once to make it; what it keeps is a number a channel for each block of 16x16.
 */
class HiddenFill(bands: Sequence<Pair<Pixels, BooleanArray>>) {
    private val colors: Pixels?

    init {
        val sums = BlockSums.stacked(bands.map { (pixels, hidden) -> pyramid(pixels, hidden).last() }.toList())
        val blocks = mutableListOf(sums)
        val visible = sums.counts.any { it > 0 }
        while (visible && blocks.last().counts.any { it == 0L }) blocks += blocks.last().halved()
        colors = if (visible) refined(blocks.last().means(), blocks.dropLast(1)) else null
    }

    /** The band that begins at row [top], a multiple of [BLOCK], filled. */
    fun band(top: Int, pixels: Pixels, hidden: BooleanArray): Pixels {
        if (hidden.none { it }) return pixels
        val found = pixels.copy()
        val finer = pyramid(pixels, hidden)
        val rows = finer.last().height
        val fill = colors?.let { refined(it.view(top / BLOCK, 0, rows, it.width), finer.dropLast(1)) }
        for (y in 0 until pixels.height) {
            for (x in 0 until pixels.width) {
                if (!hidden[y * pixels.width + x]) continue
                if (fill != null) found.put(y, x, fill.view(y / 2, x / 2, 1, 1))
                else found.data.fill(128.toByte(), found.at(y, x), found.at(y, x + 1))
            }
        }
        return found
    }
}

/** Of the visible pixels of each block: the sum of every channel, and how many they are. */
private class BlockSums(val height: Int, val width: Int) {
    val sums = Integers(CHANNELS * height * width)
    val counts = Integers(height * width)

    fun add(y: Int, x: Int, count: Long, sum: (Int) -> Long) {
        val at = y * width + x
        counts[at] += count
        for (channel in 0 until CHANNELS) sums[CHANNELS * at + channel] += sum(channel)
    }

    /** Sums over blocks of 2x2. */
    fun halved(): BlockSums {
        val found = BlockSums((height + 1) / 2, (width + 1) / 2)
        for (at in counts.indices) found.add(at / width / 2, at % width / 2, counts[at]) { sums[CHANNELS * at + it] }
        return found
    }

    fun mean(at: Int, channel: Int): Byte {
        val count = counts[at]
        return ((sums[CHANNELS * at + channel] + count / 2) / maxOf(count, 1)).toByte()
    }

    fun means(): Pixels = Pixels(height, width, ByteArray(sums.size) { mean(it / CHANNELS, it % CHANNELS) })

    companion object {
        /** The rows of several, one below the other. */
        fun stacked(parts: List<BlockSums>): BlockSums {
            val found = BlockSums(parts.sumOf { it.height }, parts[0].width)
            var row = 0
            for (part in parts) {
                part.sums.copyInto(found.sums, CHANNELS * row * part.width)
                part.counts.copyInto(found.counts, row * part.width)
                row += part.height
            }
            return found
        }
    }
}

/** The sums of blocks of 2x2, 4x4, 8x8 and 16x16. */
private fun pyramid(pixels: Pixels, hidden: BooleanArray): List<BlockSums> {
    val first = BlockSums((pixels.height + 1) / 2, (pixels.width + 1) / 2)
    for (y in 0 until pixels.height) {
        for (x in 0 until pixels.width) {
            if (!hidden[y * pixels.width + x]) first.add(y / 2, x / 2, 1) { pixels.level(y, x, it).toLong() }
        }
    }
    return generateSequence(first) { it.halved() }.take(4).toList()
}

/** The colours of the finest blocks: their own means, and where nothing is visible those of the coarser block. */
private fun refined(coarsest: Pixels, finer: List<BlockSums>): Pixels = finer.foldRight(coarsest) { blocks, coarser ->
    val found = blocks.means()
    for (at in blocks.counts.indices) {
        val (y, x) = at / blocks.width to at % blocks.width
        if (blocks.counts[at] == 0L) found.put(y, x, coarser.view(y / 2, x / 2, 1, 1))
    }
    found
}
