package amirnet.logic.photo

import amirnet.runtime.Pixels
import amirnet.runtime.mixed

/** Puts the saved photo's rows together: the photo's own colours, changed by what restoring changed (CONTRACT R6). */
class SavedBand(
    /** 0..256 parts of the restored photo; any number of them without restoring again. */
    private val parts: Int,
    /** The photo's profile; null where it is sRGB, so that the mixed levels are the result's. */
    private val carry: ColorCarry?,
) {
    /**
     * @param own the photo's rows, four bytes a pixel (red, green, blue, alpha, in its own colours); changed in place.
     * @param seen the same as the network saw them, [restored] what came out, sRGB both.
     */
    fun assemble(own: ByteArray, seen: Pixels, restored: Pixels) {
        require(own.size == BYTES * seen.width * seen.height) { "${own.size} bytes for ${seen.width}x${seen.height}" }
        val result = mixed(seen, restored, parts)
        for (y in 0 until seen.height) {
            var to = BYTES * y * seen.width
            val from = result.at(y, 0)
            // Of what is wholly transparent only the file knows the colours: they stay (docs/FIDELITY.md).
            for (x in 0 until seen.width) {
                if (own[to + ALPHA] != 0.toByte()) {
                    val at = from + 3 * x
                    if (carry == null) {
                        System.arraycopy(result.data, at, own, to, 3)
                    } else {
                        carry.apply(own, to, seen.data, seen.at(y, x), result.data, at)
                    }
                }
                to += BYTES
            }
        }
    }

    private companion object {
        const val BYTES = 4
        const val ALPHA = 3
    }
}
