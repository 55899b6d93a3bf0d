/** Which patches of a photo the encoder sees, and how its answers become one (CONTRACT D1-D5). */
package amirnet.runtime

/** Where probes of [size] begin on an axis of [length] pixels: at most so many of them, ascending (CONTRACT D2). */
fun axisPositions(length: Int, size: Int, most: Int): IntArray {
    if (length <= size) return intArrayOf(0)
    val count = minOf(most, Math.floorDiv(length + size - 1, size))
    if (count == 1) return intArrayOf((length - size) / 2)
    return IntArray(count) { (it.toLong() * (length - size) / (count - 1)).toInt() }
}

/** Gives the rows top .. bottom - 1 of a photo. */
typealias ReadRows = (top: Int, bottom: Int) -> Pixels

/**
 * The probes of a photo of [width] x [height] pixels: squares of [size] at native resolution (CONTRACT D1-D3).
 *
 * [columns] and [rows] are guaranteed to be ascending and within the photo; a probe reaches beyond the photo only where
 * a side is shorter than [size]. Iterating gives (left, top), rows first.
 */
data class ProbePlan(
    val width: Int,
    val height: Int,
    val size: Int,
    val probesPerSide: Int,
) : Iterable<Pair<Int, Int>> {
    val columns: IntArray
        get() = axisPositions(width, size, probesPerSide)

    val rows: IntArray
        get() = axisPositions(height, size, probesPerSide)

    /** How many probes there are. */
    val count: Int
        get() = columns.size * rows.size

    override fun iterator(): Iterator<Pair<Int, Int>> =
        rows.flatMap { top -> columns.map { left -> left to top } }.iterator()

    /** The probes of a photo that is read by rows, each [size] x [size], in plan order (CONTRACT D3). */
    fun gather(read: ReadRows): List<Pixels> = rows.flatMap { top ->
        val found = read(top, minOf(top + size, height)) // a shorter photo is padded alike from its rows alone
        columns.map { left -> crop(found, left, 0, size, size).copy() }
    }
}

/** One mask and one soft code for the photo, float64, K numbers each. */
class Averages(val mask: Doubles, val soft: Doubles)

/**
 * One mask and one soft code for the photo, from the encoder's mask and value, N probes of K numbers (CONTRACT D4, D5).
 *
 * The mask is the mean over the probes, summed in plan order. The code is, number by number, the mean of the exact
 * products mask * value without the N // [trim] smallest and as many of the largest (none where it is 0), summed in
 * rising order: a few probes of a black background do not make a dark photo.
 */
fun average(mask: List<Floats>, value: List<Floats>, trim: Int = 0): Averages {
    val count = mask.size
    val drop = if (trim == 0) 0 else count / trim
    val size = mask[0].size
    val masks = Doubles(size) { place -> sum(count) { mask[it][place].toDouble() } / count }
    val codes = Doubles(size) { place ->
        val products = Doubles(count) { mask[it][place].toDouble() * value[it][place].toDouble() }
        products.sort()
        val kept = count - 2 * drop
        sum(kept) { products[drop + it] } / kept
    }
    return Averages(masks, codes)
}

/** The sum of so many numbers, in their order from 0, rounded at each step. */
private inline fun sum(count: Int, number: (Int) -> Double): Double {
    var total = 0.0
    for (place in 0 until count) total += number(place)
    return total
}
