/**
 * From a photo's code and its levels to its light: two layers of a bundle's manifest, in float64 (CONTRACT E2, E3).
 */
package amirnet.runtime

import amirnet.EngineError

/** Gain of R, G and B, then bend of R, G and B. */
const val OUTPUTS: Int = 6

/** The most numbers in between. */
const val HIDDEN: Int = 256

/** A row of weights and a bias for each number that comes out. */
class Layer(val weights: List<List<Double>>, val bias: List<Double>) {
    /** From the bias on, in index order, each product and each sum rounded by itself. */
    operator fun invoke(numbers: Doubles): Doubles = Doubles(bias.size) { row ->
        var sum = bias[row]
        for ((place, number) in numbers.withIndex()) sum += weights[row][place] * number
        sum
    }
}

/** Says how a photo is to be brightened. [hidden] takes K + 24 numbers, [output] gives six. */
class LightHead(val hidden: Layer, val output: Layer) {
    /**
     * The curve for a photo: its code, K numbers, and its levels, 24 numbers. [where] names the bundle.
     *
     * Raises EngineError for NaN and infinity.
     */
    fun curve(code: Floats, statistics: Doubles, where: String): LightCurve {
        val between = hidden(Doubles(code.size) { code[it].toDouble() } + statistics)
        val numbers = output(Doubles(between.size) { maxOf(0.0, between[it]) })
        if (!(between + numbers).all { it.isFinite() }) {
            throw EngineError("$where: its light gives NaN or infinity; export the bundle again")
        }
        return LightCurve.of(numbers.take(3), numbers.drop(3))
    }
}
