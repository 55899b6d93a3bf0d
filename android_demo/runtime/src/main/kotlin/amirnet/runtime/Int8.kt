/**
 * What an int8 restorer is fed and gives back: 8-bit pixels as they are, and a code in steps (CONTRACT G6).
 *
 * As uint8 here; a format with signed integers takes the same less 128.
 */
package amirnet.runtime

import kotlin.math.floor

/** A code, of multiples of 1 / [codeSteps], as number * [codeSteps] + 128; beyond 8 bits it is clipped. */
fun codeBytes(code: Floats, codeSteps: Int): ByteArray = ByteArray(code.size) {
    val step = floor(code[it].toDouble() * codeSteps + 0.5)
    (step.coerceIn(-128.0, 127.0).toInt() + 128).toByte()
}

/**
 * A restored tile's value as a number in [0, 1]: a level by the division that CONTRACT N1 states, float32 as it is.
 */
fun realPixel(restored: Answer, y: Int, x: Int, channel: Int): Float = when (restored) {
    is Levels -> divided(restored.data[restored.at(y, x, channel)].toInt() and 0xFF)
    is Numbers -> restored.data[restored.at(y, x, channel)]
}

/** The same integers less 128, as int8. */
fun signed(values: ByteArray): ByteArray = ByteArray(values.size) { (values[it].toInt() xor 0x80).toByte() }

/** int8 integers plus 128. */
fun unsigned(values: ByteArray): ByteArray = signed(values)
