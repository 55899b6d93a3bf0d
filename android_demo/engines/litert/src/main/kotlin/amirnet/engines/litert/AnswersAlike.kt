/** Whether two engines gave one answer: what comes from a GPU is never the CPU's to the bit. */
package amirnet.engines.litert

import amirnet.runtime.Answer
import amirnet.runtime.CHANNELS
import amirnet.runtime.Engine
import amirnet.runtime.Floats
import amirnet.runtime.Levels
import amirnet.runtime.Numbers
import amirnet.runtime.Pixels

/** Whether both restore a tile that holds every level, of [side] pixels, to the same bits. Raises EngineError. */
fun answerAlike(one: Engine, other: Engine, side: Int, code: Floats): Boolean {
    // A multiplicative congruence: levels and neighbours of all sorts, the same on every phone.
    var seed = 1L
    val tile = Pixels(side, side, ByteArray(CHANNELS * side * side) {
        seed = seed * 48_271 % 2_147_483_647
        (seed shr 8).toByte()
    })
    val first = bits(one.restore(tile, code))
    return first.contentEquals(bits(other.restore(tile, code)))
}

private fun bits(answer: Answer): IntArray {
    val found = IntArray(CHANNELS * answer.height * answer.width)
    var to = 0
    for (y in 0 until answer.height) for (x in 0 until answer.width) for (channel in 0 until CHANNELS) {
        val at = answer.at(y, x, channel)
        found[to++] = when (answer) {
            is Levels -> answer.data[at].toInt()
            is Numbers -> answer.data[at].toRawBits()
        }
    }
    return found
}
