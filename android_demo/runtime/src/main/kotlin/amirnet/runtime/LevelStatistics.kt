/** How bright a photo is, counted exactly: what its probes' levels say, in every language the same (CONTRACT E1). */
package amirnet.runtime

/** At these the levels of a channel are taken. */
val PERCENTS: List<Int> = listOf(1, 10, 25, 50, 75, 90, 99)

/** How many numbers [levelStatistics] gives: with the mean, eight a channel. */
val STATISTICS: Int = CHANNELS * (PERCENTS.size + 1)

/** How often each level occurs in the probes: three rows of 256 numbers. */
fun countLevels(probes: List<Pixels>): List<Integers> {
    val counts = List(CHANNELS) { Integers(256) }
    for (probe in probes) {
        for (y in 0 until probe.height) {
            for (x in 0 until probe.width) {
                for (channel in 0 until CHANNELS) counts[channel][probe.level(y, x, channel)]++
            }
        }
    }
    return counts
}

/** 24 numbers in 0..1: of each channel its levels at [PERCENTS] of the pixels, and its mean (CONTRACT E1). */
fun levelStatistics(counts: List<Integers>): Doubles = counts.flatMap { channel ->
    val total = channel.sum()
    val below = channel.runningReduce(Long::plus)
    // The least level at which 100 times the pixels up to it reach so many times all of them.
    val levels = PERCENTS.map { percent -> below.indexOfFirst { 100 * it >= percent * total } / 255.0 }
    levels + channel.indices.sumOf { it * channel[it] }.toDouble() / (255 * total).toDouble()
}.toDoubleArray()

/** The mean over all channels, 0..255; with [tables], three of 256 levels, after the levels are looked up in them. */
fun meanLevel(counts: List<Integers>, tables: List<ByteArray>? = null): Double {
    val sum = counts.indices.sumOf { channel ->
        (0..255).sumOf { counts[channel][it] * (tables?.let { table -> table[channel][it].toInt() and 0xFF } ?: it) }
    }
    return sum.toDouble() / counts.sumOf { it.sum() }.toDouble()
}
