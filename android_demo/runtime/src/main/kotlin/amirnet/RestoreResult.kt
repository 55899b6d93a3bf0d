/** What restoring a photo gives beside its pixels: how it came about. */
package amirnet

import amirnet.runtime.Diagnosis
import amirnet.runtime.LEFT_ALONE
import amirnet.runtime.PhotoRows
import amirnet.runtime.RestoreOptions

/**
 * How a photo was restored: by which diagnosis, at whose wish, in how many tiles of which size a side.
 *
 * [rows] hold the result. [changePsnr]: PSNR in dB of the result against the photo, at most 100, where nothing changed
 * (CONTRACT R5). [seconds]: stage -> how long it took, "encode", "restore" and "total".
 */
class Restored(
    val rows: PhotoRows,
    val diagnosis: Diagnosis,
    val options: RestoreOptions,
    val tile: Int,
    val tiles: Int,
    val changePsnr: Double,
    val seconds: Map<String, Double>,
) {
    /** Whether there was nothing to mend: the photo is as good as unchanged. */
    val leftAlone: Boolean
        get() = changePsnr >= LEFT_ALONE
}
