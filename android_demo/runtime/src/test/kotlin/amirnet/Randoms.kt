/** Random photos and plans for tests that hold whatever comes; a seed gives the same ones each time. */
package amirnet

import amirnet.runtime.Pixels
import amirnet.runtime.TilePlan
import java.util.Random

fun randomPixels(seed: Int, height: Int, width: Int): Pixels =
    Pixels(height, width, ByteArray(3 * height * width).also { Random(seed.toLong()).nextBytes(it) })

/** Node ids, which are of 64 bits. */
fun ids(vararg id: Int): List<Long> = id.map { it.toLong() }

fun Random.from(choices: List<Int>): Int = choices[nextInt(choices.size)]

fun Random.within(range: IntRange): Int = range.first + nextInt(range.last - range.first + 1)

/** Any plan: [cores] of up to so many alignments, [halos] likewise. */
fun Random.plan(sides: IntRange, cores: IntRange, halos: IntRange): TilePlan {
    val alignment = from(listOf(1, 2, 4))
    val halo = alignment * within(halos)
    val size = 2 * halo + alignment * within(cores)
    return TilePlan(within(sides), within(sides), size, halo, within(0..6), alignment, nextBoolean())
}

/** As many random things as asked for, each with its seed in the failure's message. */
fun forSeeds(count: Int, check: (Random, Int) -> Unit) {
    for (seed in 0 until count) {
        try {
            check(Random(seed.toLong()), seed)
        } catch (error: AssertionError) {
            throw AssertionError("seed $seed: ${error.message}", error)
        }
    }
}
